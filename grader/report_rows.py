"""The rows of a debrief as plain values. Whoever shows one needs these and none of what derives them."""

from __future__ import annotations

from dataclasses import dataclass

FELL, PART, AGAIN = "x", "/", "."
LEGEND = f"{FELL} fell here; {PART} fell at some of its places; {AGAIN} excluded again"

SIGN_WORDS = {"+": "gave", "-": "cost or withheld", "!": "caps the score", ".": "remark"}
"""What a finding's sign stands for, said in words beside it."""


def clock(at_s: float, start_s: float) -> str:
    """Time since the page as h:mm."""
    minutes = round((at_s - start_s) / 60)
    return f"{'-' if minutes < 0 else ''}{abs(minutes) // 60}:{abs(minutes) % 60:02d}"


@dataclass(frozen=True, slots=True)
class GridRow:
    name: str
    marks: tuple[str, ...]
    """One for each of the grid's looks: FELL, PART, AGAIN or empty."""
    end: str
    """The step at which it fell, or `open`."""


@dataclass(frozen=True, slots=True)
class Grid:
    looks: tuple[int, ...]
    rows: tuple[GridRow, ...]


@dataclass(frozen=True, slots=True)
class LossRow:
    """One course with its amounts as text; `before` and `after` are empty where there is no curve to read them off."""

    name: str
    before: str
    after: str
    whole: str


@dataclass(frozen=True, slots=True)
class DimensionRow:
    name: str
    points: str
    weight: str
    level: int
    anchor: str


@dataclass(frozen=True, slots=True)
class FindingRow:
    dimension: str
    sign: str
    """A key of SIGN_WORDS."""
    points: str
    """Points given of those possible, or the cost; empty for caps and remarks."""
    sentence: str
    steps: str
    """Steps it rests on, as text; empty where it rests on none."""


@dataclass(frozen=True, slots=True)
class LookRow:
    step: int
    clock: str
    line: str
    closed: tuple[str, ...]
    """One sentence for each candidate that fell here, with the facts."""
    again: str
    """Candidates that had fallen before and are excluded again, or that nothing was excluded."""


@dataclass(frozen=True, slots=True)
class MoveRow:
    step: int
    clock: str
    line: str
    worth: str
    checked: str


@dataclass(frozen=True, slots=True)
class StepRow:
    step: int
    clock: str
    line: str
    note: str
    """Why the step was refused or not understood, empty otherwise."""


@dataclass(frozen=True, slots=True)
class Report:
    title: str
    facts: tuple[str, ...]
    result: str
    caps: tuple[str, ...]
    cause: tuple[str, ...]
    dimensions: tuple[DimensionRow, ...]
    findings: tuple[FindingRow, ...]
    looks: tuple[LookRow, ...]
    grids: tuple[Grid, ...]
    open: tuple[str, ...]
    """What the argument still lacked, one sentence each."""
    moves: tuple[MoveRow, ...]
    losses: tuple[str, ...]
    impact: tuple[LossRow, ...]
    """Empty where nothing was lost in any course."""
    recovery: tuple[str, ...]
    times: tuple[tuple[str, str], ...]
    guards: tuple[str, ...]
    own: tuple[StepRow, ...]
    reference: tuple[str, ...]
    limits: str
    version: str

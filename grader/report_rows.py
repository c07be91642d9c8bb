"""The rows of a debrief as plain values. Whoever shows one needs these and none of what derives them."""

from __future__ import annotations

import re
from dataclasses import dataclass

FELL, PART, AGAIN = "x", "/", "."
LEGEND = f"{FELL} fell here; {PART} fell at some of its places; {AGAIN} excluded again"

READ_OFF = (
    "Amounts are read off the curves, along a straight line between two points some hours apart. A move stands at the time when it was done; "
    "its worth is what leaving it out of the replay changes, to the end of the curves."
)
"""How the timeline of harm is to be read."""

SIGN_WORDS = {"+": "gave", "~": "gave in part", "-": "cost or withheld", "!": "caps the score", ".": "remark"}
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
    earn: str = ""
    """What would have earned what it withheld or cost; empty where it gave all, or where it was said before."""


def where(f: FindingRow) -> str:
    """The steps of a finding as they stand behind its sentence; empty where the sentence names them itself."""
    said = {number for run in re.findall(r"\bsteps? ([\d, and]+)", f.sentence, re.IGNORECASE) for number in re.findall(r"\d+", run)}
    whole = " more" not in f.steps and said.issuperset(re.findall(r"\d+", f.steps))
    return "" if whole or re.search(rf"{re.escape(f.steps)}\b", f.sentence, re.IGNORECASE) else f" [{f.steps}]"


@dataclass(frozen=True, slots=True)
class ChainRow:
    """One part of the way from the cause to the losses."""

    stage: str
    said: str
    steps: str
    """Steps whose looks showed it; empty for the cause itself, the losses, and what was not looked at."""


@dataclass(frozen=True, slots=True)
class HarmRow:
    """One moment of the timeline of harm; amounts are lost since the page, empty beyond the horizon."""

    clock: str
    what: str
    worth: str
    """What a move saved or cost; empty for what is no move."""
    lost: str
    """As it was left."""
    nothing: str
    """Had nobody done anything."""


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
    explanations: tuple[str, ...]
    """What could have presented so, the case itself among them, each with what its mechanism means."""
    looks: tuple[LookRow, ...]
    grids: tuple[Grid, ...]
    shortest: tuple[str, ...]
    """The shortest way through the differential that there was, and that the looks held, in sentences."""
    shortest_grids: tuple[Grid, ...]
    """That of the looks as marks; empty where it takes one look or none, and where it takes all that told something."""
    open: tuple[str, ...]
    """What the argument still lacked, one sentence each."""
    chain: tuple[ChainRow, ...]
    """From the true cause to the losses; empty where nothing was wrong."""
    moves: tuple[MoveRow, ...]
    losses: tuple[str, ...]
    impact: tuple[LossRow, ...]
    """Empty where nothing was lost in any course."""
    timeline: tuple[HarmRow, ...]
    """Empty where nothing was lost after the page in any course."""
    recovery: tuple[str, ...]
    benign: tuple[str, ...]
    """What had also changed before the page and did no harm, one sentence each."""
    times: tuple[tuple[str, str], ...]
    guards: tuple[str, ...]
    own: tuple[StepRow, ...]
    reference: tuple[str, ...]
    limits: str
    version: str

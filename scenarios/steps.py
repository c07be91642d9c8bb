"""The steps of a drill as graders and replays read them: one per typed line, derived from journal rows and nothing else."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast, get_args

from scenarios.chain import Row
from simulator.errors import ContentError
from simulator.observation import Fact

StepKind = Literal["look", "move", "word", "error", "refused"]
STEP_KINDS: tuple[str, ...] = get_args(StepKind)


@dataclass(frozen=True, slots=True)
class Step:
    step: int
    """Number in the journal, as the learner sees and cites it."""
    at_s: float
    """Virtual time when it began."""
    took_s: float
    kind: StepKind
    op: str
    """Name of the command; empty where the line was not understood."""
    args: dict[str, Any]
    line: str
    facts: dict[str, Fact]
    phase: str
    hypothesis_open: bool
    """Whether, when the step began, a cause was stated (`hypothesis` or `declare`) that no `rule-out` had named since."""
    error: str
    """Why it was refused or not understood; empty otherwise."""
    hint: int = 0
    """Level of the hint that it gave, 1 to 3; 0 where it gave none."""


def steps_of(rows: Iterable[Row], file: str = "journal") -> list[Step]:
    """The steps in `rows`, in their order; world events, ticks of the clock and results of grading are left out.

    Raises:
        ContentError: a row's payload is not what a drill writes; names the step and the field. `file` says whose rows they are.
    """
    steps: list[Step] = []
    stated: list[list[str]] = []
    for row in rows:
        if row.kind not in STEP_KINDS:
            continue
        step = _step(row, bool(stated), file)
        steps.append(step)
        if step.kind == "word" and step.op in ("hypothesis", "declare"):
            stated.append(_words(step.args))
        elif step.kind == "word" and step.op == "rule-out":
            ruled = _words(step.args)
            stated = [words for words in stated if not _names(ruled, words)]
    return steps


def _step(row: Row, hypothesis_open: bool, file: str) -> Step:
    def bad(name: str, wanted: str) -> ContentError:
        return ContentError(file, f"{wanted} is wanted here", key=f"step {row.step} payload.{name}")

    def text(name: str) -> str:
        value = row.payload.get(name)
        if value is not None and not isinstance(value, str):
            raise bad(name, "a text")
        return value or ""

    def mapping(name: str) -> dict[str, Any]:
        value = row.payload.get(name)
        if value is not None and not isinstance(value, dict):
            raise bad(name, "an object")
        return dict(value or {})

    took_s = row.payload.get("took_s")
    took_s = 0.0 if took_s is None else took_s
    if not _is_number(took_s):
        raise bad("took_s", "a number of seconds")
    facts = mapping("facts")
    for name, value in facts.items():
        if not isinstance(value, str) and not _is_number(value):
            raise bad(f"facts.{name}", "a number or a text")
    return Step(
        step=row.step,
        at_s=row.at_s,
        took_s=float(took_s),
        kind=cast(StepKind, row.kind),
        op=text("op"),
        args=mapping("args"),
        line=text("line"),
        facts=facts,
        phase=text("phase"),
        hypothesis_open=hypothesis_open,
        error=text("error"),
        hint=_hint_level(mapping("hint").get("level", 0), bad),
    )


def _hint_level(level: Any, bad: Callable[[str, str], ContentError]) -> int:
    if type(level) is not int or not 0 <= level <= 3:
        raise bad("hint.level", "a level of 1 to 3")
    return level


def _is_number(value: Any) -> bool:
    """Whether a number is one that arithmetic can be done with: an integer of JSON may have hundreds of digits."""
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) <= sys.float_info.max


def _words(args: Mapping[str, Any]) -> list[str]:
    """The words that name a cause: every text argument but the ones that explain."""
    return [word for name, value in sorted(args.items()) if isinstance(value, str) and name not in ("because", "expect", "note") for word in value.split()]


def _names(ruled: list[str], stated: list[str]) -> bool:
    """Whether a rule-out names a stated cause: each of its words is one of the cause's, or a place that the cause's lies in."""
    return bool(ruled) and all(any(word == own or own.startswith(word + "/") for own in stated) for word in ruled)

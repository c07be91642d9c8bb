"""What process rules are made of: temporal questions about the steps of a drill. Each is a pure function of steps."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from scenarios.steps import Step

Which = Callable[[Step], bool]
DONE = ("look", "move", "word")
"""Kinds of steps that did something; a refused or misread line did not."""


def did(steps: Sequence[Step], which: Which) -> tuple[Step, ...]:
    """The steps that were carried out and are meant."""
    return tuple(s for s in steps if s.kind in DONE and which(s))


def first(steps: Sequence[Step], which: Which) -> Step | None:
    return next(iter(did(steps, which)), None)


def did_before(steps: Sequence[Step], which: Which, end: Step | None) -> tuple[Step, ...]:
    """The meant steps before `end`; all of them where there is no end."""
    return tuple(s for s in did(steps, which) if end is None or s.step < end.step)


def never_before(steps: Sequence[Step], which: Which, end: Step | None) -> bool:
    return not did_before(steps, which, end)


def within(steps: Sequence[Step], which: Which, since_s: float, span_s: float) -> tuple[Step, ...]:
    """The meant steps that had ended by `span_s` after `since_s`."""
    return tuple(s for s in did(steps, which) if s.at_s + s.took_s - since_s <= span_s)


def at_least(steps: Sequence[Step], which: Which, count: int) -> bool:
    return len(did(steps, which)) >= count


def after_each(steps: Sequence[Step], anchors: Sequence[Step], which: Which) -> tuple[tuple[Step, ...], ...]:
    """For each anchor, the meant steps after it and before the next anchor."""
    ends = [*(a.step for a in anchors[1:]), float("inf")]
    return tuple(tuple(s for s in did(steps, which) if a.step < s.step < end) for a, end in zip(anchors, ends, strict=True))


def ratio(steps: Sequence[Step], which: Which, of: Which) -> float:
    """Share of the `of` steps that are also meant; 0 where there are none."""
    whole = did(steps, of)
    return len([s for s in whole if which(s)]) / len(whole) if whole else 0.0

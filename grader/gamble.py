"""Retraining that nobody had named a cause for, judged without the luck of its outcome.

Which frauds another model lets through is chance: one week's model loses some per cent more than another's. So such a training costs what
a gamble costs, and what it won or lost is left out of all that is judged by money, unless it is more than chance or the greater part of a remedy.
"""

from __future__ import annotations

from collections.abc import Sequence

from grader.counterfactual import Course, course, kept_course
from grader.evidence import Gamble
from scenarios.incident import Incident
from scenarios.steps import Step
from simulator.observation import significant

RETRAINING = ("train start",)
CHANCE = 0.1
"""Models of the same quality differ by up to this share of what is lost in the same days with nothing wrong."""
REMEDY = 0.25
"""A training that saves this share of what the reference runbook saves is a remedy, whoever thought of it."""


def judged(incident: Incident, steps: Sequence[Step], actual: Course) -> tuple[tuple[Course, ...], Gamble | None]:
    """The courses that a drill is judged by, and the gamble that they leave out; the actual one where there is none.

    Where a gamble came out as a remedy there are two, with it and without: on a single day its model may still let more through by chance,
    so trouble counts as over where it is in one of them.
    """
    declared = min((s.step for s in steps if s.op == "declare"), default=None)
    gambles = tuple(s.step for s in steps if s.kind == "move" and s.op in RETRAINING and (declared is None or s.step < declared))
    if not gambles or not incident.drawn.faults:
        return (actual,), None
    without = course(incident, steps, without=gambles)
    control, nothing, reference = (kept_course(incident, which).total() for which in ("control", "do-nothing", "reference"))
    won = without.total() - actual.total()
    if won < -CHANCE * control:
        return (actual,), None
    if won >= REMEDY * max(0.0, nothing - reference):
        return (actual, without), None
    return (without,), Gamble(gambles, significant(won), significant(without.total() - control))

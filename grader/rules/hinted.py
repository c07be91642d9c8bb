"""The price of hints: points of the score, taken where hints help, from the diagnosis."""

from __future__ import annotations

import math

from grader.finding import Finding
from grader.rubric import Rule
from grader.rules.trace import Trace, named

RULE = "diagnosis.hint"
_PRICES = ("first", "second", "third")


def price_of(rule: Rule, level: int) -> float:
    """Points that the hint of a level, 1 to 3, costs."""
    return rule.number(_PRICES[level - 1])


def hinted(t: Trace, rule: Rule, share: float) -> tuple[Finding, ...]:
    """What the hints of a drill cost; nothing where none was given. `share` is what the diagnosis is worth, in points."""
    given = [s for s in t.words("hint") if s.hint]
    if not given:
        return ()
    points = math.fsum(price_of(rule, s.hint) for s in given)
    count = "One hint was" if len(given) == 1 else f"{len(given)} hints were"
    return (rule.finding(True, 0.0, tuple(s.step for s in given), weight=min(1.0, points / share), count=count, which=named(given), points=f"{points:g}"),)

"""What a dimension's module gives back: its findings, and the share of the dimension that they come to."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from grader.finding import Finding
from grader.rubric import Rubric


@dataclass(frozen=True, slots=True)
class Assessment:
    findings: tuple[Finding, ...]
    ratio: float
    """Share of the dimension that was earned, 0 to 1: what findings earn less what they cost."""


def contribution(finding: Finding, rubric: Rubric) -> float:
    """Share of its dimension that a finding gave (positive) or cost (negative)."""
    effect = rubric[finding.rubric].effect
    if effect == "earns":
        return finding.weight * finding.credit
    return -finding.weight if effect == "costs" and finding.met else 0.0


def assess(findings: Iterable[Finding], rubric: Rubric) -> Assessment:
    kept = tuple(findings)
    total = math.fsum(contribution(f, rubric) for f in kept)
    return Assessment(kept, min(1.0, max(0.0, total)))


def limited(costs: Iterable[float], most: float) -> list[float]:
    """`costs` in their order, cut where their sum would pass `most`."""
    left, out = most, []
    for cost in costs:
        out.append(min(cost, left))
        left -= out[-1]
    return out

"""What was lost before the page, which no response could save, apart from what came after it: read off the curves of losses."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from grader.evidence import Evidence, Impact
from grader.report_rows import LossRow
from simulator.durations import HOUR_S, format_duration

LEAST_USD = 1.0
"""Below this nothing was lost."""
COURSES = ("had nobody done anything", "as you left it", "with the reference runbook")


@dataclass(frozen=True, slots=True)
class Losses:
    """One row for each of COURSES, amounts in the evidence's currency."""

    before_usd: float | None
    """Lost from the onset to the page, the same in every course; None where there is no curve to read it off."""
    unit_usd: float
    """How finely the curves tell `before_usd`: both parts are rounded to it."""
    whole_usd: tuple[float, float, float]

    @property
    def none(self) -> bool:
        return all(abs(usd) < LEAST_USD for usd in (*self.whole_usd, self.before_usd or 0.0))

    @property
    def after_usd(self) -> tuple[float, ...]:
        before = self.before_usd or 0.0
        return tuple(_rounded(usd - before, self.unit_usd) for usd in self.whole_usd)


def losses(evidence: Evidence) -> Losses:
    impact = evidence.impact
    whole = (impact.do_nothing_usd, impact.actual_usd, impact.reference_usd)
    if not impact.hour_s:
        return Losses(None, 1.0, whole)
    before, unit = _at_page(evidence)
    return Losses(_rounded(before, unit), unit, whole)


def since_page(evidence: Evidence, curve: Sequence[float]) -> tuple[tuple[float, float], ...]:
    """Points (seconds since the page, lost since the page) of one course; the first is the page itself."""
    before, _ = _at_page(evidence)
    page = evidence.start_s
    return ((0.0, 0.0), *((at - page, usd - before) for at, usd in zip(ends_s(evidence.impact), curve, strict=False) if at > page))


def courses_since_page(evidence: Evidence) -> tuple[tuple[str, tuple[tuple[float, float], ...]], ...]:
    """The points of each course under its name, as it was left first; none where no money was lost after the page in any, or no curve reaches beyond it."""
    impact = evidence.impact
    if not impact.hour_s:
        return ()
    curves = (impact.actual_curve, impact.do_nothing_curve, impact.reference_curve)
    courses = tuple((name, since_page(evidence, curve)) for name, curve in zip((COURSES[1], COURSES[0], COURSES[2]), curves, strict=True))
    values = [usd for _, points in courses for _, usd in points]
    lost = max(values) - min(values) >= LEAST_USD and courses[0][1][-1][0] > 0
    return courses if lost else ()


def ends_s(impact: Impact) -> tuple[float, ...]:
    """Times at which the curves' values hold: each counts the hour whose start stands beside it."""
    return tuple(at + HOUR_S for at in impact.hour_s)


def losses_said(found: Losses, evidence: Evidence) -> tuple[str, ...]:
    """The sentences that stand above the table of losses."""
    if found.none:
        return ("No money was lost, neither as you left it, nor had nobody done anything, nor with the reference runbook.",)
    if not found.before_usd:
        return ()
    amount = f"{found.before_usd:,.0f} {evidence.impact.currency}"
    onset = format_duration(evidence.start_s - evidence.onset_s)
    about = "about " if found.unit_usd > 1 else ""
    rest = format_duration(ends_s(evidence.impact)[-1] - evidence.start_s)
    return (
        f"The cause had acted for {onset} when the page came, and {about}{amount} had been lost by then: no response could save that. "
        f"What was lost after the page is counted over about {rest}.",
    )


def losses_shown(found: Losses, evidence: Evidence) -> tuple[LossRow, ...]:
    """The table of losses; no row where nothing was lost."""

    def money(usd: float | None) -> str:
        return "" if usd is None else f"{usd:,.0f} {evidence.impact.currency}"

    if found.none:
        return ()
    parts = zip(COURSES, found.after_usd, found.whole_usd, strict=True)
    return tuple(LossRow(name, money(found.before_usd), money(after if found.before_usd is not None else None), money(whole)) for name, after, whole in parts)


def _at_page(evidence: Evidence) -> tuple[float, float]:
    """Lost by the page, between the two points of the curve around it, and a unit that is honest about reading between them."""
    page, curve = evidence.start_s, evidence.impact.do_nothing_curve
    ends = ends_s(evidence.impact)
    i = bisect_left(ends, page)
    if i == len(ends):
        return curve[-1], 1.0
    if ends[i] == page:
        return curve[i], 1.0
    left_s, left = (ends[i - 1], curve[i - 1]) if i else (min(evidence.onset_s, page), 0.0)
    rise = curve[i] - left
    # Losses follow the hour of the day, so a straight line through a span is right to about a tenth of what the span holds.
    unit = 10.0 ** math.floor(math.log10(abs(rise) / 10)) if abs(rise) >= 10 * LEAST_USD else 1.0
    return left + rise * (page - left_s) / (ends[i] - left_s), unit


def _rounded(usd: float, unit_usd: float) -> float:
    return round(usd / unit_usd) * unit_usd

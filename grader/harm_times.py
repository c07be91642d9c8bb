"""The timeline of harm: what had been lost when, as the drill went and had nobody done anything, with each move's worth."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from grader.losses import courses_since_page
from grader.plain import plain
from grader.report_rows import HarmRow, clock
from grader.rules.mitigation import money
from grader.rules.trace import Trace, useful_moves
from simulator.durations import HOUR_S, format_duration
from simulator.observation import significant

Points = Sequence[tuple[float, float]]
"""Seconds since the page, lost since the page."""
DIGITS = 3
"""Significant digits of an amount that is read between two points."""


def harm_times(t: Trace) -> tuple[HarmRow, ...]:
    """Page, moves, declaration, close, recovery and the curves' end in their order; empty where no money was lost after the page."""
    courses = courses_since_page(t.evidence)
    if not courses:
        return ()
    e, nothing = t.evidence, courses[1][1]
    own = _from_first_move(t, courses[0][1], nothing)
    moments = [(e.start_s, "the page", ""), *((m.at_s + m.took_s, f"step {m.step} done: {plain(m.line)}", worth_of(t, m.step)) for m in t.moves)]
    if t.declared is not None:
        moments.append((t.declared.at_s, f"step {t.declared.step}: {plain(t.declared.line)}", ""))
    moments.append((e.closed_s, "the drill was closed", ""))
    recovered_s = mended_s(t)
    if recovered_s is not None and not e.control and recovered_s > e.start_s:
        moments.append((recovered_s, "losses down for good", ""))
    end_s = e.start_s + own[-1][0]
    moments.append((end_s, f"the curves end, {format_duration(own[-1][0])} after the page", ""))
    return tuple(
        HarmRow(clock(at, e.start_s), what, worth, *(money(t, significant(_lost(points, at - e.start_s), DIGITS)) if at <= end_s else "" for points in (own, nothing)))
        for at, what, worth in sorted(moments, key=lambda moment: moment[0])
    )


def _from_first_move(t: Trace, own: Points, nothing: Points) -> Points:
    """The drill's own course, which is that of doing nothing until the first move begins, wherever the curves' points lie."""
    first_s = min((m.at_s for m in t.moves), default=t.evidence.closed_s) - t.evidence.start_s
    after = [point for point in own if point[0] > first_s]
    if not after:
        return nothing if not t.moves else own
    before = [point for point in nothing if point[0] < first_s]
    return (*before, (first_s, _lost(nothing, first_s)), *after)


def mended_s(t: Trace) -> float | None:
    """When losses were down for good, None if never. Replay knows the hour; the last remedy done within it comes first."""
    since_s = t.evidence.recover_s
    if since_s is None:
        return None
    done = [m.at_s + m.took_s for m in useful_moves(t)]
    return max((since_s, *(at_s for at_s in done[-1:] if at_s < since_s + HOUR_S)))


def worth_of(t: Trace, step: int) -> str:
    """What a move saved or cost, by leaving it out."""
    worth = t.worth.get(step)
    if worth is None:
        return "not replayed"
    amount = money(t, abs(worth.worth_usd))
    return f"saved {amount}" if worth.worth_usd >= 0.5 else f"cost {amount}" if worth.worth_usd <= -0.5 else "changed nothing"


def _lost(points: Points, since_s: float) -> float:
    """Lost by then, on the straight line between the two points around it; the first point is the page."""
    at = bisect_left([x for x, _ in points], since_s)
    if at == 0:
        return points[0][1]
    (x, usd), (after, then) = points[at - 1], points[min(at, len(points) - 1)]
    value = then if after <= x else usd + (then - usd) * (since_s - x) / (after - x)
    return value + 0.0 if abs(value) >= 0.5 else 0.0

"""The way through the differential as shapes with coordinates: for each explanation a line until the look at which it fell.

Time is what was spent on looks. Under each line runs that of the shortest way that the looks held, on the same scale.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from grader.chart_scale import round_times
from grader.plain import plain
from grader.rules.trace import Trace
from grader.shortest import argued, shortest
from scenarios.scenario import NOTHING
from simulator.durations import format_duration

WIDTH, LEFT, RIGHT, TOP = 760.0, 196.0, 650.0, 34.0
ROW = 30.0
MOST_SIGNS = 28
"""Signs of a name that fit left of its line."""


@dataclass(frozen=True, slots=True)
class Line:
    end: float
    fell: bool
    label: str


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of one explanation."""

    name: str
    y: float
    own: Line
    short: Line | None
    """On the shortest way; None where that leaves it open too."""
    true: bool


@dataclass(frozen=True, slots=True)
class PathChart:
    fates: tuple[Fate, ...]
    ticks: tuple[tuple[float, str], ...]
    bottom: float
    height: float


def path_chart(t: Trace) -> PathChart | None:
    """The chart, or None where no look closed an explanation."""
    way = shortest(t)
    if way is None:
        return None
    looks = argued(t)
    span = max(sum(look.took_s for look in looks), 1.0)

    def x(spent_s: float) -> float:
        return round(LEFT + (RIGHT - LEFT) * min(1.0, spent_s / span), 1)

    def line(candidate: str, only: Collection[int]) -> Line:
        spent, seen = 0.0, []
        for look in looks:
            if look.step in only:
                spent += look.took_s
                seen.append(look.step)
                if candidate in t.closed_by(seen):
                    return Line(x(spent), True, f"step {look.step}, {format_duration(spent)}")
        return Line(RIGHT, False, "open")

    whole = [look.step for look in looks]
    fates = []
    for at, candidate in enumerate(t.others):
        short = line(candidate, way.steps)
        name = "nothing wrong" if candidate == NOTHING else plain(candidate)
        fates.append(Fate(name[:MOST_SIGNS], TOP + ROW * at + 10, line(candidate, whole), short if short.fell else None, False))
    truth = "nothing wrong" if t.evidence.true_candidate == NOTHING else plain(t.evidence.true_candidate)
    fates.append(Fate(truth[:MOST_SIGNS], TOP + ROW * len(t.others) + 10, Line(RIGHT, False, "the case"), None, True))
    bottom = TOP + ROW * len(fates)
    return PathChart(tuple(fates), tuple((x(at), format_duration(at) if at else "0") for at in round_times(span, 9)), bottom, bottom + 26)

"""The way through the differential as shapes with coordinates: for each explanation a line until the look at which it fell.

Time is what was spent on looks. Under each line runs that of the shortest way that there was, on the same scale; in the
evidence of older sessions there is only the shortest that the drill's own looks held.
"""

from __future__ import annotations

from dataclasses import dataclass

from grader.chart_scale import round_times
from grader.plain import plain
from grader.rules.trace import Trace
from grader.shortest import argued, falls, quickest_falls, shortest
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
    beside: str
    """What the lines beneath stand for."""


def path_chart(t: Trace) -> PathChart | None:
    """The chart, or None where no look closed an explanation, and none could have."""
    looks, way = argued(t), shortest(t)
    own = falls(t, [(look.took_s, t.excluded[look.step]) for look in looks])
    short, beside = quickest_falls(t), "the shortest way that there was"
    if not short and way is not None:
        chosen = [look for look in looks if look.step in way.steps]
        short, beside = falls(t, [(look.took_s, t.excluded[look.step]) for look in chosen]), "the shortest way in your looks"
    if not own and not short:
        return None
    span = max(sum(look.took_s for look in looks), *(spent for _, spent in short.values()), 1.0)

    def x(spent_s: float) -> float:
        return round(LEFT + (RIGHT - LEFT) * min(1.0, max(0.0, spent_s / span)), 1)

    def own_line(candidate: str) -> Line:
        if candidate not in own:
            return Line(RIGHT, False, "open")
        at, spent = own[candidate]
        return Line(x(spent), True, f"step {looks[at].step}, {format_duration(spent)}")

    def short_line(candidate: str) -> Line | None:
        return Line(x(short[candidate][1]), True, format_duration(short[candidate][1])) if candidate in short else None

    fates = [Fate(_named(candidate), TOP + ROW * at + 10, own_line(candidate), short_line(candidate), False) for at, candidate in enumerate(t.others)]
    fates.append(Fate(_named(t.evidence.true_candidate), TOP + ROW * len(t.others) + 10, Line(RIGHT, False, "the case"), None, True))
    bottom = TOP + ROW * len(fates)
    return PathChart(tuple(fates), tuple((x(at), format_duration(at) if at else "0") for at in round_times(span, 9)), bottom, bottom + 26, beside)


def _named(candidate: str) -> str:
    return ("nothing wrong" if candidate == NOTHING else plain(candidate))[:MOST_SIGNS]

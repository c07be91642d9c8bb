"""The timeline of losses as shapes with coordinates: three curves from the page to the horizon, and the drill's steps on lanes below.

The curves start at zero at the page: what was lost before it is the same in all three, and would flatten what a response can change.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from grader.chart_scale import apart, round_times
from grader.evidence import Evidence
from grader.harm_times import worth_of
from grader.losses import courses_since_page
from grader.plain import plain
from grader.report_rows import clock
from grader.rules.trace import Trace, trace
from scenarios.steps import Step
from simulator import calendar
from simulator.durations import DAY_S, format_duration

WIDTH, HEIGHT = 760.0, 428.0
LEFT, RIGHT, TOP, BOTTOM = 84.0, 736.0, 30.0, 226.0
CURVES_RIGHT = 548.0
"""Where the curves end; their names stand to the right of it."""
LANES = {"look": 322.0, "move": 350.0, "word": 378.0}
STRIP = 394.0
"""Height of the time axis below the lanes."""
_STYLES = ("actual", "nothing", "reference")
"""The broad line is drawn first, so that a dashed one that runs over it can be seen."""


@dataclass(frozen=True, slots=True)
class Curve:
    name: str
    style: str
    """Class of the line: each has a dash of its own, so that colour is not needed to tell them apart."""
    points: str
    label_y: float


@dataclass(frozen=True, slots=True)
class Tick:
    at: float
    text: str
    under: str = ""
    """A second line: the date."""


@dataclass(frozen=True, slots=True)
class Mark:
    x: float
    y: float
    kind: str
    label: str
    title: str


@dataclass(frozen=True, slots=True)
class Chart:
    curves: tuple[Curve, ...]
    across: tuple[Tick, ...]
    up: tuple[Tick, ...]
    close_x: float
    marks: tuple[Mark, ...]
    strip: tuple[Tick, ...]
    page: str
    """Date and time of the page."""
    currency: str


def harm_chart(steps: Sequence[Step], evidence: Evidence) -> Chart | None:
    """The chart, or None where no money was lost after the page in any course, or no curve reaches beyond it."""
    courses = courses_since_page(evidence)
    if not courses:
        return None
    values = [usd for _, points in courses for _, usd in points]
    low, high, end = min(values), max(values), courses[0][1][-1][0]

    def x(since_s: float) -> float:
        return round(LEFT + (CURVES_RIGHT - LEFT) * min(1.0, max(0.0, since_s / end)), 1)

    def y(usd: float) -> float:
        return round(BOTTOM - (BOTTOM - TOP) * (usd - low) / (high - low), 1)

    span = max(evidence.closed_s - evidence.start_s, 1.0)

    def along(since_s: float) -> float:
        return round(LEFT + (RIGHT - LEFT) * min(1.0, max(0.0, since_s / span)), 1)

    ends = [y(points[-1][1]) for _, points in courses]
    order = sorted(range(len(ends)), key=lambda i: ends[i])
    label_y = dict(zip(order, _apart([ends[i] for i in order], 16.0, BOTTOM), strict=True))
    return Chart(
        curves=tuple(
            Curve(name, style, " ".join(f"{x(at)},{y(usd)}" for at, usd in points), label_y[i]) for i, (style, (name, points)) in enumerate(zip(_STYLES, courses, strict=True))
        ),
        across=tuple(Tick(x(at), f"+{format_duration(at)}" if at else "page", _date(evidence.start_s + at, end)) for at in round_times(end, 7 if end >= 4 * DAY_S else 5)),
        up=tuple(Tick(y(value), f"{value:,.0f}") for value in _round_values(low, high)),
        close_x=x(span),
        marks=_marks(trace(steps, evidence), [along(s.at_s - evidence.start_s) for s in trace(steps, evidence).steps]),
        strip=tuple(Tick(along(at), clock(at, 0.0)) for at in round_times(span, 9)),
        page=calendar.clock(evidence.start_s),
        currency=evidence.impact.currency,
    )


def _marks(t: Trace, places: list[float]) -> tuple[Mark, ...]:
    """A mark for each step on the lane of its kind; a number is left out where it would cover the one before it."""
    marks: list[Mark] = []
    numbered: dict[float, float] = {}
    for s, at in zip(t.steps, _apart(places, 18.0, RIGHT), strict=True):
        lane = LANES.get(s.kind, LANES["word"])
        clear = at - numbered.get(lane, -WIDTH) >= 8.0 * len(str(s.step))
        numbered[lane] = at if clear else numbered[lane]
        worth = f" ({worth_of(t, s.step)})" if s.kind == "move" else ""
        marks.append(Mark(at, lane, "declare" if s.op == "declare" else s.kind, str(s.step) if clear else "", f"step {s.step}: {plain(s.line)}{worth}"))
    return tuple(marks)


def _apart(places: list[float], gap: float, latest: float) -> list[float]:
    return [round(place, 1) for place in apart(places, gap, latest, RIGHT - LEFT)]


def _date(at_s: float, span_s: float) -> str:
    shown = calendar.clock(at_s)
    return shown[4:10] if span_s >= 4 * DAY_S else shown[4:]


def _round_values(low: float, high: float) -> tuple[float, ...]:
    """Three to six round numbers within [low, high]."""
    rough = (high - low) / 4
    size = 10.0 ** math.floor(math.log10(rough))
    step = next(m * size for m in (1.0, 2.0, 5.0, 10.0) if m * size >= rough)
    return tuple(k * step for k in range(math.ceil(low / step), math.floor(high / step) + 1))

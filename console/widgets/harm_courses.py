"""What the curves of harm show, worked out from a debrief alone: points, frame, ticks, names at the ends. Nothing here draws."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

from textual.content import Content

from console.host.shown import CurveOfHarm
from console.widgets.amounts import axis_ticks
from grader.chart_scale import round_times
from simulator import calendar
from simulator.durations import DAY_S, HOUR_S, format_duration

LINES = ("left", "nothing", "reference")
"""The three courses in the order in which a debrief has them."""
MARKERS = {"left": "", "nothing": "x", "reference": "o"}
"""Two courses are rows of signs, so that they can be told from the line and from each other without colour."""
LAST_STEP = "┊"
Points = tuple[tuple[float, float], ...]
"""Seconds since the page, and what was lost by then."""

_LARGEST = 1e300
"""Amounts beyond this are no amounts, and their differences no numbers."""
_POINT = "•"
_SIGN_EVERY = 4
"""Columns from one sign of a course to its next."""
_LEAST_SHARE = 0.02
"""Of the time that is shown: what is closer to the page or the end cannot be told from it."""
_TICK_ROOM, _DATED_TICK_ROOM, _DATED_FROM = 10, 16, 70
"""Columns that a tick needs without and with a date, and the columns of a plot whose ticks have dates."""


@dataclass(frozen=True, slots=True)
class Course:
    line: str
    name: str
    points: Points

    @property
    def sign(self) -> str:
        return MARKERS[self.line]

    @property
    def end(self) -> float:
        return self.points[-1][1]


def courses(curves: Sequence[CurveOfHarm], start_s: float) -> list[Course]:
    """The curves that have a point which can be drawn."""
    out = []
    for line, curve in zip(LINES, curves, strict=False):
        pairs = zip(curve.at_s, curve.usd, strict=False)
        points = tuple((at - start_s, usd) for at, usd in pairs if isfinite(at - start_s) and abs(usd) < _LARGEST)
        if points:
            out.append(Course(line, curve.name, points))
    return out


@dataclass(frozen=True, slots=True)
class Frame:
    """What the plot spans."""

    span_s: float
    low: float
    high: float

    @classmethod
    def of(cls, shown: Sequence[Course]) -> Frame:
        values = [usd for course in shown for _, usd in course.points]
        low, high = min(values), max(values)
        if high - low < 1:
            low, high = min(low, 0.0), max(high, low + 1.0)
        air = (high - low) / 20
        return cls(max(HOUR_S, *(at for course in shown for at, _ in course.points)), low - air, high + air)

    def x(self, since_s: float) -> float:
        """From 0 at the page to 1 at the end."""
        return min(1.0, max(0.0, since_s / self.span_s))

    def row(self, usd: float, height: int) -> int:
        """The line of `height` lines, a frame among them, on which an amount stands."""
        return 1 + round((self.high - usd) / (self.high - self.low) * max(height - 3, 0))

    def across(self, room: int, start_s: float) -> list[tuple[float, str]]:
        """Round times since the page, with dates where there is room."""
        dated = room >= _DATED_FROM
        ticks = []
        for since_s in round_times(self.span_s, max(room // (_DATED_TICK_ROOM if dated else _TICK_ROOM), 1)):
            text = f"+{format_duration(since_s)}" if since_s else "page"
            date = date_and_time(start_s + since_s)
            ticks.append((self.x(since_s), f"{text} {date[4:10] if self.span_s >= 4 * DAY_S else date[11:]}" if dated and since_s else text))
        return ticks

    def up(self, height: int) -> list[tuple[float, str]]:
        return [(value, text if value else "0") for value, text in axis_ticks(self.low, self.high, "", min(max(height // 2, 2), 5))]


@dataclass(frozen=True, slots=True)
class Stroke:
    """One course as it is drawn: a line where it has no sign, else a row of its signs."""

    line: str
    sign: str
    at: tuple[float, ...]
    """From 0 at the page to 1 at the end."""
    usd: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    frame: Frame
    strokes: tuple[Stroke, ...]
    across: tuple[tuple[float, str], ...]
    up: tuple[tuple[float, str], ...]
    last_step: float | None
    """Where the last step was made; None where that is not to be told from the page or from the end."""


def picture(shown: Sequence[Course], start_s: float, last_step_s: float, width: int, height: int) -> Picture:
    """What is drawn in `width` by `height` cells, the frame and the values' texts among them."""
    frame = Frame.of(shown)
    up = frame.up(height)
    room = max(width - max((len(text) for _, text in up), default=0) - 3, 1)
    strokes = []
    for number, course in enumerate(shown):
        one = len(course.points) == 1
        points = sampled(course.points, max(room // _SIGN_EVERY, 4), number / len(shown)) if course.sign and not one else course.points
        strokes.append(Stroke(course.line, course.sign or (_POINT if one else ""), tuple(frame.x(at) for at, _ in points), tuple(usd for _, usd in points)))
    return Picture(frame, tuple(strokes), tuple(frame.across(room, start_s)), tuple(up), last_step(frame, last_step_s - start_s))


def last_step(frame: Frame, since_s: float) -> float | None:
    at = frame.x(since_s)
    return at if _LEAST_SHARE < at < 1 - _LEAST_SHARE else None


def sampled(points: Points, count: int, phase: float) -> Points:
    """`count` points at even distances on the line through `points`, and its end; `phase` keeps the signs of courses that run together apart."""
    first, last = points[0][0], points[-1][0]
    places = [first + (last - first) * (k + phase) / count for k in range(count)]
    return (*((at, at_time(points, at)) for at in places), points[-1])


def at_time(points: Points, at: float) -> float:
    """The value at `at` on the line through `points`, whose first and last values hold beyond its ends."""
    i = bisect_right(points, at, key=lambda point: point[0])
    if i == 0 or i == len(points):
        return points[min(i, len(points) - 1)][1]
    (left, low), (right, high) = points[i - 1], points[i]
    share = (at - left) / (right - left)
    return low * (1 - share) + high * share


def stacked(blocks: Sequence[tuple[int, list[Content]]], height: int) -> list[Content]:
    """`height` lines with each block of lines near the row that it belongs to, none over another as far as there is room."""
    order = sorted(blocks, key=lambda block: block[0])
    tops: list[int] = []
    free = 0
    for row, block in order:
        tops.append(max(row - len(block) // 2, free))
        free = tops[-1] + len(block)
    below = height
    for i in range(len(order) - 1, -1, -1):
        tops[i] = max(0, min(tops[i], below - len(order[i][1])))
        below = tops[i]
    lines = [Content()] * height
    for top, (_, block) in zip(tops, order, strict=True):
        lines[top : top + len(block)] = block
    return lines[:height]


def date_and_time(at_s: float) -> str:
    """As the calendar has it; empty beyond its end."""
    try:
        return calendar.clock(at_s)
    except (OverflowError, ValueError):
        return ""

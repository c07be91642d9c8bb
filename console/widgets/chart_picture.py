"""What is drawn of one metric, worked out from its values alone: lines, bound, marks, ticks and limits. Nothing here draws."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import ceil, isfinite

from console.host.shown import Chart, Mark
from console.widgets.amounts import axis_ticks, unit_for
from simulator.calendar import START
from simulator.durations import DAY_S, HOUR_S, MINUTE_S

Points = tuple[tuple[float, ...], tuple[float, ...]]
"""Times and values."""

_MARK_SIGNS = {"alert": "!", "move": "●", "page": "P"}
_CHANGE_SIGN = "▲"
_TIME_STEPS_S = (15 * MINUTE_S, 30 * MINUTE_S, HOUR_S, 2 * HOUR_S, 3 * HOUR_S, 6 * HOUR_S, 12 * HOUR_S, DAY_S, 2 * DAY_S, 7 * DAY_S)
_TIME_ROOM = 9
"""Columns that a label of the time axis needs, with air."""
_DOT_EVERY = 2
"""Columns from one dot of last week's line to the next."""


@dataclass(frozen=True, slots=True)
class Picture:
    from_s: float
    to_s: float
    low: float
    high: float
    now: tuple[Points, ...]
    """Runs without a gap, up to the shown time."""
    week_before: Points
    """One dot for every few columns."""
    bound: float | None
    """The alert rule's bound where it lies within the limits."""
    events: tuple[tuple[float, str], ...]
    """Time and sign, in the order of time."""
    time_ticks: tuple[tuple[float, str], ...]
    value_ticks: tuple[tuple[float, str], ...]

    @property
    def margin(self) -> int:
        """Columns for the labels of the values, with one of air."""
        return max((len(text) for _, text in self.value_ticks), default=3) + 1


def drawn(chart: Chart, marks: Iterable[Mark], shown_s: float, width: int, height: int) -> Picture:
    """The picture of `chart` in a plot of `width` by `height` cells inside its frame, less the labels, as far as it is known at `shown_s`."""
    events = tuple((mark.at_s, mark_sign(mark)) for mark in seen_marks(chart, marks, shown_s))
    from_s, to_s = _span(chart, events)
    low, high = limits(chart)
    unit = chart_unit(chart)
    value_ticks = tuple(axis_ticks(low, high - (high - low) / max(2 * height, 1), unit, min(max(height // 2, min(height, 3)), 5)))
    labels = max((len(text) for _, text in value_ticks), default=3)
    columns = max(width - labels, 1)
    count = bisect_right(chart.at_s, shown_s)
    return Picture(
        from_s,
        to_s,
        low,
        high,
        _runs(chart.at_s[:count], chart.values[:count]),
        _dots(chart, from_s, to_s, columns),
        chart.threshold if chart.threshold is not None and low <= chart.threshold <= high else None,
        events,
        tuple(time_ticks(from_s, to_s, columns)),
        value_ticks,
    )


def chart_unit(chart: Chart) -> str:
    """The unit that the chart is read in."""
    return unit_for(chart.unit, [*_known(chart.values), *([] if chart.threshold is None else [chart.threshold])])


def latest(values: Sequence[float | None]) -> float | None:
    """The last value that was measured."""
    return next((value for value in reversed(values) if value is not None and isfinite(value)), None)


def mark_sign(mark: Mark) -> str:
    """The sign of a mark on the time axis and in the legend."""
    return _MARK_SIGNS.get(mark.kind, _CHANGE_SIGN)


def seen_marks(chart: Chart, marks: Iterable[Mark], shown_s: float) -> list[Mark]:
    """Marks since the chart's beginning and not later than `shown_s`, in the order of time."""
    begin_s = chart.at_s[0] if chart.at_s else 0.0
    return sorted((mark for mark in marks if begin_s <= mark.at_s <= shown_s), key=lambda mark: mark.at_s)


def limits(chart: Chart) -> tuple[float, float]:
    """Least and greatest value to draw, with air; the bound is taken in where that does not squash the line."""
    known = [*_known(chart.values), *_known(chart.week_before)]
    bound = chart.threshold
    if not known:
        known = [0.0, 1.0] if bound is None else [bound]
    low, high = min(known), max(known)
    if bound is not None:
        distance = max(low - bound, bound - high)
        if distance <= high - low or high == low:
            low, high = min(low, bound), max(high, bound)
    air = 0.06 * (high - low) or 0.05 * abs(high) or 0.5
    return (max(low - air, 0.0) if low >= 0 else low - air), high + air


def time_ticks(from_s: float, to_s: float, columns: int) -> list[tuple[float, str]]:
    """Round times that have room on `columns`, as HH:MM and at midnight as the day."""
    span_s = to_s - from_s
    if span_s <= 0:
        return []
    step_s = next((step for step in _TIME_STEPS_S if span_s / step * _TIME_ROOM <= columns), _TIME_STEPS_S[-1])
    times = [k * step_s for k in range(ceil(from_s / step_s), int(to_s // step_s) + 1)]
    edge_s = 3 * span_s / columns
    return [(at_s, time_label(at_s)) for at_s in times if from_s + edge_s / 3 <= at_s <= to_s - edge_s]


def time_label(at_s: float) -> str:
    return (START + timedelta(seconds=at_s)).strftime("%H:%M" if at_s % DAY_S else "%a %d")


def _span(chart: Chart, events: Sequence[tuple[float, str]]) -> tuple[float, float]:
    """From the first time of the chart to one step after its last, and on to the newest mark: what happened just now is seen."""
    if not chart.at_s:
        return 0.0, 1.0
    step_s = chart.at_s[-1] - chart.at_s[-2] if len(chart.at_s) > 1 else 5 * MINUTE_S
    return chart.at_s[0], max([chart.at_s[-1] + step_s, *(at_s for at_s, _ in events)])


def _known(values: Iterable[float | None]) -> list[float]:
    return [value for value in values if value is not None and isfinite(value)]


def _runs(at_s: Sequence[float], values: Sequence[float | None]) -> tuple[Points, ...]:
    runs: list[tuple[list[float], list[float]]] = []
    broken = True
    for at, value in zip(at_s, values, strict=True):
        if value is None or not isfinite(value):
            broken = True
            continue
        if broken:
            runs.append(([], []))
            broken = False
        runs[-1][0].append(at)
        runs[-1][1].append(value)
    return tuple((tuple(times), tuple(run)) for times, run in runs)


def _dots(chart: Chart, from_s: float, to_s: float, columns: int) -> Points:
    """Means of last week's values, at equal distances of a few columns."""
    width_s = (to_s - from_s) / columns * _DOT_EVERY
    sums: dict[int, tuple[float, int]] = {}
    for at, value in zip(chart.at_s, chart.week_before, strict=True):
        if value is not None and isfinite(value):
            k = int((at - from_s) / width_s)
            total, count = sums.get(k, (0.0, 0))
            sums[k] = (total + value, count + 1)
    # Each dot stands a quarter into the first column of its part, so that it never shares that column's cell with another.
    return tuple(from_s + (k + 0.25 / _DOT_EVERY) * width_s for k in sums), tuple(total / count for total, count in sums.values())

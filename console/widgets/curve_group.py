"""Curves of one unit that share a plot: their limits, their times, what each says at a moment. Nothing here draws."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

from console.plain.cells import cell_text
from console.untrusted import untrusted_line
from console.widgets.amounts import axis_ticks
from console.widgets.chart_picture import time_ticks
from simulator.durations import HOUR_S
from simulator.observation import Series

SIGNS = "●▲■◆○△"
"""One for each curve of a plot, on the line and in the legend: lines are told apart without colour."""
_SIGN_EVERY = 16
"""Columns from one sign on a line to the next."""
_TICK_ROOM = 9
_UNITS_IN_VALUES = ("", "s", "share", "time")

Points = tuple[list[float], list[float]]
"""Times and values."""
Ticks = list[tuple[float, str]]


@dataclass(frozen=True, slots=True)
class CurveGroup:
    unit: str
    series: tuple[Series, ...]
    times: tuple[float, ...]
    """Every time at which one of the curves has a point, in order."""
    low: float
    high: float

    @property
    def from_s(self) -> float:
        return self.times[0] if len(self.times) > 1 else self.times[0] - HOUR_S

    @property
    def to_s(self) -> float:
        return self.times[-1] if len(self.times) > 1 else self.times[-1] + HOUR_S

    @property
    def title(self) -> str:
        names = ", ".join(untrusted_line(series.name) for series in self.series)
        return names if self.unit in _UNITS_IN_VALUES else f"{names} [{untrusted_line(self.unit)}]"

    def time_ticks(self, columns: int) -> Ticks:
        return time_ticks(self.from_s, self.to_s, max(columns, 1))

    def value_ticks(self, rows: int) -> Ticks:
        most = min(max(rows // 3, 2), 8)
        return time_ticks(self.low, self.high, most * _TICK_ROOM) if self.unit == "time" else axis_ticks(self.low, self.high, self.unit, most)

    def value_text(self, position: int, at_s: float) -> str:
        """What a curve says at a time, or last said before it, with its unit."""
        series = self.series[position]
        before = bisect_right(series.at_s, at_s) - 1
        value = series.values[before] if before >= 0 else None
        known = value is not None and isfinite(value)
        return cell_text(value, self.unit) + (f" {untrusted_line(self.unit)}" if known and self.unit not in _UNITS_IN_VALUES else "")

    def nearest(self, at_s: float) -> int:
        """Position of the time that is nearest to `at_s`."""
        after = min(bisect_left(self.times, at_s), len(self.times) - 1)
        return after - 1 if after and at_s - self.times[after - 1] < self.times[after] - at_s else after


def curve_groups(series: Sequence[Series]) -> list[CurveGroup]:
    """Curves that have a value, those of one unit together, at most as many as there are signs."""
    by_unit: dict[str, list[Series]] = {}
    for curve in series:
        if _known(curve):
            by_unit.setdefault(curve.unit, []).append(curve)
    return [_group(unit, curves[k : k + len(SIGNS)]) for unit, curves in by_unit.items() for k in range(0, len(curves), len(SIGNS))]


def _group(unit: str, curves: list[Series]) -> CurveGroup:
    known = [value for curve in curves for value in _known(curve)]
    low, high = min(known), max(known)
    air = 0.05 * (high - low) or 0.05 * abs(high) or 0.5
    return CurveGroup(unit, tuple(curves), tuple(sorted({at for curve in curves for at in curve.at_s})), max(low - air, 0.0) if low >= 0 else low - air, high + air)


def _known(curve: Series) -> list[float]:
    return [value for value in curve.values if value is not None and isfinite(value)]


def runs(curve: Series) -> list[Points]:
    """The curve in pieces without a gap."""
    pieces: list[Points] = []
    broken = True
    for at, value in zip(curve.at_s, curve.values, strict=True):
        if value is None or not isfinite(value):
            broken = True
            continue
        if broken:
            pieces.append(([], []))
            broken = False
        pieces[-1][0].append(at)
        pieces[-1][1].append(value)
    return pieces


def signed_points(group: CurveGroup, position: int, columns: int) -> Points:
    """Where the sign of a curve stands on its line: every few columns, apart from the signs of the others."""
    curve = group.series[position]
    width_s = (group.to_s - group.from_s) / max(columns, 1)
    points: Points = ([], [])
    at_s = group.from_s + width_s * _SIGN_EVERY * (position + 0.5) / len(group.series)
    while at_s <= group.to_s:
        nearest = min(bisect_left(curve.at_s, at_s), len(curve.at_s) - 1)
        value = curve.values[nearest]
        if value is not None and isfinite(value) and curve.at_s[nearest] not in points[0]:
            points[0].append(curve.at_s[nearest])
            points[1].append(value)
        at_s += width_s * _SIGN_EVERY
    return points

"""What an eye takes from a curve: its level, its slope and its largest step."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulator.durations import DAY_S
from simulator.nature.population import Floats


@dataclass(frozen=True, slots=True)
class Shape:
    now: float | None
    """The last known value; the other figures are None without any."""
    mean: float | None
    low: float | None
    high: float | None
    slope_per_day: float | None
    """Least-squares slope as a share of the mean size; None with fewer than three values or a mean size of zero."""
    step: float | None
    """Mean after minus mean before the best place to cut the curve in two, as a share of the mean size."""


def shape(at_s: Floats, values: Floats) -> Shape:
    """The shape of values (n,) at ascending times; NaN is not there."""
    known = np.isfinite(values)
    at, value = at_s[known], values[known]
    if not len(value):
        return Shape(None, None, None, None, None, None)
    size = float(np.abs(value).mean())
    slope = step = None
    if len(value) >= 3 and size > 0:
        days = (at - at.mean()) / DAY_S
        slope = float((days * (value - value.mean())).sum() / (days * days).sum()) / size
        step = _largest_step(value) / size
        # Beyond six decimals there is only the rounding of sums.
        slope, step = round(slope, 6), round(step, 6)
    return Shape(float(value[-1]), float(value.mean()), float(value.min()), float(value.max()), slope, step)


def _largest_step(values: Floats) -> float:
    """Change of the mean at the cut that explains most of the spread, each part at least a tenth of the values."""
    n = len(values)
    left = np.arange(1, n)
    total = np.cumsum(values)
    difference = (total[-1] - total[:-1]) / (n - left) - total[:-1] / left
    explained = difference**2 * left * (n - left)
    explained[(left < n / 10) | (n - left < n / 10)] = -1.0
    return float(difference[int(np.argmax(explained))])

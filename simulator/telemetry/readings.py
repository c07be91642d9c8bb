"""Trailing readings over sampled payments and over the service's windows: sums in a span that ends at each time asked for."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from simulator.dataplane.windows import WINDOW_S
from simulator.durations import HOUR_S, MINUTE_S
from simulator.nature.population import Floats
from simulator.world import World


def trailing_sum(times_s: Floats, values: Floats, at_s: Floats, window_s: float) -> Floats:
    """Sum of `values` whose time lies in (at - window, at], for each `at`; `times_s` ascending."""
    total = np.concatenate([[0.0], np.cumsum(values)])
    return np.asarray(total[np.searchsorted(times_s, at_s, side="right")] - total[np.searchsorted(times_s, at_s - window_s, side="right")])


def ratio(part: Floats, whole: Floats) -> Floats:
    """part / whole, NaN where there is nothing to divide by."""
    return np.where(whole > 0, part / np.where(whole > 0, whole, 1.0), np.nan)


def payments_share(world: World, at_s: Floats, window_s: float, part: Callable[[float, float], Floats]) -> Floats:
    """Weighted mean of a per-payment value over the trailing window; `part(since, until)` gives it per row."""
    since, until = float(at_s[0]) - window_s, float(at_s[-1])
    times, weight = world.rows.numbers("at_s", since, until), world.rows.numbers("weight", since, until)
    return ratio(trailing_sum(times, weight * part(since, until), at_s, window_s), trailing_sum(times, weight, at_s, window_s))


def arrivals(world: World, column: str, since_s: float, until_s: float, lookback_s: float) -> tuple[Floats, Floats]:
    """Times in (since, until] at which something about earlier payments arrived, ascending, with the payments' weights."""
    times = world.rows.numbers(column, since_s - lookback_s, until_s)
    weight = world.rows.numbers("weight", since_s - lookback_s, until_s)
    inside = (times > since_s) & (times <= until_s)
    order = np.argsort(times[inside], kind="stable")
    return times[inside][order], weight[inside][order]


def trailing_service_sum(world: World, at_s: Floats, measure: str, span_s: float) -> Floats:
    """Sum of a measure of the service's windows over the complete windows in the span before each time; what was not measured counts nothing."""
    windows = world.service.windows(float(at_s[0]) - max(span_s, HOUR_S), float(at_s[-1]) + 1.0)
    values = np.asarray(getattr(windows, measure), dtype=np.float64)
    return trailing_sum(windows.start_s + WINDOW_S, np.nan_to_num(values), at_s, span_s)


def trailing_service(world: World, at_s: Floats, part: str, whole: str | None = None) -> Floats:
    """A figure of the service over the last three complete windows at each time: a ratio of sums, or the mean of `part`."""
    span = 15 * MINUTE_S
    top = trailing_service_sum(world, at_s, part, span)
    if whole is not None:
        return ratio(top, trailing_service_sum(world, at_s, whole, span))
    windows = world.service.windows(float(at_s[0]) - HOUR_S, float(at_s[-1]) + 1.0)
    return ratio(top, trailing_sum(windows.start_s + WINDOW_S, np.ones(len(windows.start_s)), at_s, span))

"""Windows of calm history without their requests: response surfaces measured once with the exact queues.

For one setting and a ladder of loads the two stations are run exactly; each load gives the mean of every measure and
a few sampled windows' deviations from it. A window of history interpolates both in its load and takes a rotation of
two deviations as its sampling noise, so noise is correlated between measures as it is in exact windows.
Work that cannot be done before callers give up is carried between windows as a fluid.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from math import ceil

import numpy as np
from numpy.typing import NDArray

from simulator.dataplane import kernels
from simulator.dataplane.batching import Batching
from simulator.dataplane.hashing import evenness
from simulator.dataplane.kernels import Floats
from simulator.dataplane.queues import on_ticks, tick_at
from simulator.dataplane.stations import Passing, Setting, Station, pass_through
from simulator.dataplane.windows import COLUMN, LATENCIES, MEASURES, WINDOW_S, counts, latencies_ms
from simulator.nature.traffic import Requests
from simulator.streams import stream

LOADS = np.array([0.02, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 1.0, 1.05, 1.15, 1.3, 1.6, 2.0, 3.0, 5.0])
"""Work brought over work that can be done, at the station where that is larger."""
SAMPLES = 16
SAMPLE_REQUESTS = 2400
STEADY_S = 5.0
"""Waits up to here, beyond the delay of a batch, settle well within a window and belong to the surface; longer ones are the fluid's."""

TIMED_OUT, FILLED_SHARE, FETCH_BUSY, MODEL_BUSY, RETRIED, REJECTED, UNSERVED = range(7)
_SHARES = 7
_COLUMNS = _SHARES + LATENCIES.stop - LATENCIES.start
"""Columns of a surface: the seven above, as shares, then the latencies in ms. RETRIED and UNSERVED are per first try."""


@dataclass(frozen=True, slots=True)
class Rung:
    """One load of one setting."""

    mean: Floats
    deviation: Floats
    """[SAMPLES, columns], of stretches in which SAMPLE_REQUESTS requests are expected."""


@dataclass(frozen=True, slots=True)
class Noise:
    """Keyed noise of windows of history; arrays of one entry per window."""

    count: Floats
    """Standard normal."""
    first: NDArray[np.int64]
    second: NDArray[np.int64]
    """Indices of sampled windows."""
    cos: Floats
    sin: Floats
    """Rotation that mixes the two."""

    @classmethod
    def of_windows(cls, seed: int, first: int, last: int, per_day: int) -> Noise:
        """For windows `first` up to `last`, drawn by day."""
        days = range(first // per_day, (last - 1) // per_day + 1)
        draws = [stream(seed, "service.history", day) for day in days]
        part = slice(first - days.start * per_day, last - days.start * per_day)
        count = np.concatenate([d.standard_normal(per_day) for d in draws])[part]
        by_day = [d.random((3, per_day)) for d in draws]
        marks = np.concatenate(by_day, axis=1)[:, part]
        turns = [[turn(day[2] * (2.0 * np.pi)) for day in by_day] for turn in (np.cos, np.sin)]
        samples = (marks[:2] * SAMPLES).astype(np.int64)
        return cls(count, samples[0], samples[1], np.concatenate(turns[0])[part], np.concatenate(turns[1])[part])

    def picked(self, windows: slice | NDArray[np.int64]) -> Noise:
        return Noise(self.count[windows], self.first[windows], self.second[windows], self.cos[windows], self.sin[windows])


def capacity_per_s(station: Station) -> float:
    """Requests that can be served; 0 where there is no replica."""
    if station.batching is None:
        return station.replicas / station.service_s
    return station.replicas * station.batching.most / _full_batch_s(station, station.batching)


def _full_batch_s(station: Station, batching: Batching) -> float:
    """Mean time that a full batch keeps a replica busy."""
    return batching.base_s + batching.most * station.service_s * station.batch_share


def _steady_s(setting: Setting) -> float:
    return STEADY_S + (setting.model.batching.delay_s if setting.model.batching else 0.0)


def bottleneck_per_s(setting: Setting) -> float:
    """Most requests per second that leave no replica with more than it can do."""
    return min(_carried_per_s(setting.fetch), _carried_per_s(setting.model))


def _carried_per_s(station: Station) -> float:
    """Under hashed routing the replica with the largest callers is full first."""
    return capacity_per_s(station) * (evenness(station.replicas) if station.routing == "hashed" and station.replicas else 1.0)


@lru_cache(maxsize=1)
def _marks() -> Requests:
    """Requests at one per second, the same at every load so that surfaces are smooth; scaled to the means they stand for."""
    total = (1 + SAMPLES) * SAMPLE_REQUESTS
    draw = stream(0, "service.surface")
    gaps, *work = draw.standard_exponential((3, total))
    route = draw.random((2, total))
    return Requests(np.cumsum(gaps / gaps.mean()), work[0] / work[0].mean(), work[1] / work[1].mean(), route[0], route[1], draw.random(total))


@lru_cache(maxsize=512)
def rung(setting: Setting, load: int) -> Rung:
    """Measured exactly at `LOADS[load]`, in stretches of SAMPLE_REQUESTS expected requests after one that fills the queues."""
    longest_s = _steady_s(setting)
    steady = replace(setting, fetch_timeout_s=min(setting.fetch_timeout_s, longest_s), request_timeout_s=min(setting.request_timeout_s, longest_s))
    rate_per_s = float(LOADS[load]) * bottleneck_per_s(setting)
    requests = replace(_marks(), at_s=on_ticks(_marks().at_s / rate_per_s))
    length_s = tick_at(SAMPLE_REQUESTS / rate_per_s)
    cuts = np.searchsorted(requests.at_s, np.arange(SAMPLES + 2) * length_s).tolist()
    passing = Passing.nothing(steady)
    for _ in range(_filling(steady.model, length_s)):
        passing = pass_through(requests.picked(slice(cuts[0], cuts[1])), passing, steady, length_s).passing
    rows = np.empty((SAMPLES + 1, _COLUMNS))
    for k in range(SAMPLES + 1):
        passed = pass_through(requests.picked(slice(cuts[k], cuts[k + 1])).on_clock(k * length_s), passing, steady, length_s)
        passing = passed.passing
        answered, timed_out, filled = counts(passed.ended)
        rows[k, TIMED_OUT] = timed_out / max(answered + timed_out, 1)
        rows[k, FILLED_SHARE] = filled / max(answered, 1)
        rows[k, FETCH_BUSY] = passed.fetch_busy_s / (length_s * setting.fetch.replicas)
        rows[k, MODEL_BUSY] = passed.model_busy_s / (length_s * setting.model.replicas)
        tries = max(answered + timed_out - passed.retries, 1)
        rows[k, RETRIED] = passed.retries / tries
        rows[k, REJECTED] = passed.rejected / max(answered + timed_out, 1)
        rows[k, UNSERVED] = passed.unserved / tries
        rows[k, _SHARES:] = latencies_ms(passed.ended)
    measured = rows[1:]
    nothing = np.asarray(np.isnan(measured).any(axis=1))
    if nothing.any():
        # Where batches take longer than a stretch, all may end in its neighbours.
        measured = np.where(nothing[:, None], measured[~nothing].mean(axis=0), measured)
    mean = measured.mean(axis=0)
    return Rung(mean, measured - mean)


def _filling(station: Station, length_s: float) -> int:
    """Stretches of `length_s` that go by until batches follow on batches."""
    if station.batching is None:
        return 0
    return ceil((station.batching.delay_s + _full_batch_s(station, station.batching)) / length_s)


def history_rows(setting: Setting, expected: Floats, noise: Noise, backlog_s: float) -> tuple[Floats, Floats]:
    """Rows in the order of `MEASURES` for consecutive windows under one setting, and the fluid backlog as each ends.

    Args:
        expected: requests expected in each window.
        backlog_s: fluid backlog as the first window starts, seconds of waiting beyond `STEADY_S`.
    """
    n = expected.size
    load = expected / (WINDOW_S * bottleneck_per_s(setting))
    place = np.clip(np.searchsorted(LOADS, load, side="right") - 1, 0, LOADS.size - 2)
    share = np.clip((load - LOADS[place]) / (LOADS[place + 1] - LOADS[place]), 0.0, 1.0)[:, None]
    mean = np.zeros((LOADS.size, _COLUMNS))
    deviation = np.zeros((LOADS.size, SAMPLES, _COLUMNS))
    for step in np.unique(np.concatenate((place, place + 1))).tolist():
        one = rung(setting, step)
        mean[step], deviation[step] = one.mean, one.deviation
    count = np.maximum(np.rint(expected + np.sqrt(expected) * noise.count), 0.0)
    scale = np.sqrt(SAMPLE_REQUESTS / np.maximum(count, 50.0))
    surface = _between(mean[place], mean[place + 1], share)
    for sample, turn in ((noise.first, noise.cos), (noise.second, noise.sin)):
        surface += _between(deviation[place, sample], deviation[place + 1, sample], share) * (scale * turn)[:, None]
    np.maximum(surface, 0.0, out=surface)
    after_s = _add_fluid(surface, setting, load, backlog_s)
    rows = np.empty((n, len(MEASURES)))
    tries = count
    retries = np.rint(tries * surface[:, RETRIED])
    count = tries + retries
    timed_out = np.rint(count * np.minimum(surface[:, TIMED_OUT], 1.0))
    rows[:, COLUMN["requests"]] = count
    rows[:, COLUMN["retries"]] = retries
    rows[:, COLUMN["rejected"]] = np.rint(timed_out * np.minimum(surface[:, REJECTED] / np.maximum(surface[:, TIMED_OUT], 1e-12), 1.0))
    rows[:, COLUMN["lost"]] = 0.0
    rows[:, COLUMN["unserved"]] = np.minimum(np.rint(tries * surface[:, UNSERVED]), timed_out)
    rows[:, COLUMN["timed_out"]] = timed_out
    rows[:, COLUMN["answered"]] = count - timed_out
    rows[:, COLUMN["default_filled"]] = np.rint((count - timed_out) * np.minimum(surface[:, FILLED_SHARE], 1.0))
    rows[:, LATENCIES] = np.where(count[:, None] > 0, surface[:, _SHARES:], np.nan)
    quantiles = slice(COLUMN["p50_ms"], COLUMN["p99_ms"] + 1)
    rows[:, quantiles] = np.maximum.accumulate(rows[:, quantiles], axis=1)
    rows[:, COLUMN["in_flight"]] = np.rint(expected / WINDOW_S * (1.0 + surface[:, RETRIED]) * surface[:, _SHARES + COLUMN["mean_ms"] - LATENCIES.start] / 1000.0)
    rows[:, COLUMN["feature_server_utilisation"]] = np.minimum(surface[:, FETCH_BUSY], 1.0)
    rows[:, COLUMN["model_server_utilisation"]] = np.minimum(surface[:, MODEL_BUSY], 1.0)
    hours = WINDOW_S / 3600.0
    rows[:, COLUMN["replica_cost"]] = hours * sum(s.paid_replicas * s.cost_per_replica_hour for s in (setting.fetch, setting.model))
    return rows, after_s


def _between(low: Floats, high: Floats, share: Floats) -> Floats:
    high -= low
    high *= share
    high += low
    return high


def _add_fluid(surface: Floats, setting: Setting, load: Floats, backlog_s: float) -> Floats:
    """Waits beyond `STEADY_S`: work over capacity piles up until callers give up, and drains as fast as capacity allows."""
    at_fetch = _carried_per_s(setting.fetch) <= _carried_per_s(setting.model)
    bound_s = max((setting.fetch_timeout_s if at_fetch else setting.request_timeout_s) - _steady_s(setting), 0.0)
    after_s = np.zeros(load.size)
    if bound_s == 0.0 or (backlog_s == 0.0 and not (load > 1.0).any()):
        return after_s
    kernels.fluid_backlog((load - 1.0) * WINDOW_S, np.full(load.size, bound_s), backlog_s, after_s)
    before_s = np.concatenate(([backlog_s], after_s[:-1]))
    waited_ms = (before_s + after_s) * 500.0
    stage = "fetch_queue" if at_fetch else "model_queue"
    for name in ("p50_ms", "p95_ms", "p99_ms", "mean_ms", f"{stage}_ms", f"{stage}_p99_ms"):
        surface[:, _SHARES + COLUMN[name] - LATENCIES.start] += waited_ms
    return after_s

"""What a service's metrics keep of each complete window of 300 s: counts, latencies by stage, utilisation and cost."""

from __future__ import annotations

from dataclasses import dataclass, fields
from math import ceil
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.dataplane.kernels import Floats
from simulator.dataplane.stations import ANSWERED, AT, END, FETCH_COMPUTE, FETCH_QUEUE, FILLED, MODEL_COMPUTE, MODEL_QUEUE

WINDOW_S = 300.0
STAGES = ("fetch_queue", "fetch_compute", "model_queue", "model_compute")
_STAGE_ROWS = [FETCH_QUEUE, FETCH_COMPUTE, MODEL_QUEUE, MODEL_COMPUTE]
_QUANTILES = np.array([0.50, 0.95, 0.99])
_TENS = 10.0 ** np.arange(0, 23)


@dataclass(frozen=True, slots=True)
class ServiceWindows:
    """One entry per window in each array; numbers have 6 significant digits. A request counts where it ends."""

    start_s: Floats
    requests: Floats
    """Arrived in the window; every other count is of requests that ended in it."""
    answered: Floats
    timed_out: Floats
    default_filled: Floats
    """Answered on default features, because the fetch took longer than its timeout."""
    in_flight: Floats
    """Requests in the system as the window ends; from history's surfaces the mean by Little's law."""
    p50_ms: Floats
    """Arrival to answer or timeout, over all that ended; nearest rank; NaN where nothing ended."""
    p95_ms: Floats
    p99_ms: Floats
    mean_ms: Floats
    fetch_queue_ms: Floats
    """Means by stage. A request that times out spent the time until then in the stage where it was."""
    fetch_compute_ms: Floats
    model_queue_ms: Floats
    model_compute_ms: Floats
    fetch_queue_p99_ms: Floats
    fetch_compute_p99_ms: Floats
    model_queue_p99_ms: Floats
    model_compute_p99_ms: Floats
    feature_server_utilisation: Floats
    """Busy replica seconds over those there were, 0 to 1."""
    model_server_utilisation: Floats
    replica_cost: Floats
    """In the currency of `cost_per_replica_hour`, both stations: replicas on nodes, ready or not."""
    retries: Floats
    """Of the requests that arrived, tries again of callers who had got no answer."""
    rejected: Floats
    """Of those timed out: turned away by a full queue instead."""
    lost: Floats
    """Of those timed out: gone with a replica instead."""
    unserved: Floats
    """Callers whose last try ended without an answer."""

    @classmethod
    def from_rows(cls, start_s: NDArray[np.number[Any]], rows: Floats) -> ServiceWindows:
        """From `rows` of shape [windows, len(MEASURES)]."""
        return cls(start_s.astype(np.float64), *np.ascontiguousarray(rows.T))


MEASURES: tuple[str, ...] = tuple(f.name for f in fields(ServiceWindows))[1:]
COLUMN = {name: i for i, name in enumerate(MEASURES)}
LATENCIES = slice(COLUMN["p50_ms"], COLUMN["model_compute_p99_ms"] + 1)


def significant6(values: Floats) -> Floats:
    """`values` rounded to 6 significant digits, NaN kept; sizes from 1e-15 to 1e15."""
    with np.errstate(divide="ignore", invalid="ignore"):
        exponent = np.floor(np.log10(np.abs(values)))
    exponent[~np.isfinite(exponent)] = 0.0
    shift = 5 - exponent.astype(np.int64)
    up, down = _TENS[np.minimum(np.maximum(shift, 0), 22)], _TENS[np.minimum(np.maximum(-shift, 0), 22)]
    return np.asarray(np.rint(values * up / down) / up * down)


def nearest_rank(ordered: Floats, quantiles: NDArray[np.float64]) -> Floats:
    """Quantiles of ascending values along the last axis: the smallest value that has at least that share at or below it."""
    return np.asarray(ordered[..., [_place(ordered.shape[-1], quantile) for quantile in quantiles.tolist()]])


def _place(count: int, quantile: float) -> int:
    """Index of the nearest rank among `count` ascending values."""
    return max(ceil(quantile * count - 1e-9) - 1, 0)


def latencies_ms(ended: Floats) -> Floats:
    """The entries `LATENCIES` of a row, from a table of requests that ended in the window."""
    if not ended.shape[1]:
        return np.full(LATENCIES.stop - LATENCIES.start, np.nan)
    whole = np.sort(ended[END] - ended[AT])
    stages = ended[_STAGE_ROWS]
    means = stages.mean(axis=1)
    last = _place(whole.size, 0.99)
    for queue, compute in ((0, 1), (2, 3)):
        # Many wait for nothing, and equal values are sorted faster than selected from.
        stages[queue].sort()
        stages[compute].partition(last)
    seconds = np.concatenate((nearest_rank(whole, _QUANTILES), [whole.mean()], means, stages[:, last]))
    return np.asarray(seconds * 1000.0)


def counts(ended: Floats) -> tuple[int, int, int]:
    """Answered, timed out and answered on defaults."""
    answered = int(np.count_nonzero(ended[ANSWERED]))
    return answered, ended.shape[1] - answered, int(np.count_nonzero(ended[ANSWERED] * ended[FILLED]))

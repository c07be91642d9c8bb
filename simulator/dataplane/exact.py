"""One window of the service, request by request, as a pure function of its causes.

Outcomes are kept by cause for the whole process, so worlds that share the causes of a window compute it once.
A `Cause` holds everything that the outcome depends on; sharing therefore changes nothing but the time taken.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from simulator.dataplane.kernels import Floats
from simulator.dataplane.stations import CLOCKS, Passing, Setting, pass_through
from simulator.dataplane.windows import COLUMN, LATENCIES, MEASURES, WINDOW_S, counts, latencies_ms, significant6
from simulator.nature.traffic import TrafficSpec, in_cell


@dataclass(frozen=True, slots=True)
class Stretch:
    since_s: float
    """Second in the window from which the setting holds, on ticks."""
    setting: Setting


@dataclass(frozen=True, slots=True)
class Cause:
    """All that decides one window. A value, compared as such."""

    seed: int
    traffic: TrafficSpec
    window: int
    campaign: tuple[tuple[float, float], ...]
    stretches: tuple[Stretch, ...]
    """In order of time, the first from 0."""
    passing: Passing
    """Under way as the window starts."""


@dataclass(frozen=True, slots=True)
class Outcome:
    row: tuple[float, ...]
    """In the order of `MEASURES`."""
    passing: Passing
    """Under way as the window ends."""


@lru_cache(maxsize=4096)
def outcome(cause: Cause) -> Outcome:
    """What the window's metrics show, and what goes on into the next window."""
    return _run(cause)[0]


def ended_in(cause: Cause) -> Floats:
    """The requests that ended in the window, a table as in `stations`, on the window's clock."""
    return _run(cause)[1]


def _run(cause: Cause) -> tuple[Outcome, Floats]:
    requests = in_cell(cause.seed, cause.traffic, cause.window, cause.campaign)
    passing = cause.passing
    tables = []
    busy_s, there_s, cost = [0.0, 0.0], [0.0, 0.0], 0.0
    ends = [s.since_s for s in cause.stretches[1:]] + [WINDOW_S]
    cuts = np.searchsorted(requests.at_s, [s.since_s for s in cause.stretches] + [WINDOW_S]).tolist()
    for k, (stretch, until_s) in enumerate(zip(cause.stretches, ends, strict=True)):
        setting, length_s = stretch.setting, until_s - stretch.since_s
        part = requests if len(ends) == 1 else requests.picked(slice(cuts[k], cuts[k + 1])).on_clock(stretch.since_s)
        passed = pass_through(part, passing, setting, length_s)
        passing = passed.passing
        if stretch.since_s:
            for row in CLOCKS:
                passed.ended[row] += stretch.since_s
        tables.append(passed.ended)
        for i, (station, busy) in enumerate(((setting.fetch, passed.fetch_busy_s), (setting.model, passed.model_busy_s))):
            busy_s[i] += busy
            there_s[i] += station.replicas * length_s
            cost += station.paid_replicas * station.cost_per_replica_hour * length_s / 3600.0
    ended = tables[0] if len(tables) == 1 else np.concatenate(tables, axis=1)
    measures = np.empty(len(MEASURES))
    measures[: COLUMN["p50_ms"]] = (requests.count, *counts(ended), passing.in_system)
    measures[LATENCIES] = latencies_ms(ended)
    measures[LATENCIES.stop :] = (min(busy_s[0] / there_s[0], 1.0), min(busy_s[1] / there_s[1], 1.0), cost)
    return Outcome(tuple(significant6(measures).tolist()), passing), ended

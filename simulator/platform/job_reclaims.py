"""When the cloud takes back the spot nodes of training jobs: one Poisson process per pool and node slot, thinned to the hazard in force.

Candidates come at the highest hazard that there can be, each with a mark; one is a reclaim where its mark is under the hazard at its
own time. So a higher hazard adds reclaims and moves none, and another pool, slot or hour shifts nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from math import inf

from simulator.durations import HOUR_S
from simulator.streams import stream

MOST_PER_HOUR = 60.0
"""Highest hazard of a node, per hour; the range of `pool.reclaims_per_hour`."""


def next_reclaim_s(seed: int, pool: str, slot: int, per_hour: Callable[[float], float], after_s: float, until_s: float) -> float:
    """World time of the first reclaim of a slot in (after_s, until_s), infinity for none; `per_hour` is the hazard at a time."""
    for hour in range(int(after_s // HOUR_S), int(until_s // HOUR_S) + 1):
        for at_s, mark in _candidates(seed, pool, slot, hour):
            if at_s >= until_s:
                return inf
            if at_s > after_s and mark < per_hour(at_s):
                return at_s
    return inf


@lru_cache(maxsize=4096)
def _candidates(seed: int, pool: str, slot: int, hour: int) -> tuple[tuple[float, float], ...]:
    """Times and marks of one slot's candidates in one hour, in order of time; marks are uniform up to `MOST_PER_HOUR`."""
    draws = stream(seed, f"training.reclaims/{pool}/{slot}", hour)
    count = int(draws.poisson(MOST_PER_HOUR))
    at_s = (hour + draws.random(count)) * HOUR_S
    marks = draws.random(count) * MOST_PER_HOUR
    return tuple(sorted(zip(at_s.tolist(), marks.tolist(), strict=True)))

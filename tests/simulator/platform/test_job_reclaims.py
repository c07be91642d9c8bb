from __future__ import annotations

from math import inf

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from simulator.durations import HOUR_S
from simulator.platform.job_reclaims import next_reclaim_s


def reclaims(seed: int, per_hour: float, until_s: float, pool: str = "spot", slot: int = 0) -> list[float]:
    found: list[float] = []
    at_s = 0.0
    while (at_s := next_reclaim_s(seed, pool, slot, lambda _: per_hour, at_s, until_s)) < inf:
        found.append(at_s)
    return found


@given(seed=st.integers(0, 999), low=st.floats(0.0, 20.0), more=st.floats(0.0, 40.0))
def test_a_higher_hazard_adds_reclaims_and_moves_none(seed: int, low: float, more: float) -> None:
    few, many = reclaims(seed, low, 8 * HOUR_S), reclaims(seed, low + more, 8 * HOUR_S)
    assert set(few) <= set(many)


@given(seed=st.integers(0, 999), cut=st.floats(60.0, 8 * HOUR_S - 60.0))
def test_looking_in_two_parts_finds_what_one_look_finds(seed: int, cut: float) -> None:
    whole = next_reclaim_s(seed, "spot", 1, lambda _: 0.3, 0.0, 8 * HOUR_S)
    first = next_reclaim_s(seed, "spot", 1, lambda _: 0.3, 0.0, cut)
    assert whole == (first if first < inf else next_reclaim_s(seed, "spot", 1, lambda _: 0.3, cut - 1e-9, 8 * HOUR_S))


def test_reclaims_come_as_often_as_the_hazard_says() -> None:
    counts = np.array([len(reclaims(seed, 3.0, 50 * HOUR_S)) for seed in range(60)])
    assert abs(counts.mean() - 150.0) < 3.0 * np.sqrt(150.0 / 60)
    assert 0.6 < counts.var(ddof=1) / 150.0 < 1.5  # Poisson: the variance is the mean


def test_another_pool_or_slot_or_seed_has_reclaims_of_its_own() -> None:
    all_of = [reclaims(1, 5.0, 10 * HOUR_S), reclaims(2, 5.0, 10 * HOUR_S), reclaims(1, 5.0, 10 * HOUR_S, "other"), reclaims(1, 5.0, 10 * HOUR_S, slot=1)]
    assert len({at_s for found in all_of for at_s in found}) == sum(map(len, all_of)) > 100


def test_a_hazard_is_read_at_the_time_of_the_candidate() -> None:
    only_later = next_reclaim_s(1, "spot", 0, lambda at_s: 60.0 if at_s >= HOUR_S else 0.0, 0.0, 2 * HOUR_S)
    assert only_later == next(at_s for at_s in reclaims(1, 60.0, 2 * HOUR_S) if at_s >= HOUR_S)

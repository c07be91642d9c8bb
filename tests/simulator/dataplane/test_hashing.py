"""Hashed routing keeps a caller at its replica and moves few of them as replicas come."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.catalogue import LEVERS
from simulator.dataplane.hashing import evenness, homes, jump, replica_of_caller
from simulator.dataplane.queues import MOST_REPLICAS
from simulator.dataplane.service import ServicePlane
from simulator.dataplane.specs import ServiceSpec, StationSpec
from simulator.levers import Levers
from simulator.nature.traffic import CALLERS, Traffic, TrafficSpec, caller_shares


def test_one_replica_more_moves_callers_to_it_only_and_about_one_of_as_many_as_there_are() -> None:
    for replicas in range(1, 64):
        before, after = homes(replicas), homes(replicas + 1)
        moved = before != after
        assert (after[moved] == replicas).all()
        expected = 1.0 / (replicas + 1)
        assert moved.mean() == pytest.approx(expected, abs=4.0 * np.sqrt(expected / CALLERS))


def test_callers_are_spread_evenly_and_their_requests_are_not() -> None:
    callers = np.bincount(homes(3), minlength=3) / CALLERS
    requests = np.bincount(homes(3), weights=caller_shares(), minlength=3)
    assert callers == pytest.approx([1.0 / 3.0] * 3, abs=0.07)
    assert 3.0 * requests.max() == pytest.approx(1.27, abs=0.01)
    assert 8.0 * np.bincount(homes(8), weights=caller_shares(), minlength=8).max() > 2.0


def test_keys_fall_where_the_published_hash_puts_them() -> None:
    """Values of the reference implementation in the paper by Lamping and Veach."""
    assert [jump(key, 1) for key in (0, 1, 2**64 - 1)] == [0, 0, 0]
    assert [jump(256, 1024), jump(10_863_919_174_838_991, 11), jump(0, 11), jump(2**64 - 1, 3)] == [520, 6, 0, 2]


def test_every_replica_that_can_be_named_exists() -> None:
    for replicas in (1, 2, 17, MOST_REPLICAS):
        assert homes(replicas).max() < replicas


def test_the_mark_of_a_request_names_its_callers_replica() -> None:
    share = caller_shares()
    middle = np.cumsum(share) - 0.5 * share
    assert np.array_equal(replica_of_caller(middle, 7), homes(7))


def test_a_lone_replica_carries_all_it_can_and_many_are_full_before_their_time() -> None:
    assert evenness(1) == pytest.approx(1.0)
    assert evenness(3) == pytest.approx(1.0 / 1.27, abs=0.01)
    assert evenness(8) < 0.5


@pytest.mark.parametrize(("per_s", "calm"), [(36.0, True), (44.0, False)])
def test_history_is_served_exactly_once_the_replica_with_the_largest_callers_is_full(per_s: float, calm: bool) -> None:
    """Three replicas do 54 a second, the busiest of them its part of 42."""
    spec = ServiceSpec(StationSpec(20, 40.0), StationSpec(3, 55.0, routing="hashed"), 900.0, 3000.0)
    levers = Levers(LEVERS)
    windows = ServicePlane(3, spec, levers, Traffic(3, TrafficSpec(per_s), levers), np.inf).windows(600.0, 2400.0)
    assert (windows.timed_out.sum() == 0) == calm
    assert windows.model_server_utilisation.mean() == pytest.approx(per_s * 0.055 / 3.0, rel=0.06)

"""Where an autoscaler comes to rest is where one look after the other leaves it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.fleet.clock import SYNC_S
from simulator.fleet.readings import Tick
from simulator.fleet.state import FleetState
from simulator.fleet.steady import resting_replicas
from simulator.fleet.steps import follow
from tests.simulator.fleet.fleets import MODEL, STANDARD, setting


@pytest.mark.parametrize(("total", "count"), [(0.0, 3), (1.38, 3), (2.47, 3), (2.48, 4), (3.3, 4), (3.31, 5), (30.0, 8)])
def test_the_standard_rests_at_the_fewest_with_which_it_does_not_go_up(total: float, count: int) -> None:
    # Cards busy, all together; 0.75 for each with a tenth of tolerance is 2.475 for three.
    assert resting_replicas(STANDARD.deployment(MODEL), total) == count


@pytest.mark.parametrize(("total", "count"), [(0.0, 0), (0.1, 1), (7.0, 1), (7.1, 2), (700.0, 8)])
def test_a_kpa_rests_at_seven_tenths_of_its_target_and_at_none_without_load(total: float, count: int) -> None:
    kpa = setting({"autoscaler.kind/model-server": "kpa", "autoscaler.target/model-server": 10.0, "autoscaler.min/model-server": 0.0})
    assert resting_replicas(kpa.deployment(MODEL), total) == count


def test_a_pinned_count_and_one_without_autoscaler_rest_where_they_are() -> None:
    assert resting_replicas(setting({"serving.replicas/model-server": 5.0}).deployment(MODEL), 90.0) == 5
    assert resting_replicas(setting({"autoscaler.kind/model-server": "off"}).deployment(MODEL), 90.0) == 3


@given(st.floats(0.0, 8.0))
def test_an_hpa_that_rests_is_left_there_by_its_looks(busy: float) -> None:
    count = resting_replicas(STANDARD.deployment(MODEL), busy)
    state = FleetState.standard(STANDARD, {MODEL: count})
    tick = Tick(busy_s=min(busy, count) * SYNC_S, replica_s=count * SYNC_S)
    after, events = follow(state, STANDARD, SYNC_S, {MODEL: [tick] * 4})
    assert (after.memory(MODEL).desired, events) == (count, ())

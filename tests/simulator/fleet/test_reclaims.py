"""Reclaims are keyed: the same seed takes the same nodes at the same moments, whatever else there is."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.fleet.reclaims import BLOCK_S, Draw, first_reclaim_s, in_block_s
from simulator.fleet.state import FleetState
from simulator.fleet.steps import advance, next_event_s
from tests.simulator.fleet.fleets import run, setting, told

SPOT = {"pool.market/gpu": "spot", "pool.reclaims_per_hour/gpu": 6.0}


def test_reclaims_come_at_their_hazard() -> None:
    blocks = [in_block_s(3, "gpu", 0, block, 6.0) for block in range(20_000)]
    within = sum(at_s < BLOCK_S for at_s in blocks) / len(blocks)
    # Six an hour are half a one in 300 s.
    assert within == pytest.approx(1.0 - math.exp(-0.5), abs=0.01)
    assert in_block_s(3, "gpu", 0, 0, 0.0) == math.inf


@given(st.integers(0, 2**32), st.integers(0, 5), st.floats(0.1, 30.0), st.floats(1.0, 2.0), st.integers(0, 1000))
def test_a_higher_hazard_reclaims_no_node_later(seed: int, slot: int, per_hour: float, factor: float, block: int) -> None:
    assert in_block_s(seed, "gpu", slot, block, per_hour * factor) <= in_block_s(seed, "gpu", slot, block, per_hour)


def test_a_reclaim_is_the_first_after_the_moment_in_the_block_that_holds_it() -> None:
    draw = Draw(3, 600.0)
    found = [(block, in_block_s(3, "gpu", 1, block, 6.0)) for block in range(2, 40)]
    block, at_s = next(found for found in found if found[1] < BLOCK_S)
    on_clock = block * BLOCK_S + at_s - 600.0
    assert draw.reclaim_s("gpu", 1, 6.0, block * BLOCK_S - 600.0) == on_clock
    assert draw.reclaim_s("gpu", 1, 6.0, on_clock) == math.inf
    assert draw.block_end_s(on_clock) == (block + 1) * BLOCK_S - 600.0
    assert first_reclaim_s(3, "gpu", 1, 6.0, 600.0, 40 * BLOCK_S) == on_clock + 600.0
    assert first_reclaim_s(3, "gpu", 1, 6.0, 600.0, on_clock + 600.0) == math.inf


def test_the_same_seed_reclaims_the_same_and_another_one_does_not() -> None:
    orders = setting(SPOT)
    state = FleetState.standard(orders)
    one, again, other = (told(run(state, orders, 0.0, 3600.0, Draw(seed, 0.0))[1], "node-reclaimed") for seed in (1, 1, 2))
    assert one == again != other
    assert one


def test_reclaims_in_another_pool_shift_none() -> None:
    one, both = setting(SPOT), setting({**SPOT, "pool.market/cpu": "spot", "pool.reclaims_per_hour/cpu": 20.0})
    events = [told(run(FleetState.standard(orders), orders, 0.0, 3600.0)[1], "node-reclaimed") for orders in (one, both)]
    moments = [[at_s for at_s, _, node in told if node.startswith("gpu")] for told in events]
    assert moments[0] == moments[1]
    assert len(events[1]) > len(events[0])


def test_nodes_on_demand_are_never_reclaimed_whatever_the_hazard() -> None:
    orders = setting({"pool.reclaims_per_hour/gpu": 60.0})
    state = FleetState.standard(orders)
    assert next_event_s(state, orders) == math.inf
    assert advance(state, orders, 0.0, Draw(1, 0.0)) == (state, ())


def test_reclaims_stop_with_their_hazard() -> None:
    orders, calm = setting(SPOT), setting({"pool.market/gpu": "spot"})
    state, _ = advance(FleetState.standard(orders), orders, 0.0, Draw(1, 0.0))
    assert next_event_s(state, orders) <= BLOCK_S
    assert next_event_s(state, calm) == 0.0
    assert advance(state, calm, 0.0, Draw(1, 0.0)) == (FleetState.standard(calm), ())

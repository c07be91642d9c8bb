"""Rows of worlds with one seed share what is equal in them, and are kept small."""

from __future__ import annotations

import numpy as np

from simulator.dataplane.packed import Packed
from simulator.dataplane.rows import RARELY_OTHER
from simulator.durations import DAY_S
from simulator.spec import load_system
from simulator.timeline import Edit
from simulator.world import World


def test_worlds_of_a_seed_share_what_a_fault_leaves_alone() -> None:
    spec, at_s = load_system("card-fraud"), 0.5 * DAY_S
    fault = Edit(at_s, "source.unit_factor/payments.amount.app", 100.0, "test", "cents")
    worlds = [World(spec, 903), World(spec, 903, [fault])]
    for world in worlds:
        world.advance(DAY_S)
        world.settle()
    calm, hit = (world.rows.chunks[-1].columns for world in worlds)
    assert calm["offline.amount"] is hit["offline.amount"]
    assert calm["probability"] is hit["probability"]
    assert calm["served.amount"] is not hit["served.amount"]
    assert calm["score"] is not hit["score"]


def test_columns_that_mostly_hold_one_value_take_little_memory_and_read_the_same_however_they_are_cut() -> None:
    world = World(load_system("card-fraud"), 904)
    world.advance(3 * DAY_S)
    world.settle()
    for chunk in world.rows.chunks[-2:]:
        assert {name for name, column in chunk.columns.items() if isinstance(column, Packed)} == set(RARELY_OTHER)
        assert chunk.columns["served.amount"] is chunk.columns["offline.amount"]
    for name in RARELY_OTHER:
        whole = world.rows.column(name, 0.0, 3 * DAY_S)
        assert np.unique(whole).size > 1 or name in ("default_filled", "version")
        cut = [world.rows.column(name, since_s, until_s) for since_s, until_s in ((0.0, 0.3 * DAY_S), (0.3 * DAY_S, 1.7 * DAY_S), (1.7 * DAY_S, 3 * DAY_S))]
        assert np.array_equal(np.concatenate(cut), whole)

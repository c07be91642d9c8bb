from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from simulator.dataplane.features import DEFAULTS
from simulator.durations import HOUR_S, MINUTE_S
from simulator.errors import Refused
from simulator.observation import Observation
from simulator.timeline import Edit
from simulator.world import World

Fork = Callable[..., World]
Do = Callable[[World, str], Observation]


def default_share(world: World, feature: str, since_s: float, until_s: float) -> float:
    """Share of payments in the span that were served the training default of a feature."""
    world.settle()
    served = world.rows.column(f"served.{feature}", since_s, until_s)
    assert len(served) > 20
    return float(np.mean(served == np.float32(DEFAULTS[feature])))


def test_a_withheld_view_is_served_from_defaults_until_it_is_served_again(fork: Fork, do: Do) -> None:
    world = fork()
    start_s = world.now_s
    do(world, "features withhold card_profile")
    world.advance(start_s + HOUR_S)
    do(world, "features serve card_profile")
    world.advance(start_s + 2 * HOUR_S)
    assert default_share(world, "card_age_days", start_s, start_s + HOUR_S) == 1.0
    assert default_share(world, "card_age_days", start_s + HOUR_S, world.settled_s) < 0.05
    assert default_share(world, "txn_count_1h", start_s, start_s + HOUR_S) < 0.05


def test_a_purged_view_is_served_from_defaults_until_the_next_load(fork: Fork, do: Do) -> None:
    world = fork()
    start_s = world.now_s
    do(world, "features purge card_velocity")
    world.advance(start_s + 2 * HOUR_S)
    (loaded_s, *_) = [edit.at_s for edit in world.levers["online.event_time_s/card_velocity"].edits if edit.at_s > start_s]
    assert 15 * MINUTE_S < loaded_s - start_s < 60 * MINUTE_S
    assert default_share(world, "txn_count_1h", start_s, loaded_s) == 1.0
    assert default_share(world, "txn_count_1h", loaded_s, world.settled_s) < 0.05
    assert default_share(world, "card_age_days", start_s, loaded_s) < 0.05


def test_a_backfill_brings_a_purged_daily_view_back_at_once(fork: Fork, do: Do) -> None:
    purged, kept = fork(), fork()
    start_s = kept.now_s + HOUR_S
    for world in (purged, kept):
        world.advance(start_s)
    do(purged, "features purge card_profile")
    do(purged, "pipelines backfill materialise --view card_profile")
    for world in (purged, kept):
        world.advance(start_s + HOUR_S)
        world.settle()
    lever = "online.event_time_s/card_profile"
    assert purged.levers[lever].at(purged.now_s) == kept.levers[lever].at(kept.now_s)
    loaded_s = purged.levers[lever].edits[-1].at_s
    assert loaded_s < start_s + 15 * MINUTE_S
    after = (loaded_s, purged.settled_s)
    assert np.array_equal(purged.rows.column("served.card_age_days", *after), kept.rows.column("served.card_age_days", *after))


@pytest.mark.parametrize(("path", "empty"), [("current", False), ("snapshot-31", True)])
def test_a_load_that_finds_no_rows_leaves_a_purged_view_empty(fork: Fork, do: Do, path: str, empty: bool) -> None:
    world = fork()
    world = fork([Edit(world.now_s, "materialise.read_path/card_velocity", path, "data-platform", "partitions")])
    do(world, "features purge card_velocity")
    world.advance(world.now_s + 2 * HOUR_S)
    assert (default_share(world, "txn_count_1h", world.settled_s - 30 * MINUTE_S, world.settled_s) == 1.0) is empty


def test_a_view_that_is_empty_cannot_be_purged_again(fork: Fork, do: Do) -> None:
    world = fork()
    do(world, "features purge card_velocity")
    edits = list(world.levers.all_edits())
    with pytest.raises(Refused, match="holds no rows of card_velocity"):
        do(world, "features purge card_velocity")
    assert list(world.levers.all_edits()) == edits

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from simulator.durations import HOUR_S
from simulator.errors import Refused
from simulator.observation import Observation
from simulator.world import World

Fork = Callable[..., World]
Do = Callable[[World, str], Observation]


def champion(world: World) -> str:
    return world.levers["alias.champion"].text_at(world.now_s)


def versions_of(world: World, since_s: float, until_s: float) -> NDArray[np.generic]:
    """Number of the version that scored each payment of the span."""
    world.settle()
    return world.rows.column("version", since_s, until_s)


def test_a_rollback_goes_to_the_champion_before_and_payments_follow(fork: Fork, do: Do) -> None:
    world = fork()
    start_s = world.now_s
    do(world, "registry rollback")
    world.advance(start_s + HOUR_S)
    assert champion(world) == "v7"
    assert np.unique(versions_of(world, start_s - HOUR_S, start_s)).tolist() == [8]
    assert np.unique(versions_of(world, start_s, world.settled_s)).tolist() == [7]


def test_a_rollback_follows_the_alias_and_not_the_numbers(fork: Fork, do: Do) -> None:
    world = fork()
    do(world, "registry promote v3")
    do(world, "registry rollback")
    assert champion(world) == "v8"
    do(world, "registry rollback")
    assert champion(world) == "v3"


def test_a_rollback_to_a_named_version_needs_one_that_has_served(fork: Fork, do: Do) -> None:
    world = fork()
    do(world, "delivery auto-promote off")
    do(world, "train start")
    world.advance(world.now_s + 1.5 * HOUR_S)
    assert world.registry.versions[-1].name == "v9"
    with pytest.raises(Refused, match="v9 has never been champion; there were v1, v2"):
        do(world, "registry rollback --to v9")
    do(world, "registry rollback --to v2")
    assert champion(world) == "v2"


def test_a_challenger_decides_its_share_until_it_is_off(fork: Fork, do: Do) -> None:
    world = fork()
    start_s = world.now_s
    do(world, "registry challenger v3 --share 40%")
    world.advance(start_s + 3 * HOUR_S)
    do(world, "registry challenger off")
    world.advance(start_s + 4 * HOUR_S)
    scored = versions_of(world, start_s, start_s + 3 * HOUR_S)
    assert np.unique(scored).tolist() == [3, 8]
    assert np.mean(scored == 3) == pytest.approx(0.4, abs=4 * (0.24 / len(scored)) ** 0.5)
    assert np.unique(versions_of(world, start_s + 3 * HOUR_S, world.settled_s)).tolist() == [8]

"""One history for all tests of the simulator: built once, never changed; tests that pull levers work on a fork of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest

from simulator.durations import DAY_S, HOUR_S
from simulator.spec import load_system
from simulator.timeline import Edit
from simulator.world import Checkpoint, World

QUIET_S = 60 * DAY_S - HOUR_S / 6


@pytest.fixture(scope="session")
def quiet() -> Checkpoint:
    """A quiet moment ten minutes before day 60."""
    world = World(load_system("card-fraud"), 7)
    world.advance(QUIET_S)
    found = world.checkpoint()
    assert found is not None
    return found


@pytest.fixture(scope="session")
def base_world(quiet: Checkpoint) -> World:
    """A settled world at day 60, to be read only."""
    world = World(quiet.spec, quiet.seed, start=quiet, exact_from_s=quiet.at_s)
    world.advance(60 * DAY_S)
    world.settle()
    return world


@pytest.fixture
def fork(quiet: Checkpoint) -> Callable[..., World]:
    """Makes a world of its own from the quiet moment, with edits; it stands at day 60 minus ten minutes."""

    def make(edits: Iterable[Edit] = ()) -> World:
        return World(quiet.spec, quiet.seed, edits, start=quiet, exact_from_s=quiet.at_s)

    return make

"""What the tests of looks share: typing a line, once or twice, and a world some time after day 60."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest

from simulator.commands import looks_and_moves, parse
from simulator.durations import DAY_S
from simulator.observation import Observation
from simulator.timeline import Edit
from simulator.world import Checkpoint, World

Seen = Callable[[World, str], Observation]


@pytest.fixture(scope="session")
def seen() -> Seen:
    """Runs a look in a world as a person would type it."""

    def run(world: World, line: str) -> Observation:
        typed = parse(line, looks_and_moves())
        assert typed.command.run is not None
        return typed.command.run(world, typed.args)

    return run


@pytest.fixture(scope="session")
def seen_twice(seen: Seen) -> Seen:
    """Runs a look as `seen` does, and again: it has to show the same and leave the world as it was."""

    def run(world: World, line: str) -> Observation:
        before = world.digest()
        first = seen(world, line)
        assert seen(world, line).to_json() == first.to_json()
        assert world.digest() == before
        return first

    return run


@pytest.fixture(scope="session")
def later(quiet: Checkpoint) -> Callable[[Iterable[Edit], float], World]:
    """Makes a world of its own from the quiet moment, with edits; it stands so many seconds after the beginning of day 60."""

    def make(edits: Iterable[Edit], after_s: float) -> World:
        world = World(quiet.spec, quiet.seed, edits, start=quiet)
        world.advance(60 * DAY_S + after_s)
        world.settle()
        return world

    return make

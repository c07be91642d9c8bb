"""What the tests of looks share: typing a line."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from simulator.commands import looks_and_moves, parse
from simulator.observation import Observation
from simulator.world import World

Seen = Callable[[World, str], Observation]


@pytest.fixture(scope="session")
def seen() -> Seen:
    """Runs a look in a world as a person would type it."""

    def run(world: World, line: str) -> Observation:
        typed = parse(line, looks_and_moves())
        assert typed.command.run is not None
        return typed.command.run(world, typed.args)

    return run

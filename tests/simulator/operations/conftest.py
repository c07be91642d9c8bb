"""What the tests of moves share: typing a line, and reading back what it pulled."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from simulator.commands import looks_and_moves, parse
from simulator.observation import Observation
from simulator.timeline import Value
from simulator.world import World


@pytest.fixture
def do() -> Callable[[World, str], Observation]:
    """Runs a line in a world as a person would type it."""

    def run(world: World, line: str) -> Observation:
        typed = parse(line, looks_and_moves())
        assert typed.command.run is not None
        return typed.command.run(world, typed.args)

    return run


@pytest.fixture
def pulled() -> Callable[[World], dict[str, Value]]:
    """The learner's own edits of a world by lever, with the last value of each."""

    def read(world: World) -> dict[str, Value]:
        return {edit.lever: edit.value for edit in world.levers.all_edits() if edit.who == "you"}

    return read

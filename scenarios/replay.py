"""The same steps in another world: with other faults, with some moves left out, or with the looks taken again."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence

from scenarios.draw import DrawnFault
from scenarios.incident import Incident
from scenarios.steps import Step
from scenarios.words import registry
from simulator.errors import Refused
from simulator.observation import Fact
from simulator.world import World


def play_moves(world: World, steps: Sequence[Step], *, without: Collection[int] = (), until_s: float | None = None) -> None:
    """Make the moves of `steps` at their times in `world`, then advance to `until_s`. A move that this world refuses changes nothing."""
    for step in steps:
        if step.kind == "move" and step.step not in without:
            world.advance(step.at_s)
            _move(world, step)
    if until_s is not None:
        world.advance(until_s)


def looks_again(world: World, steps: Sequence[Step], wanted: Callable[[Step], bool]) -> Iterator[tuple[Step, dict[str, Fact] | None]]:
    """Go through `steps` in `world` and give, for each wanted look, the facts that it shows there; None where it is refused."""
    commands = registry()
    for step in steps:
        world.advance(step.at_s)
        if step.kind == "move":
            _move(world, step)
        elif step.kind == "look" and wanted(step):
            world.advance(step.at_s + step.took_s)
            command = commands[step.op]
            assert command.run is not None
            try:
                yield step, dict(command.run(world, step.args).facts)
            except Refused:
                yield step, None


def replayed(incident: Incident, steps: Sequence[Step], *, faults: Sequence[DrawnFault] | None = None, without: Collection[int] = (), until_s: float, exact: bool = False) -> World:
    """A world of the incident in which the steps' moves were made, advanced to `until_s`."""
    world = incident.world(faults, exact=exact)
    play_moves(world, steps, without=without, until_s=until_s)
    return world


def _move(world: World, step: Step) -> None:
    command = registry()[step.op]
    assert command.run is not None
    try:
        command.run(world, step.args)
    except Refused:
        return

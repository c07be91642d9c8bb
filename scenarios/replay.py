"""The same steps in another world: with other faults, with some moves left out, or with the looks taken again."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any

from scenarios.draw import DrawnFault
from scenarios.incident import Incident, key_of
from scenarios.steps import Step
from scenarios.words import registry
from simulator.errors import Refused
from simulator.observation import Fact
from simulator.world import World

Shown = dict[tuple[Any, ...], dict[str, Fact] | None]
"""Facts by the world's faults, the moves before, the time, and the look with what it was given."""
MOST_SHOWINGS = 4096
"""Looks that an incident keeps, some kilobytes each; the oldest go first."""


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


class Showing:
    """Goes through the steps of a drill in one world of an incident and tells what looks show there.

    What a look shows follows from the world's faults, the moves before and the time. It is kept with the incident: a player that knows
    the candidates takes its looks in their worlds as it goes, and its grade takes them there again.
    """

    def __init__(self, incident: Incident, faults: Sequence[DrawnFault]) -> None:
        self._incident, self._faults, self._key = incident, faults, key_of(faults)
        self._made: tuple[tuple[float, str, str], ...] = ()
        self._behind: list[Step] = []
        """Moves that the world has yet to make."""
        self._world: World | None = None

    def through(self, step: Step) -> dict[str, Fact] | None:
        """Go through one step; the facts of a look, None where it is refused and for other steps."""
        told = step.op, json.dumps(step.args, sort_keys=True)
        if step.kind == "move":
            self._made = (*self._made, (step.at_s, *told))
            self._behind.append(step)
        if step.kind != "look":
            return None
        kept: OrderedDict[tuple[object, ...], dict[str, Fact] | None] = self._incident.kept.setdefault("showings", OrderedDict())
        look = self._key, self._made, step.at_s + step.took_s, told
        if look not in kept:
            kept[look] = self._shown(step)
            if len(kept) > MOST_SHOWINGS:
                kept.popitem(last=False)
        return kept[look]

    def _shown(self, step: Step) -> dict[str, Fact] | None:
        if self._world is None:
            self._world = self._incident.world(self._faults)
        behind, self._behind = [*self._behind, step], []
        return next(seen for _, seen in looks_again(self._world, behind, lambda s: True))


def kept_showings(incident: Incident, faults: Sequence[DrawnFault]) -> Shown:
    """What an incident has kept of the looks taken in the world with `faults`."""
    key = key_of(faults)
    return {look: facts for look, facts in incident.kept.get("showings", {}).items() if look[0] == key}


def keep_showings(incident: Incident, found: Shown) -> None:
    """Keep what looks showed to somebody else in the same incident."""
    kept: OrderedDict[tuple[Any, ...], dict[str, Fact] | None] = incident.kept.setdefault("showings", OrderedDict())
    kept.update(found)
    while len(kept) > MOST_SHOWINGS:
        kept.popitem(last=False)


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

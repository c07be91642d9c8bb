"""What looks show in the worlds of an incident when they are taken at once, as the drill begins."""

from __future__ import annotations

from collections.abc import Sequence

from grader.differential import Facts
from scenarios.draw import DrawnFault
from scenarios.incident import Incident, key_of
from simulator.commands import Invocation
from simulator.errors import Refused
from simulator.world import World

Glanced = dict[tuple[str, str], Facts]
"""Facts by the key of a world's faults and the line of the look."""
_KEPT = "glances"


class Glances:
    """Takes such looks. What they show is kept with the incident; the worlds are this object's own, and go on from look to look."""

    def __init__(self, incident: Incident) -> None:
        self._incident = incident
        self._worlds: dict[str, World] = {}

    def shown(self, call: Invocation, faults: Sequence[DrawnFault]) -> Facts:
        """Facts of one look in the world with `faults`; nothing where it is refused."""
        key = key_of(faults)
        kept = kept_glances(self._incident)
        if (key, call.line) not in kept:
            kept[key, call.line] = self._taken(call, faults, key)
        return kept[key, call.line]

    def _taken(self, call: Invocation, faults: Sequence[DrawnFault], key: str) -> Facts:
        end_s = self._incident.start_s + call.command.takes_s
        if key not in self._worlds or self._worlds[key].now_s > end_s:
            self._worlds[key] = self._incident.world(faults)
        world = self._worlds[key]
        world.advance(end_s)
        assert call.command.run is not None
        try:
            return call.command.run(world, call.args).facts
        except Refused:
            return {}


def kept_glances(incident: Incident) -> Glanced:
    """What was seen so far; may be added to with what somebody else saw in the same incident."""
    kept: Glanced = incident.kept.setdefault(_KEPT, {})
    return kept


def forget_glances(incident: Incident) -> None:
    """Once nobody asks any more."""
    incident.kept.pop(_KEPT, None)

"""Pieces of a grade that can be done in any process which has the incident, and what they find, as plain values.

A task does what the grader would do by itself, by the same functions and under the same keys. What it found is kept with the incident, there and here,
and the grader then finds it kept. So a task that another process did, one that was done twice and one that nobody did all give the same evidence.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from grader.glances import Glanced, Glances, kept_glances
from grader.presentation import Band, Presented, presented_as
from grader.variants import Variant, keep_place, kept_place, place_slices
from scenarios.draw import DrawnFault
from scenarios.incident import Incident, key_of
from scenarios.replay import Showing, Shown, keep_showings, kept_showings
from scenarios.steps import Step
from scenarios.words import registry
from simulator.commands import parse


@dataclass(frozen=True, slots=True)
class Found:
    """What a task found: values only, never a world."""

    place: Variant | None = None
    presented: dict[str, Presented] = field(default_factory=dict)
    """By the name under which an incident keeps it."""
    showings: Shown = field(default_factory=dict)
    glances: Glanced = field(default_factory=dict)

    def keep(self, incident: Incident) -> None:
        """Add it to what the incident keeps."""
        if self.place is not None:
            keep_place(incident, self.place)
        for name, presented in self.presented.items():
            incident.kept.setdefault(name, presented)
        keep_showings(incident, self.showings)
        kept_glances(incident).update(self.glances)


class Task(Protocol):
    @property
    def place(self) -> str:
        """The place of the differential in whose worlds it is done: who did something there has them."""

    def at_hand(self, incident: Incident) -> bool:
        """Whether its worlds are here already: for who has to build them first it takes many times as long."""

    def slices(self, incident: Incident) -> Iterator[None]:
        """Do it and keep what is found; gives way after each slice, well under a second."""

    def found(self, incident: Incident) -> Found:
        """What was found, once it is done."""


def look_slices(incident: Incident, faults: Sequence[DrawnFault], steps: Sequence[Step]) -> Iterator[None]:
    """Take the looks of `steps` in the world with `faults` and keep what they show; gives way after each slice of the world, and each step."""
    yield from incident.slices(faults)
    showing = Showing(incident, faults)
    for step in steps:
        showing.through(step)
        yield


@dataclass(frozen=True, slots=True)
class FindPlace:
    """Dose one place of the differential, and take a drill's looks in its worlds."""

    place: str
    band: Band | None
    """None for the true cause's."""
    steps: tuple[Step, ...]

    def at_hand(self, incident: Incident) -> bool:
        return False

    def slices(self, incident: Incident) -> Iterator[None]:
        yield from place_slices(incident, self.place, self.band)
        for faults in self._draws(incident):
            yield from look_slices(incident, faults, self.steps)

    def found(self, incident: Incident) -> Found:
        place = kept_place(incident, self.place)
        assert place is not None
        names = [presented_as(faults) for faults in place.draws]
        showings: Shown = {}
        for faults in self._draws(incident):
            showings |= kept_showings(incident, faults)
        return Found(place, {name: incident.kept[name] for name in names if name in incident.kept}, showings)

    def _draws(self, incident: Incident) -> tuple[tuple[DrawnFault, ...], ...]:
        """Worlds in which looks are taken: those of a place that does not present are hardly ever asked for."""
        place = kept_place(incident, self.place)
        return place.draws if place is not None and place.fits else ()


@dataclass(frozen=True, slots=True)
class Glance:
    """Take looks as the drill begins in some of the worlds of one place."""

    place: str
    draws: tuple[tuple[DrawnFault, ...], ...]
    lines: tuple[str, ...]
    """In order of what they take."""

    def at_hand(self, incident: Incident) -> bool:
        return all(key_of(faults) in incident.eves for faults in self.draws)

    def slices(self, incident: Incident) -> Iterator[None]:
        glances = Glances(incident)
        for faults in self.draws:
            yield from incident.slices(faults)
            for line in self.lines:
                glances.shown(parse(line, registry()), faults)
                yield

    def found(self, incident: Incident) -> Found:
        keys = {key_of(faults) for faults in self.draws}
        return Found(glances={at: facts for at, facts in kept_glances(incident).items() if at[0] in keys and at[1] in self.lines})

"""The differential as somebody at work keeps it: places that could be the cause, and which look spoke against each.

It knows a scenario's candidates and the worlds that they would make, as an engineer knows what faults do, and never which of them was drawn.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from grader.differential import contradicting
from grader.noise import load_noise
from grader.variants import TRIES, Variant, variants
from scenarios.faults.library import NOTHING, cause_of
from scenarios.incident import DRAWS, Incident
from scenarios.replay import Showing
from scenarios.steps import Step


class Suspects:
    """Every place of every candidate with its worlds, which go along with the drill; names are in alphabetical order, which tells nothing."""

    def __init__(self, incident: Incident) -> None:
        self._incident = incident
        self._noise = load_noise(incident.spec.name)
        self.places: tuple[Variant, ...] = tuple(sorted(ranged(incident), key=lambda v: v.name))
        self._showings = {place.name: [Showing(incident, faults) for faults in place.draws] for place in self.places}
        self.against: dict[int, tuple[str, ...]] = {}
        """By look, the places that it speaks against."""

    def see(self, step: Step) -> tuple[str, ...]:
        """Take a look, or make a move, in every candidate's world too; gives the places that a look speaks against."""
        out = []
        for place in self.places:
            drawn = [showing.through(step) or {} for showing in self._showings[place.name]]
            if step.kind == "look" and contradicting(self._incident, step.op, step.facts, drawn, self._noise):
                out.append(place.name)
        if step.kind == "look":
            self.against[step.step] = tuple(out)
        return tuple(out)

    @property
    def closed(self) -> frozenset[str]:
        """Places that some look speaks against."""
        return frozenset(name for names in self.against.values() for name in names)

    @property
    def open(self) -> tuple[Variant, ...]:
        """Places that no look speaks against; where that is none, those that the fewest looks speak against."""
        left = tuple(v for v in self.places if v.name not in self.closed)
        if left:
            return left
        count = {v.name: sum(v.name in names for names in self.against.values()) for v in self.places}
        return tuple(v for v in self.places if count[v.name] == min(count.values()))

    @property
    def candidates(self) -> tuple[str, ...]:
        """Candidates with an open place."""
        return tuple(dict.fromkeys(v.candidate for v in self.open))

    def telling(self, candidate: str) -> tuple[int, ...]:
        """Looks that speak against something else than `candidate`."""
        others = {v.name for v in self.places if v.candidate != candidate}
        return tuple(step for step, names in self.against.items() if not others.isdisjoint(names))

    def argument(self, candidate: str) -> tuple[int, ...]:
        """The fewest looks, taken greedily, that together speak against all that was closed besides `candidate`."""
        missing = {v.name for v in self.places if v.candidate != candidate} & self.closed
        chosen: list[int] = []
        while missing:
            best = max(self.against, key=lambda step: (len(missing.intersection(self.against[step])), -step))
            missing -= set(self.against[best])
            chosen.append(best)
        return tuple(sorted(chosen))


def ranged(incident: Incident) -> list[Variant]:
    """The differential by place with the draws that come from the scenario's ranges: what can be worked out without knowing what was drawn."""
    begun = {candidate.name: {draw.at_s for draw in candidate.draws} for candidate in incident.candidates(DRAWS * TRIES)}
    found = [replace(v, draws=tuple(faults for faults in v.draws if not faults or faults[0].at_s in begun[v.candidate])) for v in variants(incident)]
    return [v for v in found if v.draws]


def cause_at(place: Variant) -> tuple[str, str]:
    """Component and mechanism that a place of a candidate stands for."""
    return cause_of(place.draws[0][0]) if place.draws[0] else NOTHING


def common_place(places: Iterable[str]) -> str:
    """The longest start that components share, as `declare` takes it; the first component where they share none."""
    paths = [place.split("/") for place in places]
    shared = []
    for parts in zip(*paths, strict=False):
        if len(set(parts)) > 1:
            break
        shared.append(parts[0])
    return "/".join(shared or paths[0])

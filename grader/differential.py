"""The differential by replay: which candidate causes each look excludes, had the same looks been taken in their worlds.

Two primitives carry everything: `consistent`, whether a value that was seen lies within what a candidate's draws show,
and `tells_apart`, whether two worlds show a look differently enough for a person to see.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from grader.evidence import LookEvidence
from grader.noise import SIGMAS, Noise, noise_of
from scenarios.draw import Candidate, DrawnFault
from scenarios.incident import DRAWS, Incident
from scenarios.replay import looks_again
from scenarios.steps import Step
from scenarios.words import registry
from simulator.commands import Noticeable
from simulator.observation import Fact
from simulator.telemetry.alerts import breaches, threshold_of
from simulator.telemetry.signals import read_signal
from simulator.world import World


Facts = Mapping[str, Fact]
TRIES = 3
"""A draw that does not present with the drill's page is drawn again this many times."""
MOST_FACTS = 4


def tolerance(value: float, other: float, noise_sd: float, noticeable: Noticeable) -> float:
    """How far two numbers may lie apart and still look the same: noise between seeds plus what a person notices."""
    return SIGMAS * noise_sd + max(noticeable.absolute, noticeable.relative * max(abs(value), abs(other)))


def consistent(value: Fact, drawn: Sequence[Fact | None], noise_sd: float, noticeable: Noticeable) -> bool:
    """Whether the draws of a candidate could have shown `value`: within their range, widened; for texts, among them.

    A draw in which the look showed no such fact (None) is consistent with anything: nothing can be read off it.
    """
    if not drawn or any(d is None for d in drawn):
        return True
    numbers = [d for d in drawn if not isinstance(d, str)]
    if isinstance(value, str) or len(numbers) != len(drawn):
        return value in drawn
    low, high = min(numbers), max(numbers)  # type: ignore[type-var]
    assert low is not None and high is not None
    return low - tolerance(value, low, noise_sd, noticeable) <= value <= high + tolerance(value, high, noise_sd, noticeable)


def tells_apart(look: str, one: Facts, other: Facts, noise: Noise) -> bool:
    """Whether a person would see the difference between two showings of a look in worlds of one seed, which share their noise."""
    command = registry()[look]
    for fact in sorted(set(one) & set(other)):
        a, b = one[fact], other[fact]
        if isinstance(a, str) or isinstance(b, str):
            if a != b:
                return True
        elif abs(a - b) > tolerance(a, b, 0.0, command.noticeable_for(fact)):
            return True
    return False


@dataclass(frozen=True, slots=True)
class CandidateWorlds:
    """A candidate with the draws that present as the drill did."""

    name: str
    draws: tuple[tuple[DrawnFault, ...], ...]


def presenting(incident: Incident, candidate: Candidate, m: int = DRAWS) -> CandidateWorlds:
    """Draws of a candidate whose page looks like the drill's; where too few do, those that come closest are kept as they are.

    `candidate` must hold at least `m` draws; further ones are used in place of draws that do not present.
    """
    if candidate.fault is None:
        return CandidateWorlds(candidate.name, ((),))
    good, others = [], []
    for drawn in candidate.draws:
        (good if presents(incident, (drawn,)) else others).append((drawn,))
        if len(good) == m:
            break
    return CandidateWorlds(candidate.name, tuple(good or others[:m]))


def presents(incident: Incident, faults: Sequence[DrawnFault]) -> bool:
    """Whether the page's condition holds in the world with `faults` when the drill begins."""
    world = incident.world(faults)
    world.settle()
    rule = incident.page_rule
    at = np.array([world.settled_s])
    return bool(breaches(rule, read_signal(world, rule.signal, at), threshold_of(world, rule, at))[0])


def candidate_worlds(incident: Incident) -> list[CandidateWorlds]:
    """The differential of an incident, found once and kept with it. The true cause's draws include the drill's own."""
    if incident.differential is None:
        found = []
        for candidate in incident.candidates(DRAWS * TRIES):
            worlds = presenting(incident, candidate)
            if candidate.fault is not None and incident.drawn.faults and candidate.fault == incident.drawn.faults[0].id:
                worlds = CandidateWorlds(worlds.name, (incident.drawn.faults, *worlds.draws))
            found.append(worlds)
        incident.differential = found
    return list(incident.differential)


def true_candidate(incident: Incident) -> str:
    return incident.drawn.faults[0].id if incident.drawn.faults else "nothing"


def look_evidence(incident: Incident, steps: Sequence[Step], noise: Noise, *, until: int | None = None) -> list[LookEvidence]:
    """What each look up to step `until` excludes. The page's own reading is given to everybody and is no evidence."""
    considered = [s for s in steps if until is None or s.step <= until]
    showings = {c.name: _showings(incident, c, considered) for c in candidate_worlds(incident)}
    excluded: set[str] = set()
    found = []
    for step in considered:
        if step.kind != "look":
            continue
        excludes: dict[str, tuple[str, ...]] = {}
        for name, by_step in showings.items():
            telling = _telling(incident, step, by_step.get(step.step, []), noise)
            if telling:
                excludes[name] = tuple(telling[:MOST_FACTS])
        new = tuple(name for name in excludes if name not in excluded)
        excluded.update(new)
        found.append(LookEvidence(step.step, excludes, new))
    return found


def _showings(incident: Incident, candidate: CandidateWorlds, steps: Sequence[Step]) -> dict[int, list[Facts]]:
    """Facts of each look in each draw of a candidate, by step; a look that a world refuses shows nothing."""
    out: dict[int, list[Facts]] = {}
    for faults in candidate.draws:
        world: World = incident.world(faults)
        for step, seen in looks_again(world, steps, lambda s: True):
            out.setdefault(step.step, []).append(seen or {})
    return out


def _telling(incident: Incident, step: Step, drawn: Sequence[Facts], noise: Noise) -> list[str]:
    command = registry()[step.op]
    out = []
    for fact, value in step.facts.items():
        if _given(incident, fact):
            continue
        if not consistent(value, [d.get(fact) for d in drawn], noise_of(noise, step.op, fact), command.noticeable_for(fact)):
            out.append(fact)
    return out


def _given(incident: Incident, fact: str) -> bool:
    """Whether a fact is the page's own reading, which everybody was told."""
    return fact.endswith("." + incident.page_rule.name)

"""The differential by replay: which candidate causes each look excludes, had the same looks been taken in their worlds.

Two primitives carry everything: `consistent`, whether a value that was seen lies within what a candidate's draws show,
and `tells_apart`, whether two worlds show a look differently enough for a person to see.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from grader.evidence import LookEvidence
from grader.noise import SIGMAS, Noise, noise_of
from scenarios.draw import Candidate, DrawnFault
from scenarios.faults.library import FAULTS, complete
from scenarios.forms import Anything
from scenarios.incident import DRAWS, Incident
from scenarios.replay import looks_again
from scenarios.steps import Step
from scenarios.words import registry
from simulator.commands import Noticeable
from simulator.observation import Fact
from simulator.telemetry.alerts import breaches, threshold_of
from simulator.telemetry.signals import SIGNALS, read_signal
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


def tells_apart(look: str, one: Facts, other: Facts) -> bool:
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
class Variant:
    """A candidate at one place: the same fault in one view, field or channel, drawn several times in dose and onset."""

    candidate: str
    name: str
    draws: tuple[tuple[DrawnFault, ...], ...]
    """Faults of each world; those whose page looks like the drill's."""
    fits: bool
    """Whether any of its draws fires the drill's page."""


def variants_of(incident: Incident, candidate: Candidate) -> list[Variant]:
    """The places of a candidate that can present as the drill did, each with its draws.

    A range over places would be consistent with everything, so each place is judged on its own. Where no place
    presents, all are kept as they are: the scenario is unsound and its check says so.
    """
    if candidate.fault is None:
        return [Variant(candidate.name, candidate.name, ((),), False)]
    found: list[Variant] = []
    silent: list[Variant] = []
    for place in _places(incident, candidate):
        drawn = [(replace(d, params={**d.params, **place}),) for d in candidate.draws]
        good: list[tuple[DrawnFault, ...]] = []
        for faults in drawn:
            if presents(incident, faults):
                good.append(faults)
            if len(good) == DRAWS:
                break
        name = f"{candidate.name} ({', '.join(place.values())})" if place else candidate.name
        (found if good else silent).append(Variant(candidate.name, name, tuple(good or drawn[:DRAWS]), bool(good)))
    return found or silent


def _places(incident: Incident, candidate: Candidate) -> list[dict[str, str]]:
    """Values of the worded parameters that the scenario leaves open, in every combination."""
    assert candidate.fault is not None
    written = next(entry.params for entry in incident.scenario.differential if entry.name == candidate.name)
    worded = [p for p in FAULTS[candidate.fault].params if p.choices and isinstance(written.get(p.name, Anything()), Anything)]
    return [dict(zip((p.name for p in worded), values, strict=True)) for values in product(*(p.choices for p in worded))]


def presents(incident: Incident, faults: Sequence[DrawnFault]) -> bool:
    """Whether the page's condition holds in the world with `faults` when the drill begins."""
    world = incident.world(faults)
    world.settle()
    rule = incident.page_rule
    at = np.array([world.settled_s])
    return bool(breaches(rule, read_signal(world, rule.signal, at), threshold_of(world, rule, at))[0])


def variants(incident: Incident) -> list[Variant]:
    """The differential of an incident by place, found once and kept with it. The true cause's draws include the drill's own."""
    if incident.differential is None:
        found = [v for candidate in incident.candidates(DRAWS * TRIES) for v in variants_of(incident, candidate)]
        if incident.drawn.faults:
            found = _with_own_draw(incident, found)
        incident.differential = found
    return list(incident.differential)


def _with_own_draw(incident: Incident, found: list[Variant]) -> list[Variant]:
    own = incident.drawn.faults
    truth = true_candidate(incident)
    words = {value for value in complete(own[0]).values() if isinstance(value, str)}
    at = next((i for i, v in enumerate(found) if v.candidate == truth and words >= {x for x in complete(v.draws[0][0]).values() if isinstance(x, str)}), None)
    if at is None:
        return [*found, Variant(truth, f"{truth} (as it was)", (own,), True)]
    return [replace(v, draws=(own, *v.draws)) if i == at else v for i, v in enumerate(found)]


def true_candidate(incident: Incident) -> str:
    return incident.drawn.faults[0].id if incident.drawn.faults else "nothing"


def look_evidence(incident: Incident, steps: Sequence[Step], noise: Noise, *, until: int | None = None) -> list[LookEvidence]:
    """What each look up to step `until` excludes. The page's own reading is given to everybody and is no evidence."""
    considered = [s for s in steps if until is None or s.step <= until]
    showings = {v.name: _showings(incident, v, considered) for v in variants(incident)}
    found = []
    for step in considered:
        if step.kind != "look":
            continue
        excludes: dict[str, tuple[str, ...]] = {}
        for name, by_step in showings.items():
            telling = _telling(incident, step, by_step.get(step.step, []), noise)
            if telling:
                excludes[name] = tuple(telling[:MOST_FACTS])
        found.append(LookEvidence(step.step, excludes))
    return found


def _showings(incident: Incident, variant: Variant, steps: Sequence[Step]) -> dict[int, list[Facts]]:
    """Facts of each look in each draw of a variant, by step; a look that a world refuses shows nothing."""
    out: dict[int, list[Facts]] = {}
    for faults in variant.draws:
        world: World = incident.world(faults)
        for step, seen in looks_again(world, steps, lambda s: True):
            out.setdefault(step.step, []).append(seen or {})
    return out


def _telling(incident: Incident, step: Step, drawn: Sequence[Facts], noise: Noise) -> list[str]:
    command = registry()[step.op]
    out = []
    for fact, value in step.facts.items():
        if given(incident, fact):
            continue
        if not consistent(value, [d.get(fact) for d in drawn], noise_of(noise, step.op, fact), command.noticeable_for(fact)):
            out.append(fact)
    return out


def given(incident: Incident, fact: str) -> bool:
    """Whether a fact is the page's own reading, or the same quantity elsewhere: everybody was told, and its size tells doses, not causes."""
    rule = incident.page_rule
    return fact.endswith(("." + rule.name, "." + rule.signal)) or fact.startswith(SIGNALS[rule.signal.partition("/")[0]].shown_as)

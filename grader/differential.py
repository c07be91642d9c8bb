"""The differential by replay: which candidate causes each look excludes, had the same looks been taken in their worlds.

Two primitives carry everything: `consistent`, whether a value that was seen lies within what a candidate's draws show,
and `tells_apart`, whether two worlds show a look differently enough for a person to see.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from grader.evidence import LookEvidence
from grader.noise import SIGMAS, Noise, noise_of
from scenarios.draw import Candidate, DrawnFault
from scenarios.faults.library import FAULTS, complete
from scenarios.forms import Anything
from scenarios.incident import DRAWS, EXACT_BEFORE_S, Incident, key_of
from scenarios.replay import looks_again
from scenarios.steps import Step
from scenarios.words import registry
from simulator.commands import Noticeable
from simulator.durations import DAY_S, HOUR_S
from simulator.observation import Fact
from simulator.telemetry.alerts import breaches, threshold_of
from simulator.telemetry.signals import SIGNALS, read_signal
from simulator.world import World

Facts = Mapping[str, Fact]
TRIES = 3
"""A draw that does not present with the drill's page is drawn again this many times."""
MOST_FACTS = 4
OWN_DAYS, TYPICAL_DAYS = 6.0, 13.0
"""What building a candidate's world takes besides the days since its fault began, and what a usual world takes in all; in such days, as measured."""


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
        drawn = _drawn_at(candidate, place)
        good: list[tuple[DrawnFault, ...]] = []
        for faults in drawn:
            if presents(incident, faults):
                good.append(faults)
            if len(good) == DRAWS:
                break
        name = f"{candidate.name} ({', '.join(place.values())})" if place else candidate.name
        (found if good else silent).append(Variant(candidate.name, name, tuple(good or drawn[:DRAWS]), bool(good)))
    return found or silent


def _drawn_at(candidate: Candidate, place: Mapping[str, str]) -> list[tuple[DrawnFault, ...]]:
    """A candidate's draws at one place, in the order in which they are tried."""
    return [(replace(d, params={**d.params, **place}),) for d in candidate.draws]


def _places(incident: Incident, candidate: Candidate) -> list[dict[str, str]]:
    """Values of the worded parameters that the scenario leaves open, in every combination."""
    if candidate.fault is None:
        return []
    written = next(entry.params for entry in incident.scenario.differential if entry.name == candidate.name)
    worded = [p for p in FAULTS[candidate.fault].params if p.choices and isinstance(written.get(p.name, Anything()), Anything)]
    return [dict(zip((p.name for p in worded), values, strict=True)) for values in product(*(p.choices for p in worded))]


def presents(incident: Incident, faults: Sequence[DrawnFault]) -> bool:
    """Whether the page's condition holds in the world with `faults` when the drill begins; found once and kept."""
    for _ in presents_slices(incident, faults):
        pass
    return bool(incident.kept[_presented(faults)])


def presents_slices(incident: Incident, faults: Sequence[DrawnFault]) -> Iterator[None]:
    """Find out whether the page's condition holds with `faults` and keep it; gives way after each slice of their world, and each of the last hours."""
    if _presented(faults) in incident.kept:
        return
    yield from incident.slices(faults)
    world = incident.world(faults, before_s=EXACT_BEFORE_S)
    while world.now_s < incident.start_s:
        world.advance(min(world.now_s + HOUR_S, incident.start_s))
        world.settle()
        yield
    rule = incident.page_rule
    at = np.array([world.settled_s])
    incident.kept[_presented(faults)] = bool(breaches(rule, read_signal(world, rule.signal, at), threshold_of(world, rule, at))[0])


def _presented(faults: Sequence[DrawnFault]) -> str:
    return f"presents {key_of(faults)}"


def variants(incident: Incident, told: Callable[[float], None] = lambda share: None) -> list[Variant]:
    """The differential of an incident by place, found once and kept with it. The true cause's draws include the drill's own.

    `told` hears of the share of the candidates' worlds that is gone through, 0 to 1.
    """
    for share in variants_slices(incident):
        told(share)
    found: list[Variant] = list(incident.differential)
    return found


def variants_slices(incident: Incident) -> Iterator[float]:
    """Find the differential and keep it; gives way after each slice of each candidate's world, with the share that is gone through."""
    if incident.differential is not None:
        return
    tried, share = _tried(incident), 0.0
    whole = sum(_left(incident, drawn) for drawn in tried)
    for drawn in tried:
        good = 0
        for faults in drawn:
            for _ in presents_slices(incident, faults):
                yield share
            good += presents(incident, faults)
            share = max(share, 1.0 - sum(_left(incident, each) for each in tried) / max(whole, 1.0))
            if good == DRAWS:
                break
    found = [v for candidate in incident.candidates(DRAWS * TRIES) for v in variants_of(incident, candidate)]
    incident.differential = _with_own_draw(incident, found) if incident.drawn.faults else found


def worlds_to_find(incident: Incident) -> float:
    """About how many worlds `variants` still has to build, a world whose fault began long ago counting for several."""
    return 0.0 if incident.differential is not None else sum(_left(incident, drawn) for drawn in _tried(incident))


def worlds_to_look_in(incident: Incident) -> int:
    """About how many worlds a look is taken again in."""
    return DRAWS * len(_tried(incident) if incident.differential is None else incident.differential)


def _tried(incident: Incident) -> list[list[tuple[DrawnFault, ...]]]:
    """By candidate and place, the draws that may be tried."""
    return [_drawn_at(candidate, place) for candidate in incident.candidates(DRAWS * TRIES) for place in _places(incident, candidate)]


def _left(incident: Incident, drawn: Sequence[tuple[DrawnFault, ...]]) -> float:
    """Worlds that one place still takes: its missing draws, or all that are left once some did not present and none did."""
    known = [incident.kept.get(_presented(faults)) for faults in drawn]
    unknown = [faults for faults, presented in zip(drawn, known, strict=True) if presented is None]
    hopeless = len(unknown) < len(drawn) and True not in known
    wanted = unknown if hopeless else unknown[: max(0, DRAWS - known.count(True))]
    return sum((OWN_DAYS + max(0.0, incident.start_s - faults[0].at_s) / DAY_S) / TYPICAL_DAYS for faults in wanted)


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


def look_evidence(incident: Incident, steps: Sequence[Step], noise: Noise, *, until: int | None = None, told: Callable[[float], None] = lambda share: None) -> list[LookEvidence]:
    """What each look up to step `until` excludes. The page's own reading is given to everybody and is no evidence.

    `told` hears of the share of the candidates in whose worlds the looks were taken, 0 to 1.
    """
    considered = [s for s in steps if until is None or s.step <= until]
    possible = variants(incident)
    showings = {}
    for at, variant in enumerate(possible):
        told(at / len(possible))
        showings[variant.name] = _showings(incident, variant, considered)
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
    # In the order in which the instrument shows them. A journal that was read back has lost it, and gives the same evidence.
    shown = list(dict.fromkeys(fact for facts in drawn for fact in facts))
    out = []
    for fact in sorted(step.facts, key=lambda name: (shown.index(name) if name in shown else len(shown), name)):
        value = step.facts[fact]
        if given(incident, fact):
            continue
        if not consistent(value, [d.get(fact) for d in drawn], noise_of(noise, step.op, fact), command.noticeable_for(fact)):
            out.append(fact)
    return out


def given(incident: Incident, fact: str) -> bool:
    """Whether a fact is the page's own reading, or the same quantity elsewhere: everybody was told, and its size tells doses, not causes."""
    rule = incident.page_rule
    return fact.endswith(("." + rule.name, "." + rule.signal)) or fact.startswith(SIGNALS[rule.signal.partition("/")[0]].shown_as)

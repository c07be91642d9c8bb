"""The candidates of a differential by place, each with its draws: the worlds in which every look is taken again."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import TypeVar

from grader.presentation import Band, Dosing, band_of, dose_of, presented_as, presented_slices
from scenarios.draw import Candidate, DrawnFault
from scenarios.faults.library import FAULTS, complete, edits_of
from scenarios.forms import Anything
from scenarios.incident import DRAWS, Incident
from simulator.durations import DAY_S
from simulator.streams import stream

TRIES = 3
"""So many worlds are tried for each draw that is wanted, until it presents as the drill does."""
LEAST_CANDIDATES = 5
"""A differential of fewer would be no question."""
OWN_DAYS, TYPICAL_DAYS = 6.0, 13.0
"""What building a candidate's world takes besides the days since its fault began, and what a usual world takes in all; in such days, as measured."""
DISTURBED_DAYS = 200.0
"""What a disturbed service adds for the worlds of a place, in the same days."""
TRAINED_DAYS = 100.0
"""What models that are trained otherwise add, in the same days: no other world has trained them yet."""
OF_SERVICE = ("serving.", "online.slowdown", "callers.", "pool.", "autoscaler.", "deployment.")
"""Beginnings of the levers whose faults disturb it."""
OF_TRAINING = ("training.", "labels.")
"""Beginnings of the levers whose faults change what is trained."""

Place = Mapping[str, str]
"""Values of the worded parameters that the scenario leaves open."""
Ending = TypeVar("Ending")


@dataclass(frozen=True, slots=True)
class Variant:
    """A candidate at one place: the same fault in one view, field or channel, drawn several times in dose and onset."""

    candidate: str
    name: str
    draws: tuple[tuple[DrawnFault, ...], ...]
    """Faults of each world; those that present as the drill does."""
    fits: bool
    """Whether any of its draws fires the drill's page, at a size that the true cause could have."""


def variants(incident: Incident, told: Callable[[float], None] = lambda share: None) -> list[Variant]:
    """The differential of an incident by place, found once and kept with it. The true cause's draws include the drill's own.

    A range over places would be consistent with everything, so each place is judged on its own. A candidate of which no place
    presents is left out of this drill; where fewer than five would be left it is kept as it is, and the scenario's check says so.
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
    tried = _tried(incident)
    whole = max(1.0, sum(_days(incident, candidate) for candidate, _ in tried))
    band = yield from _told(truth_slices(incident), 0.0)
    share = sum(_days(incident, candidate) for candidate, _ in _truths(incident)) / whole
    for candidate, place in tried:
        if candidate.name != true_candidate(incident):
            yield from _told(_place_slices(incident, candidate, place, band), min(1.0, share))
            share += _days(incident, candidate) / whole
    found = _alike(incident, [v for candidate in incident.candidates(DRAWS * TRIES) for v in _presenting(incident, candidate)])
    incident.differential = _with_own_draw(incident, found) if incident.drawn.faults else found


def truth_slices(incident: Incident) -> Generator[None, None, Band]:
    """Find and keep the true cause's places, which all others are held against; gives way like `variants_slices`. Ends with the sizes that they show."""
    for candidate, place in _truths(incident):
        yield from _place_slices(incident, candidate, place, None)
    return (yield from _band(incident, _truths(incident)))


def band_found(incident: Incident) -> Band:
    """The sizes that the true cause shows; its places are found and kept for it."""
    finding = truth_slices(incident)
    while True:
        try:
            next(finding)
        except StopIteration as end:
            band: Band = end.value
            return band


def open_places(incident: Incident, *, of_truth: bool) -> list[str]:
    """Names of the places that are still to be found, either the true cause's or the others'; what takes longest first."""
    truth = true_candidate(incident)
    still = [(c, place) for c, place in _tried(incident) if (c.name == truth) == of_truth and _kept(c, place) not in incident.kept]
    return [_name(candidate, place) for candidate, place in sorted(still, key=lambda entry: -_burden(incident, *entry))]


def place_slices(incident: Incident, name: str, band: Band | None) -> Iterator[None]:
    """Find and keep the place of that name; gives way like `variants_slices`. Without a band, as the true cause's are found."""
    candidate, place = next(entry for entry in _tried(incident) if _name(*entry) == name)
    yield from _place_slices(incident, candidate, place, band)


def kept_place(incident: Incident, name: str) -> Variant | None:
    """The place of that name, where it was found."""
    found: Variant | None = incident.kept.get(f"place {name}")
    return found


def keep_place(incident: Incident, found: Variant) -> None:
    """Keep a place that was found elsewhere, in the same incident."""
    incident.kept.setdefault(f"place {found.name}", found)


def worlds_to_find(incident: Incident) -> float:
    """About how many worlds `variants` still has to build, a world whose fault began long ago counting for several."""
    if incident.differential is not None:
        return 0.0
    return sum(_days(incident, candidate) for candidate, place in _tried(incident) if _kept(candidate, place) not in incident.kept) / TYPICAL_DAYS


def worlds_to_look_in(incident: Incident) -> int:
    """About how many worlds a look is taken again in."""
    return DRAWS * len(_tried(incident) if incident.differential is None else incident.differential)


def true_candidate(incident: Incident) -> str:
    return incident.drawn.faults[0].id if incident.drawn.faults else "nothing"


def _tried(incident: Incident) -> list[tuple[Candidate, Place]]:
    """Candidates and places that have worlds of their own."""
    return [(candidate, place) for candidate in incident.candidates(DRAWS * TRIES) for place in _places(incident, candidate)]


def _places(incident: Incident, candidate: Candidate) -> list[Place]:
    if candidate.fault is None:
        return []
    written = next(entry.params for entry in incident.scenario.differential if entry.name == candidate.name)
    worded = [p for p in FAULTS[candidate.fault].params if p.choices and isinstance(written.get(p.name, Anything()), Anything)]
    return [dict(zip((p.name for p in worded), values, strict=True)) for values in product(*(p.choices for p in worded))]


def _drawn_at(candidate: Candidate, place: Place) -> list[DrawnFault]:
    """A candidate's draws at one place, in the order in which they are tried."""
    return [replace(d, params={**d.params, **place}) for d in candidate.draws]


def _truths(incident: Incident) -> list[tuple[Candidate, Place]]:
    truth = true_candidate(incident)
    return [(candidate, place) for candidate, place in _tried(incident) if candidate.name == truth]


def _told(slices: Generator[None, None, Ending], share: float) -> Generator[float, None, Ending]:
    """`slices`, each of which tells `share`."""
    while True:
        try:
            next(slices)
        except StopIteration as end:
            found: Ending = end.value
            return found
        yield share


def _place_slices(incident: Incident, candidate: Candidate, place: Place, band: Band | None) -> Generator[None, None, None]:
    if _kept(candidate, place) not in incident.kept:
        yield from _as_drawn(incident, candidate, place) if band is None else _dosed(incident, candidate, place, band)


def _as_drawn(incident: Incident, candidate: Candidate, place: Place) -> Iterator[None]:
    """Find and keep the true cause's draws at one place that page, at whatever size."""
    good: list[tuple[DrawnFault, ...]] = []
    drawn = _drawn_at(candidate, place)
    for one in drawn:
        yield from presented_slices(incident, (one,))
        if incident.kept[presented_as((one,))].fires:
            good.append((one,))
        if len(good) == DRAWS:
            break
    _keep(incident, candidate, place, good)


def _dosed(incident: Incident, candidate: Candidate, place: Place, band: Band) -> Iterator[None]:
    """Find and keep another candidate's draws at one place that page at a size which the true cause could have."""
    dosing = Dosing(incident, dose_of(incident, candidate.name), band, DRAWS * TRIES)
    good: list[tuple[DrawnFault, ...]] = []
    for block, one in enumerate(_drawn_at(candidate, place)):
        aim = float(stream(incident.drawn.seed, f"dose.{_name(candidate, place)}", block).random())
        found = yield from dosing.alike(one, aim)
        if found is not None:
            good.append((found,))
        if len(good) == DRAWS or dosing.tries == 0:
            break
    _keep(incident, candidate, place, good)


def _band(incident: Incident, truths: Sequence[tuple[Candidate, Place]]) -> Generator[None, None, Band]:
    yield from presented_slices(incident, incident.drawn.faults)
    return band_of(incident, [faults for candidate, place in truths for faults in incident.kept[_kept(candidate, place)].draws])


def _keep(incident: Incident, candidate: Candidate, place: Place, good: Sequence[tuple[DrawnFault, ...]]) -> None:
    draws = tuple(good) or tuple((one,) for one in _drawn_at(candidate, place)[:DRAWS])
    incident.kept[_kept(candidate, place)] = Variant(candidate.name, _name(candidate, place), draws, bool(good))


def _presenting(incident: Incident, candidate: Candidate) -> list[Variant]:
    """The places of a candidate that can present as the drill did; all where none can."""
    if candidate.fault is None:
        return [Variant(candidate.name, candidate.name, ((),), False)]
    found: list[Variant] = [incident.kept[_kept(candidate, place)] for place in _places(incident, candidate)]
    return [v for v in found if v.fits] or found


def _alike(incident: Incident, found: list[Variant]) -> list[Variant]:
    """The differential without the candidates that cannot present so in this drill's world; all of them where too few would be left."""
    standing = {v.candidate for v in found if v.fits or v.candidate in ("nothing", true_candidate(incident))}
    return [v for v in found if v.candidate in standing] if len(standing) >= LEAST_CANDIDATES else found


def _name(candidate: Candidate, place: Place) -> str:
    return f"{candidate.name} ({', '.join(place.values())})" if place else candidate.name


def _kept(candidate: Candidate, place: Place) -> str:
    return f"place {_name(candidate, place)}"


def _days(incident: Incident, candidate: Candidate) -> float:
    """What the worlds of one place take, in days of a world."""
    return sum(OWN_DAYS + max(0.0, incident.start_s - one.at_s) / DAY_S for one in candidate.draws[:DRAWS])


def _burden(incident: Incident, candidate: Candidate, place: Place) -> float:
    """What the worlds of one place take, where many windows have to be served exactly or models are trained anew too; in days of a world."""
    levers = {edit.lever for edit in edits_of(_drawn_at(candidate, place)[0])}
    added = {OF_SERVICE: DISTURBED_DAYS, OF_TRAINING: TRAINED_DAYS}
    return _days(incident, candidate) + sum(days for beginnings, days in added.items() if any(lever.startswith(beginnings) for lever in levers))


def _with_own_draw(incident: Incident, found: list[Variant]) -> list[Variant]:
    own = incident.drawn.faults
    truth = true_candidate(incident)
    words = {value for value in complete(own[0]).values() if isinstance(value, str)}
    at = next((i for i, v in enumerate(found) if v.candidate == truth and words >= {x for x in complete(v.draws[0][0]).values() if isinstance(x, str)}), None)
    if at is None:
        return [*found, Variant(truth, f"{truth} (as it was)", (own,), True)]
    return [replace(v, draws=(own, *v.draws)) if i == at else v for i, v in enumerate(found)]

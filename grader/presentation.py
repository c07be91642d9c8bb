"""How large the symptom is that a cause presents with, and the doses at which it presents as large as the drill's own does.

The page names a quantity. Its size tells how much of a cause there is and not which, so candidates are dosed until it is the size that the true cause shows.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from scenarios.draw import DrawnFault
from scenarios.faults.fault import FaultParam
from scenarios.faults.library import FAULTS, complete
from scenarios.forms import Anything, Between
from scenarios.incident import Incident, key_of
from simulator.durations import HOUR_S
from simulator.observation import significant
from simulator.telemetry.alerts import status
from simulator.telemetry.signals import SIGNALS

ALIKE = 0.2
"""Sizes this much apart, as a share, are alike: nobody tells 4 % of timeouts from 5 %, or names a cause by it."""
INNER = 0.25
"""A dose between two that were tried keeps this share of their distance from both: queues answer steeply, and what is saturated says nothing of how far."""
ROUNDED = 1e-6
"""Readings are kept to six digits."""
CLOSE = 1e-3
"""Doses as close as this, as a share, are one: what lies between them jumps."""
STEP = 0.2
"""Where every dose that was tried is too little, the next is this share of the way to the most, or half as much again."""


@dataclass(frozen=True, slots=True)
class Presented:
    """The page's quantity as the drill begins, at the rule's last evaluation, in the world of some faults."""

    size: float
    """In the unit of the page's signal, negated where the page fires below its threshold: more is worse."""
    fires: bool
    """Whether the condition holds; for how long is no matter."""
    since_s: float = math.inf
    """The quiet moment from which this world goes on, before exact requests begin."""


@dataclass(frozen=True, slots=True)
class Band:
    """Sizes with which the true cause presents."""

    low: float
    high: float
    most: float = math.inf
    """What the quantity can read at most. A candidate that reads this is saturated: nothing tells how far."""

    def below(self, size: float) -> bool:
        return size < self.low - ALIKE * abs(self.low)

    def above(self, size: float) -> bool:
        return size > self.high + ALIKE * abs(self.high) or size >= self.most > self.high


def presented(incident: Incident, faults: Sequence[DrawnFault]) -> Presented:
    """How the world with `faults` presents when the drill begins; found once and kept."""
    for _ in presented_slices(incident, faults):
        pass
    found: Presented = incident.kept[presented_as(faults)]
    return found


def presented_slices(incident: Incident, faults: Sequence[DrawnFault]) -> Iterator[None]:
    """Find out how the world with `faults` presents and keep it; gives way after each slice of their world, and each of the last hours."""
    if presented_as(faults) in incident.kept:
        return
    yield from incident.slices(faults)
    world = incident.world(faults, before_s=incident.start_s - incident.exact_from_s)
    while world.now_s < incident.start_s:
        # By way of the moment that is kept for the looks to come.
        stops = (world.now_s + HOUR_S, incident.morning_s, incident.start_s)
        world.advance(min(stop for stop in stops if stop > world.now_s))
        world.settle()
        if world.now_s == incident.morning_s:
            incident.keep_morning(faults, world)
        yield
    found = status(world, incident.page_rule)
    size = -math.inf if found.value is None else -found.value if found.rule.op.startswith("<") else found.value
    incident.kept[presented_as(faults)] = Presented(size, found.state != "inactive", incident.eves[key_of(faults)].at_s)


def presented_as(faults: Sequence[DrawnFault]) -> str:
    """Name under which an incident keeps how a world presents."""
    return f"presents {key_of(faults)}"


def band_of(incident: Incident, draws: Sequence[Sequence[DrawnFault]]) -> Band:
    """The sizes that draws of the true cause show, those that page; with the drill's own."""
    sizes = [presented(incident, incident.drawn.faults).size, *(p.size for p in (presented(incident, faults) for faults in draws) if p.fires)]
    return Band(min(sizes), max(sizes), _most(incident))


def _most(incident: Incident) -> float:
    """No answer takes longer than its caller waits; other quantities have no limit that matters."""
    if SIGNALS[incident.page_rule.signal.partition("/")[0]].unit != "ms":
        return math.inf
    wait_ms = incident.world().levers["serving.request_timeout_ms"].number_at(incident.start_s)
    return (wait_ms or incident.spec.service.request_timeout_ms) * (1.0 - ROUNDED)


@dataclass(slots=True)
class Dosing:
    """The search for doses of a candidate at one place. What one draw showed is where the next begins."""

    incident: Incident
    param: FaultParam | None
    """What its dose is; None where the scenario fixes it or the fault has none, so that a draw is taken or left."""
    band: Band
    tries: int
    """Worlds that may still be built."""
    tried: list[tuple[float, float]] = field(default_factory=list)
    """Dose and size of each world that paged."""

    def alike(self, drawn: DrawnFault, share: float) -> Generator[None, None, DrawnFault | None]:
        """The draw at a dose with which it presents like the drill; None where none was found. Gives way like `presented_slices`.

        `share` says which size in the band to aim at, 0 to 1, where the draw's own dose misses it.
        """
        low: tuple[float, float] | None = None
        high: tuple[float, float] | None = None
        aim = self.band.low + share * (self.band.high - self.band.low)
        if self.param is not None and self.tried and self._misses(self.tried[0][1]):
            drawn = self._at(drawn, _between(self.tried, aim))
        while self.tries > 0:
            self.tries -= 1
            yield from presented_slices(self.incident, (drawn,))
            seen: Presented = self.incident.kept[presented_as((drawn,))]
            if seen.fires and not self._misses(seen.size):
                self._note(drawn, seen)
                return drawn
            self.incident.eves.pop(key_of((drawn,)), None)
            self.incident.mornings.pop(key_of((drawn,)), None)
            if self.param is None:
                return None
            self._note(drawn, seen)
            dose = _dose(drawn, self.param)
            if self.band.above(seen.size):
                high = (dose, seen.size)
            else:
                low = (dose, seen.size)
            if (wanted := self._next(low, high, aim)) is None:
                return None
            drawn = self._at(drawn, wanted)
        return None

    def _misses(self, size: float) -> bool:
        return self.band.below(size) or self.band.above(size)

    def _note(self, drawn: DrawnFault, seen: Presented) -> None:
        if self.param is not None and np.isfinite(seen.size):
            self.tried.append((_dose(drawn, self.param), seen.size))

    def _next(self, low: tuple[float, float] | None, high: tuple[float, float] | None, aim: float) -> float | None:
        """The dose to try after one that was too little and one that was too much; None where there is none left. What other draws showed helps."""
        assert self.param is not None
        least, most = self.param.reach
        bottom, top = low[0] if low else least, high[0] if high else most
        if bottom >= top or top - bottom < CLOSE * top:
            return None
        if good := [dose for dose, size in self.tried if bottom < dose < top and not self._misses(size)]:
            return good[0]
        low = low or max((p for p in self.tried if p[0] < top and self.band.below(p[1])), default=None)
        high = high or min((p for p in self.tried if p[0] > bottom and self.band.above(p[1])), default=None)
        if low and high:
            return self._inside(low, high, aim)
        return min(most, max(1.5 * low[0], low[0] + STEP * (most - least))) if low else max(least, top - 0.5 * (top - least))

    def _inside(self, low: tuple[float, float], high: tuple[float, float], aim: float) -> float:
        readable = math.isfinite(low[1]) and low[1] < high[1] < self.band.most
        share = (aim - low[1]) / (high[1] - low[1]) if readable else 0.5
        return low[0] + min(max(share, INNER), 1.0 - INNER) * (high[0] - low[0])

    def _at(self, drawn: DrawnFault, dose: float) -> DrawnFault:
        assert self.param is not None
        least, most = self.param.reach
        return replace(drawn, params={**drawn.params, self.param.name: significant(min(max(dose, least), most), 4)})


def dose_of(incident: Incident, candidate: str) -> FaultParam | None:
    """The parameter that doses a candidate of the differential, where the fault has one and the scenario leaves it a range."""
    param = FAULTS[candidate].dose
    if param is None:
        return None
    written = next(entry.params for entry in incident.scenario.differential if entry.name == candidate)
    return param if isinstance(written.get(param.name, Anything()), Anything | Between) else None


def _dose(drawn: DrawnFault, param: FaultParam) -> float:
    return float(complete(drawn)[param.name])


def _between(points: Sequence[tuple[float, float]], aim: float) -> float:
    """The dose at which sizes that were seen, joined by straight lines, reach `aim`; the nearest where they do not."""
    ordered = sorted(points)
    doses, sizes = np.array([d for d, _ in ordered]), np.maximum.accumulate(np.array([s for _, s in ordered]))
    return float(np.interp(aim, sizes, doses))

"""The fleet in one window: replicas that come and go between stretches, and autoscalers that look every 15 s.

A look that decides nothing costs no cut. So a stretch is served to its end, the looks on the way are taken from what it
showed, and only where one of them decides something is the stretch served again, as far as that look.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

from simulator.dataplane import readings
from simulator.dataplane.fleet_windows import Census
from simulator.dataplane.passing import Passed, Passing, resized
from simulator.dataplane.readings import Read, Readings
from simulator.dataplane.replicas import StationName, with_replica, without_replica
from simulator.dataplane.settings import SERVICES, Away, serving, staffed
from simulator.dataplane.specs import FEATURE_SERVER, Setting
from simulator.dataplane.windows import WINDOW_S
from simulator.fleet import steps
from simulator.fleet.autoscaling import HPA_TOLERANCE
from simulator.fleet.clock import SYNC_S
from simulator.fleet.events import FleetEvent
from simulator.fleet.in_force import FleetSetting
from simulator.fleet.members import NEVER
from simulator.fleet.readings import ticks_kept
from simulator.fleet.reclaims import Draw
from simulator.fleet.state import FleetState
from simulator.streams import stream

_TOLERATED = (1.0 + HPA_TOLERANCE) * (1.0 - 1e-5)
"""Of the target; a little less, since what is looked at is not rounded yet."""
Serve = Callable[[Passing, float, float], Passed]
"""Serves a part of the stretch, from one second of the window to another, from what is under way as it starts."""


class Staffing:
    """The fleet as it goes through one window."""

    def __init__(self, state: FleetState, done: FleetSetting | None, read: Read, draw: Draw) -> None:
        """`done` are the orders that have been carried out."""
        self.state, self.done, self._draw = state, done, draw
        self.events: list[FleetEvent] = []
        self.spans: list[tuple[Census, float]] = []
        self._readings = Readings(read)
        self._is_content = read.content and done is not None
        self._next: tuple[FleetState, FleetSetting, float] | None = None

    def under(self, setting: FleetSetting, now_s: float) -> None:
        """Take orders from `setting` from now on."""
        self.fleet = setting
        self._places = _places(setting)
        fetch, model = (readings.needed(setting.deployments[place]) for place in self._places)
        self._readings.follow((fetch, model), now_s)
        self._reads = bool(fetch or model)
        self._is_content = self._is_content and self.done == setting
        self._kept = ticks_kept(setting)
        self.census = Census.of(self.state, setting)

    def act(self, now_s: float, passing: Passing, setting: Setting, away: Away) -> Passing:
        """Do what is due at `now_s`, and what the autoscalers decide then; what is under way after it."""
        if self.done != self.fleet or self._next_event_s() <= now_s:
            passing = self._advance(now_s, passing, setting, away)
        tick = int(now_s // SYNC_S)
        if now_s == tick * SYNC_S and self._reads and not self._is_content:
            self._readings.round_off()
            self.state, decided = steps.follow(self.state, self.fleet, now_s, self._readings.ticks(tick, self._kept))
            if decided:
                self.events += decided
                passing = self._advance(now_s, passing, setting, away)
        return passing

    def setting(self, setting: Setting, away: Away) -> Setting:
        """`setting` with the replicas that there are."""
        fetch, model = self._places
        return staffed(setting, self.census.ready[fetch], self.census.ready[model], self.census.placed[fetch], self.census.placed[model], away)

    def until(self, until_s: float) -> float:
        """As far as nothing is due, `until_s` at the latest."""
        return min(until_s, self._next_event_s())

    def look(self, passing: Passing, setting: Setting, since_s: float, until_s: float, serve: Serve, *, decide: bool) -> tuple[Passed, float]:
        """Serve a stretch [since_s, until_s) and look at each tick within it: what passed, as far as the first tick at which something is decided.

        The decision itself is left to `act` at that tick. Without `decide` nothing is, and all is read.
        """
        passed = serve(passing, since_s, until_s)
        if not self._reads:
            return passed, until_s
        before = self._readings.kept()
        self._read(passed, passing, setting, since_s, until_s)
        last = int(until_s // SYNC_S)
        self._is_content = self._content(last)
        if self._is_content or not decide:
            return passed, until_s
        self._readings.round_off()
        for tick in range(int(since_s // SYNC_S) + 1, last + (until_s > last * SYNC_S)):
            state, decided = steps.follow(self.state, self.fleet, tick * SYNC_S, self._readings.ticks(tick, self._kept))
            if decided:
                self._readings.go_back(before)
                passed = serve(passing, since_s, tick * SYNC_S)
                self._read(passed, passing, setting, since_s, tick * SYNC_S)
                return passed, tick * SYNC_S
            self.state = state
        return passed, until_s

    def end(self) -> tuple[FleetState, Read]:
        """The fleet as the window ends, on a clock that starts there, and what its autoscalers have read."""
        forgetful = all(not memory.recommendations and memory.panic_s is None and memory.idle_since_s is None for memory in self.state.memories)
        still = forgetful and self._next_event_s() == NEVER
        return self.state if still else self.state.later(WINDOW_S), self._readings.read(self._kept, self._is_content)

    def _next_event_s(self) -> float:
        """When the next thing is due; found once for a state."""
        if self._next is None or self._next[0] is not self.state or self._next[1] is not self.fleet:
            self._next = self.state, self.fleet, steps.next_event_s(self.state, self.fleet)
        return self._next[2]

    def _advance(self, now_s: float, passing: Passing, setting: Setting, away: Away) -> Passing:
        ready = [self.census.ready[place] for place in self._places]
        self.state, events = steps.advance(self.state, self.fleet, now_s, self._draw)
        for event in events:
            if event.place in SERVICES and (event.joins or event.leaves):
                passing = _moved(passing, setting, event, ready, away, self._mark(event))
        self.events += events
        self.done, self.census, self._is_content = self.fleet, Census.of(self.state, self.fleet), False
        return passing

    def _mark(self, event: FleetEvent) -> float:
        """Uniform in [0, 1), for a pod that goes in the window of `self._draw`."""
        return float(stream(self._draw.seed, f"fleet.places/{event.subject}", round(self._draw.start_s / WINDOW_S)).random()) if event.leaves else 0.0

    def _content(self, last: int) -> bool:
        """Whether looks up to tick `last` can neither decide nor recall anything: an HPA at its fewest replicas stays there while no
        tick is above what it tolerates."""
        for place, need, peak in zip(self._places, self._readings.needs, self._readings.peaks(last), strict=True):
            if need:
                deployment, memory = self.fleet.deployments[place], self.state.memories[place]
                scaler = deployment.autoscaler
                if need != "busy" or scaler.kind != "hpa" or memory.recommendations or memory.desired != scaler.min:
                    return False
                if peak * (deployment.cpu_share if scaler.signal == "cpu" else 1.0) > scaler.target * _TOLERATED:
                    return False
        return True

    def _read(self, passed: Passed, passing: Passing, setting: Setting, since_s: float, until_s: float) -> None:
        """Add a stretch to what is read of the window."""
        assert passed.taken is not None
        for station, (need, backlog, served) in enumerate(zip(self._readings.needs, (passing.fetch, passing.model), (setting.fetch, setting.model), strict=True)):
            sums = self._readings.of(station)
            if need:
                readings.add_ready(sums, served.replicas, since_s, until_s)
            if need == "busy":
                free_s = backlog.free_s if len(backlog.free_s) == served.replicas else resized(backlog, served).free_s
                readings.add_busy(sums, free_s, passed.taken[station], since_s, until_s)
            elif need == "requests":
                (readings.add_fetching, readings.add_scoring)[station](sums, passed, since_s, until_s)


@lru_cache(maxsize=256)
def _places_by_services(services: tuple[str, ...]) -> tuple[int, int]:
    return services.index(SERVICES[0]), services.index(SERVICES[1])


def _places(setting: FleetSetting) -> tuple[int, int]:
    """Of the two stations among the deployments."""
    return _places_by_services(tuple([deployment.service for deployment in setting.deployments]))


def _moved(passing: Passing, setting: Setting, event: FleetEvent, ready: list[int], away: Away, mark: float) -> Passing:
    """What is under way once a replica joined or left as `event` says; `ready` counts along.

    A shared queue knows its replicas by when they are free and not by name, so `mark` says which of them leaves. While a
    rolling restart keeps a replica away, it is the last one; it comes back for one that leaves, and a lone one is not away.
    """
    name: StationName = "feature-server" if event.place == FEATURE_SERVER else "model-server"
    station = SERVICES.index(name)
    serves = serving(ready[station], away[station])
    # With the replicas of both: of a station that is left as it is, nothing must be forgotten either.
    setting = _of(_of(setting, 0, serving(ready[0], away[0])), 1, serving(ready[1], away[1]))
    ready[station] += 1 if event.joins else -1
    then = serving(ready[station], away[station])
    if event.leaves and event.replica < serves:
        assert event.fate
        shared = (setting.fetch, setting.model)[station].routing == "shared"
        passing = without_replica(passing, _of(setting, station, serves), name, int(mark * serves) if shared else event.replica, event.fate)
        serves -= 1
    if then > serves:
        passing = with_replica(passing, _of(setting, station, serves), name)
    elif then < serves:
        passing = without_replica(passing, _of(setting, station, serves), name, serves - 1, "drains")
    return passing


def _of(setting: Setting, station: int, replicas: int) -> Setting:
    """`setting` with so many replicas at one station."""
    if station == 0:
        return replace(setting, fetch=replace(setting.fetch, replicas=replicas))
    return replace(setting, model=replace(setting.model, replicas=replicas))

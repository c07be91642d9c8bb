"""The service of two stations as a SimPy model, the peer of `hotseat bench service`: a process for each try, a store and workers for each queue.

It is handed the same requests with their marks ready made, and the rules of callers and of the fleet; queues, replicas, deadlines and the
readings of the autoscaler are its own. Routing is random at the feature server and shared at the model server.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import simpy

from simulator.dataplane.callers import PAUSE_FACTOR, SHIFT, SPREAD, next_route
from simulator.dataplane.queues import tick_at
from simulator.dataplane.specs import MODEL_SERVER, Setting
from simulator.dataplane.windows import significant6
from simulator.fleet import steps
from simulator.fleet.clock import SYNC_S
from simulator.fleet.events import FleetEvent
from simulator.fleet.in_force import FleetSetting
from simulator.fleet.readings import METRICS_TICKS, Tick
from simulator.fleet.reclaims import Draw
from simulator.fleet.state import FleetState
from simulator.nature.traffic import Requests

Process = Generator[simpy.Event, Any, Any]


@dataclass(slots=True)
class Visit:
    """A request in a queue."""

    work_s: float
    begun: simpy.Event
    gone: bool = False
    """Its caller has given up."""


class Queue:
    """A store and its workers."""

    def __init__(self, env: simpy.Environment, workers: int) -> None:
        self._env, self._store = env, simpy.Store(env)
        self.workers, self._busy, self._since_s, self.busy_s = 0, 0, 0.0, 0.0
        for _ in range(workers):
            self.add_worker()

    def add_worker(self) -> None:
        self.workers += 1
        self._env.process(self._working())

    def read_busy_s(self) -> float:
        """Seconds in which workers have worked, all together, up to now."""
        self._count(0)
        return self.busy_s

    def visit(self, work_s: float, patience_s: float) -> Generator[simpy.Event, Any, tuple[float, bool]]:
        """Wait for a worker and for its work, as long as the caller is patient: how long it was, and whether the work was done."""
        visit, came_s = Visit(work_s, self._env.event()), self._env.now
        yield self._store.put(visit)
        yield visit.begun | self._env.timeout(patience_s)
        if not visit.begun.triggered:
            visit.gone = True
            return patience_s, False
        rest_s = patience_s - (self._env.now - came_s)
        yield self._env.timeout(min(work_s, rest_s))
        return self._env.now - came_s, work_s <= rest_s

    def _working(self) -> Process:
        while True:
            visit = yield self._store.get()
            if not visit.gone:
                visit.begun.succeed()
                self._count(1)
                yield self._env.timeout(visit.work_s)
                self._count(-1)

    def _count(self, more: int) -> None:
        self.busy_s += self._busy * (self._env.now - self._since_s)
        self._since_s = self._env.now
        self._busy += more


@dataclass(slots=True)
class Fleet:
    """Orders of the fleet and where it stands."""

    setting: FleetSetting
    state: FleetState
    draw: Draw
    events: list[FleetEvent] = field(default_factory=list)


class Service:
    """Callers, stations and, where there is one, the fleet behind the model server."""

    def __init__(self, requests: Requests, setting: Setting, fleet: Fleet | None = None) -> None:
        self.env = simpy.Environment()
        self._requests, self._setting, self.fleet = requests, setting, fleet
        self._fetch = [Queue(self.env, 1) for _ in range(setting.fetch.replicas)]
        self._model = Queue(self.env, setting.model.replicas)
        self._fetch_work_s, self._model_work_s = setting.fetch.work_s(requests.fetch_mark).tolist(), setting.model.work_s(requests.model_mark).tolist()
        self.ended: list[tuple[float, float]] = []
        """Per try, when it came and when it was over."""
        self.answered = 0
        self.env.process(self._arriving())
        if fleet:
            self.env.process(self._scaling(fleet))

    def run(self, until_s: float) -> None:
        self.env.run(until=until_s)

    def _arriving(self) -> Process:
        before = 0.0
        for i, at_s in enumerate(self._requests.at_s.tolist()):
            yield self.env.timeout(at_s - before)
            before = at_s
            self.env.process(self._calling(i))

    def _calling(self, i: int) -> Process:
        callers, route = self._setting.callers, self._requests.fetch_route[i]
        for attempt in range(callers.attempts):
            came_s = self.env.now
            answered = yield self.env.process(self._trying(i, route))
            self.ended.append((came_s, self.env.now))
            if answered:
                self.answered += 1
                return
            if attempt + 1 < callers.attempts:
                mark = route * PAUSE_FACTOR + SHIFT
                yield self.env.timeout(tick_at(callers.backoff_s * 2.0**attempt * (1.0 + SPREAD * (2.0 * (mark - np.floor(mark)) - 1.0))))
                route = next_route(route)

    def _trying(self, i: int, route: float) -> Process:
        deadline_s = self.env.now + self._setting.request_timeout_s
        place = int(route * len(self._fetch))
        yield from self._fetch[place].visit(self._fetch_work_s[i], self._setting.fetch_timeout_s)
        _, answered = yield from self._model.visit(self._model_work_s[i], deadline_s - self.env.now)
        return answered

    def _scaling(self, fleet: Fleet) -> Process:
        ticks: list[Tick] = []
        busy_s, ready_s, since_s = 0.0, 0.0, 0.0
        while True:
            sync_s = (self.env.now // SYNC_S + 1.0) * SYNC_S
            yield self.env.timeout(min(steps.next_event_s(fleet.state, fleet.setting), sync_s) - self.env.now)
            now = self.env.now
            ready_s += self._model.workers * (now - since_s)
            since_s = now
            if now == sync_s:
                ticks.append(Tick(*significant6(np.array([self._model.read_busy_s() - busy_s, ready_s])).tolist()))
                busy_s, ready_s = self._model.busy_s, 0.0
            if steps.next_event_s(fleet.state, fleet.setting) <= now:
                self._advance(fleet)
            if now == sync_s:
                fleet.state, decided = steps.follow(fleet.state, fleet.setting, now, {MODEL_SERVER: ticks[-METRICS_TICKS:]})
                if decided:
                    fleet.events += decided
                    self._advance(fleet)

    def _advance(self, fleet: Fleet) -> None:
        fleet.state, events = steps.advance(fleet.state, fleet.setting, self.env.now, fleet.draw)
        fleet.events += events
        for event in events:
            if event.place == MODEL_SERVER and event.replica >= 0:
                assert event.kind == "pod-ready", "this model's replicas only ever become more"
                self._model.add_worker()

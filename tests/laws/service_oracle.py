"""The two stations as an event simulation in SimPy: a process for each request and objects for replicas, nothing known in advance."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import simpy

from simulator.dataplane.callers import BUDGET_S, PAUSE_FACTOR, SHIFT, SPREAD, Callers, next_route
from simulator.dataplane.hashing import replica_of_caller
from simulator.dataplane.queues import tick_at
from simulator.dataplane.specs import Setting, Station
from simulator.nature.traffic import Requests

Process = Generator[simpy.Event, Any, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """A replica that comes (`fate` None), or goes."""

    at_s: float
    station: str
    index: int = 0
    fate: str | None = None


@dataclass(frozen=True, slots=True)
class Try:
    """What became of one try."""

    mark: float
    at_s: float
    end_s: float
    answered: bool
    filled: bool
    stages_s: tuple[float, float, float, float]


@dataclass(eq=False)
class Visit:
    """One request at one station."""

    mark: float
    arrive_s: float
    work_s: float
    route: float
    caller: float
    over: simpy.Event
    """With `done` or `lost`."""
    start_s: float | None = None
    gone: bool = False
    """The caller has left the queue, or waits no longer for what is in service."""


@dataclass(eq=False)
class Replica:
    queue: list[Visit] = field(default_factory=list)
    serving: list[Visit] = field(default_factory=list)
    until_s: float = 0.0
    up: bool = True

    @property
    def there(self) -> int:
        return len(self.serving) + len(self.queue)


class OracleStation:
    """Replicas with a queue each, or with one for all; a shared queue is one of batches of one."""

    def __init__(self, env: simpy.Environment, station: Station) -> None:
        self.env, self.station = env, station
        self.replicas = [Replica() for _ in range(station.replicas)]
        self.draining: list[Replica] = []
        self.queue: list[Visit] = []
        self.turn = 0

    @property
    def own_queues(self) -> bool:
        return self.station.routing != "shared"

    def turns_away(self) -> bool:
        waiting = len(self.queue) + sum(len(r.queue) for r in [*self.replicas, *self.draining])
        return 0 < self.station.queue_limit * max(len(self.replicas), 1) <= waiting

    def come(self, visit: Visit) -> None:
        """A request arrives."""
        self._join(visit)
        self._serve()

    def _join(self, visit: Visit) -> None:
        if self.own_queues and self.replicas:
            self._choose(visit).queue.append(visit)
        else:
            self.queue.append(visit)
            self.queue.sort(key=lambda v: v.arrive_s)
            if self.station.batching is not None:
                self.env.process(self._wait_for_more())

    def give_up(self, visit: Visit) -> None:
        visit.gone = True
        for queue in (self.queue, *(r.queue for r in [*self.replicas, *self.draining])):
            if visit in queue:
                queue.remove(visit)

    def add(self) -> None:
        self.replicas.append(Replica())
        if self.own_queues:
            waiting, self.queue = self.queue, []
            for visit in waiting:
                self._join(visit)
        self._serve()

    def remove(self, index: int, fate: str) -> None:
        replicas = self.replicas if self.own_queues else sorted(self.replicas, key=lambda r: r.until_s if r.serving else 0.0)
        replica = replicas[index]
        self.turn -= self.turn > self.replicas.index(replica)
        self.replicas.remove(replica)
        self.turn = self.turn % len(self.replicas) if self.replicas else 0
        if fate == "drains":
            self.draining.append(replica)
            return
        replica.up = False
        members = [v for v in [*replica.serving, *replica.queue] if not v.gone]
        for visit in sorted(members, key=lambda v: v.mark if fate == "lost" else v.arrive_s):
            visit.start_s = None if fate == "rerouted" else visit.start_s
            if fate == "lost":
                visit.over.succeed("lost")
            else:
                if self.own_queues:
                    visit.route = float(next_route(np.array([visit.route]))[0])
                self._join(visit)
        self._serve()

    def _choose(self, visit: Visit) -> Replica:
        n, routing = len(self.replicas), self.station.routing
        if routing == "random":
            return self.replicas[int(visit.route * n)]
        if routing == "hashed":
            return self.replicas[int(replica_of_caller(np.array([visit.caller]), n)[0])]
        if routing == "round-robin":
            chosen = self.replicas[self.turn]
            self.turn = (self.turn + 1) % n
            return chosen
        looked_at = self.replicas
        if routing == "two-choices":
            first = int(visit.route * n)
            others = [*self.replicas[first + 1 :], *self.replicas[:first]]
            looked_at = [self.replicas[first], *others[int((visit.route * n - first) * len(others)) :][:1]]
        return min(looked_at, key=lambda r: r.there)

    def _wait_for_more(self) -> Process:
        assert self.station.batching is not None
        yield self.env.timeout(self.station.batching.delay_s)
        self._serve()

    def _ready(self) -> bool:
        batching = self.station.batching
        return batching is None or len(self.queue) >= batching.enough or self.env.now >= self.queue[0].arrive_s + batching.delay_s

    def _serve(self) -> None:
        """Every idle replica takes what it may take."""
        batching = self.station.batching
        for replica in [*self.replicas, *self.draining]:
            if replica.serving:
                continue
            if self.own_queues:
                batch = replica.queue[:1]
                del replica.queue[:1]
            elif replica in self.replicas and self.queue and self._ready():
                most = batching.most if batching else 1
                batch = self.queue[:most]
                del self.queue[:most]
            else:
                continue
            if batch:
                replica.serving = batch
                self.env.process(self._work(replica, (batching.base_s if batching else 0.0) + sum(v.work_s for v in batch)))

    def _work(self, replica: Replica, work_s: float) -> Process:
        replica.until_s = self.env.now + work_s
        for visit in replica.serving:
            visit.start_s = self.env.now
        yield self.env.timeout(work_s)
        if replica.up:
            batch, replica.serving = replica.serving, []
            for visit in batch:
                if not visit.gone:
                    visit.over.succeed("done")
            self._serve()


class Oracle:
    """Callers and both stations; `tries` in the order in which they end."""

    def __init__(self, requests: Requests, setting: Setting, changes: list[Change]) -> None:
        self.env = simpy.Environment()
        self.setting, self.callers = setting, setting.callers
        self.stations = {"feature-server": OracleStation(self.env, setting.fetch), "model-server": OracleStation(self.env, setting.model)}
        self.tries: list[Try] = []
        self.fates = {"answered": 0, "timed out": 0, "turned away": 0, "lost": 0}
        self.retries = self.unserved = 0
        self._firsts: list[float] = []
        self._granted: list[float] = []
        fetch_s, model = setting.fetch.work_s(requests.fetch_mark), setting.model
        model_s = model.item_s(requests.model_mark) if model.batching else model.work_s(requests.model_mark)
        for i in range(requests.count):
            self.env.process(self._calling(requests, i, float(fetch_s[i]), float(model_s[i])))
        for change in changes:
            self.env.process(self._changing(change))

    def run(self, until_s: float) -> None:
        self.env.run(until=until_s)

    def _changing(self, change: Change) -> Process:
        yield self.env.timeout(change.at_s)
        station = self.stations[change.station]
        if change.fate is None:
            station.add()
        else:
            station.remove(change.index, change.fate)

    def _calling(self, requests: Requests, i: int, fetch_s: float, model_s: float) -> Process:
        routes = np.array([requests.fetch_route[i], requests.model_route[i]])
        yield self.env.timeout(requests.at_s[i])
        self._firsts.append(self.env.now)
        attempt = 1
        while True:
            fate = yield self.env.process(self._trying(float(requests.model_mark[i]), float(requests.caller[i]), routes, fetch_s, model_s))
            self.fates[fate] += 1
            if fate == "answered":
                return
            if attempt == self.callers.attempts or not self._granted_again(self.callers):
                self.unserved += 1
                return
            mark = routes[0] * PAUSE_FACTOR + SHIFT
            yield self.env.timeout(tick_at(self.callers.backoff_s * 2.0 ** (attempt - 1) * (1.0 + SPREAD * (2.0 * (mark - np.floor(mark)) - 1.0))))
            attempt, routes = attempt + 1, next_route(routes)
            self.retries += 1

    def _granted_again(self, callers: Callers) -> bool:
        since_s = self.env.now - BUDGET_S
        firsts, granted = (sum(at > since_s for at in times) for times in (self._firsts, self._granted))
        if callers.budget and granted + 1 > callers.budget * firsts:
            return False
        self._granted.append(self.env.now)
        return True

    def _trying(self, mark: float, caller: float, routes: Any, fetch_s: float, model_s: float) -> Process:
        env, at_s = self.env, self.env.now
        stages, fate, filled = [0.0, 0.0, 0.0, 0.0], "turned away", False
        deadline_s = at_s + self.setting.request_timeout_s
        for k, (name, work_s, limit_s) in enumerate((("feature-server", fetch_s, at_s + self.setting.fetch_timeout_s), ("model-server", model_s, deadline_s))):
            station = self.stations[name]
            came_s = env.now
            if station.turns_away():
                filled, fate = filled or k == 0, "turned away"
                continue
            visit = Visit(mark, came_s, work_s, float(routes[k]), caller, env.event())
            station.come(visit)
            limit = env.timeout(limit_s - came_s)
            yield visit.over | limit
            routes[k] = visit.route
            start_s = visit.start_s if visit.start_s is not None else env.now
            stages[2 * k], stages[2 * k + 1] = start_s - came_s, env.now - start_s
            if visit.over.triggered and visit.over.value == "lost":
                fate = "lost"
                break
            if not visit.over.triggered:
                station.give_up(visit)
            filled, fate = filled or (k == 0 and not visit.over.triggered), "answered" if visit.over.triggered else "timed out"
        self.tries.append(Try(mark, at_s, env.now, fate == "answered", filled and not (fate == "lost" and k == 0), (stages[0], stages[1], stages[2], stages[3])))
        return fate

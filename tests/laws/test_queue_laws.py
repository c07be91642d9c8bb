"""Laws of queues: cuts change nothing, an independent simulation agrees, and nothing is lost."""

from __future__ import annotations

import math
from collections.abc import Generator
from typing import Any

import numpy as np
import pytest
import simpy
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from simulator.dataplane.hashing import replica_of_caller
from simulator.dataplane.queues import ROUTINGS, Backlog, Routing, on_ticks, serve
from simulator.streams import stream

Floats = NDArray[np.float64]
routings = st.sampled_from(ROUTINGS)
seeds = st.integers(0, 2**32)


class Load:
    """Requests drawn from one seed, on ticks."""

    def __init__(self, seed: int, n: int, replicas: int, rho: float, mean_patience_s: float | None = None) -> None:
        draw = stream(seed, "law.load")
        self.arrive = on_ticks(np.cumsum(draw.standard_exponential(n)) / (rho * replicas))
        self.work = on_ticks(draw.standard_exponential(n))
        self.replica = draw.integers(0, replicas, n, dtype=np.uint8)
        marks = stream(seed, "law.route")
        self.route = marks.random(n)
        self.home = replica_of_caller(marks.random(n), replicas)
        self.patience = None if mean_patience_s is None else on_ticks(draw.standard_exponential(n) * mean_patience_s)

    def place(self, routing: Routing) -> NDArray[np.uint8] | None:
        return {"random": self.replica, "hashed": self.home}.get(routing)

    def served(self, routing: Routing, backlog: Backlog, part: slice = slice(None), since_s: float = 0.0) -> Any:
        place = self.place(routing)
        return serve(
            self.arrive[part] - since_s,
            self.work[part],
            backlog,
            routing,
            replica=None if place is None else place[part],
            route=self.route[part] if routing == "two-choices" else None,
            patience_s=None if self.patience is None else self.patience[part],
        )


@settings(max_examples=120, deadline=None)
@given(seeds, routings, st.integers(1, 5), st.floats(0.3, 1.5), st.one_of(st.none(), st.floats(0.1, 4.0)), st.lists(st.floats(0.0, 1.0), max_size=6))
def test_cutting_time_anywhere_changes_no_wait_by_a_single_bit(seed: int, routing: Routing, replicas: int, rho: float, patience: float | None, cuts: list[float]) -> None:
    load = Load(seed, 150, replicas, rho, patience)
    whole = load.served(routing, Backlog.idle(replicas))
    backlog, waits, left, since_s, first = Backlog.idle(replicas), [], [], 0.0, 0
    for until_s in [*sorted(float(on_ticks(c * load.arrive[-1])) for c in cuts), float(load.arrive[-1]) + 1.0]:
        last = int(np.searchsorted(load.arrive, until_s))
        part = load.served(routing, backlog, slice(first, last), since_s)
        backlog = part.backlog.later(until_s - since_s)
        waits.append(part.wait_s)
        left.append(part.left)
        since_s, first = until_s, last
    assert np.array_equal(np.concatenate(waits), whole.wait_s)
    assert np.array_equal(np.concatenate(left), whole.left)
    assert backlog == whole.backlog.later(since_s)


def _simulated(load: Load, routing: Routing, replicas: int) -> tuple[Floats, list[bool]]:
    """The same requests in SimPy, one process each."""
    env = simpy.Environment()
    servers = [simpy.Resource(env, replicas)] if routing == "shared" else [simpy.Resource(env, 1) for _ in range(replicas)]
    waits, left = np.zeros(load.arrive.size), [False] * load.arrive.size
    place = load.place(routing)

    def requesting(i: int) -> Generator[simpy.Event, Any, None]:
        yield env.timeout(load.arrive[i])
        if place is not None:
            server = servers[place[i]]
        elif routing == "round-robin":
            server = servers[i % replicas]
        else:
            looked_at = servers
            if routing == "two-choices":
                first = int(load.route[i] * replicas)
                others = [*servers[first + 1 :], *servers[:first]]
                looked_at = [servers[first], *others[int((load.route[i] * replicas - first) * len(others)) :][:1]]
            server = min(looked_at, key=lambda s: s.count + len(s.queue))
        with server.request() as asked:
            patience = env.timeout(math.inf if load.patience is None else load.patience[i])
            yield asked | patience
            waits[i] = env.now - load.arrive[i]
            left[i] = not asked.triggered
            if asked.triggered:
                yield env.timeout(load.work[i])

    for i in range(load.arrive.size):
        env.process(requesting(i))
    env.run(until=float(load.arrive[-1]) + float(load.work.sum()) + 1.0)
    return waits, left


@settings(max_examples=60, deadline=None)
@given(seeds, routings, st.integers(1, 4), st.floats(0.5, 1.6), st.one_of(st.none(), st.floats(0.2, 3.0)))
def test_every_wait_equals_that_of_an_event_simulation(seed: int, routing: Routing, replicas: int, rho: float, patience: float | None) -> None:
    load = Load(seed, 80, replicas, rho, patience)
    served = load.served(routing, Backlog.idle(replicas))
    waits, left = _simulated(load, routing, replicas)
    assert served.left.tolist() == left
    assert np.abs(served.wait_s - waits).max() < 1e-9


@settings(max_examples=60, deadline=None)
@given(seeds, routings, routings, st.integers(1, 4), st.integers(1, 4), st.floats(0.4, 1.6), st.one_of(st.none(), st.floats(0.2, 3.0)))
def test_a_change_of_routing_loses_no_work_and_no_request(seed: int, before: Routing, after: Routing, replicas: int, more: int, rho: float, patience: float | None) -> None:
    load = Load(seed, 200, replicas, rho, patience)
    change_s = float(on_ticks(load.arrive[119:121].mean()))
    early, late = slice(0, 120), slice(120, 200)
    first = load.served(before, Backlog.idle(replicas), early)
    carried = first.backlog.later(change_s)
    taken_over = carried.resized(replicas + more, after)
    assert taken_over.work_s == carried.work_s
    second = load.served(after, taken_over, late, change_s)
    start = np.concatenate((load.arrive[early] + first.wait_s, load.arrive[late] + second.wait_s))
    work = np.where(np.concatenate((first.left, second.left)), 0.0, load.work)
    until_s = float(load.arrive[-1])
    done = np.clip(until_s - start, 0.0, work).sum()
    assert float(work.sum()) == float(done) + second.backlog.later(until_s - change_s).work_s


@settings(max_examples=40, deadline=None)
@given(seeds, routings, st.integers(1, 4), st.floats(0.4, 1.4), st.one_of(st.none(), st.floats(0.3, 3.0)))
def test_little_holds_on_every_path(seed: int, routing: Routing, replicas: int, rho: float, patience: float | None) -> None:
    load = Load(seed, 300, replicas, rho, patience)
    served = load.served(routing, Backlog.idle(replicas))
    leaves = load.arrive + served.wait_s + np.where(served.left, 0.0, load.work)
    moments = np.sort(np.concatenate((load.arrive, leaves)))
    middle = 0.5 * (moments[:-1] + moments[1:])
    in_system = np.searchsorted(load.arrive, middle, side="right") - np.searchsorted(np.sort(leaves), middle, side="right")
    area = float(np.sum(in_system * np.diff(moments)))
    assert area == pytest.approx(float(np.sum(leaves - load.arrive)), rel=1e-9)
    assert in_system.min() >= 0


@settings(max_examples=60, deadline=None)
@given(seeds, routings, st.integers(1, 4), st.floats(0.4, 1.6), st.floats(0.2, 3.0), st.floats(0.0, 1.0))
def test_accepted_work_is_either_done_or_still_there(seed: int, routing: Routing, replicas: int, rho: float, patience: float, cut: float) -> None:
    load = Load(seed, 200, replicas, rho, patience)
    until_s = float(on_ticks(cut * load.arrive[-1]))
    before = slice(0, int(np.searchsorted(load.arrive, until_s)))
    served = load.served(routing, Backlog.idle(replicas), before)
    start, work = load.arrive[before] + served.wait_s, load.work[before]
    done = np.clip(until_s - start, 0.0, work)[~served.left].sum()
    assert float(work[~served.left].sum()) == float(done) + served.backlog.later(until_s).work_s

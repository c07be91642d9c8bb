"""`hotseat bench queues`: exact waits against SimPy, ciw, the closed forms, and NumPy drawing the random numbers alone.

SimPy, ciw and our queues are handed the same arrivals, services and replicas ready made. Against NumPy, our figure
includes drawing them, and NumPy draws the same numbers and does nothing else.
"""

from __future__ import annotations

import math
from collections.abc import Generator
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from console.bench.row import BenchRow, median_seconds
from simulator.dataplane.queues import Backlog, Routing, Served, serve
from simulator.errors import HotseatError
from simulator.streams import stream

Floats = NDArray[np.float64]

CHUNK, CHUNKS = 50_000, 20
PEER_REQUESTS = 20_000
CLOSED_FORM_SEEDS = 10


@dataclass(frozen=True, slots=True)
class Case:
    routing: Routing
    replicas: int
    load: float
    simpy_target: float
    patience_s: float | None = None
    """In mean service times, which are 1 s."""

    @property
    def name(self) -> str:
        leaving = "" if self.patience_s is None else f", callers leave after {self.patience_s:g}"
        return f"{self.routing} c={self.replicas} load {self.load:g}{leaving}"


CASES = (
    Case("random", 4, 0.8, 300.0),
    Case("random", 16, 0.9, 300.0),
    Case("random", 4, 1.1, 300.0, 3.0),
    Case("round-robin", 4, 0.8, 300.0),
    Case("round-robin", 16, 0.9, 300.0),
    Case("shared", 4, 0.8, 150.0),
    Case("shared", 16, 0.9, 150.0),
    Case("shared", 4, 1.1, 150.0, 1.0),
    Case("shortest", 4, 0.8, 100.0),
    Case("shortest", 16, 0.9, 100.0),
    Case("two-choices", 4, 0.8, 100.0),
    Case("two-choices", 16, 0.9, 100.0),
)


@dataclass(frozen=True, slots=True)
class Brought:
    """What a chunk of requests brings with it."""

    arrive_s: Floats
    work_s: Floats
    replica: NDArray[np.uint8] | None
    route: Floats | None

    @property
    def count(self) -> int:
        return int(self.arrive_s.size)


def run() -> list[BenchRow]:
    """All rows. Raises HotseatError where ciw is not installed."""
    try:
        import ciw  # noqa: F401  found missing before a minute is spent
    except ImportError:
        raise HotseatError("this bench needs ciw; install the bench extra: pip install 'hotseat[bench]'") from None
    rows: list[BenchRow] = []
    largest_s = 0.0
    for case in CASES:
        many, few = (_bring(case, stream(2, "bench.peers"), n) for n in (CHUNK * CHUNKS, PEER_REQUESTS))
        rate = many.count / median_seconds(partial(_serve, case, many))
        rows.append(_at_least(case.name, rate, "SimPy, store and workers", few.count / median_seconds(partial(_simpy_waits, case, few), rounds=3), case.simpy_target))
        largest_s = max(largest_s, float(np.abs(_serve(case, few) - _simpy_waits(case, few)).max()))
        if case.routing in ("random", "shared") and case.patience_s is None:
            rows.append(_at_least(case.name, rate, "ciw", few.count / median_seconds(partial(_ciw_waits, case, few), rounds=1), 1000.0))
        drawn = CHUNK * CHUNKS / median_seconds(partial(_draw_and_serve, case, 1, CHUNKS))
        rows.append(_at_least(f"{case.name}, with drawing", drawn, "NumPy, drawing only", CHUNK * CHUNKS / median_seconds(partial(_draw_only, case, 1, CHUNKS)), 0.5))
    rows.append(BenchRow("largest difference of a wait to SimPy's, all cases", largest_s * 1e6, "us", "1 us", 1.0, largest_s * 1e6, 1.0, largest_s <= 1e-6))
    rows += [_against_closed_form(case) for case in CASES if case.patience_s is None and case.routing in _FORMULA]
    return rows


def _at_least(name: str, rate: float, peer: str, peer_rate: float, target: float) -> BenchRow:
    return BenchRow(name, rate, "requests/s", peer, peer_rate, rate / peer_rate, target, rate / peer_rate >= target)


def _bring(case: Case, draw: np.random.Generator, n: int) -> Brought:
    arrive = draw.standard_exponential(n)
    np.cumsum(arrive, out=arrive)
    arrive *= 1.0 / (case.load * case.replicas)
    work = draw.standard_exponential(n)
    replica = draw.integers(0, case.replicas, n, dtype=np.uint8) if case.routing == "random" else None
    return Brought(arrive, work, replica, draw.random(n) if case.routing == "two-choices" else None)


def _serve(case: Case, brought: Brought) -> Floats:
    return _served(case, brought, Backlog.idle(case.replicas)).wait_s


def _served(case: Case, brought: Brought, backlog: Backlog) -> Served:
    return serve(brought.arrive_s, brought.work_s, backlog, case.routing, replica=brought.replica, route=brought.route, patience_s=case.patience_s)


def _draw_and_serve(case: Case, seed: int, chunks: int) -> list[Floats]:
    """Waits of `chunks` chunks, one after the other, each on its own clock."""
    draw = stream(seed, "bench.queues")
    backlog, waits = Backlog.idle(case.replicas), []
    for _ in range(chunks):
        brought = _bring(case, draw, CHUNK)
        served = _served(case, brought, backlog)
        backlog = served.backlog.later(float(brought.arrive_s[-1]))
        waits.append(served.wait_s)
    return waits


def _draw_only(case: Case, seed: int, chunks: int) -> None:
    """The random numbers that `_draw_and_serve` uses and nothing else."""
    draw = stream(seed, "bench.queues")
    for _ in range(chunks):
        draw.standard_exponential(CHUNK)
        draw.standard_exponential(CHUNK)
        if case.routing == "random":
            draw.integers(0, case.replicas, CHUNK, dtype=np.uint8)
        elif case.routing == "two-choices":
            draw.random(CHUNK)


def _simpy_waits(case: Case, brought: Brought) -> Floats:
    """The same waits from SimPy: a store before each replica, or one before all, and a worker for each replica."""
    import simpy

    env = simpy.Environment()
    stores = [simpy.Store(env) for _ in range(1 if case.routing == "shared" else case.replicas)]
    busy = [0] * len(stores)
    arrive, work = brought.arrive_s.tolist(), brought.work_s.tolist()
    replica = brought.replica.tolist() if brought.replica is not None else []
    route = brought.route.tolist() if brought.route is not None else []
    waits = [0.0] * len(arrive)
    patience_s = math.inf if case.patience_s is None else case.patience_s

    def working(place: int) -> Generator[simpy.Event, Any, None]:
        store = stores[place]
        while True:
            i = yield store.get()
            waited = env.now - arrive[i]
            if waited > patience_s:
                waits[i] = patience_s
                continue
            waits[i] = waited
            busy[place] += 1
            yield env.timeout(work[i])
            busy[place] -= 1

    def present(place: int) -> int:
        return len(stores[place].items) + busy[place]

    def arriving() -> Generator[simpy.Event, Any, None]:
        before = 0.0
        for i, at in enumerate(arrive):
            yield env.timeout(at - before)
            before = at
            if case.routing == "random":
                place = replica[i]
            elif case.routing == "round-robin":
                place = i % case.replicas
            elif case.routing == "shortest":
                place = min(range(case.replicas), key=present)
            elif case.routing == "two-choices":
                first = int(route[i] * case.replicas)
                step = 1 + int((route[i] * case.replicas - first) * (case.replicas - 1))
                place = min((first, (first + step) % case.replicas), key=present)
            else:
                place = 0
            yield stores[place].put(i)

    for k in range(case.replicas):
        env.process(working(0 if case.routing == "shared" else k))
    env.process(arriving())
    env.run()
    return np.array(waits)


def _ciw_waits(case: Case, brought: Brought) -> Floats:
    """The same waits from ciw, in no particular order: one node with all servers, or a node for each replica."""
    import ciw

    if brought.replica is None:
        nodes = [np.arange(brought.count)]
    else:
        nodes = [np.flatnonzero(brought.replica == k) for k in range(case.replicas)]
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Sequential([*np.diff(brought.arrive_s[node], prepend=0.0).tolist(), math.inf]) for node in nodes],
        service_distributions=[ciw.dists.Sequential(brought.work_s[node].tolist()) for node in nodes],
        number_of_servers=[case.replicas if len(nodes) == 1 else 1] * len(nodes),
        routing=[[0.0] * len(nodes) for _ in nodes],
    )
    simulation = ciw.Simulation(network)
    simulation.simulate_until_max_customers(brought.count, method="Finish")
    return np.array([record.waiting_time for record in simulation.get_all_records()])


def _against_closed_form(case: Case) -> BenchRow:
    means = np.array([np.mean(_draw_and_serve(case, seed, 10)[1:]) for seed in range(CLOSED_FORM_SEEDS)])
    error = float(means.std(ddof=1)) / math.sqrt(means.size)
    closed = _closed_form_wait(case)
    apart = abs(float(means.mean()) - closed) / error
    return BenchRow(f"{case.name}, mean wait, standard errors apart", float(means.mean()), "service times", _FORMULA[case.routing], closed, apart, 3.0, apart <= 3.0)


_FORMULA = {"random": "M/M/1", "round-robin": "E_c/M/1", "shared": "Erlang C"}


def _closed_form_wait(case: Case) -> float:
    """Mean wait in mean service times.

    M/M/1 is load / (1 - load). For E_c/M/1 the wait is s / (1 - s) where s is the root below 1 of
    s = (a / (a + 1 - s))^c with a the arrival rate at all replicas. Erlang C comes from Erlang B's recursion.
    """
    c, rho = case.replicas, case.load
    if case.routing == "random":
        return rho / (1.0 - rho)
    if case.routing == "round-robin":
        root = 0.5
        for _ in range(2000):
            root = (c * rho / (c * rho + 1.0 - root)) ** c
        return root / (1.0 - root)
    blocked = 1.0
    for k in range(1, c + 1):
        blocked = c * rho * blocked / (k + c * rho * blocked)
    return blocked / (1.0 - rho * (1.0 - blocked)) / (c * (1.0 - rho))

"""`hotseat bench batching`: exact waits under dynamic batching against SimPy, handed the same arrivals ready made.

In SimPy nobody sees the future: each arrival is an event, and so are a batch's delay and its end; no request is a process. For show, and
with no target, stands beside it a SimPy that looks ahead in the list of arrivals and so needs one event per batch and none per request.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Generator
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from console.bench.row import BenchRow, median_seconds
from simulator.dataplane.batching import BatchBacklog, Batched, Batching, serve_in_batches
from simulator.streams import stream

Floats = NDArray[np.float64]

BATCHING = Batching(most=32, delay_s=0.005, base_s=0.010)
ITEM_S = 0.001
SPAN, SPANS, ROUNDS = 50_000, 20, 25
TARGET = 200.0


@dataclass(frozen=True, slots=True)
class Case:
    name: str
    rate_per_s: float


CASES = (Case("light, 50/s", 50.0), Case("medium, 300/s", 300.0), Case("heavy, 730/s", 730.0))
"""One replica does at most 762/s, in full batches."""


@dataclass(frozen=True, slots=True)
class Brought:
    """The requests of a span that begins with an idle replica."""

    arrive_s: Floats
    item_s: Floats


def run() -> list[BenchRow]:
    """Two rows for each load, then the largest difference of a wait to SimPy's."""
    rows: list[BenchRow] = []
    largest_s = 0.0
    brought = {case: _spans(case) for case in CASES}
    # Ours first, at all loads: in the heap that SimPy leaves behind, fresh arrays cost a page fault for every 4 KB.
    rates = {case: SPAN * SPANS / median_seconds(partial(_serve_all, spans), rounds=ROUNDS) for case, spans in brought.items()}
    for case, spans in brought.items():
        rate = rates[case]
        events, ahead = (SPAN / median_seconds(partial(peer, spans[0])) for peer in (_simpy_waits, _waits_looking_ahead))
        name = f"batching: {case.name}"
        rows.append(BenchRow(name, rate, "requests/s", "SimPy, events for arrivals and batches", events, rate / events, TARGET, rate / events >= TARGET))
        rows.append(BenchRow(name, rate, "requests/s", "SimPy looking ahead, an event per batch", ahead, rate / ahead, None, None))
        ours = _serve(spans[0]).wait_s
        largest_s = max(largest_s, *(float(np.abs(ours - peer(spans[0])).max()) for peer in (_simpy_waits, _waits_looking_ahead)))
    rows.append(BenchRow("batching: largest difference of a wait to SimPy's", largest_s * 1e6, "us", "1 us", 1.0, largest_s * 1e6, 1.0, largest_s <= 1e-6))
    return rows


def _spans(case: Case) -> list[Brought]:
    draw = stream(3, "bench.batching")
    return [_bring(case, draw, SPAN) for _ in range(SPANS)]


def _bring(case: Case, draw: np.random.Generator, n: int) -> Brought:
    return Brought(np.cumsum(draw.standard_exponential(n)) / case.rate_per_s, np.full(n, ITEM_S))


def _serve(brought: Brought) -> Batched:
    return serve_in_batches(brought.arrive_s, brought.item_s, BatchBacklog.idle(1), BATCHING)


def _serve_all(spans: list[Brought]) -> None:
    for brought in spans:
        _serve(brought)


def _simpy_waits(brought: Brought) -> Floats:
    """The same waits from SimPy: one process for the arrivals; a batch is two timeouts with a callback each."""
    import simpy

    env = simpy.Environment()
    times = brought.arrive_s.tolist()
    waits: list[float] = []
    most, delay_s, base_s = BATCHING.most, BATCHING.delay_s, BATCHING.base_s
    came = 0
    idle = True

    def take() -> None:
        nonlocal idle
        first = len(waits)
        last = min(came, first + most)
        now = env.now
        waits.extend([now - at for at in times[first:last]])
        idle = False
        env.timeout(base_s + ITEM_S * (last - first)).callbacks.append(done)

    def done(_: simpy.Event) -> None:
        nonlocal idle
        idle = True
        first = len(waits)
        if came - first >= most or (came > first and env.now >= times[first] + delay_s):
            take()
        elif came > first:
            wait_for_more(times[first] + delay_s - env.now)

    def wait_for_more(seconds: float) -> None:
        env.timeout(seconds, len(waits)).callbacks.append(due)

    def due(timer: simpy.Event) -> None:
        # A full batch may have gone before its delay was over.
        if idle and timer.value == len(waits):
            take()

    def arriving() -> Generator[simpy.Event, Any, None]:
        nonlocal came
        timeout = env.timeout
        before = 0.0
        for at in times:
            yield timeout(at - before)
            before = at
            came += 1
            if idle:
                there = came - len(waits)
                if there >= most:
                    take()
                elif there == 1:
                    wait_for_more(delay_s)

    env.process(arriving())
    env.run()
    return np.array(waits)


def _waits_looking_ahead(brought: Brought) -> Floats:
    """The same waits from one SimPy process that reads in the list of arrivals when its next batch will be due."""
    import simpy

    env = simpy.Environment()
    times = brought.arrive_s.tolist()
    waits: list[float] = []
    most, delay_s, base_s = BATCHING.most, BATCHING.delay_s, BATCHING.base_s

    def serving() -> Generator[simpy.Event, Any, None]:
        n, first, free = len(times), 0, 0.0
        while first < n:
            full = times[first + most - 1] if first + most <= n else math.inf
            take = max(free, min(times[first] + delay_s, full))
            yield env.timeout(take - env.now)
            last = bisect_right(times, take, first, min(first + most, n))
            waits.extend([take - at for at in times[first:last]])
            free = take + base_s + ITEM_S * (last - first)
            first = last

    env.process(serving())
    env.run()
    return np.array(waits)

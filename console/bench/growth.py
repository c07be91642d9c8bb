"""`hotseat bench growth`: how the cost of a world grows with virtual days, with the request rate and with the number of services.

Each is doubled from 2x to 32x; the figure is the exponent b of time = a * size^b, least squares over the logarithms of
the medians. Time is this process's own CPU time, so that other work on the machine counts little.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from statistics import median
from time import process_time

import numpy as np

from console.bench.row import BenchRow
from simulator.catalogue import LEVERS
from simulator.dataplane.service import ServicePlane
from simulator.dataplane.stations import ServiceSpec, StationSpec
from simulator.durations import DAY_S, HOUR_S
from simulator.levers import Levers
from simulator.nature.traffic import Traffic, TrafficSpec
from simulator.spec import SystemSpec, load_system

GROWTH = (1, 2, 4, 8, 16, 32)
ROUNDS = 3
LEAST_DAYS = 8
EXACT_S = 4 * HOUR_S
DAYS_LIMIT, RATE_LIMIT, SERVICES_LIMIT = 1.05, 0.7, 1.05


def run() -> list[BenchRow]:
    """Three rows: exponents, each against the largest that is meant to be."""
    spec = load_system("card-fraud")
    return [
        _row("growth: 8 to 256 days of history, exponent", partial(_history, spec), DAYS_LIMIT),
        _row("growth: 8 to 256 requests/s, 4 exact hours, exponent", partial(_busier, spec), RATE_LIMIT),
        _row("growth: 1 to 32 services, 4 exact hours, exponent", partial(_more_services, spec), SERVICES_LIMIT),
    ]


def exponent(sizes: Sequence[float], seconds: Sequence[float]) -> float:
    """The power of the size that time grows with: slope of the least-squares line through their logarithms.

    Raises:
        ValueError: fewer than two sizes, or a size or time that is not positive.
    """
    if len(sizes) != len(seconds) or len(set(sizes)) < 2 or min(*sizes, *seconds) <= 0:
        raise ValueError("an exponent takes two or more sizes with a time each, all positive")
    x, y = np.log(np.asarray(sizes, dtype=np.float64)), np.log(np.asarray(seconds, dtype=np.float64))
    x -= x.mean()
    return float((x * (y - y.mean())).sum() / (x * x).sum())


def _row(name: str, work: Callable[[int, int], None], limit: float) -> BenchRow:
    """`work` is called with a size and with a seed that no other call has, since outcomes of equal causes are kept."""
    work(1, 0)
    rounds = [[_cpu_s(partial(work, size, 1 + number * len(GROWTH) + place)) for place, size in enumerate(GROWTH)] for number in range(ROUNDS)]
    figure = exponent(GROWTH, [median(times) for times in zip(*rounds, strict=True)])
    return BenchRow(name, figure, "", "limit", limit, figure / limit, 1.0, figure <= limit)


def _cpu_s(work: Callable[[], None]) -> float:
    start = process_time()
    work()
    return process_time() - start


def _history(spec: SystemSpec, size: int, seed: int) -> None:
    """A whole world, as `hotseat bench history` builds it."""
    from simulator.world import World

    world = World(spec, 1_000 + seed)
    world.advance(LEAST_DAYS * size * DAY_S)
    world.settle()


def _busier(spec: SystemSpec, size: int, seed: int) -> None:
    """The system's service with `size` times its requests and replicas."""

    def larger(station: StationSpec) -> StationSpec:
        return replace(station, replicas=station.replicas * size)

    service = replace(spec.service, feature_server=larger(spec.service.feature_server), model_server=larger(spec.service.model_server))
    _serve(service, spec.traffic.base_per_s * size, 2_000 + seed)


def _more_services(spec: SystemSpec, size: int, seed: int) -> None:
    """`size` services of one shape, each with customers of its own."""
    for number in range(size):
        _serve(spec.service, spec.traffic.base_per_s, 3_000 + 100 * seed + number)


def _serve(service: ServiceSpec, base_per_s: float, seed: int) -> None:
    """Every request of `EXACT_S` at an even rate, one by one; no window is history."""
    levers = Levers(LEVERS)
    ServicePlane(seed, service, levers, Traffic(seed, TrafficSpec(base_per_s), levers), 0.0).settle(EXACT_S)

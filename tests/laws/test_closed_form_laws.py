"""Means, shares and tails of waits against the closed forms of queueing theory, within three standard errors."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
import pytest
from numpy.typing import NDArray

from simulator.dataplane.hashing import homes, replica_of_caller
from simulator.dataplane.queues import PLACED, ROUTINGS, Backlog, Routing, on_ticks, serve
from simulator.dataplane.stations import Passing, Setting, Station, pass_through, weibull_exponent
from simulator.nature.traffic import Requests, caller_shares
from simulator.streams import stream

Floats = NDArray[np.float64]
SEEDS, REQUESTS = 12, 100_000


def _mean_and_error(waits: Iterable[Floats]) -> tuple[float, float]:
    means = np.array([w[w.size // 10 :].mean() for w in waits])
    return float(means.mean()), float(means.std(ddof=1) / math.sqrt(means.size))


def _weibull(mark: Floats, cv: float) -> Floats:
    k = weibull_exponent(cv)
    return np.asarray(mark**k / math.gamma(1.0 + k))


def _runs(replicas: int, rho: float, routing: Routing, cv: float) -> list[Floats]:
    out = []
    for seed in range(SEEDS):
        draw = stream(seed, "law.closed-form")
        arrive = np.cumsum(draw.standard_exponential(REQUESTS)) / (rho * replicas)
        work = _weibull(draw.standard_exponential(REQUESTS), cv)
        replica = draw.integers(0, replicas, REQUESTS, dtype=np.uint8) if routing == "random" else replica_of_caller(draw.random(REQUESTS), replicas) if routing in PLACED else None
        route = draw.random(REQUESTS) if routing == "two-choices" else None
        out.append(serve(arrive, work, Backlog.idle(replicas), routing, replica=replica, route=route).wait_s)
    return out


@pytest.mark.parametrize("cv", [0.0, 0.5, 1.0, 1.5], ids=["M/D/1", "M/G/1 smooth", "M/M/1", "M/G/1 bursty"])
def test_mean_wait_at_one_server_is_pollaczek_and_khinchines(cv: float) -> None:
    rho = 0.7
    mean, error = _mean_and_error(_runs(1, rho, "shared", cv))
    closed = rho / (1.0 - rho) * (1.0 + cv * cv) / 2.0
    assert abs(mean - closed) < 3.0 * error
    assert error < 0.02 * closed


def _erlang_c(servers: int, rho: float) -> float:
    """Probability that a request waits, by Erlang B's recursion."""
    offered, blocked = servers * rho, 1.0
    for k in range(1, servers + 1):
        blocked = offered * blocked / (k + offered * blocked)
    return blocked / (1.0 - rho * (1.0 - blocked))


@pytest.mark.parametrize(("servers", "rho"), [(2, 0.6), (4, 0.8), (16, 0.9)])
def test_shared_queue_waits_as_erlang_c_says(servers: int, rho: float) -> None:
    runs = _runs(servers, rho, "shared", 1.0)
    mean, error = _mean_and_error(runs)
    assert abs(mean - _erlang_c(servers, rho) / (servers * (1.0 - rho))) < 3.0 * error
    waiting, waiting_error = _mean_and_error([(w > 0.0).astype(np.float64) for w in runs])
    assert abs(waiting - _erlang_c(servers, rho)) < 3.0 * waiting_error


def test_random_routing_splits_into_independent_single_servers() -> None:
    mean, error = _mean_and_error(_runs(4, 0.8, "random", 1.0))
    assert abs(mean - 4.0) < 3.0 * error


def test_better_routing_waits_less_on_the_same_requests() -> None:
    waits = {routing: float(np.mean([w.mean() for w in _runs(4, 0.8, routing, 1.0)])) for routing in ROUTINGS}
    assert waits["shared"] < waits["shortest"] < waits["round-robin"] < waits["random"]


@pytest.mark.parametrize(("replicas", "rho"), [(4, 0.8), (16, 0.9)])
def test_two_looks_wait_longer_than_looking_at_all_and_far_shorter_than_looking_at_none(replicas: int, rho: float) -> None:
    random, twice, shortest = (np.array([w.mean() for w in _runs(replicas, rho, routing, 1.0)]) for routing in ("random", "two-choices", "shortest"))
    assert shortest.mean() < twice.mean() < 0.5 * random.mean()
    assert np.all(shortest < random)


@pytest.mark.parametrize("rho", [0.5, 0.8])
def test_waits_at_one_server_have_the_exponential_tail_of_mm1(rho: float) -> None:
    """P(wait > t) = rho exp(-(1 - rho) t) in service times."""
    runs = _runs(1, rho, "shared", 1.0)
    for t in (0.0, 1.0, 4.0):
        share, error = _mean_and_error([(w > t).astype(np.float64) for w in runs])
        assert abs(share - rho * math.exp(-(1.0 - rho) * t)) < 3.0 * error, t


@pytest.mark.parametrize(("replicas", "rho"), [(2, 0.7), (5, 0.8)])
def test_taking_turns_makes_arrivals_at_each_replica_erlangs(replicas: int, rho: float) -> None:
    """E_c/M/1: the wait is s / (1 - s) service times where s = (a / (a + 1 - s))^c with a the arrival rate at all replicas."""
    root = 0.5
    for _ in range(500):
        root = (replicas * rho / (replicas * rho + 1.0 - root)) ** replicas
    mean, error = _mean_and_error(_runs(replicas, rho, "round-robin", 1.0))
    assert abs(mean - root / (1.0 - root)) < 3.0 * error


def test_hashed_routing_is_a_single_server_for_each_replica_with_the_load_of_its_callers() -> None:
    """Poisson arrivals thinned by caller are Poisson, so that each replica is M/M/1 at a load of its own."""
    replicas, rho = 3, 0.6
    share = np.bincount(homes(replicas), weights=caller_shares(), minlength=replicas)
    load = share * replicas * rho
    mean, error = _mean_and_error(_runs(replicas, rho, "hashed", 1.0))
    assert abs(mean - float(np.sum(share * load / (1.0 - load)))) < 3.0 * error
    assert load.max() > 1.2 * rho


def _births_and_deaths(up: list[float], down: list[float]) -> Floats:
    """Long-run share of the time in each state, from the rate of leaving it upwards and the next one downwards."""
    weight = np.cumprod([1.0, *(u / d for u, d in zip(up, down, strict=True))])
    return np.asarray(weight / weight.sum())


@pytest.mark.parametrize(("servers", "rho", "patience"), [(1, 0.9, 2.0), (3, 1.2, 1.0)])
def test_impatient_callers_leave_as_often_as_erlang_a_says(servers: int, rho: float, patience: float) -> None:
    """M/M/c+M: with n in the system they leave at min(n, c) + (n - c)+ / patience; the share that gives up is what is not served."""
    rate, left = servers * rho, []
    there = _births_and_deaths([rate] * 300, [min(n, servers) + max(n - servers, 0) / patience for n in range(1, 301)])
    served_per_s = float(np.sum(there * np.minimum(np.arange(301), servers)))
    for seed in range(SEEDS):
        draw = stream(seed, "law.impatient")
        arrive = np.cumsum(draw.standard_exponential(REQUESTS)) / rate
        served = serve(arrive, draw.standard_exponential(REQUESTS), Backlog.idle(servers), "shared", patience_s=draw.standard_exponential(REQUESTS) * patience)
        left.append(served.left.astype(np.float64))
    share, error = _mean_and_error(left)
    assert abs(share - (1.0 - served_per_s / rate)) < 3.0 * error


@pytest.mark.parametrize(("servers", "limit", "rho"), [(1, 1, 0.8), (2, 3, 1.2), (4, 2, 0.9)])
def test_a_limited_queue_turns_away_as_many_as_find_it_full(servers: int, limit: int, rho: float) -> None:
    """M/M/c/K with K = c + c x limit places: the share turned away is that of the time at K. Features take next to no time."""
    there = _births_and_deaths([servers * rho] * servers * (1 + limit), [float(min(n, servers)) for n in range(1, servers * (1 + limit) + 1)])
    fetch = Station(64, 64, 1e-6, 0.0, "shared", 0.0)
    here = Setting(fetch, Station(servers, servers, 1.0, 1.0, "shared", 0.0, queue_limit=limit), 1e5, 1e6)
    shares = []
    for seed in range(SEEDS):
        draw = stream(seed, "law.turned-away")
        n = 40_000
        at_s = on_ticks(np.cumsum(draw.standard_exponential(n)) / (servers * rho))
        requests = Requests(at_s, *(draw.standard_exponential((2, n))), *(draw.random((3, n))))
        shares.append(pass_through(requests, Passing.nothing(here), here, float(np.ceil(at_s[-1])) + 1.0).rejected / n)
    error = float(np.std(shares, ddof=1)) / math.sqrt(SEEDS)
    assert abs(np.mean(shares) - there[-1]) < 3.0 * error

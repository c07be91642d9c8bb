"""Laws of dynamic batching: cuts change nothing, independent simulations agree, and so do the closed forms."""

from __future__ import annotations

import math
from collections.abc import Generator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import simpy
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from simulator.dataplane.batching import BatchBacklog, Batched, Batching, serve_in_batches
from simulator.dataplane.queues import Backlog, on_ticks, serve, tick_at
from simulator.streams import stream

Floats = NDArray[np.float64]
seeds = st.integers(0, 2**32)
rules = st.builds(
    lambda most, delay, base, prefer: Batching(most, tick_at(delay), tick_at(base), prefer),
    st.integers(1, 9),
    st.one_of(st.just(0.0), st.floats(0.0, 3.0)),
    st.floats(0.0, 2.0),
    st.one_of(st.just(0), st.integers(1, 10)),
)
patiences = st.one_of(st.none(), st.floats(0.1, 4.0))


class Load:
    """Requests drawn from one seed, on ticks, at a rate that full batches serve at load `rho`."""

    def __init__(self, seed: int, n: int, replicas: int, rule: Batching, rho: float, mean_patience_s: float | None = None) -> None:
        draw = stream(seed, "law.batching")
        self.item = on_ticks(draw.standard_exponential(n) * 0.3)
        rate = rho * replicas * rule.most / (rule.base_s + rule.most * 0.3)
        self.arrive = on_ticks(np.cumsum(draw.standard_exponential(n)) / rate)
        self.deadline = None if mean_patience_s is None else self.arrive + on_ticks(draw.standard_exponential(n) * mean_patience_s)

    def served(self, rule: Batching, backlog: BatchBacklog, part: slice = slice(None), since_s: float = 0.0, until_s: float = np.inf) -> Batched:
        deadline = None if self.deadline is None else self.deadline[part] - since_s
        return serve_in_batches(self.arrive[part] - since_s, self.item[part], backlog, rule, deadline_s=deadline, until_s=until_s)


@settings(max_examples=150, deadline=None)
@given(seeds, st.integers(1, 4), rules, st.floats(0.2, 1.6), patiences, st.lists(st.floats(0.0, 1.05), max_size=6))
def test_cutting_time_anywhere_changes_no_wait_by_a_single_bit(seed: int, replicas: int, rule: Batching, rho: float, patience: float | None, cuts: list[float]) -> None:
    n = 150
    load = Load(seed, n, replicas, rule, rho, patience)
    end_s = float(on_ticks(1.1 * load.arrive[-1] + 60.0))
    whole = load.served(rule, BatchBacklog.idle(replicas), until_s=end_s)
    wait, took, left = np.full((3, n), np.nan)
    open_ = np.arange(0)
    backlog, since_s, first, work_s = BatchBacklog.idle(replicas), 0.0, 0, 0.0
    for until_s in [*sorted(float(on_ticks(c * load.arrive[-1])) for c in cuts), end_s]:
        last = int(np.searchsorted(load.arrive, until_s))
        part = load.served(rule, backlog, slice(first, last), since_s, until_s - since_s)
        backlog, work_s = part.backlog.later(until_s - since_s), work_s + part.work_s
        there = np.concatenate((open_, np.arange(first, last)))
        known, open_ = there[~part.waiting], there[part.waiting]
        assert np.isnan(wait[known]).all(), "nobody is served twice"
        wait[known], took[known], left[known] = part.wait_s[~part.waiting], part.took_s[~part.waiting], part.left[~part.waiting]
        since_s, first = until_s, last
    assert np.flatnonzero(whole.waiting).tolist() == open_.tolist()
    known = ~whole.waiting
    assert np.array_equal(wait[known], whole.wait_s[known])
    assert np.array_equal(took[known], whole.took_s[known])
    assert np.array_equal(left[known].astype(bool), whole.left[known])
    assert work_s == whole.work_s
    assert backlog == whole.backlog.later(end_s)


def _simulated(load: Load, replicas: int, rule: Batching) -> tuple[Floats, Floats, list[bool]]:
    """The same requests in SimPy: a process for each replica, which waits for a batch and then serves it, and one for each caller."""
    env = simpy.Environment()
    n = load.arrive.size
    waits, took, left = np.zeros(n), np.zeros(n), [False] * n
    queue: list[int] = []
    news = [env.event()]

    def serving() -> Generator[simpy.Event, Any, None]:
        while True:
            while not queue or (len(queue) < rule.enough and env.now < load.arrive[queue[0]] + rule.delay_s):
                due = [env.timeout(load.arrive[queue[0]] + rule.delay_s - env.now)] if queue else []
                yield env.any_of([news[0], *due])
            batch = queue[: rule.most]
            del queue[: rule.most]
            work_s = rule.base_s + sum(load.item[i] for i in batch)
            for i in batch:
                waits[i], took[i] = env.now - load.arrive[i], work_s
            yield env.timeout(work_s)

    def calling(i: int) -> Generator[simpy.Event, Any, None]:
        yield env.timeout(load.arrive[i])
        queue.append(i)
        news[0].succeed()
        news[0] = env.event()
        if load.deadline is not None:
            yield env.timeout(load.deadline[i] - env.now)
            if i in queue:
                queue.remove(i)
                waits[i], left[i] = env.now - load.arrive[i], True

    for _ in range(replicas):
        env.process(serving())
    for i in range(n):
        env.process(calling(i))
    env.run(until=float(load.arrive[-1] + load.item.sum() + n * (rule.base_s + rule.delay_s) + 100.0))
    return waits, took, left


@settings(max_examples=100, deadline=None)
@given(seeds, st.integers(1, 4), rules, st.floats(0.3, 1.6), patiences)
def test_every_wait_equals_that_of_an_event_simulation(seed: int, replicas: int, rule: Batching, rho: float, patience: float | None) -> None:
    load = Load(seed, 80, replicas, rule, rho, patience)
    served = load.served(rule, BatchBacklog.idle(replicas))
    waits, took, left = _simulated(load, replicas, rule)
    assert not served.waiting.any()
    assert served.left.tolist() == left
    assert np.abs(served.wait_s - waits).max() < 1e-9
    assert np.abs(served.took_s - took).max() < 1e-9


def _by_the_clock(arrive: list[int], item: list[int], deadline: list[int], replicas: int, rule: Batching) -> list[tuple[float, float, bool]]:
    """The rule itself, second by second: who comes joins, then batches are taken, then who is at the deadline leaves."""
    fate: dict[int, tuple[float, float, bool]] = {}
    queue: list[int] = []
    free = [0.0] * replicas
    now = 0
    while len(fate) < len(arrive):
        queue += [i for i, at in enumerate(arrive) if at == now]
        while queue and min(free) <= now and (len(queue) >= rule.enough or now >= arrive[queue[0]] + rule.delay_s):
            batch, queue = queue[: rule.most], queue[rule.most :]
            work_s = rule.base_s + sum(item[i] for i in batch)
            free[free.index(min(free))] = now + work_s
            fate |= {i: (now - arrive[i], work_s, False) for i in batch}
        fate |= {i: (now - arrive[i], 0.0, True) for i in queue if deadline[i] == now}
        queue = [i for i in queue if deadline[i] != now]
        now += 1
    return [fate[i] for i in range(len(arrive))]


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 25), st.integers(0, 4), st.integers(0, 9)), min_size=1, max_size=40),
    st.integers(1, 3),
    st.integers(1, 5),
    st.integers(0, 6),
    st.integers(0, 3),
    st.integers(0, 5),
)
def test_where_everything_happens_at_once_arrivals_come_first_then_batches_then_goodbyes(
    requests: list[tuple[int, int, int]], replicas: int, most: int, delay: int, base: int, prefer: int
) -> None:
    rule = Batching(most, float(delay), float(base), prefer)
    requests.sort(key=lambda request: request[0])
    arrive, item, patience = ([request[k] for request in requests] for k in range(3))
    deadline = [at + long for at, long in zip(arrive, patience, strict=True)]
    expected = _by_the_clock(arrive, item, deadline, replicas, rule)
    times, work, limits = (np.array(values, dtype=np.float64) for values in (arrive, item, deadline))
    served = serve_in_batches(times, work, BatchBacklog.idle(replicas), rule, deadline_s=limits)
    assert list(zip(served.wait_s.tolist(), served.took_s.tolist(), served.left.tolist(), strict=True)) == expected


@settings(max_examples=80, deadline=None)
@given(seeds, st.integers(1, 4), rules, st.floats(0.4, 1.6), patiences, st.floats(0.0, 1.2))
def test_every_request_is_served_or_gone_or_waits_and_work_is_done_or_still_there(seed: int, replicas: int, rule: Batching, rho: float, patience: float | None, cut: float) -> None:
    load = Load(seed, 200, replicas, rule, rho, patience)
    until_s = float(on_ticks(cut * load.arrive[-1]))
    before = slice(0, int(np.searchsorted(load.arrive, until_s)))
    served = load.served(rule, BatchBacklog.idle(replicas), before, until_s=until_s)
    taken = ~served.left & ~served.waiting
    assert int(taken.sum() + served.left.sum() + served.waiting.sum()) == before.stop
    assert served.backlog.table.shape[1] == served.waiting.sum()
    start = load.arrive[before] + served.wait_s
    assert (start[taken] < until_s).all()
    # A batch begins at its time and lasts as long for each of its members: one of them stands for it.
    _, one = np.unique(np.stack((start[taken], served.took_s[taken])), axis=1, return_index=True)
    done = np.clip(until_s - start[taken][one], 0.0, served.took_s[taken][one]).sum()
    assert served.work_s == served.took_s[taken][one].sum() == done + served.backlog.later(until_s).work_s


@settings(max_examples=80, deadline=None)
@given(seeds, st.integers(1, 5), st.floats(0.0, 2.0), st.floats(0.3, 1.6), patiences)
def test_batches_of_one_are_the_shared_queue(seed: int, replicas: int, base: float, rho: float, patience: float | None) -> None:
    rule = Batching(1, 0.0, tick_at(base))
    load = Load(seed, 200, replicas, rule, rho, patience)
    served = load.served(rule, BatchBacklog.idle(replicas))
    queued = serve(load.arrive, load.item + rule.base_s, Backlog.idle(replicas), "shared", patience_s=None if load.deadline is None else load.deadline - load.arrive)
    assert np.array_equal(served.wait_s, queued.wait_s)
    assert np.array_equal(served.left, queued.left)
    assert served.backlog.free_s == queued.backlog.free_s


@settings(max_examples=80, deadline=None)
@given(seeds, st.integers(1, 4), rules, st.floats(0.4, 1.6), patiences)
def test_a_preferred_size_of_a_full_batch_or_more_is_none(seed: int, replicas: int, rule: Batching, rho: float, patience: float | None) -> None:
    load = Load(seed, 200, replicas, rule, rho, patience)
    none, full = (load.served(replace(rule, prefer=prefer), BatchBacklog.idle(replicas)) for prefer in (0, rule.most))
    assert np.array_equal(none.wait_s, full.wait_s)
    assert np.array_equal(none.took_s, full.took_s)
    assert none.backlog == full.backlog


@settings(max_examples=80, deadline=None)
@given(seeds, rules, st.floats(0.4, 1.6))
def test_a_batch_goes_before_its_delay_is_over_only_at_the_preferred_size(seed: int, rule: Batching, rho: float) -> None:
    load = Load(seed, 200, 1, rule, rho)
    served = load.served(rule, BatchBacklog.idle(1))
    taken = load.arrive + served.wait_s
    _, first, size = np.unique(taken, return_index=True, return_counts=True)
    assert size.max() <= rule.most
    early = served.wait_s[first] < rule.delay_s
    assert (size[early] >= rule.enough).all()


@pytest.mark.parametrize(("gap", "item", "base"), [(1.0, 0.5, 2.0), (2.0, 0.5, 6.0), (0.5, 0.25, 1.0)])
def test_regular_arrivals_without_a_delay_settle_at_the_batch_that_takes_as_long_as_it_collects(gap: float, item: float, base: float) -> None:
    """Batches of n with base + n x item = n x gap, whose requests wait 0, 1, … n - 1 gaps."""
    n = 2000
    size = base / (gap - item)
    served = serve_in_batches(np.arange(1, n + 1) * gap, np.full(n, item), BatchBacklog.idle(1), Batching(64, 0.0, base))
    settled = slice(n // 2, n // 2 + int(size) * 20)
    assert np.unique(served.took_s[settled]).tolist() == [base + size * item]
    assert sorted(served.wait_s[settled].tolist()) == sorted([k * gap for k in range(int(size))] * 20)


@pytest.mark.parametrize("rate", [0.5, 3.0])
def test_with_replicas_to_spare_the_first_waits_the_delay_and_those_after_it_half_of_it(rate: float) -> None:
    """A batch opens with a request and closes `delay` later: 1 + rate x delay requests, of which the first waits the delay and the others half of it on average."""
    delay, n = 2.0, 200_000
    means = []
    for seed in range(8):
        arrive = np.cumsum(stream(seed, "law.batching.spare").standard_exponential(n)) / rate
        served = serve_in_batches(arrive, np.full(n, 0.01), BatchBacklog.idle(40), Batching(256, delay, 0.1))
        means.append(served.wait_s.mean())
    expected = (delay + rate * delay * delay / 2.0) / (1.0 + rate * delay)
    assert abs(np.mean(means) - expected) < 3.0 * np.std(means, ddof=1) / math.sqrt(len(means))

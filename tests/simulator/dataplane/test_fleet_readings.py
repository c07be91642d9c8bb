"""Readings tick by tick are what serving tick by tick shows, however a window is cut."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.catalogue import LEVERS
from simulator.dataplane import readings
from simulator.dataplane.batching import Batching
from simulator.dataplane.kernels import Floats
from simulator.dataplane.passing import Passing
from simulator.dataplane.queues import tick_at
from simulator.dataplane.readings import ARRIVED, BUSY, PRESENT, READY, TICKS, WAITING, Read, Readings
from simulator.dataplane.settings import InForce
from simulator.dataplane.specs import Setting
from simulator.dataplane.stations import Callers, pass_through
from simulator.dataplane.tick_kernels import add_requests, add_spans, add_work, largest_share
from simulator.dataplane.windows import WINDOW_S
from simulator.fleet.clock import SYNC_S
from simulator.levers import Levers
from simulator.nature.traffic import Requests, in_cell
from simulator.spec import load_system

SPEC = load_system("card-fraud")
CALM = InForce(SPEC.service, Levers(LEVERS)).at(0.0)
SLOW = replace(CALM, fetch=replace(CALM.fetch, service_s=0.26), model=replace(CALM.model, service_s=0.34))
SETTINGS = {
    "calm": CALM,
    "overload": SLOW,
    "impatient": replace(SLOW, fetch_timeout_s=0.25, request_timeout_s=0.5),
    "in batches": replace(SLOW, request_timeout_s=1.0, model=replace(SLOW.model, batching=Batching(4, tick_at(0.2), tick_at(0.3)), batch_share=0.25)),
    "trying again": replace(SLOW, request_timeout_s=1.0, callers=Callers(3, tick_at(0.2))),
    "in batches, trying again": replace(
        SLOW, request_timeout_s=1.0, callers=Callers(3, tick_at(0.2)), model=replace(SLOW.model, batching=Batching(4, tick_at(0.2), tick_at(0.3)), batch_share=0.25)
    ),
    "turned away": replace(SLOW, model=replace(SLOW.model, queue_limit=2), fetch=replace(SLOW.fetch, routing="shortest", queue_limit=1)),
    "no model server": replace(CALM, model=replace(CALM.model, replicas=0)),
}


def requests(since_s: float, until_s: float) -> Requests:
    whole = in_cell(5, SPEC.traffic, 150, ((0.0, 0.0),))
    first, last = np.searchsorted(whole.at_s, (since_s, until_s)).tolist()
    return whole.picked(slice(first, last)).on_clock(since_s)


def read(setting: Setting, cuts: list[float]) -> Floats:
    """The readings of a window that is cut at `cuts`, [2, 5, TICKS]."""
    passing, sums = Passing.nothing(setting), np.zeros((2, 5, TICKS))
    for since_s, until_s in zip([0.0, *cuts], [*cuts, WINDOW_S], strict=True):
        passed = pass_through(requests(since_s, until_s), passing, setting, until_s - since_s)
        assert passed.taken is not None
        for station, backlog, taken in zip(sums, (passing.fetch, passing.model), passed.taken, strict=True):
            readings.add_busy(station, backlog.free_s, taken, since_s, until_s)
        readings.add_ready(sums[0], setting.fetch.replicas, since_s, until_s)
        readings.add_ready(sums[1], setting.model.replicas, since_s, until_s)
        readings.add_fetching(sums[0], passed, since_s, until_s)
        readings.add_scoring(sums[1], passed, since_s, until_s)
        passing = passed.passing
    return sums


@pytest.mark.parametrize("name", SETTINGS)
def test_busy_time_by_tick_is_the_work_done_when_served_tick_by_tick(name: str) -> None:
    setting = SETTINGS[name]
    passing, expected = Passing.nothing(setting), np.zeros((2, TICKS))
    for tick in range(TICKS):
        passed = pass_through(requests(tick * SYNC_S, (tick + 1) * SYNC_S), passing, setting, SYNC_S)
        expected[:, tick] = passed.fetch_busy_s, passed.model_busy_s
        passing = passed.passing
    assert np.array_equal(read(setting, [])[:, BUSY], expected)
    assert expected[0].min() > 0.0


@settings(max_examples=25)
@given(st.sampled_from(sorted(SETTINGS)), st.lists(st.floats(0.001, WINDOW_S - 0.001).map(tick_at), max_size=4, unique=True))
def test_no_cut_changes_a_reading(name: str, cuts: list[float]) -> None:
    assert np.array_equal(read(SETTINGS[name], sorted(cuts)), read(SETTINGS[name], []))


def test_requests_are_counted_where_they_are_and_while_they_are_there() -> None:
    sums = read(SETTINGS["overload"], [])
    arrived = np.bincount((requests(0.0, WINDOW_S).at_s // SYNC_S).astype(np.int64), minlength=TICKS)
    assert np.array_equal(sums[0, ARRIVED], arrived)
    assert sums[:, READY].tolist() == [[2 * SYNC_S] * TICKS, [3 * SYNC_S] * TICKS]
    # Present is waiting and in service; in overload every replica is busy all the time.
    assert (sums[0, PRESENT] >= sums[0, BUSY]).all()
    assert sums[0, WAITING, -5:].min() > 0
    assert (sums[1, ARRIVED].sum() + sums[0, WAITING, -1]) <= arrived.sum()


def test_spans_and_moments_fall_into_their_ticks() -> None:
    ticks = np.zeros(4)
    add_spans(np.array([1.0, 9.0]), np.array([2.0, 31.0]), 0.0, 30.0, 10.0, ticks)
    assert ticks.tolist() == [2.0, 10.0, 10.0, 0.0]
    ticks[:] = 0.0
    add_work(np.array([0.0, 0.0, 1.0, 25.0]), np.array([8.0, 8.0, 0.0, 0.0]), np.array([4.0, 4.0, 2.0, 9.0]), np.array([False, False, True, False]), 2, 0.0, 30.0, 10.0, ticks)
    assert ticks.tolist() == [2.0, 2.0, 5.0, 0.0]
    present, arrived, waiting = np.zeros((3, 4))
    add_requests(np.array([-3.0, 5.0]), np.array([12.0, 50.0]), np.array([4.0, 16.0]), 0.0, 40.0, 10.0, present, arrived, waiting)
    assert present.tolist() == [15.0, 12.0, 10.0, 10.0]
    assert arrived.tolist() == [1.0, 0.0, 0.0, 0.0]
    assert waiting.tolist() == [1.0, 1.0, 0.0, 0.0]


def test_whoever_follows_something_else_begins_with_nothing_read() -> None:
    first = Readings(Read(("busy", "busy")))
    first.of(0)[READY] = 30.0
    first.of(1)[READY] = 45.0
    kept = first.read(4, content=False)
    assert kept.counts == (4, 4)
    then = Readings(kept)
    then.follow(("busy", "requests"), 20.0)
    then.round_off()
    ticks = then.ticks(3, 4)
    assert [len(ticks[service]) for service in ("feature-server", "model-server")] == [4, 1]
    assert ticks["feature-server"][0].replica_s == 30.0


def test_the_largest_share_is_of_ticks_in_which_somebody_was_ready() -> None:
    assert largest_share(np.array([1.0, 6.0, 9.0, 8.0]), np.array([2.0, 8.0, 0.0, 8.0]), 3) == 0.75
    assert largest_share(np.array([1.0]), np.array([2.0]), 0) == 0.0

"""Replicas that come, go and crash, on cases done by hand. Each request works one second at the model server; a fetch takes no time to speak of."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from simulator.dataplane.batching import Batching
from simulator.dataplane.hashing import replica_of_caller
from simulator.dataplane.passing import ANSWERED, END, FETCH_COMPUTE, FETCH_QUEUE, FILLED, MODEL_COMPUTE, MODEL_QUEUE, Passed, Passing
from simulator.dataplane.queues import ROUTINGS, Backlog, Routing
from simulator.dataplane.replicas import Fate, StationName, with_replica, without_replica
from simulator.dataplane.specs import Setting, Station
from simulator.dataplane.stations import pass_through
from simulator.nature.traffic import Requests

FETCH: StationName = "feature-server"
MODEL: StationName = "model-server"
OWN_QUEUES: tuple[Routing, ...] = tuple(r for r in ROUTINGS if r != "shared")
FOUR = (0.0, 0.0625, 0.125, 0.25)
"""Arrivals; half a second in, two replicas are half-way through the first two and the others wait behind them."""


def setting(routing: Routing, replicas: int, batching: Batching | None = None) -> Setting:
    fetch = Station(1, 1, 2.0**-24, 0.0, "shared", 1.0)
    return Setting(fetch, Station(replicas, replicas, 1.0, 0.0, routing, 1.0, batching, 0.0 if batching else 1.0), 8.0, 16.0)


def requests(*at_s: float) -> Requests:
    """Marks by which every routing sends them to the first and the second of two replicas in turn."""
    ones = np.ones(len(at_s))
    marks = np.arange(0.0, 1.0, 2.0**-10)
    homes = [float(marks[replica_of_caller(marks, 2) == r][0]) for r in (0, 1)]
    second = np.arange(len(at_s)) % 2
    return Requests(np.array(at_s), ones, ones, ones * 0.0, second * 0.625, np.where(second, homes[1], homes[0]))


def half_a_second_in(here: Setting, *at_s: float) -> Passing:
    return pass_through(requests(*at_s), Passing.nothing(here), here, 0.5).passing


def later(here: Setting, replicas: int, passing: Passing) -> Passed:
    return pass_through(requests(), passing, replace(here, model=replace(here.model, replicas=replicas)), 64.0)


def shown(passed: Passed, row: int = END) -> Any:
    return np.round(passed.ended[row], 5).tolist()


def test_a_new_replica_takes_from_a_shared_queue_at_once() -> None:
    here = setting("shared", 1)
    passed = later(here, 2, with_replica(half_a_second_in(here, 0.0, 0.125, 0.25), here, MODEL))
    assert shown(passed) == [0.5, 1.0, 1.5]
    assert shown(passed, MODEL_QUEUE) == [0.0, 0.375, 0.75]


@pytest.mark.parametrize("routing", OWN_QUEUES)
def test_a_new_replica_does_not_help_those_who_wait_at_another(routing: Routing) -> None:
    here = setting(routing, 1)
    passing = half_a_second_in(here, 0.0, 0.125, 0.25)
    more = with_replica(passing, here, MODEL)
    assert more.model.free_s == (*passing.model.free_s, 0.0)
    assert shown(later(here, 2, more)) == [0.5, 1.5, 2.5]


@pytest.mark.parametrize(
    ("fate", "expected"),
    [("drains", [0.5, 0.5625, 1.5625, 2.5625]), ("lost", [0.0, 0.5625, 1.5625, 2.5625]), ("rerouted", [1.5625, 0.5625, 2.5625, 3.5625])],
)
def test_a_replica_of_a_shared_queue_goes_with_what_it_serves_and_the_others_take_the_queue(fate: Fate, expected: list[float]) -> None:
    here = setting("shared", 2)
    passed = later(here, 1, without_replica(half_a_second_in(here, *FOUR), here, MODEL, 0, fate))
    assert shown(passed) == expected
    assert shown(passed, ANSWERED) == [float(fate != "lost"), 1.0, 1.0, 1.0]
    assert (passed.lost, passed.unserved) == ((1, 1) if fate == "lost" else (0, 0))


@pytest.mark.parametrize("routing", OWN_QUEUES)
@pytest.mark.parametrize(
    ("fate", "expected"),
    [("drains", [0.5, 0.5625, 1.5, 1.5625]), ("lost", [0.0, 0.5625, 0.0, 1.5625]), ("rerouted", [2.5625, 0.5625, 3.5625, 1.5625])],
)
def test_a_replica_with_a_queue_of_its_own_goes_with_that_queue(routing: Routing, fate: Fate, expected: list[float]) -> None:
    here = setting(routing, 2)
    less = without_replica(half_a_second_in(here, *FOUR), here, MODEL, 0, fate)
    assert len(less.model.free_s) == 1
    passed = later(here, 1, less)
    assert shown(passed) == expected
    assert passed.lost == (2 if fate == "lost" else 0)


def test_time_at_a_replica_that_crashed_counts_as_waiting_where_the_request_begins_again_and_as_spent_where_it_is_lost() -> None:
    here = setting("random", 2)
    passing = half_a_second_in(here, *FOUR)
    again = later(here, 1, without_replica(passing, here, MODEL, 0, "rerouted"))
    assert (shown(again, MODEL_QUEUE)[0], shown(again, MODEL_COMPUTE)[0]) == (2.0625, 1.0)
    lost = later(here, 1, without_replica(passing, here, MODEL, 0, "lost"))
    assert (shown(lost, MODEL_QUEUE)[::2], shown(lost, MODEL_COMPUTE)[::2]) == ([0.0, 0.375], [0.5, 0.0])


@pytest.mark.parametrize("routing", OWN_QUEUES)
def test_who_is_with_a_replica_that_drains_is_safe_from_the_next_crash(routing: Routing) -> None:
    here = setting(routing, 2)
    less = without_replica(half_a_second_in(here, *FOUR), here, MODEL, 0, "drains")
    one = replace(here, model=replace(here.model, replicas=1))
    passed = later(here, 0, without_replica(less, one, MODEL, 0, "lost"))
    assert shown(passed) == [0.5, 0.0, 1.5, 0.0]


def test_without_a_replica_requests_wait_for_one_or_for_their_deadline() -> None:
    here = setting("random", 0)
    passing = half_a_second_in(here, 0.0, 0.125)
    assert passing.model == Backlog(())
    assert shown(later(here, 0, passing)) == [15.5, 15.625]
    served = later(here, 1, with_replica(passing, here, MODEL))
    assert (shown(served), shown(served, ANSWERED)) == ([1.0, 2.0], [1.0, 1.0])


def test_without_a_feature_server_requests_go_on_with_defaults_at_the_timeout() -> None:
    here = setting("shared", 1)
    none = replace(here, fetch=replace(here.fetch, replicas=0))
    passed = pass_through(requests(0.0), Passing.nothing(none), none, 64.0)
    assert (shown(passed), shown(passed, FILLED), shown(passed, FETCH_QUEUE), shown(passed, FETCH_COMPUTE)) == ([9.0], [1.0], [8.0], [0.0])


@pytest.mark.parametrize(("fate", "expected"), [("lost", [0.0]), ("rerouted", [2.0]), ("drains", [1.5])])
def test_a_fetch_goes_with_its_replica_too(fate: Fate, expected: list[float]) -> None:
    here = replace(setting("shared", 1), fetch=Station(2, 2, 1.0, 0.0, "random", 1.0))
    passing = pass_through(requests(0.0), Passing.nothing(here), here, 0.5).passing
    one = replace(here, fetch=replace(here.fetch, replicas=1))
    passed = pass_through(requests(), without_replica(passing, here, FETCH, 0, fate), one, 64.0)
    assert shown(passed) == expected
    assert shown(passed, FETCH_QUEUE) == [0.5 if fate == "rerouted" else 0.0]
    assert shown(passed, FETCH_COMPUTE) == [0.5 if fate == "lost" else 1.0]


@pytest.mark.parametrize(("fate", "expected"), [("lost", [0.0, 1.0, 1.0, 2.0]), ("rerouted", [1.0, 1.0, 2.0, 2.0]), ("drains", [0.5, 1.0, 1.0, 2.0])])
def test_a_crash_takes_the_batch_in_service_and_the_others_wait_for_a_replica(fate: Fate, expected: list[float]) -> None:
    """Batches of two take a second; the first request was taken alone."""
    here = setting("shared", 1, Batching(2, 0.0, 1.0))
    none = replace(here, model=replace(here.model, replicas=0))
    less = without_replica(half_a_second_in(here, *FOUR), here, MODEL, 0, fate)
    assert shown(later(here, 1, with_replica(less, none, MODEL))) == expected


def test_a_replica_that_is_not_there_cannot_go() -> None:
    here = setting("shared", 2)
    for index in (-1, 2):
        with pytest.raises(ValueError, match="the model-server has replicas 0 to 1"):
            without_replica(Passing.nothing(here), here, MODEL, index, "lost")

"""How requests pass the two stations, on cases done by hand and on the sums that must hold for any."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from simulator.dataplane.queues import Routing, on_ticks
from simulator.dataplane.stations import (
    ANSWERED,
    AT,
    END,
    FETCH_COMPUTE,
    FETCH_QUEUE,
    FILLED,
    MODEL_COMPUTE,
    MODEL_QUEUE,
    REACH,
    Passed,
    Passing,
    Setting,
    Station,
    pass_through,
    weibull_exponent,
)
from simulator.nature.traffic import Requests
from simulator.streams import stream


def setting(fetch_s: float = 0.25, model_s: float = 0.5, fetch_timeout_s: float = 8.0, request_timeout_s: float = 16.0, shape: float = 0.0, replicas: int = 1) -> Setting:
    def station(service_s: float) -> Station:
        return Station(replicas, replicas, service_s, shape, "shared", 1.0)

    return Setting(station(fetch_s), station(model_s), fetch_timeout_s, request_timeout_s)


def requests(*at_s: float) -> Requests:
    ones = np.ones(len(at_s))
    return Requests(np.array(at_s, dtype=np.float64), ones, ones, ones * 0.0, ones * 0.0, ones * 0.0)


def shown(passed: Passed, *rows: int) -> list[list[float]]:
    return [passed.ended[row].tolist() for row in rows]


def test_stages_add_up_and_the_second_station_queues_what_the_first_lets_through() -> None:
    passed = pass_through(requests(0.0, 0.0), Passing.nothing(setting()), setting(), 10.0)
    assert shown(passed, FETCH_QUEUE, FETCH_COMPUTE, MODEL_QUEUE, MODEL_COMPUTE, END) == [[0.0, 0.25], [0.25, 0.25], [0.0, 0.25], [0.5, 0.5], [0.75, 1.25]]
    assert (passed.fetch_busy_s, passed.model_busy_s) == (0.5, 1.0)


def test_a_fetch_that_takes_too_long_is_scored_on_defaults() -> None:
    here = setting(fetch_s=1.0, model_s=0.125, fetch_timeout_s=1.5)
    passed = pass_through(requests(0.0, 0.0, 0.0), Passing.nothing(here), here, 10.0)
    assert shown(passed, FILLED, ANSWERED, FETCH_QUEUE, FETCH_COMPUTE, END) == [[0, 1, 1], [1, 1, 1], [0.0, 1.0, 1.5], [1.0, 0.5, 0.0], [1.125, 1.625, 1.75]]
    assert passed.fetch_busy_s == 2.0, "the fetch that was under way goes on, the one in the queue is withdrawn"


def test_a_caller_gives_up_at_the_deadline_wherever_its_request_is() -> None:
    here = setting(fetch_s=0.25, model_s=1.0, request_timeout_s=1.5)
    passed = pass_through(requests(0.0, 0.0, 0.0), Passing.nothing(here), here, 10.0)
    assert shown(passed, ANSWERED, END, MODEL_QUEUE, MODEL_COMPUTE) == [[1, 0, 0], [1.25, 1.5, 1.5], [0.0, 0.75, 0.75], [1.0, 0.25, 0.0]]


def test_the_model_server_takes_requests_as_they_reach_it_and_not_as_they_arrived() -> None:
    here = setting(fetch_s=0.25, model_s=0.5, shape=1.0, replicas=2)
    overtaken = replace(requests(0.0, 0.0), fetch_mark=np.array([4.0, 1.0]))
    passed = pass_through(overtaken, Passing.nothing(here), replace(here, model=replace(here.model, replicas=1)), 10.0)
    assert shown(passed, REACH, MODEL_QUEUE, END) == [[0.25, 1.0], [0.0, 0.0], [0.75, 1.5]]


def test_a_request_that_was_given_up_is_not_answered_even_if_it_needed_no_work() -> None:
    here = setting(fetch_s=0.25, model_s=4.0, request_timeout_s=1.5, shape=1.0)
    weightless = replace(requests(0.0, 0.0), model_mark=np.array([1.0, 0.0]))
    passed = pass_through(weightless, Passing.nothing(here), here, 10.0)
    assert shown(passed, ANSWERED, END) == [[0, 0], [1.5, 1.5]]


def test_what_is_under_way_at_the_end_goes_on_in_the_next_stretch() -> None:
    first = pass_through(requests(0.0, 0.875), Passing.nothing(setting()), setting(), 1.0)
    assert shown(first, END) == [[0.75]]
    assert first.passing.in_system == 1
    second = pass_through(requests(), first.passing, setting(), 1.0)
    assert shown(second, AT, END, FETCH_QUEUE) == [[-0.125], [0.625], [0.0]]
    assert second.passing == Passing.nothing(setting())


def test_stretches_of_any_length_give_the_same_requests_to_the_bit() -> None:
    draw = stream(2, "test.stretches")
    here = setting(0.25, 0.36, 0.625, 3.0, shape=0.7, replicas=2)
    n = 400
    at_s = on_ticks(np.cumsum(draw.standard_exponential(n)) * 0.19)
    all_of = Requests(at_s, draw.standard_exponential(n), draw.standard_exponential(n), draw.random(n), draw.random(n), draw.random(n))
    until_s = float(at_s[-1]) + 20.0
    whole = pass_through(all_of, Passing.nothing(here), here, until_s)
    for edges in ([0.0, 0.5, 0.5 + 2**-24, 30.0, 31.0, until_s], [0.0, 7.25, until_s]):
        passing, ended, busy_s = Passing.nothing(here), [], 0.0
        for start, end in pairwise(edges):
            part = all_of.picked((at_s >= start) & (at_s < end)).on_clock(start)
            passed = pass_through(part, passing, here, end - start)
            passing = passed.passing
            table = passed.ended.copy()
            table[[AT, END]] += start
            ended.append(table[[AT, END, ANSWERED, FILLED, FETCH_QUEUE, FETCH_COMPUTE, MODEL_QUEUE, MODEL_COMPUTE]])
            busy_s += passed.model_busy_s
        together = np.concatenate(ended, axis=1)
        expected = whole.ended[[AT, END, ANSWERED, FILLED, FETCH_QUEUE, FETCH_COMPUTE, MODEL_QUEUE, MODEL_COMPUTE]]
        assert np.array_equal(together[:, np.argsort(together[0])], expected[:, np.argsort(expected[0])])
        assert busy_s == whole.model_busy_s
        assert passing == whole.passing
    assert 0 < whole.ended[FILLED].sum() < n
    assert 0 < whole.ended[ANSWERED].sum() < n


@pytest.mark.parametrize("cv", [0.0, 0.3, 0.5, 1.0, 2.0])
def test_service_times_have_the_stated_mean_and_spread(cv: float) -> None:
    station = Station(1, 1, 0.06, weibull_exponent(cv), "random", 0.0)
    work = station.work_s(stream(4, "test.work").standard_exponential(200_000))
    assert work.mean() == pytest.approx(0.06, rel=4 * cv / math.sqrt(200_000) + 1e-6)
    assert work.std() / work.mean() == pytest.approx(cv, rel=0.05, abs=1e-9)


def test_random_routing_uses_every_replica_alike() -> None:
    chosen = Station(3, 3, 0.06, 1.0, "random", 0.0).replica(np.array([0.0, 0.33, 0.34, 0.66, 0.67, 0.999999]))
    assert chosen is not None
    assert chosen.tolist() == [0, 0, 1, 1, 2, 2]


def limited(fetch_limit: int, model_limit: int, routing: Routing = "shared", replicas: int = 1) -> Setting:
    here = setting(fetch_s=0.0625, model_s=1.0, replicas=replicas)
    return replace(here, fetch=replace(here.fetch, queue_limit=fetch_limit), model=replace(here.model, queue_limit=model_limit, routing=routing))


def test_a_full_queue_at_the_model_server_turns_the_caller_away_at_once() -> None:
    here = limited(0, 1)
    passed = pass_through(requests(0.0, 0.125, 0.25, 1.125), Passing.nothing(here), here, 10.0)
    assert shown(passed, END, ANSWERED) == [[1.0625, 2.0625, 0.3125, 3.0625], [1, 1, 0, 1]], "the fourth finds the second in service"
    assert (passed.rejected, passed.unserved) == (1, 1)


def test_a_full_queue_at_the_feature_server_lets_the_request_go_on_with_defaults() -> None:
    here = limited(1, 0)
    passed = pass_through(requests(0.0, 0.0, 0.0), Passing.nothing(here), here, 10.0)
    assert shown(passed, REACH, FILLED, FETCH_QUEUE, FETCH_COMPUTE) == [[0.0625, 0.125, 0.0], [0, 0, 1], [0.0, 0.0625, 0.0], [0.0625, 0.0625, 0.0]]
    assert passed.rejected == 0


def test_a_limit_counts_those_who_wait_at_any_replica_and_not_those_in_service() -> None:
    here = limited(0, 1, "random", 2)
    passed = pass_through(requests(0.0, 0.125, 0.25, 0.375), Passing.nothing(here), here, 10.0)
    assert shown(passed, ANSWERED) == [[1, 1, 1, 0]], "all come to the first replica; two wait there, and the limit is one for each of two"


def test_a_limit_stands_across_stretches() -> None:
    here = limited(0, 1)
    first = pass_through(requests(0.0, 0.125), Passing.nothing(here), here, 0.25)
    second = pass_through(requests(0.0, 0.75), first.passing, here, 10.0)
    assert shown(second, ANSWERED) == [[1, 1, 0, 1]]

"""Laws of callers who try again and of queues with limits: an event simulation agrees, budgets hold, and a storm outlives its cause."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings

from simulator.dataplane.at_once import pass_at_once
from simulator.dataplane.by_event import pass_by_event
from simulator.dataplane.kernels import Floats
from simulator.dataplane.passing import ANSWERED, AT, END, MODEL_MARK, REACH, Passing, taken_over
from simulator.dataplane.queues import tick_at
from simulator.dataplane.specs import Setting, Station
from simulator.dataplane.stations import NO_RETRIES, Callers, pass_through
from simulator.nature.traffic import Requests
from tests.laws.service_oracle import Change
from tests.laws.service_runs import Run, Scene, agrees_with_the_oracle, drawn, scenes

WINDOW_S = 300.0


@settings(max_examples=200, deadline=None)
@given(scenes(most_changes=0))
def test_every_try_ends_as_in_an_event_simulation(scene: Scene) -> None:
    agrees_with_the_oracle(scene.requests, scene.setting, [], scene.cuts)


@settings(max_examples=150, deadline=None)
@given(scenes(most_changes=0))
def test_whole_arrays_and_single_events_give_the_same_bits(scene: Scene) -> None:
    ways = []
    for by_arrays in (True, False):
        passing, since_s, seen = Passing.nothing(scene.setting), 0.0, []
        for until_s in [*sorted(scene.cuts), scene.end_s * 1.25 + 1.0]:
            part = scene.requests.picked((scene.requests.at_s >= since_s) & (scene.requests.at_s < until_s)).on_clock(since_s)
            under_way = taken_over(passing, scene.setting)
            passed = pass_at_once(part, under_way, scene.setting, until_s - since_s) if by_arrays else None
            passed = passed or pass_by_event(part, under_way, scene.setting, until_s - since_s)
            passing, since_s = passed.passing, until_s
            order = np.lexsort((passed.ended[AT], passed.ended[REACH]))
            counted = (passed.retries, passed.rejected, passed.lost, passed.unserved)
            seen.append((passed.ended[:, order].tolist(), passing, passed.fetch_busy_s, passed.model_busy_s, counted))
        ways.append(seen)
    assert ways[0] == ways[1]


@pytest.mark.parametrize(("rate", "limit", "in_arrays"), [(4.0, 0, True), (4.0, 20, True), (13.0, 20, False)])
def test_single_events_are_for_stretches_in_which_somebody_gets_no_answer(rate: float, limit: int, in_arrays: bool) -> None:
    setting = _service(Callers(4, tick_at(0.1)), queue_limit=limit)
    requests = drawn(6, 2000, rate)
    passed = pass_at_once(requests, Passing.nothing(setting), setting, float(requests.at_s[-1]) + 1.0)
    assert (passed is not None) == in_arrays


@settings(max_examples=100, deadline=None)
@given(scenes(most_changes=0))
def test_callers_who_would_try_again_change_nothing_for_those_who_are_answered_at_once(scene: Scene) -> None:
    patient = replace(scene.setting, fetch_timeout_s=512.0, request_timeout_s=1024.0, callers=NO_RETRIES)
    setting = replace(patient, fetch=replace(patient.fetch, queue_limit=0), model=replace(patient.model, queue_limit=0))
    once, four = (Run(scene.requests, replace(setting, callers=callers), [], scene.cuts, scene.end_s + 1024.0) for callers in (NO_RETRIES, Callers(4, 0.1)))
    assert np.array_equal(once.sorted, four.sorted)
    assert once.passing == four.passing
    assert (four.retries, four.unserved) == (0, 0)


@pytest.mark.parametrize("budget", [0.05, 0.3, 1.0])
def test_no_minute_has_more_tries_again_than_its_budget(budget: float) -> None:
    setting = _service(Callers(4, tick_at(0.25), budget), replicas=1)
    requests = drawn(9, 4000, 8.0)
    run = Run(requests, setting, [], [100.0, 250.0], 400.0)
    table = run.table[:, np.lexsort((run.table[AT], run.table[MODEL_MARK]))]
    followed = np.flatnonzero(table[MODEL_MARK, 1:] == table[MODEL_MARK, :-1])
    granted = np.sort(table[END, followed])
    assert granted.size > 100
    for at in granted.tolist():
        firsts = np.count_nonzero((requests.at_s > at - 60.0) & (requests.at_s <= at))
        assert np.count_nonzero((granted > at - 60.0) & (granted <= at)) <= budget * firsts


def _service(callers: Callers, replicas: int = 3, queue_limit: int = 0) -> Setting:
    """A model server that can do 12 requests a second with 3 replicas."""
    fetch = Station(2, 2, 0.035, 0.5, "random", 1.0)
    return Setting(fetch, Station(replicas, replicas, 0.25, 0.5, "shared", 1.0, queue_limit=queue_limit), 0.25, 2.0, callers)


def _served_by_window(requests: Requests, setting: Setting, windows: int) -> Floats:
    """Share of the callers of each window of 300 s that are answered, where two of three replicas are lost at 300 s and back at 480 s."""
    model = "model-server"
    changes = [Change(300.0, model, 0, "lost"), Change(300.0, model, 0, "lost"), Change(480.0, model), Change(480.0, model)]
    table = Run(requests, setting, changes, [WINDOW_S * k for k in range(1, windows)], WINDOW_S * windows).table
    edges = np.arange(windows + 1) * WINDOW_S
    answered = np.histogram(table[END, table[ANSWERED] > 0], edges)[0]
    return np.asarray(answered / np.histogram(requests.at_s, edges)[0])


def test_a_retry_storm_outlives_the_loss_of_capacity_that_set_it_off() -> None:
    requests = drawn(3, round(7.2 * 9 * WINDOW_S), 7.2)
    served = _served_by_window(requests, _service(Callers(4, tick_at(0.1))), 8)
    assert served[0] > 0.99
    assert (served[2:] < 0.25).all(), "the replicas are back since the second window, at a load of 0.6"


@pytest.mark.parametrize("callers", [Callers(1), Callers(4, tick_at(0.1), 0.1)], ids=["one try", "a budget"])
def test_without_a_storm_of_tries_the_service_recovers_with_its_replicas(callers: Callers) -> None:
    served = _served_by_window(drawn(3, round(7.2 * 6 * WINDOW_S), 7.2), _service(callers), 5)
    assert 0.3 < served[1] < 0.8
    assert (served[2:] > 0.99).all()


def test_a_queue_that_turns_callers_away_keeps_a_storm_from_lasting() -> None:
    served = _served_by_window(drawn(3, round(7.2 * 6 * WINDOW_S), 7.2), _service(Callers(4, tick_at(0.1)), queue_limit=4), 5)
    assert (served[2:] > 0.99).all()


def test_shedding_load_for_some_minutes_ends_a_storm() -> None:
    requests = drawn(3, round(7.2 * 9 * WINDOW_S), 7.2)
    shed = requests.picked((requests.at_s < 1200.0) | (requests.at_s > 1380.0) | (requests.caller < 0.3))
    served = _served_by_window(shed, _service(Callers(4, tick_at(0.1))), 8)
    assert (served[2:4] < 0.25).all()
    assert (served[5:] > 0.98).all()


def test_a_storm_lasts_as_long_in_one_stretch_as_in_many() -> None:
    requests = drawn(3, round(7.2 * 3 * WINDOW_S), 7.2)
    requests = requests.picked(requests.at_s < 600.0)
    setting = _service(Callers(4, tick_at(0.1)), replicas=1)
    whole = pass_through(requests, Passing.nothing(setting), setting, 600.0)
    cut = Run(requests, setting, [], [tick_at(7.3 * k) for k in range(1, 80)], 600.0)
    assert cut.passing == whole.passing
    assert (cut.retries, cut.unserved) == (whole.retries, whole.unserved)
    assert whole.retries > 2 * requests.count

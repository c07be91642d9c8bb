"""Callers who try again, on cases done by hand."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.dataplane.callers import BUDGET_S, NO_RETRIES, Callers, next_route, tries_kept, tries_of
from simulator.dataplane.passing import ATTEMPT, Passing, table_of
from simulator.dataplane.specs import Setting, Station
from simulator.dataplane.stations import ANSWERED, AT, END, pass_through
from simulator.nature.traffic import Requests
from simulator.streams import stream


def setting(callers: Callers, model_s: float = 4.0) -> Setting:
    """A model server that takes longer than its callers wait."""
    return Setting(Station(1, 1, 0.25, 0.0, "shared", 1.0), Station(1, 1, model_s, 0.0, "shared", 1.0), 8.0, 2.0, callers)


def requests(*at_s: float, route: float = 0.0) -> Requests:
    ones = np.ones(len(at_s))
    return Requests(np.array(at_s), ones, ones, ones * route, ones * route, ones * route)


def test_each_pause_is_twice_the_one_before_and_spread_by_a_fifth() -> None:
    draw = stream(1, "test.pauses")
    pauses = []
    for mark in draw.random(200):
        here = setting(Callers(4, 1.0))
        passed = pass_through(requests(0.0, route=mark), Passing.nothing(here), here, 100.0)
        at_s, end_s = passed.ended[AT], passed.ended[END]
        assert (passed.retries, passed.unserved, at_s.size) == (3, 1, 4)
        assert (end_s - at_s).tolist() == [2.0] * 4, "every try has a deadline of its own"
        pauses.append(at_s[1:] - end_s[:-1])
    shares = np.array(pauses) / (1.0, 2.0, 4.0)
    assert shares.min() > 0.8 - 1e-6
    assert shares.max() < 1.2 + 1e-6
    assert np.abs(shares.mean(axis=0) - 1.0).max() < 0.03
    assert np.abs(np.corrcoef(shares.T) - np.eye(3)).max() < 0.25


def test_a_try_between_two_stretches_waits_with_its_number() -> None:
    here = setting(Callers(2, 1.0))
    first = pass_through(requests(0.0), Passing.nothing(here), here, 2.5)
    assert (first.passing.in_system, first.passing.trying_again, first.retries, first.unserved) == (0, 1, 0, 0)
    assert table_of(first.passing.retrying)[ATTEMPT].tolist() == [2.0]
    second = pass_through(requests(), first.passing, here, 10.0)
    assert (second.retries, second.unserved, second.passing.trying_again) == (1, 1, 0)


def test_a_caller_who_waits_to_try_again_does_so_even_if_callers_now_try_once() -> None:
    here = setting(Callers(2, 1.0))
    first = pass_through(requests(0.0), Passing.nothing(here), here, 2.5)
    second = pass_through(requests(), first.passing, setting(NO_RETRIES), 10.0)
    assert (second.retries, second.unserved) == (1, 1)


def test_a_try_again_keeps_the_work_of_its_request_and_can_be_answered() -> None:
    here = Setting(Station(1, 1, 0.25, 1.0, "shared", 1.0), Station(1, 1, 1.0, 1.0, "shared", 1.0), 8.0, 2.0, Callers(2, 1.0))
    two = Requests(np.array([0.0, 0.0625]), np.array([0.25, 0.25]), np.array([1.875, 0.5]), *np.zeros((3, 2)))
    passed = pass_through(two, Passing.nothing(here), here, 20.0)
    assert passed.ended[ANSWERED].tolist() == [1.0, 0.0, 1.0]
    assert passed.ended[END, 2] - passed.ended[AT, 2] == 0.0625 + 0.5
    assert (passed.retries, passed.unserved) == (1, 0)


def test_a_budget_grants_tries_again_in_proportion_to_first_tries_of_the_last_minute() -> None:
    here = setting(Callers(2, 0.5, 0.5))
    early = [0.0, 1.0, 2.0, 3.0]
    passed = pass_through(requests(*early), Passing.nothing(here), here, 40.0)
    assert (passed.retries, passed.unserved) == (2, 4), "failures at 2, 3, 4 and 5 s find budgets of 1.5, 2, 2 and 2 tries; the two tries again fail too"
    late = pass_through(requests(30.0), passed.passing, here, 60.0)
    assert (late.retries, late.unserved) == (0, 1), "a minute later there is one first try, for half a try again"


def test_tries_count_for_a_minute() -> None:
    kept = tries_kept(np.array([0.0, 30.0, 31.0]), np.array([29.0, 90.0]), 90.0)
    first_s, granted_s = tries_of(kept)
    assert (first_s.tolist(), granted_s.tolist()) == ([-59.0], [0.0])
    assert BUDGET_S == 60.0


def test_route_marks_of_tries_are_uniform_and_do_not_follow_each_other() -> None:
    marks = [stream(2, "test.routes").random(20_000)]
    for _ in range(4):
        marks.append(next_route(marks[-1]))
    for mark in marks[1:]:
        assert 0.0 <= mark.min() < mark.max() < 1.0
        assert np.abs(np.histogram(mark, 8, (0.0, 1.0))[0] / mark.size - 0.125).max() < 0.012
    assert np.abs(np.corrcoef(marks) - np.eye(5)).max() < 0.03


@pytest.mark.parametrize("wrong", [(0, 0.2, 0.0), (21, 0.2, 0.0), (2, -0.1, 0.0), (2, 0.2, -1.0)])
def test_callers_are_checked(wrong: tuple[int, float, float]) -> None:
    with pytest.raises(ValueError, match="callers make 1 to 20 tries"):
        Callers(*wrong)

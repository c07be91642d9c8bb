from __future__ import annotations

import pytest

from console.widgets.passing_time import PASSAGE_S, PassingTime


@pytest.mark.parametrize("span_s", [1.0, 300.0, 86_400.0])
def test_any_span_takes_the_same_time_and_ends_exactly_where_it_should(span_s: float) -> None:
    passing = PassingTime(1000.0)
    passing.go_to(1000.0 + span_s, 50.0)
    assert not passing.arrived
    assert passing.shown_s(50.0 + PASSAGE_S / 2) == pytest.approx(1000.0 + span_s / 2)
    assert not passing.arrived
    assert passing.shown_s(50.0 + PASSAGE_S + 1e-9) == 1000.0 + span_s
    assert passing.arrived


def test_the_clock_never_runs_back() -> None:
    passing = PassingTime(0.0)
    passing.go_to(600.0, 10.0)
    shown = [passing.shown_s(10.0 + k * PASSAGE_S / 7) for k in range(9)]
    assert shown == sorted(shown)
    assert shown[0] == 0.0
    assert shown[-1] == 600.0


def test_a_new_target_goes_on_from_where_the_clock_is() -> None:
    passing = PassingTime(0.0)
    passing.go_to(100.0, 0.0)
    halfway = passing.shown_s(PASSAGE_S / 2)
    passing.go_to(300.0, PASSAGE_S / 2)
    assert passing.shown_s(PASSAGE_S / 2) == halfway
    assert passing.shown_s(PASSAGE_S) == pytest.approx((halfway + 300.0) / 2)
    assert passing.shown_s(1.5 * PASSAGE_S + 1e-9) == 300.0


def test_the_same_target_again_does_not_hold_the_clock_up() -> None:
    passing = PassingTime(0.0)
    passing.go_to(100.0, 0.0)
    passing.go_to(100.0, PASSAGE_S * 0.9)
    assert passing.shown_s(PASSAGE_S + 1e-9) == 100.0


def test_an_earlier_time_is_shown_at_once() -> None:
    passing = PassingTime(5000.0)
    passing.go_to(1000.0, 0.0)
    assert passing.shown_s(0.0) == 1000.0
    assert passing.arrived


def test_a_clock_that_goes_nowhere_has_arrived() -> None:
    passing = PassingTime(7.0)
    assert passing.arrived
    assert passing.shown_s(123.0) == 7.0

"""The rules of HPA and KPA against tables worked out by hand from their documentation."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.fleet.autoscaling import hpa_desired, hpa_limited, hpa_stabilised, kpa_desired, kpa_panics

counts = st.integers(1, 40)
readings = st.floats(0.0, 5.0)


@pytest.mark.parametrize(
    ("current", "reading", "wanted"),
    [(3, 0.75, 3), (3, 0.82, 3), (3, 0.83, 4), (3, 1.0, 4), (3, 1.5, 6), (3, 0.68, 3), (3, 0.67, 3), (3, 0.5, 2), (3, 0.25, 1), (3, 0.0, 0), (8, 0.66, 8), (8, 0.6, 7)],
)
def test_an_hpa_multiplies_by_reading_over_target_and_rounds_up_outside_a_tenth(current: int, reading: float, wanted: int) -> None:
    assert hpa_desired(current, reading, 0.75, current) == wanted


def test_an_exact_quotient_is_not_rounded_up_by_the_error_of_a_division() -> None:
    assert hpa_desired(3, 0.3, 0.1, 3) == 9
    assert 0.3 / 0.1 * 3 != 9.0


@pytest.mark.parametrize(
    ("reading", "unready", "wanted"),
    [
        (1.5, 0, 6),  # twice the target on 3
        (1.5, 1, 6),  # work for 6 on 4
        (1.5, 3, 6),  # work for 6 on 6: enough are on the way
        (1.5, 4, 7),  # on 7 it would be too many: no change of direction
        (1.2, 1, 5),  # work for 4.8 on 4
        (1.1, 1, 4),  # work for 4.4 on 4: within a tenth
        (0.3, 1, 2),  # on the way down those that start are not counted: 0.4 of 3
    ],
)
def test_pods_that_start_count_as_idle_on_the_way_up_only(reading: float, unready: int, wanted: int) -> None:
    assert hpa_desired(3 + unready, reading, 0.75, 3, unready=unready) == wanted


@pytest.mark.parametrize(("reading", "missing", "wanted"), [(0.3, 0, 2), (0.3, 1, 3), (0.3, 3, 5), (0.6, 3, 6), (1.5, 1, 6), (1.5, 3, 6)])
def test_pods_without_metrics_count_as_on_target_on_the_way_down_and_as_idle_on_the_way_up(reading: float, missing: int, wanted: int) -> None:
    # Down: 0.4 * 3 + 3 of 6 is 4.2, so 5; 0.8 * 3 + 3 is 5.4 of 6, within the tolerance.
    assert hpa_desired(3 + missing, reading, 0.75, 3, missing=missing) == wanted


def test_without_a_ready_pod_an_hpa_changes_nothing() -> None:
    assert hpa_desired(4, 0.0, 0.75, 0, unready=4) == 4


@pytest.mark.parametrize(("current", "wanted", "limited"), [(1, 40, 5), (3, 40, 7), (4, 40, 8), (6, 40, 12), (12, 40, 20), (6, 7, 7), (6, 1, 2), (3, 0, 2)])
def test_an_hpa_at_most_doubles_or_adds_four_and_keeps_its_bounds(current: int, wanted: int, limited: int) -> None:
    assert hpa_limited(current, wanted, 2, 20) == limited


@pytest.mark.parametrize(
    ("ready", "total", "wanted"),
    [(3, 21.0, 3), (3, 21.1, 4), (3, 0.0, 1), (8, 0.0, 4), (1, 0.0, 0), (0, 0.5, 1), (0, 70.0, 10), (2, 7.0 * 3000, 2000)],
)
def test_a_kpa_divides_by_seven_tenths_of_its_target_between_half_and_a_thousand_times(ready: int, total: float, wanted: int) -> None:
    assert kpa_desired(ready, total, 10.0) == wanted


@pytest.mark.parametrize(("ready", "total", "panics"), [(3, 35.0, False), (3, 35.1, True), (3, 42.0, True), (1, 7.0, False), (1, 7.1, True), (0, 7.1, True), (0, 7.0, False)])
def test_a_kpa_panics_where_twice_as_many_are_needed_as_are_ready(ready: int, total: float, panics: bool) -> None:
    assert kpa_panics(ready, total, 10.0) is panics


@given(counts, readings, readings, st.floats(0.05, 3.0), st.integers(0, 10), st.integers(0, 10))
def test_a_higher_reading_never_asks_for_fewer(ready: int, one: float, other: float, target: float, unready: int, missing: int) -> None:
    current = ready + unready + missing
    low, high = (hpa_desired(current, reading, target, ready, unready, missing) for reading in sorted((one, other)))
    assert low <= high
    assert kpa_desired(ready, min(one, other), target) <= kpa_desired(ready, max(one, other), target)


@given(counts, st.floats(0.91, 1.09), st.floats(0.05, 3.0))
def test_within_the_tolerance_nothing_changes(current: int, ratio: float, target: float) -> None:
    assert hpa_desired(current, ratio * target, target, current) == current


@given(counts, st.floats(1.11, 20.0), st.floats(0.05, 3.0), st.integers(0, 10), st.integers(0, 10))
def test_an_hpa_over_target_never_asks_for_fewer_and_under_target_never_for_more(ready: int, factor: float, target: float, unready: int, missing: int) -> None:
    current = ready + unready + missing
    assert hpa_desired(current, factor * target, target, ready, unready, missing) >= current
    assert hpa_desired(current, target / factor, target, ready, unready, missing) <= current


@given(counts, st.integers(0, 200), st.integers(1, 10), st.integers(0, 30))
def test_a_limited_count_is_within_the_bounds(current: int, wanted: int, fewest: int, more: int) -> None:
    assert fewest <= hpa_limited(current, wanted, fewest, fewest + more) <= fewest + more


@given(st.integers(0, 50), st.lists(st.integers(0, 50)))
def test_stabilisation_never_goes_below_the_largest_in_the_window(recommended: int, recent: list[int]) -> None:
    assert hpa_stabilised(recommended, recent) == sorted([recommended, *recent])[-1]

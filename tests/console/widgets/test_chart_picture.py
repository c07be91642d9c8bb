from __future__ import annotations

import pytest

from console.host.shown import Chart, Mark
from console.widgets.chart_picture import chart_unit, drawn, latest, limits, seen_marks, time_label, time_ticks
from simulator.durations import DAY_S, HOUR_S
from tests.console.samples import START_S, chart

MARKS = (Mark(START_S - 3 * DAY_S, "change", "long ago"), Mark(START_S - HOUR_S, "change", "a release"), Mark(START_S - 300.0, "alert", "a rule"), Mark(START_S, "move", "a move"))


def test_points_later_than_the_shown_time_are_not_drawn_yet() -> None:
    whole = chart()
    picture = drawn(whole, (), whole.at_s[-1] - 600.0, 60, 10)
    assert sum(len(times) for times, _ in picture.now) == len(whole.at_s) - 2
    assert picture.now[-1][0][-1] == whole.at_s[-3]


def test_the_frame_does_not_move_while_time_passes() -> None:
    whole = chart()
    early, late = (drawn(whole, (), shown_s, 60, 10) for shown_s in (whole.at_s[100], whole.at_s[-1]))
    assert (early.from_s, early.to_s, early.low, early.high) == (late.from_s, late.to_s, late.low, late.high)
    assert early.value_ticks == late.value_ticks


def test_a_gap_parts_the_line() -> None:
    picture = drawn(Chart("m", "", (0.0, 300.0, 600.0, 900.0, 1200.0), (1.0, 2.0, None, 3.0, float("nan")), (None,) * 5, None), (), 2000.0, 40, 8)
    assert picture.now == (((0.0, 300.0), (1.0, 2.0)), ((900.0,), (3.0,)))


def test_last_week_is_sparse_and_keeps_its_gap() -> None:
    whole = chart()
    times, values = drawn(whole, (), START_S, 60, 10).week_before
    assert 20 <= len(times) <= 30
    assert len(times) == len(values)
    assert not any(whole.at_s[52] < at < whole.at_s[57] for at in times)


def test_a_bound_near_the_line_is_in_the_picture_and_a_far_one_is_not() -> None:
    near, far = chart(threshold=130.0), chart(threshold=1800.0)
    assert drawn(near, (), START_S, 60, 10).bound == 130.0
    assert drawn(far, (), START_S, 60, 10).bound is None
    assert limits(far)[1] < 200


@pytest.mark.parametrize("values", [(None, None), (5.0, 5.0), (0.0, 0.0), (-3.0, -3.0), ()])
@pytest.mark.parametrize("threshold", [None, 2.0])
def test_limits_always_have_an_extent(values: tuple[float | None, ...], threshold: float | None) -> None:
    at_s = tuple(300.0 * k for k in range(len(values)))
    flat = Chart("m", "", at_s, values, (None,) * len(values), threshold)
    low, high = limits(flat)
    assert low < high
    picture = drawn(flat, (), 1e9, 1, 1)
    assert picture.from_s < picture.to_s


def test_marks_are_those_since_the_beginning_until_the_shown_time() -> None:
    assert [mark.label for mark in seen_marks(chart(), MARKS, START_S - 60)] == ["a release", "a rule"]
    assert [mark.label for mark in seen_marks(chart(), MARKS, START_S)] == ["a release", "a rule", "a move"]


def test_each_kind_of_mark_has_a_sign_of_its_own() -> None:
    assert [sign for _, sign in drawn(chart(), MARKS, START_S, 60, 10).events] == ["▲", "!", "●"]


@pytest.mark.parametrize(("columns", "labels"), [(90, ["12:00", "15:00", "18:00", "21:00", "Tue 06", "03:00", "06:00"]), (30, ["12:00", "Tue 06"])])
def test_ticks_are_round_times_with_the_day_at_midnight(columns: int, labels: list[str]) -> None:
    assert [text for _, text in time_ticks(START_S - DAY_S, START_S, columns)] == labels


def test_midnight_is_the_day() -> None:
    assert [time_label(92 * DAY_S), time_label(92 * DAY_S + HOUR_S)] == ["Tue 06", "01:00"]


def test_a_ratio_within_one_is_read_in_percent() -> None:
    assert chart_unit(chart("decline_ratio", "ratio", level=0.012, threshold=0.02)) == "share"
    assert chart_unit(chart("job_freshness_ratio", "ratio", level=0.5, threshold=3.0)) == "ratio"


def test_the_latest_value_is_the_last_that_was_measured() -> None:
    assert latest((1.0, 2.0, None)) == 2.0
    assert latest((None, float("nan"))) is None

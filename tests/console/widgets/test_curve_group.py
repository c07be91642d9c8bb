from __future__ import annotations

import pytest

from console.widgets.curve_group import SIGNS, CurveGroup, curve_groups, runs, signed_points
from simulator.durations import DAY_S, HOUR_S, MINUTE_S
from simulator.observation import Series
from tests.console.samples import NASTY, START_S, UNSAFE

DAY = tuple(START_S - DAY_S + 300.0 * k for k in range(288))


def series(name: str = "age", unit: str = "s", values: tuple[float | None, ...] = (1.0, 2.0, 3.0), at_s: tuple[float, ...] | None = None) -> Series:
    return Series(name, unit, at_s or tuple(START_S + MINUTE_S * k for k in range(len(values))), values)


def group(*curves: Series) -> CurveGroup:
    (only,) = curve_groups(curves)
    return only


def test_curves_of_one_unit_share_a_plot_and_empty_ones_are_left_out():
    curves = [series("a", "s"), series("b", "share"), series("c", "s"), series("d", "s", (None, None)), series("e", "s", (), ())]
    assert [(g.unit, [c.name for c in g.series]) for g in curve_groups(curves)] == [("s", ["a", "c"]), ("share", ["b"])]
    assert curve_groups([]) == []


def test_there_are_never_more_curves_in_a_plot_than_signs():
    groups = curve_groups([series(f"c{k}") for k in range(len(SIGNS) + 2)])
    assert [len(g.series) for g in groups] == [len(SIGNS), 2]


def test_limits_take_in_every_value_and_do_not_cross_zero_for_nothing():
    rising = group(series(values=(0.0, 50.0, 100.0)), series(values=(None, 120.0)))
    assert (rising.low, rising.high) == (0.0, pytest.approx(126.0))
    below = group(series(values=(-10.0, 10.0)))
    assert below.low < -10 < 10 < below.high


def test_a_constant_and_a_single_point_have_limits_too():
    flat = group(series(values=(5.0, 5.0)))
    assert flat.low < 5.0 < flat.high
    zero = group(series(values=(0.0,)))
    assert zero.low <= 0.0 < zero.high
    assert (zero.from_s, zero.to_s) == (START_S - HOUR_S, START_S + HOUR_S)


def test_times_are_those_of_all_curves():
    both = group(series(at_s=(1.0, 3.0, 5.0)), series("b", values=(1.0, None), at_s=(2.0, 3.0)))
    assert both.times == (1.0, 2.0, 3.0, 5.0)
    assert [both.nearest(at_s) for at_s in (-9.0, 1.4, 1.6, 4.1, 99.0)] == [0, 0, 1, 3, 3]


def test_a_curve_says_its_value_at_a_time_or_the_one_before_it():
    both = group(series("a", "per 10k", (1.0, None, 3.0), (10.0, 20.0, 30.0)), series("b", "per 10k", (7.0,), (15.0,)))
    assert [both.value_text(0, at_s) for at_s in (5.0, 10.0, 15.0, 20.0, 30.0, 99.0)] == ["–", "1 per 10k", "1 per 10k", "–", "3 per 10k", "3 per 10k"]
    assert [both.value_text(1, at_s) for at_s in (10.0, 15.0)] == ["–", "7 per 10k"]
    assert group(series("a", "s", (7200.0,))).value_text(0, START_S) == "2h"
    assert group(series("a", "share", (0.5,))).value_text(0, START_S) == "50%"
    assert group(series("a", "time", (START_S,))).value_text(0, START_S) == "Tue 06 Oct 09:00"


def test_a_curve_is_broken_where_nothing_was_measured():
    gaps = series(values=(None, 1.0, 2.0, None, float("nan"), 3.0, None))
    assert [values for _, values in runs(gaps)] == [[1.0, 2.0], [3.0]]
    assert [len(times) for times, _ in runs(gaps)] == [2, 1]
    assert runs(series(values=(None,))) == []


def test_ticks_are_round_and_named_by_the_unit():
    assert [text for _, text in group(series(values=tuple(float(k) for k in range(288)), at_s=DAY)).time_ticks(120)][:3] == ["10:00", "12:00", "14:00"]
    assert {text[-1] for _, text in group(series(values=(0.0, 8 * HOUR_S))).value_ticks(20)} == {"h"}
    assert {text[-1] for _, text in group(series(unit="share", values=(0.1, 0.4))).value_ticks(20)} == {"%"}
    assert "Mon 05" in [text for _, text in group(series(unit="time", values=(START_S - 3 * DAY_S, START_S))).value_ticks(20)]


@pytest.mark.parametrize("columns", [0, 1, 5, 40, 200])
def test_signs_stand_on_points_of_their_own_curve(columns: int):
    first, second = (series(name, values=tuple(None if k % 50 == 7 else float(k + 1000 * n) for k in range(288)), at_s=DAY) for n, name in enumerate("ab"))
    both = group(first, second)
    placed = [signed_points(both, k, columns) for k in range(2)]
    for curve, (times, values) in zip((first, second), placed, strict=True):
        assert set(zip(times, values, strict=True)) <= set(zip(curve.at_s, curve.values, strict=True))
    if columns >= 40:
        assert len(placed[0][0]) >= 2
        assert not set(placed[0][0]) & set(placed[1][0])


@pytest.mark.parametrize("text", NASTY)
def test_no_control_sign_is_in_a_title_or_a_value(text: str):
    only = group(series(text, text))
    assert not set(UNSAFE) & set(only.title + only.value_text(0, START_S) + "".join(label for _, label in only.value_ticks(20)))

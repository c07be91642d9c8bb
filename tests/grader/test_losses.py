from __future__ import annotations

from dataclasses import replace

import pytest

from grader.evidence import Evidence, Impact
from grader.losses import losses, losses_said, losses_shown, since_page
from simulator.durations import DAY_S, HOUR_S
from tests.grader.scenes import START_S, Scene


def incident(page_s: float) -> Evidence:
    """Losses of 1,200 in each span of six hours for two days; a response ends them in the span after the first day."""
    onset = START_S - DAY_S
    hours = tuple(onset + k * 6 * HOUR_S - HOUR_S for k in range(1, 9))
    nothing = tuple(1200.0 * k for k in range(1, 9))
    acted = tuple(min(usd, 5000.0) for usd in nothing)
    _, base = Scene().done(onset_s=onset, start_s=page_s)
    return replace(base, impact=Impact(5000.0, 9600.0, 5000.0, hours, acted, nothing, acted))


def test_a_curve_counts_the_hour_that_stands_beside_it_so_at_a_point_the_split_is_exact() -> None:
    found = losses(incident(START_S))
    assert found.before_usd == 4800.0
    assert found.unit_usd == 1.0
    assert found.after_usd == (4800.0, 200.0, 200.0)


def test_between_points_the_split_follows_the_course_without_moves_and_is_rounded_to_what_a_line_can_tell() -> None:
    found = losses(incident(START_S + 2.2 * HOUR_S))
    assert found.unit_usd == 100.0
    assert found.before_usd == pytest.approx(5200.0)
    assert found.after_usd == pytest.approx((4400.0, -200.0, -200.0))


def test_a_page_in_the_first_span_is_read_from_the_onset_on() -> None:
    assert losses(incident(START_S - DAY_S + 3 * HOUR_S)).before_usd == pytest.approx(600.0)
    assert losses(incident(START_S - DAY_S)).before_usd == 0.0


def test_curves_from_the_page_on_start_at_zero() -> None:
    evidence = incident(START_S)
    points = since_page(evidence, evidence.impact.do_nothing_curve)
    assert points == ((0.0, 0.0), (6 * HOUR_S, 1200.0), (12 * HOUR_S, 2400.0), (18 * HOUR_S, 3600.0), (DAY_S, 4800.0))


def test_what_could_not_be_saved_is_said_apart() -> None:
    evidence = incident(START_S)
    (said,) = losses_said(losses(evidence), evidence)
    assert said == (
        "The cause had acted for 24h when the page came, and 4,800 USD had been lost by then: no response could save that. What was lost after the page is counted over about 24h."
    )
    between = incident(START_S + 2.2 * HOUR_S)
    assert "about 5,200 USD had been lost" in losses_said(losses(between), between)[0]


def test_without_curves_only_the_whole_is_told() -> None:
    evidence = incident(START_S)
    bare = replace(evidence, impact=replace(evidence.impact, hour_s=(), actual_curve=(), do_nothing_curve=(), reference_curve=()))
    assert [(row.before, row.after, row.whole) for row in losses_shown(losses(bare), bare)] == [("", "", "9,600 USD"), ("", "", "5,000 USD"), ("", "", "5,000 USD")]
    assert losses_said(losses(bare), bare) == ()


def test_where_nothing_was_wrong_harm_done_by_a_move_all_comes_after_the_page() -> None:
    scene = Scene(control=True)
    scene.move("train start", -900.0)
    _, evidence = scene.done()
    found = losses(evidence)
    assert not found.none
    assert found.after_usd == (0.0, 900.0, 0.0)
    assert losses_said(found, evidence) == ()

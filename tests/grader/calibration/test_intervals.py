from __future__ import annotations

import numpy as np
import pytest
from cheap_play import row
from hypothesis import given
from hypothesis import strategies as st

from grader.calibration.intervals import mean_interval, resampled_counts, share_interval
from grader.calibration.order import area_interval, area_under_curve, paired_differences


@given(st.integers(1, 500).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))))
def test_the_exact_interval_is_that_of_the_binomial_test(case: tuple[int, int]) -> None:
    from scipy.stats import binomtest

    held, of = case
    known = binomtest(held, of).proportion_ci(0.95, method="exact")
    assert share_interval(held, of) == pytest.approx((known.low, known.high), abs=1e-9)


@pytest.mark.parametrize(("held", "of"), [(0, 0), (3, 2), (-1, 5)])
def test_what_is_no_share_has_no_interval(held: int, of: int) -> None:
    with pytest.raises(ValueError, match="is no share"):
        share_interval(held, of)


def test_resamples_are_the_same_for_the_same_name_only() -> None:
    counts = resampled_counts("a", 7, 50)
    assert (counts.sum(axis=1) == 7).all()
    assert (counts == resampled_counts("a", 7, 50)).all()
    assert (counts != resampled_counts("b", 7, 50)).any()


def test_the_interval_of_a_mean_is_about_two_standard_errors_wide() -> None:
    values = np.random.default_rng(1).normal(10.0, 4.0, 100)
    found = mean_interval("m", [[float(v)] for v in values])
    assert found is not None
    assert found[1] - found[0] == pytest.approx(2 * 1.96 * values.std() / 10, rel=0.1)
    assert mean_interval("m", [[1.0, 2.0]]) is None


def test_only_incidents_that_both_played_are_paired() -> None:
    runs = [row("a", 1, "reference", 90.0), row("a", 2, "reference", 80.0), row("a", 1, "random", 30.0), row("b", 1, "random", 1.0)]
    assert paired_differences(runs, "reference", "random") == {("a", 1): 60.0}


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=8))
def test_the_area_is_the_share_of_pairs_won(scores: list[tuple[int, int]]) -> None:
    runs = [row("a", seed, player, float(pair[i])) for seed, pair in enumerate(scores) for i, player in enumerate(("competent", "novice"))]
    won = [1.0 if a > b else 0.5 if a == b else 0.0 for a, _ in scores for _, b in scores]
    assert area_under_curve(runs, "competent", "novice") == pytest.approx(np.mean(won))


def test_the_area_has_an_interval_where_seeds_are_missing_too() -> None:
    runs = [row(s, seed, p, 50.0 + 3 * seed + (5 if p == "competent" else 0)) for s in ("a", "b") for seed in range(8) for p in ("competent", "novice")]
    found = area_interval(runs[:-3], "competent", "novice")
    area = area_under_curve(runs[:-3], "competent", "novice")
    assert found is not None
    assert area is not None
    assert 0.5 <= found[0] < area < found[1] <= 1.0
    assert area_interval(runs[:4], "competent", "lucky") is None

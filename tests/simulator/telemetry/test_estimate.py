from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.isotonic import IsotonicRegression

from simulator.streams import stream
from simulator.telemetry import estimate as e
from simulator.telemetry.quality import calibration_error, quality


def chances(x: np.ndarray) -> np.ndarray:
    return np.asarray(1 / (1 + np.exp(-1.7 * x)))


def world(name: str, mean: float = 0.0, rows: int = 30_000) -> tuple[np.ndarray, np.ndarray]:
    """Labels and true chances for a population whose one feature has this mean."""
    draws = stream(11, name)
    chance = chances(draws.normal(mean, 1.0, rows))
    return (draws.uniform(size=rows) < chance).astype(float), chance


def test_the_estimate_equals_what_labels_show_when_scores_are_calibrated() -> None:
    labels, scores = world("calibrated")
    guess, truth = e.estimate(scores, 0.6), quality(labels, scores, 0.6)
    assert guess.rows == truth.rows == 30_000
    assert guess.roc_auc == pytest.approx(truth.roc_auc, abs=0.01)
    for figure in ("precision", "recall", "false_positive_rate", "accuracy", "f1"):
        assert getattr(guess.decisions, figure) == pytest.approx(getattr(truth.decisions, figure), abs=0.01), figure
    assert guess.positive_rate == pytest.approx(labels.mean(), abs=0.01)


def test_the_estimate_follows_a_shift_of_the_population() -> None:
    before, (labels, scores) = e.estimate(world("before")[1], 0.5), world("shifted", mean=1.0)
    after, truth = e.estimate(scores, 0.5), quality(labels, scores, 0.5)
    assert before.decisions.accuracy is not None
    assert after.decisions.accuracy is not None
    assert after.decisions.accuracy > before.decisions.accuracy + 0.03
    assert after.decisions.accuracy == pytest.approx(truth.decisions.accuracy, abs=0.01)
    assert after.roc_auc == pytest.approx(truth.roc_auc, abs=0.01)


def test_the_estimate_does_not_notice_that_the_rule_itself_has_changed() -> None:
    labels, scores = world("concept")
    flipped = np.where(np.arange(len(labels)) % 2 == 0, 1 - labels, labels)
    guess, truth = e.estimate(scores, 0.5).decisions.accuracy, quality(flipped, scores, 0.5).decisions.accuracy
    assert truth == pytest.approx(0.5, abs=0.01)
    assert guess == e.estimate(world("concept")[1], 0.5).decisions.accuracy
    assert guess is not None
    assert guess > 0.75


def test_the_spread_of_the_accuracy_is_that_of_labels_drawn_again() -> None:
    chance = chances(stream(1, "spread").normal(0, 1, 400))
    drawn = [np.mean((stream(i, "labels").uniform(size=400) < chance) == (chance >= 0.5)) for i in range(1_500)]
    guess = e.estimate(chance, 0.5)
    assert guess.accuracy_spread == pytest.approx(float(np.std(drawn)), rel=0.08)
    assert guess.decisions.accuracy == pytest.approx(float(np.mean(drawn)), abs=0.003)


def test_certain_scores_give_certain_counts() -> None:
    guess = e.estimate([0.0, 1.0, 1.0, 0.0], 0.5)
    cells = guess.decisions
    assert (cells.true_positive, cells.false_positive, cells.false_negative, cells.true_negative) == (2, 0, 0, 2)
    assert (guess.roc_auc, guess.accuracy_spread) == (1.0, 0.0)


def test_a_weight_counts_as_that_many_rows() -> None:
    weighted, repeated = e.estimate([0.2, 0.9], 0.5, weights=[3, 1]), e.estimate([0.2, 0.2, 0.2, 0.9], 0.5)
    assert weighted.decisions.precision == pytest.approx(repeated.decisions.precision)
    assert weighted.decisions.recall == pytest.approx(repeated.decisions.recall)
    assert weighted.roc_auc == pytest.approx(repeated.roc_auc)
    assert weighted.positive_rate == pytest.approx(0.375)


def test_nothing_to_estimate_gives_none() -> None:
    for nothing in (e.estimate([], 0.5), e.estimate([np.nan], 0.5)):
        assert (nothing.rows, nothing.roc_auc, nothing.positive_rate, nothing.accuracy_spread) == (0, None, None, None)
        assert nothing.decisions.precision is None
    assert e.estimate([0.0, 0.0], 0.5).roc_auc is None
    assert e.estimate([0.0, 0.0], 0.5).decisions.recall is None


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 150))
def test_isotonic_calibration_is_scikit_learns(seed: int, count: int) -> None:
    draws = stream(seed, "isotonic")
    scores, weights = draws.uniform(size=count).round(2), draws.uniform(0.1, 3, count)
    labels = (draws.uniform(size=count) < scores**2).astype(float)
    theirs = IsotonicRegression(out_of_bounds="clip").fit(scores, labels, sample_weight=weights)
    grid = np.linspace(-0.2, 1.2, 97)
    assert e.isotonic(labels, scores, weights).apply(grid) == pytest.approx(theirs.predict(grid), abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(-5, 5), min_size=1, max_size=40))
def test_pooling_gives_a_rising_sequence_of_the_same_mean_and_keeps_one_that_rises(means: list[float]) -> None:
    values = np.array(means)
    pooled = e.pool_adjacent_violators(values, np.ones(len(values)))
    assert np.all(np.diff(pooled) >= 0)
    assert pooled.mean() == pytest.approx(values.mean(), abs=1e-9)
    assert e.pool_adjacent_violators(np.sort(values), np.ones(len(values))) == pytest.approx(np.sort(values))


def test_recalibration_on_a_reference_repairs_the_estimate_of_an_overconfident_model() -> None:
    labels, chance = world("reference")
    overconfident = chance**3 / (chance**3 + (1 - chance) ** 3)
    calibration = e.recalibrate(labels, overconfident)
    later_labels, later_chance = world("later", mean=0.5)
    later = later_chance**3 / (later_chance**3 + (1 - later_chance) ** 3)
    truth = quality(later_labels, later, 0.8).decisions
    raw, repaired = e.estimate(later, 0.8).decisions, e.estimate(later, 0.8, calibration=calibration).decisions
    assert calibration.kind == "isotonic"
    assert truth.precision is not None
    assert raw.precision is not None
    assert raw.precision > truth.precision + 0.08
    assert repaired.precision == pytest.approx(truth.precision, abs=0.015)
    assert repaired.recall == pytest.approx(truth.recall, abs=0.015)


def test_recalibration_leaves_scores_that_are_calibrated_and_always_maps_scores_that_are_no_chances() -> None:
    chance = np.repeat([0.2, 0.4], 1_000)
    labels = np.concatenate([np.repeat([1.0, 0.0], [200, 800]), np.repeat([1.0, 0.0], [400, 600])])
    assert e.recalibrate(labels, chance) is e.IDENTITY
    margins = e.recalibrate(labels, np.repeat([-3.0, 2.0], 1_000))
    assert margins.apply([-3.0, 2.0]) == pytest.approx([0.2, 0.4])
    with pytest.raises(ValueError, match="fit a calibration"):
        e.estimate([-3.0, 2.0], 0.0)
    assert e.estimate([-3.0, 2.0], 0.0, calibration=margins).positive_rate == pytest.approx(0.3)


def test_recalibration_is_judged_on_rows_it_was_not_fitted_to() -> None:
    kept = 0
    for i in range(40):
        chance = stream(i, "small reference").uniform(0.1, 0.9, 200)
        labels = (stream(i, "small labels").uniform(size=200) < chance).astype(float)
        kept += e.recalibrate(labels, chance) is e.IDENTITY
    # On its own rows isotonic calibration always has the lower score, and would win every time.
    assert kept >= 25


def test_binned_calibration_gives_the_observed_rate_of_each_quantile() -> None:
    labels, chance = world("binned")
    distorted = chance**2
    calibration = e.binned(labels, distorted, bins=20)
    assert len(calibration.knots) == 20
    inside = distorted <= calibration.knots[0]
    assert calibration.apply(distorted[inside]) == pytest.approx(np.full(inside.sum(), labels[inside].mean()))
    before, after = calibration_error(labels, distorted), calibration_error(labels, calibration.apply(distorted))
    assert before == pytest.approx(float(np.mean(chance - distorted)), abs=0.01)
    assert after == pytest.approx(0.0, abs=0.005)
    assert calibration.apply([2.0, np.nan])[0] == calibration.chances[-1]
    assert np.isnan(calibration.apply([2.0, np.nan])[1])


def test_calibrating_on_nothing_leaves_scores_alone_and_on_one_class_gives_its_rate() -> None:
    for fit in (e.isotonic, e.binned, e.recalibrate):
        assert fit([], []) is e.IDENTITY
        assert fit([np.nan], [0.4]) is e.IDENTITY
    for fit in (e.isotonic, e.binned):
        assert fit([0, 0, 0], [0.1, 0.2, 0.9]).apply([0.5]).tolist() == [0.0]

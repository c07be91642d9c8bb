from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics
from sklearn.calibration import calibration_curve

from simulator.streams import stream
from simulator.telemetry import quality as q


def rows(seed: int, count: int = 200, places: int = 2) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Labels, scores with ties, weights; both classes present."""
    draws = stream(seed, "rows")
    scores = draws.beta(1, 3, count).round(places)
    labels = (draws.uniform(size=count) < scores).astype(float)
    labels[:2] = 0, 1
    return labels, scores, draws.uniform(0.1, 3, count)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(2, 120), st.booleans())
def test_figures_are_scikit_learns_on_the_same_rows(seed: int, count: int, weighted: bool) -> None:
    labels, scores, weights = rows(seed, count)
    weight = weights if weighted else None
    assert q.roc_auc(labels, scores, weight) == pytest.approx(metrics.roc_auc_score(labels, scores, sample_weight=weight), abs=1e-9)
    assert q.average_precision(labels, scores, weight) == pytest.approx(metrics.average_precision_score(labels, scores, sample_weight=weight), abs=1e-9)
    assert q.log_loss(labels, scores, weight) == pytest.approx(metrics.log_loss(labels, scores, sample_weight=weight, labels=[0, 1]), rel=1e-9)
    assert q.brier(labels, scores, weight) == pytest.approx(metrics.brier_score_loss(labels, scores, sample_weight=weight), abs=1e-9)
    called = (scores >= 0.25).astype(float)
    at = q.decisions(labels, scores, 0.25, weight)
    matrix = metrics.confusion_matrix(labels, called, sample_weight=weight, labels=[0, 1])
    assert [at.true_negative, at.false_positive, at.false_negative, at.true_positive] == pytest.approx(matrix.ravel().tolist(), abs=1e-9)
    assert at.recall == pytest.approx(metrics.recall_score(labels, called, sample_weight=weight), abs=1e-9)
    assert at.accuracy == pytest.approx(metrics.accuracy_score(labels, called, sample_weight=weight), abs=1e-9)
    assert at.f1 == pytest.approx(metrics.f1_score(labels, called, sample_weight=weight), abs=1e-9)
    assert at.false_positive_rate == pytest.approx(matrix[0, 1] / matrix[0].sum(), abs=1e-9)
    if called.any():
        assert at.precision == pytest.approx(metrics.precision_score(labels, called, sample_weight=weight), abs=1e-9)
    else:
        assert at.precision is None


def test_the_calibration_table_is_scikit_learns_for_untied_scores() -> None:
    labels, scores, _ = rows(1, 2_000, places=12)
    observed, predicted = calibration_curve(labels, scores, n_bins=10, strategy="quantile")
    table = q.calibration_table(labels, scores)
    assert [bin_.observed for bin_ in table] == pytest.approx(observed.tolist(), abs=1e-9)
    assert [bin_.predicted for bin_ in table] == pytest.approx(predicted.tolist(), abs=1e-9)
    assert [bin_.rows for bin_ in table] == [200] * 10
    assert q.calibration_error(labels, scores) == pytest.approx(float(np.mean(np.abs(observed - predicted))), abs=1e-9)


def test_calibration_error_is_small_for_true_chances_and_as_large_as_the_bias_otherwise() -> None:
    draws = stream(2, "calibration")
    chance = draws.uniform(0.05, 0.6, 40_000)
    labels = (draws.uniform(size=40_000) < chance).astype(float)
    honest, inflated = q.calibration_error(labels, chance), q.calibration_error(labels, chance + 0.2)
    assert honest is not None
    assert honest < 0.01
    assert inflated == pytest.approx(0.2, abs=0.01)


def test_equal_scores_share_a_calibration_bin() -> None:
    table = q.calibration_table([0, 1, 0, 1, 1], [0.5] * 5)
    assert [(bin_.low, bin_.high, bin_.predicted, bin_.observed, bin_.rows, bin_.share) for bin_ in table] == [(0.5, 0.5, 0.5, 0.6, 5, 1.0)]


def test_the_calibration_table_weighs_rows() -> None:
    (table,) = q.calibration_table([0, 1], [0.5, 0.5], weights=[3, 1])
    assert table.observed == 0.25
    labels, scores, weights = rows(4, 500)
    assert sum(bin_.share for bin_ in q.calibration_table(labels, scores, weights)) == pytest.approx(1.0)


def test_a_row_of_vanishing_weight_still_has_a_place_and_no_say() -> None:
    labels, scores, weights = [0, 1, 0, 1], [0.1, 0.2, 0.3, 0.9], [1, 1, 1, 1e-15]
    assert [bin_.high for bin_ in q.calibration_table(labels, scores, weights)] == [0.1, 0.2, 0.9]
    assert q.roc_auc(labels, scores, weights) == pytest.approx(0.5)
    assert q.roc_auc_error(labels, scores, [1, 1, 1, 1e-20]) is None


def brute_delong(labels: np.ndarray, scores: np.ndarray) -> float:
    hit, miss = scores[labels == 1], scores[labels == 0]
    wins = (hit[:, None] > miss[None, :]) + 0.5 * (hit[:, None] == miss[None, :])
    return float(np.sqrt(np.var(wins.mean(axis=1), ddof=1) / len(hit) + np.var(wins.mean(axis=0), ddof=1) / len(miss)))


def test_the_error_of_the_auc_is_delongs_and_ignores_the_size_of_equal_weights() -> None:
    labels, scores, _ = rows(5, 300)
    assert q.roc_auc_error(labels, scores) == pytest.approx(brute_delong(labels, scores), rel=1e-9)
    assert q.roc_auc_error(labels, scores, np.full(300, 4.0)) == pytest.approx(brute_delong(labels, scores), rel=1e-9)


@pytest.mark.parametrize("weighted", [False, True])
def test_the_error_of_the_auc_is_the_spread_between_samples(weighted: bool) -> None:
    areas, errors = [], []
    for i in range(400):
        draws = stream(i, "spread")
        labels = np.repeat([1.0, 0.0], [60, 240])
        scores = draws.normal(labels, 1.0)
        weights = draws.exponential(1.0, 300) if weighted else None
        areas.append(q.roc_auc(labels, scores, weights))
        errors.append(q.roc_auc_error(labels, scores, weights))
    assert np.mean(np.array(errors, dtype=float)) == pytest.approx(float(np.std(np.array(areas, dtype=float))), rel=0.1)
    if not weighted:
        assert q.hanley_mcneil_error(0.76, 60, 240) == pytest.approx(float(np.std(np.array(areas, dtype=float))), rel=0.1)


def test_inverse_propensity_weights_undo_selective_labels() -> None:
    draws = stream(8, "selective")
    chance = draws.beta(1, 4, 60_000)
    labels = (draws.uniform(size=60_000) < chance).astype(float)
    # High scores are declined nine times in ten, and a declined payment is never labelled.
    propensity = np.where(chance > 0.3, 0.1, 1.0)
    seen = draws.uniform(size=60_000) < propensity
    observed = np.where(seen, labels, np.nan)
    truth, naive = q.quality(labels, chance, 0.3), q.quality(observed, chance, 0.3)
    corrected = q.quality(observed, chance, 0.3, q.inverse_propensity_weights(propensity))
    for known in (truth, naive):
        assert known.roc_auc is not None
        assert known.decisions.recall is not None
    assert naive.rows == int(seen.sum())
    assert naive.roc_auc < truth.roc_auc - 0.03
    assert naive.decisions.recall < truth.decisions.recall - 0.3
    assert corrected.roc_auc == pytest.approx(truth.roc_auc, abs=0.01)
    assert corrected.decisions.recall == pytest.approx(truth.decisions.recall, abs=0.02)
    assert corrected.brier == pytest.approx(truth.brier, abs=0.005)


def test_the_floor_bounds_a_propensity_weight_and_an_impossible_chance_is_refused() -> None:
    assert q.inverse_propensity_weights([1.0, 0.5, 0.001]).tolist() == [1.0, 2.0, 100.0]
    for wrong in (0.0, 1.1, np.nan):
        with pytest.raises(ValueError, match="propensities"):
            q.inverse_propensity_weights([wrong])


def test_rows_without_a_label_a_score_or_a_weight_are_left_out() -> None:
    assert q.roc_auc([0, 1, np.nan, 1, 0], [0.1, 0.9, 0.0, np.nan, 0.99], [1, 1, 1, 1, 0]) == 1.0
    assert q.quality([0, 1, np.nan, 1, 0], [0.1, 0.9, 0.0, np.nan, 0.99], 0.5, [1, 1, 1, 1, 0]).rows == 2


def test_without_rows_every_figure_is_none() -> None:
    nothing = q.quality([np.nan], [0.5], 0.5)
    assert (nothing.rows, nothing.positives) == (0, 0)
    assert [nothing.roc_auc, nothing.roc_auc_error, nothing.average_precision, nothing.log_loss, nothing.brier, nothing.calibration_error] == [None] * 6
    at = nothing.decisions
    assert [at.precision, at.recall, at.false_positive_rate, at.accuracy, at.f1] == [None] * 5
    assert q.quality([], [], 0.5) == nothing


def test_with_one_class_only_what_needs_the_other_is_none() -> None:
    negatives = q.quality([0, 0, 0], [0.2, 0.6, 0.1], 0.5)
    assert (negatives.roc_auc, negatives.roc_auc_error, negatives.average_precision, negatives.decisions.recall) == (None, None, None, None)
    assert (negatives.decisions.precision, negatives.decisions.false_positive_rate) == (0.0, pytest.approx(1 / 3))
    assert negatives.brier == pytest.approx(0.41 / 3)
    positives = q.quality([1, 1], [0.2, 0.6], 0.5)
    assert (positives.roc_auc, positives.average_precision, positives.decisions.false_positive_rate) == (None, 1.0, None)


def test_a_constant_score_ranks_nothing() -> None:
    assert q.roc_auc([0, 1, 0, 1], [0.3] * 4) == 0.5
    assert q.roc_auc_error([0, 1, 0, 1], [0.3] * 4) == 0.0


def test_one_positive_gives_an_auc_without_an_error() -> None:
    assert (q.roc_auc([0, 0, 1], [0.1, 0.7, 0.5]), q.roc_auc_error([0, 0, 1], [0.1, 0.7, 0.5])) == (0.5, None)


def test_a_certain_and_wrong_score_has_a_finite_loss() -> None:
    loss = q.log_loss([1.0], [0.0])
    assert loss == pytest.approx(-np.log(np.finfo(float).eps))


def test_wrong_input_is_refused_in_one_line() -> None:
    with pytest.raises(ValueError, match="labels must be 0, 1 or missing"):
        q.roc_auc([0, 2], [0.1, 0.2])
    with pytest.raises(ValueError, match="same length"):
        q.roc_auc([0, 1], [0.1])
    with pytest.raises(ValueError, match="chances between 0 and 1"):
        q.brier([0, 1], [-3.0, 2.0])
    assert q.roc_auc([0, 1], [-3.0, 2.0]) == 1.0

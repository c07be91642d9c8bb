"""How good scores were, once labels are known: ranking, decisions at a threshold, and calibration, with optional weights.

Labels that arrive only for some rows (nobody learns whether a declined payment was good) bias every figure here;
weighting each labelled row by the inverse of its chance to be labelled removes that bias.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from simulator.telemetry.samples import FloatArray, effective_rows, row_weights, stable_order, weighted_quantiles


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """Rows with both a label and a score, the only ones that can be judged."""

    labels: FloatArray
    """Shape (n,), 0 or 1."""
    scores: FloatArray
    weights: FloatArray
    """Shape (n,), positive."""

    @property
    def rows(self) -> int:
        return len(self.labels)

    @property
    def positives(self) -> int:
        return int(np.count_nonzero(self.labels))


@dataclass(frozen=True, slots=True)
class Decisions:
    """Weighted confusion matrix when everything with a score at or above the threshold is called positive."""

    threshold: float
    true_positive: float
    false_positive: float
    false_negative: float
    true_negative: float

    @property
    def precision(self) -> float | None:
        """Share of called positives that are positive; None if nothing was called."""
        return _ratio(self.true_positive, self.true_positive + self.false_positive)

    @property
    def recall(self) -> float | None:
        """Share of positives that were called; None without positives."""
        return _ratio(self.true_positive, self.true_positive + self.false_negative)

    @property
    def false_positive_rate(self) -> float | None:
        """Share of negatives that were called; None without negatives."""
        return _ratio(self.false_positive, self.false_positive + self.true_negative)

    @property
    def accuracy(self) -> float | None:
        return _ratio(self.true_positive + self.true_negative, self.true_positive + self.false_positive + self.false_negative + self.true_negative)

    @property
    def f1(self) -> float | None:
        """Harmonic mean of precision and recall; None if there is neither a positive nor a call."""
        return _ratio(2 * self.true_positive, 2 * self.true_positive + self.false_positive + self.false_negative)


@dataclass(frozen=True, slots=True)
class CalibrationBin:
    """Rows of similar score: what was predicted on average and what came true."""

    low: float
    high: float
    predicted: float
    observed: float
    rows: int
    share: float
    """Share of all weight, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Quality:
    """Every figure for one set of rows; a figure that the rows cannot give is None (see the function of that name)."""

    rows: int
    positives: int
    roc_auc: float | None
    roc_auc_error: float | None
    average_precision: float | None
    log_loss: float | None
    brier: float | None
    calibration_error: float | None
    decisions: Decisions


def scored(labels: ArrayLike, scores: ArrayLike, weights: ArrayLike | None = None) -> Scored:
    """Rows (n,) with a label of 0 or 1 and a score; NaN in either (label not yet known, no prediction) or weight 0 leaves the row out."""
    label, score = np.asarray(labels, dtype=np.float64), np.asarray(scores, dtype=np.float64)
    if label.ndim != 1 or label.shape != score.shape:
        raise ValueError(f"labels {label.shape} and scores {score.shape} must be two columns of the same length")
    weight = row_weights(weights, len(label))
    usable = ~np.isnan(label) & ~np.isnan(score) & (weight > 0)
    kept = label[usable]
    if not np.all((kept == 0) | (kept == 1)):
        raise ValueError("labels must be 0, 1 or missing")
    return Scored(kept, score[usable], weight[usable])


def inverse_propensity_weights(propensity: ArrayLike, floor: float = 0.01) -> FloatArray:
    """Weights 1 / max(propensity, floor) for rows that were labelled with a known chance of `propensity` in (0, 1].

    The floor trades a little bias for not letting one lucky row decide the figure. ValueError if a chance is not in (0, 1]:
    a row that could never be labelled cannot stand for anything.
    """
    chance = np.asarray(propensity, dtype=np.float64)
    if not np.all((chance > 0) & (chance <= 1)):
        raise ValueError("propensities must be above 0 and at most 1")
    return np.asarray(1 / np.maximum(chance, floor), dtype=np.float64)


def roc_auc(labels: ArrayLike, scores: ArrayLike, weights: ArrayLike | None = None) -> float | None:
    """Chance that a positive scores above a negative, ties counting half; None unless both classes are there."""
    rows = scored(labels, scores, weights)
    return ranking(rows.scores, rows.weights * rows.labels, rows.weights * (1 - rows.labels))


def ranking(scores: FloatArray, positive: FloatArray, negative: FloatArray) -> float | None:
    """Weighted AUC where row i is worth positive[i] of a positive and negative[i] of a negative; None if a class has no weight."""
    starts, order = _ties(scores)
    won, lost = np.add.reduceat(positive[order], starts), np.add.reduceat(negative[order], starts)
    total = float(won.sum()) * float(lost.sum())
    if total <= 0:
        return None
    return float(np.sum(won * (np.cumsum(lost) - lost / 2))) / total


def roc_auc_error(labels: ArrayLike, scores: ArrayLike, weights: ArrayLike | None = None) -> float | None:
    """Standard error of the AUC by DeLong (1988), from each row's share of pairs won; weights are taken as known.

    None with fewer than two rows of a class.
    """
    rows = scored(labels, scores, weights)
    hit = rows.labels == 1
    if np.count_nonzero(hit) < 2 or np.count_nonzero(~hit) < 2:
        return None
    variance = 0.0
    for mine, other in ((hit, ~hit), (~hit, hit)):
        placement = _share_below(rows.scores[mine], rows.scores[other], rows.weights[other])
        weight = rows.weights[mine]
        n = effective_rows(weight)
        if n <= 1:
            return None
        centred = placement - np.average(placement, weights=weight)
        variance += float(np.sum((weight * centred) ** 2)) / float(weight.sum()) ** 2 * n / (n - 1)
    return float(variance**0.5)


def hanley_mcneil_error(auc: float, positives: float, negatives: float) -> float:
    """Standard error of an AUC known only by its value (Hanley and McNeil 1982), to plan how many labels a check needs."""
    q1, q2 = auc / (2 - auc), 2 * auc**2 / (1 + auc)
    variance = auc * (1 - auc) + (positives - 1) * (q1 - auc**2) + (negatives - 1) * (q2 - auc**2)
    return float((variance / (positives * negatives)) ** 0.5)


def average_precision(labels: ArrayLike, scores: ArrayLike, weights: ArrayLike | None = None) -> float | None:
    """Mean of precision over the gains in recall, thresholds from the highest score down, no interpolation; None without positives."""
    rows = scored(labels, scores, weights)
    if not rows.positives:
        return None
    starts, order = _ties(-rows.scores)
    gained = np.add.reduceat((rows.weights * rows.labels)[order], starts)
    called = np.cumsum(np.add.reduceat(rows.weights[order], starts))
    return float(np.sum(gained * np.cumsum(gained) / called) / gained.sum())


def decisions(labels: ArrayLike, scores: ArrayLike, threshold: float, weights: ArrayLike | None = None) -> Decisions:
    """Confusion matrix at `threshold`; all zeros, and rates of None, without rows."""
    rows = scored(labels, scores, weights)
    called, hit = rows.scores >= threshold, rows.labels == 1
    cells = [float(rows.weights[cell].sum()) for cell in (called & hit, called & ~hit, ~called & hit, ~called & ~hit)]
    return Decisions(threshold, *cells)


def log_loss(labels: ArrayLike, scores: ArrayLike, weights: ArrayLike | None = None) -> float | None:
    """Mean negative log-likelihood in nats; scores are kept one machine epsilon away from 0 and 1. None without rows."""
    rows = _probabilities(scored(labels, scores, weights))
    if not rows.rows:
        return None
    epsilon = float(np.finfo(np.float64).eps)
    chance = np.clip(rows.scores, epsilon, 1 - epsilon)
    return float(np.average(-np.where(rows.labels == 1, np.log(chance), np.log(1 - chance)), weights=rows.weights))


def brier(labels: ArrayLike, scores: ArrayLike, weights: ArrayLike | None = None) -> float | None:
    """Mean squared distance of the predicted chance from what happened, 0 to 1. None without rows."""
    rows = _probabilities(scored(labels, scores, weights))
    return float(np.average((rows.scores - rows.labels) ** 2, weights=rows.weights)) if rows.rows else None


def calibration_table(labels: ArrayLike, scores: ArrayLike, weights: ArrayLike | None = None, bins: int = 10) -> tuple[CalibrationBin, ...]:
    """Observed against predicted, in quantiles of the score from low to high; equal scores stay together, so there may be fewer bins."""
    rows = _probabilities(scored(labels, scores, weights))
    if not rows.rows:
        return ()
    edges = np.unique(weighted_quantiles(rows.scores, rows.weights, np.arange(1, bins + 1) / bins))
    edges[-1] = rows.scores.max()
    place = np.searchsorted(edges, rows.scores)
    mass = np.bincount(place, weights=rows.weights, minlength=len(edges))
    predicted = np.bincount(place, weights=rows.weights * rows.scores, minlength=len(edges)) / mass
    observed = np.bincount(place, weights=rows.weights * rows.labels, minlength=len(edges)) / mass
    counts = np.bincount(place, minlength=len(edges))
    lows = [float(rows.scores[place == bin_].min()) for bin_ in range(len(edges))]
    return tuple(CalibrationBin(lows[i], float(edges[i]), float(predicted[i]), float(observed[i]), int(counts[i]), float(mass[i] / mass.sum())) for i in range(len(edges)))


def calibration_error(labels: ArrayLike, scores: ArrayLike, weights: ArrayLike | None = None, bins: int = 10) -> float | None:
    """Expected calibration error: gap between observed and predicted, averaged over score quantiles by weight. None without rows."""
    table = calibration_table(labels, scores, weights, bins)
    return sum(bin_.share * abs(bin_.observed - bin_.predicted) for bin_ in table) if table else None


def quality(labels: ArrayLike, scores: ArrayLike, threshold: float, weights: ArrayLike | None = None) -> Quality:
    """Every figure at once, for the rows that have a label."""
    rows = scored(labels, scores, weights)
    known = (rows.labels, rows.scores, rows.weights)
    return Quality(
        rows=rows.rows,
        positives=rows.positives,
        roc_auc=roc_auc(*known),
        roc_auc_error=roc_auc_error(*known),
        average_precision=average_precision(*known),
        log_loss=log_loss(*known),
        brier=brier(*known),
        calibration_error=calibration_error(*known),
        decisions=decisions(rows.labels, rows.scores, threshold, rows.weights),
    )


def _ratio(part: float, whole: float) -> float | None:
    return part / whole if whole > 0 else None


def _probabilities(rows: Scored) -> Scored:
    if np.any((rows.scores < 0) | (rows.scores > 1)):
        raise ValueError("scores must be chances between 0 and 1 for this figure")
    return rows


def _ties(values: FloatArray) -> tuple[np.ndarray[tuple[int], np.dtype[np.intp]], np.ndarray[tuple[int], np.dtype[np.intp]]]:
    """Where each run of equal values starts in ascending order, and that order."""
    order = stable_order(values)
    ordered = values[order]
    changes = np.flatnonzero(ordered[1:] != ordered[:-1]) + 1
    return (np.append(0, changes) if len(values) else changes), order


def _share_below(scores: FloatArray, others: FloatArray, weights: FloatArray) -> FloatArray:
    """For each score the weighted share of `others` below it, ties counting half."""
    order = stable_order(others)
    cumulated = np.append(0.0, np.cumsum(weights[order]))
    ordered = others[order]
    below, up_to = cumulated[np.searchsorted(ordered, scores, side="left")], cumulated[np.searchsorted(ordered, scores, side="right")]
    return np.asarray((below + up_to) / 2 / cumulated[-1], dtype=np.float64)

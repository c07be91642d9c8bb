"""How good a model probably is before labels arrive, from its own calibrated scores (confidence-based performance estimation).

Assumptions, each of which a drill may break without the estimate noticing:
- scores are calibrated: of all rows scored p, a share p turns out positive. `recalibrate` makes it so on a reference set;
- the rule from features to label is the reference's (no concept drift). The estimate follows a change of the population,
  and stays where it was when the rule itself changes;
- current rows lie where the reference had rows; a score in unseen territory is only as good as its extrapolation;
- features are right: a stale or corrupted feature gives a confident wrong score;
- there are enough rows: some hundreds per window, or the realised figure scatters more than the estimate moves.
Population: every scored row, not only those that will be labelled.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from simulator.telemetry.quality import Decisions, brier, ranking, scored
from simulator.telemetry.samples import FloatArray, row_weights, weighted_quantiles


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """A map from raw score to chance, fitted on a reference set."""

    kind: Literal["identity", "isotonic", "binned"]
    knots: FloatArray
    """Ascending scores, shape (k,); upper ends of the bins for `binned`. Empty for `identity`."""
    chances: FloatArray
    """Chance at each knot, or within each bin; shape (k,)."""

    def apply(self, scores: ArrayLike) -> FloatArray:
        """Chances for `scores` (n,), NaN kept. Beyond the outermost knots the outermost chance holds."""
        raw = np.asarray(scores, dtype=np.float64)
        if self.kind == "identity":
            return raw
        if self.kind == "isotonic":
            return np.asarray(np.interp(raw, self.knots, self.chances), dtype=np.float64)
        place = np.minimum(np.searchsorted(self.knots, raw), len(self.knots) - 1)
        return np.where(np.isnan(raw), np.nan, self.chances[place])


IDENTITY = Calibration("identity", np.zeros(0), np.zeros(0))


@dataclass(frozen=True, slots=True)
class Estimate:
    """Expected performance of unlabelled rows. Figures that the rows cannot give are None."""

    rows: int
    decisions: Decisions
    """Expected confusion matrix, with precision, recall, accuracy and so on as ratios of expected counts."""
    roc_auc: float | None
    positive_rate: float | None
    """Expected share of positives."""
    accuracy_spread: float | None
    """Standard deviation of the accuracy that labels would show if every assumption held: chance alone, no model error."""


def estimate(scores: ArrayLike, threshold: float, *, calibration: Calibration = IDENTITY, weights: ArrayLike | None = None) -> Estimate:
    """Expected performance of rows whose raw `scores` (n,) are called positive from `threshold` up; NaN scores are left out.

    Decisions and ranking use the raw score, as serving does; chances come from `calibration`. A row with chance p counts as
    p of a positive and 1 - p of a negative. Ratios are of expected counts, which for n rows is off by the order of 1 / n;
    so is the AUC, in which each row is also compared with itself. ValueError if a chance is not between 0 and 1.
    """
    raw = np.asarray(scores, dtype=np.float64)
    weight = row_weights(weights, len(raw))
    usable = ~np.isnan(raw) & (weight > 0)
    raw, weight = raw[usable], weight[usable]
    chance = calibration.apply(raw)
    if np.any((chance < 0) | (chance > 1)):
        raise ValueError("scores are no chances between 0 and 1; fit a calibration on a reference set first")
    positive, negative = weight * chance, weight * (1 - chance)
    called = raw >= threshold
    cells = [float(part.sum()) for part in (positive[called], negative[called], positive[~called], negative[~called])]
    total = float(weight.sum())
    return Estimate(
        rows=len(raw),
        decisions=Decisions(threshold, *cells),
        roc_auc=ranking(raw, positive, negative),
        positive_rate=float(positive.sum()) / total if total > 0 else None,
        accuracy_spread=float(np.sqrt(np.sum(positive * negative))) / total if total > 0 else None,
    )


def isotonic(labels: ArrayLike, scores: ArrayLike, weights: ArrayLike | None = None) -> Calibration:
    """The best non-decreasing map from score to chance in least squares, linear between knots; IDENTITY without labelled rows."""
    rows = scored(labels, scores, weights)
    if not rows.rows:
        return IDENTITY
    knots, place = np.unique(rows.scores, return_inverse=True)
    mass = np.bincount(place, weights=rows.weights).astype(np.float64)
    means = np.bincount(place, weights=rows.weights * rows.labels) / mass
    return Calibration("isotonic", knots, pool_adjacent_violators(means, mass))


def binned(labels: ArrayLike, scores: ArrayLike, weights: ArrayLike | None = None, bins: int = 10) -> Calibration:
    """The observed rate within each quantile of the score; rougher than isotonic, and free to be non-monotone."""
    rows = scored(labels, scores, weights)
    if not rows.rows:
        return IDENTITY
    knots = np.unique(weighted_quantiles(rows.scores, rows.weights, np.arange(1, bins + 1) / bins))
    knots[-1] = rows.scores.max()
    place = np.searchsorted(knots, rows.scores)
    mass = np.bincount(place, weights=rows.weights, minlength=len(knots))
    return Calibration("binned", knots, np.bincount(place, weights=rows.weights * rows.labels, minlength=len(knots)) / mass)


def recalibrate(labels: ArrayLike, scores: ArrayLike, weights: ArrayLike | None = None) -> Calibration:
    """Isotonic calibration if it helps on rows it has not seen, otherwise the scores as they are.

    Fitted on every second reference row and judged on the others by the Brier score; when better, refitted on all. Not by
    calibration error: that favours whatever map has fewer distinct scores, and so would nearly always favour this one.
    Scores that are no chances cannot stay as they are, so for them isotonic is always taken.
    """
    rows = scored(labels, scores, weights)
    if np.any((rows.scores < 0) | (rows.scores > 1)):
        return isotonic(rows.labels, rows.scores, rows.weights)
    fit, judge = slice(0, None, 2), slice(1, None, 2)
    trial = isotonic(rows.labels[fit], rows.scores[fit], rows.weights[fit])
    before = brier(rows.labels[judge], rows.scores[judge], rows.weights[judge])
    after = brier(rows.labels[judge], trial.apply(rows.scores[judge]), rows.weights[judge])
    if before is None or after is None or after >= before:
        return IDENTITY
    return isotonic(rows.labels, rows.scores, rows.weights)


def pool_adjacent_violators(means: FloatArray, weights: FloatArray) -> FloatArray:
    """The non-decreasing sequence nearest to `means` (k,) in weighted least squares: falling neighbours are merged into their mean."""
    levels: list[float] = []
    masses: list[float] = []
    lengths: list[int] = []
    for mean, weight in zip(means.tolist(), weights.tolist(), strict=True):
        level, mass, length = mean, weight, 1
        while levels and levels[-1] >= level:
            mass_before = masses.pop()
            level = (levels.pop() * mass_before + level * mass) / (mass_before + mass)
            mass += mass_before
            length += lengths.pop()
        levels.append(level)
        masses.append(mass)
        lengths.append(length)
    return np.repeat(np.array(levels), lengths)

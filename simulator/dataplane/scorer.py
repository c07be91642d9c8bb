"""A fitted model as numbers: a scikit-learn logistic regression on clipped, standardised inputs, scored with NumPy.

A larger model bends the line of each input at knots: it adds max(0, input - knot) of every input and knot, and has weights for those too.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

import numpy as np

from simulator.nature.outcome import sigmoid, weighted
from simulator.nature.population import Floats


@dataclass(frozen=True, slots=True)
class Scorer:
    low: Floats
    high: Floats
    """Limits to which each input is clipped: the 0.1 % and 99.9 % points of the training frame."""
    mean: Floats
    sd: Floats
    coefficients: Floats
    intercept: float
    knots: tuple[float, ...] = ()
    bends: Floats = field(default_factory=lambda: np.empty((0, 0)))
    """Weights of the bends, shape [knots, inputs]; what an input weighs beyond a knot is its coefficient and these."""

    def score(self, inputs: Floats) -> Floats:
        """Probability of fraud for inputs of shape [k, n]; the same row gives the same bits however the array is cut."""
        standard = np.clip(inputs, self.low[:, None], self.high[:, None])
        standard -= self.mean[:, None]
        standard /= self.sd[:, None]
        total = weighted(standard, self.coefficients)
        for knot, bends in zip(self.knots, self.bends, strict=True):
            total += weighted(np.maximum(standard - knot, 0.0), bends)
        return sigmoid(total + self.intercept)

    def digest(self) -> str:
        return hashlib.sha256(np.concatenate([self.coefficients, self.mean, [self.intercept], self.bends.ravel()]).tobytes()).hexdigest()[:12]


def quantile(ordered: Floats, q: float) -> Floats:
    """`np.quantile` along the last axis of ascending values, to the bit: a sort of all costs a fifth of its partitions."""
    place = (ordered.shape[-1] - 1) * q
    before = int(place)
    share = place - before
    left, right = ordered[..., before], ordered[..., min(before + 1, ordered.shape[-1] - 1)]
    between = right - left
    return np.asarray(right - between * (1.0 - share) if share >= 0.5 else left + between * share)


def fit(inputs: Floats, labels: Floats, weights: Floats, knots: tuple[float, ...] = ()) -> Scorer:
    """Fit on inputs [k, n], labels [n] in {0, 1} and weights [n]; knots are in spreads from the mean of an input.

    scikit-learn is imported here because it costs about a second and most commands never fit.
    """
    from sklearn.linear_model import LogisticRegression

    ordered = np.sort(inputs, axis=1)
    low, high = quantile(ordered, 0.001), quantile(ordered, 0.999)
    clipped = np.clip(inputs, low[:, None], high[:, None])
    mean, sd = clipped.mean(axis=1), np.maximum(clipped.std(axis=1), 1e-9)
    clipped -= mean[:, None]
    clipped /= sd[:, None]
    model = LogisticRegression(C=1.0, max_iter=300)
    if not knots:
        model.fit(clipped.T, labels, sample_weight=weights)
        return Scorer(low, high, mean, sd, np.array(model.coef_[0]), float(model.intercept_[0]))
    model.fit(np.vstack([clipped, *(np.maximum(clipped - knot, 0.0) for knot in knots)]).T, labels, sample_weight=weights)
    linear, *bends = np.array(model.coef_[0]).reshape(len(knots) + 1, -1)
    return Scorer(low, high, mean, sd, linear, float(model.intercept_[0]), knots, np.array(bends))

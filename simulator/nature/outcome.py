"""The ground truth: the probability that a payment is fraud, from its true attributes, and how fraudsters adapt.

Risk is logistic in the true state. Adaptation moves weight from the signs the model knows to others, at the same overall
fraud rate, so inputs stay as they were and only the relation between inputs and outcome moves.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from simulator.catalogue import LEVERS
from simulator.levers import Levers
from simulator.nature.population import Floats, Payments, payments

INTERCEPT = -6.55
SIGNS = (
    *("count_1h", "amount_24h", "merchants_24h", "card_age", "disputes", "usual_amount", "merchant_risk", "merchant_volume"),
    *("amount_ratio", "short_session", "new_device", "mismatch", "night"),
)
BASE = np.array([1.25, 0.95, 1.05, -0.60, 0.70, 0.0, 1.45, -0.20, 0.80, 1.00, 1.50, 1.35, 0.75])
ADAPTED = {
    # Few, patient payments on aged cards: the velocity signs turn round.
    "slow-burn": np.array([-0.80, -0.55, -0.60, 0.85, 0.45, 0.0, 1.10, -0.20, 0.40, 0.95, 1.40, 1.20, 0.45]),
    # Goods bought at reputable, busy merchants.
    "clean-merchants": np.array([0.60, 0.50, 0.45, -0.30, 0.45, 0.0, -1.15, 1.30, 0.45, 0.75, 1.20, 1.05, 0.45]),
    # Taken-over sessions on devices and addresses that are known.
    "trusted-devices": np.array([0.65, 0.45, 0.45, 0.35, 0.45, 0.45, 0.65, -0.15, 0.90, -1.40, -1.90, -0.90, -0.30]),
}


def sigmoid(x: Floats) -> Floats:
    return 1.0 / (1.0 + np.exp(-x))


def signs(rows: Payments) -> Floats:
    """The risk signs of each row, shape [len(SIGNS), n], each near zero mean and unit spread."""
    ratio = np.log(rows.amount) - 3.6 - 0.5 * (rows.now[5] + rows.habit[5])
    session = -(np.log(rows.session_s) - 4.4) / 0.85
    return np.vstack([rows.now, ratio[None], session[None], rows.new_device[None], rows.mismatch[None], rows.night[None]])


def fraud_probability(rows: Payments, levers: Levers) -> Floats:
    """P(fraud) of each row under the adaptation in force at its time."""
    values = signs(rows)
    drift = levers["nature.drift"].numbers(rows.at_s)
    before = weighted(values, BASE) + INTERCEPT
    if not drift.any():
        return sigmoid(before)
    codes, patterns = levers["nature.drift_pattern"].codes(rows.at_s)
    after = before.copy()
    for code, pattern in enumerate(patterns):
        chosen = codes == code
        if chosen.any():
            adapted = weighted(values, ADAPTED[str(pattern)]) + _intercept(str(pattern))
            after = np.where(chosen, adapted, after)
    return (1.0 - drift) * sigmoid(before) + drift * sigmoid(after)


def weighted(values: Floats, weights: NDArray[np.float64]) -> Floats:
    """Sum of rows of `values` by `weights`, term by term: a BLAS product may depend on where an array is cut."""
    total = np.zeros(values.shape[1])
    for row, weight in zip(values, weights, strict=True):
        if weight:
            total += weight * row
    return total


@lru_cache(maxsize=8)
def _intercept(pattern: str) -> float:
    """Intercept at which an adapted pattern keeps the overall fraud rate, on a fixed sample of standard payments."""
    rows = payments(0, Levers(LEVERS), 0.0, 86_400.0)
    values = signs(rows)
    target = sigmoid(weighted(values, BASE) + INTERCEPT).mean()
    low, high = -9.0, 0.0
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if sigmoid(weighted(values, ADAPTED[pattern]) + middle).mean() < target else (low, middle)
    return round((low + high) / 2, 6)

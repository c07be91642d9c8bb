"""How far current rows lie from reference rows: the statistics that drift monitors compute, by their textbook definitions.

The same number means a different distance in each statistic, so every result says which one it is, how it was
binned, on how many rows, and what it is compared with. A monitor is configured by whoever calls; nothing here decides.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from simulator.telemetry.samples import Column, FloatArray, Missing, Shares, column, effective_rows, quantile_weights, shares, stable_order, to_shares

TEXTBOOK = "textbook"
FLOOR_SHARE = 1e-4
"""Least share of a bin inside a logarithm (PSI, KL), so that an empty bin gives a large value and not an infinite one."""
FLOOR_SD = 1e-3
"""Least standard deviation of the reference that Wasserstein is divided by, in the column's unit: a constant reference has none."""

Statistic = Literal["psi", "kl", "js_distance", "hellinger", "l_infinity", "chi_square", "ks", "wasserstein"]

THRESHOLDS: Mapping[Statistic, float] = {
    "psi": 0.1,
    "kl": 0.1,
    "js_distance": 0.1,
    "hellinger": 0.1,
    "l_infinity": 0.1,
    "chi_square": 0.05,
    "ks": 0.05,
    "wasserstein": 0.1,
}
"""Customary thresholds: on the p-value for chi_square and ks, on the value for the others. Conventions, not laws."""


@dataclass(frozen=True, slots=True)
class DriftResult:
    statistic: Statistic
    value: float | None
    """None when there is nothing to compare: no rows, or only missing values, on one side."""
    threshold: float
    bins: int | None
    """Bins that hold any row; None for statistics that need none."""
    n_ref: int
    """Rows that were counted on the reference side; missing values are among them only where they have a bin."""
    n_cur: int
    convention: str
    p_value: float | None = None
    """Chance of a value at least this large without drift; None for statistics that are no test."""

    @property
    def drifted(self) -> bool | None:
        """Whether the threshold is met: p-value at or below it for a test, value at or above it otherwise. None if not measured."""
        if self.value is None:
            return None
        return self.value >= self.threshold if self.p_value is None else self.p_value <= self.threshold


@dataclass(frozen=True, slots=True)
class PsiNoise:
    """What PSI shows when nothing has changed, by sampling alone."""

    expected: float
    upper: float
    """Exceeded in a share of 1 - level of the checks."""


def psi_without_drift(bins: int, n_ref: float, n_cur: float, level: float = 0.95) -> PsiNoise:
    """Mean and upper point of PSI without drift: (1/n_ref + 1/n_cur) times a chi-square of bins - 1 degrees of freedom (Yurdakul 2018).

    Good while every bin expects some ten rows; below that the flooring of empty bins makes the real values larger.
    """
    from scipy.special import chdtri

    if bins < 2 or n_ref <= 0 or n_cur <= 0:
        raise ValueError(f"PSI noise needs 2 bins and rows on both sides, not {bins} bins, {n_ref} and {n_cur} rows")
    per_degree = 1 / n_ref + 1 / n_cur
    return PsiNoise((bins - 1) * per_degree, float(chdtri(bins - 1, 1 - level)) * per_degree)


def psi_of(p: FloatArray, q: FloatArray) -> FloatArray:
    """Population stability index, sum of (q - p) ln(q / p) along the last axis; p reference, q current shares, (B,) or (k, B)."""
    left, right = _floored(p, q)
    return np.asarray(np.sum((right - left) * np.log(right / left), axis=-1), dtype=np.float64)


def kl_of(p: FloatArray, q: FloatArray) -> float:
    """Kullback-Leibler divergence of the current from the reference, sum of p ln(p / q), in nats."""
    left, right = _floored(p, q)
    return float(np.sum(left * np.log(left / right)))


def js_distance_of(p: FloatArray, q: FloatArray) -> float:
    """Jensen-Shannon distance: the square root of the divergence, natural logarithm, 0 to 0.833. Empty bins are exact, without a floor."""
    middle = (p + q) / 2
    divergence = (_x_log_ratio(p, middle) + _x_log_ratio(q, middle)) / 2
    return float(max(divergence, 0.0) ** 0.5)


def hellinger_of(p: FloatArray, q: FloatArray) -> float:
    """Hellinger distance, 0 to 1: length of sqrt(p) - sqrt(q), over sqrt(2)."""
    return float(np.sqrt(np.sum((np.sqrt(p) - np.sqrt(q)) ** 2) / 2))


def l_infinity_of(p: FloatArray, q: FloatArray) -> float:
    """Largest change of a single bin's share, 0 to 1."""
    return float(np.max(np.abs(p - q)))


def _floored(p: FloatArray, q: FloatArray) -> tuple[FloatArray, FloatArray]:
    # A bin that is empty on both sides gets the same floor twice and adds nothing.
    return np.maximum(p, FLOOR_SHARE), np.maximum(q, FLOOR_SHARE)


def _x_log_ratio(x: FloatArray, y: FloatArray) -> float:
    there = x > 0
    return float(np.sum(x[there] * np.log(x[there] / y[there])))


def psi(
    reference: ArrayLike,
    current: ArrayLike,
    *,
    reference_weights: ArrayLike | None = None,
    current_weights: ArrayLike | None = None,
    bins: int = 10,
    missing: Missing = "drop",
    threshold: float = THRESHOLDS["psi"],
) -> DriftResult:
    """PSI over deciles of the reference with open ends, or over categories; shares floored at FLOOR_SHARE."""
    cut = shares(column(reference, reference_weights), column(current, current_weights), bins, missing)
    return _binned("psi", cut, threshold)


def measure(
    statistic: Statistic,
    reference: ArrayLike,
    current: ArrayLike,
    *,
    reference_weights: ArrayLike | None = None,
    current_weights: ArrayLike | None = None,
    bins: int | None = None,
    missing: Missing = "drop",
    threshold: float | None = None,
) -> DriftResult:
    """Any statistic by name, on two columns of rows (n,) and (m,).

    Binned statistics cut numbers at quantiles of the reference: 10 bins for psi, l_infinity and chi_square; 20 for kl,
    js_distance and hellinger, which come near the value of the continuous distributions only with finer bins.
    ks and wasserstein use every row and need numbers on both sides (ValueError otherwise); `bins` and `missing` do not apply.
    """
    left, right = column(reference, reference_weights), column(current, current_weights)
    limit = THRESHOLDS[statistic] if threshold is None else threshold
    if statistic in ("ks", "wasserstein"):
        return _ks(left, right, limit) if statistic == "ks" else _wasserstein(left, right, limit)
    chosen = bins if bins is not None else 20 if statistic in ("kl", "js_distance", "hellinger") else 10
    return _binned(statistic, shares(left, right, chosen, missing), limit)


_OF_SHARES: Mapping[Statistic, Callable[[FloatArray, FloatArray], float]] = {
    "psi": lambda p, q: float(psi_of(p, q)),
    "kl": kl_of,
    "js_distance": js_distance_of,
    "hellinger": hellinger_of,
    "l_infinity": l_infinity_of,
}


def _binned(statistic: Statistic, cut: Shares, threshold: float) -> DriftResult:
    value: float | None = None
    p_value: float | None = None
    if not cut.empty:
        if statistic == "chi_square":
            value, p_value = _chi_square_of(cut)
        else:
            value = _OF_SHARES[statistic](cut.reference, cut.current)
    return DriftResult(statistic, value, threshold, cut.bins, cut.n_ref, cut.n_cur, TEXTBOOK, p_value)


def _chi_square_of(cut: Shares) -> tuple[float, float]:
    """Pearson's chi-square of homogeneity, no continuity correction, and its p-value; unequal weights count as effective rows."""
    from scipy.special import chdtrc

    n, m = cut.effective_ref, cut.effective_cur
    pooled = (n * cut.reference + m * cut.current) / (n + m)
    value = float(np.sum((n * (cut.reference - pooled) ** 2 + m * (cut.current - pooled) ** 2) / pooled))
    return value, float(chdtrc(cut.bins - 1, value)) if cut.bins > 1 else 1.0


def _ks(reference: Column, current: Column, threshold: float) -> DriftResult:
    """Kolmogorov-Smirnov D, largest gap between the two distribution functions, with the asymptotic two-sided p-value."""
    at, left, right = _distribution_functions(reference, current)
    if not len(at):
        return DriftResult("ks", None, threshold, None, reference.rows, current.rows, TEXTBOOK)
    from scipy.special import kolmogorov

    value = float(np.max(np.abs(left - right)))
    n, m = effective_rows(reference.weights[reference.present]), effective_rows(current.weights[current.present])
    p_value = float(kolmogorov(np.sqrt(n * m / (n + m)) * value))
    return DriftResult("ks", value, threshold, None, reference.rows, current.rows, TEXTBOOK, p_value)


def _wasserstein(reference: Column, current: Column, threshold: float) -> DriftResult:
    """Wasserstein-1, the area between the distribution functions, over the reference's standard deviation (population form).

    Not measured (None) when a value is infinite.
    """
    at, left, right = _distribution_functions(reference, current)
    value: float | None = None
    if len(at) and np.all(np.isfinite(at)):
        assert reference.numbers is not None
        values, weights = reference.numbers[reference.present], reference.weights[reference.present]
        mean = np.average(values, weights=weights)
        deviation = float(np.sqrt(np.average((values - mean) ** 2, weights=weights)))
        value = float(np.sum(np.abs(left - right)[:-1] * np.diff(at))) / max(deviation, FLOOR_SD)
    return DriftResult("wasserstein", value, threshold, None, reference.rows, current.rows, TEXTBOOK)


def _distribution_functions(reference: Column, current: Column) -> tuple[FloatArray, FloatArray, FloatArray]:
    """The distinct values of both sides in order, and each side's share of weight up to and with each. All empty if a side has no rows."""
    if reference.numbers is None or current.numbers is None:
        raise ValueError("this statistic needs numbers on both sides; use psi, chi_square or l_infinity for categories")
    nothing = np.zeros(0)
    if not reference.rows or not current.rows:
        return nothing, nothing, nothing
    values = np.concatenate([reference.numbers[reference.present], current.numbers[current.present]])
    order = stable_order(values)
    ordered = values[order]
    last = np.append(np.flatnonzero(ordered[1:] != ordered[:-1]), len(ordered) - 1)
    from_reference = order < reference.rows
    weights = np.concatenate([reference.weights[reference.present], current.weights[current.present]])[order]
    left = np.cumsum(np.where(from_reference, weights, 0.0))[last]
    right = np.cumsum(np.where(from_reference, 0.0, weights))[last]
    return ordered[last], left / left[-1], right / right[-1]


_CELLS_PER_PASS = 1 << 15
"""Cells of a table worked on at once: enough to spread the cost of a call over short columns, few enough to stay in the cache."""


def psi_many(
    reference: Mapping[str, ArrayLike],
    current: Mapping[str, ArrayLike],
    *,
    reference_weights: ArrayLike | None = None,
    current_weights: ArrayLike | None = None,
    bins: int = 10,
    missing: Missing = "drop",
    threshold: float = THRESHOLDS["psi"],
) -> dict[str, DriftResult]:
    """PSI of every column of a table, equal to `psi` column by column but many narrow numeric ones in one pass.

    The rows of one side belong together: all its columns have its length, and weights are per row. ValueError if the two
    sides do not have the same columns, or the columns of a side not the same length. Results are in the reference's order.
    """
    if reference.keys() != current.keys():
        raise ValueError(f"columns on one side only: {', '.join(sorted(reference.keys() ^ current.keys()))}")
    pairs = {name: (column(reference[name], reference_weights), column(current[name], current_weights)) for name in reference}
    for lengths in ({len(left.weights) for left, _ in pairs.values()}, {len(right.weights) for _, right in pairs.values()}):
        if len(lengths) > 1:
            raise ValueError(f"columns of one table have {min(lengths)} to {max(lengths)} rows")
    numeric = [name for name, (left, right) in pairs.items() if left.numbers is not None and right.numbers is not None]
    results = {name: _binned("psi", shares(*pair, bins, missing), threshold) for name, pair in pairs.items() if name not in set(numeric)}
    rows = max((len(side.weights) for name in numeric for side in pairs[name]), default=0)
    together = max(1, _CELLS_PER_PASS // max(rows, 1))
    for first in range(0, len(numeric), together):
        results |= _psi_of_numbers({name: pairs[name] for name in numeric[first : first + together]}, bins, missing, threshold)
    return {name: results[name] for name in reference}


def _psi_of_numbers(pairs: Mapping[str, tuple[Column, Column]], bins: int, missing: Missing, threshold: float) -> dict[str, DriftResult]:
    references, currents = [left for left, _ in pairs.values()], [right for _, right in pairs.values()]
    weights_ref, weights_cur = references[0].weights, currents[0].weights
    stacked_ref, stacked_cur = _stacked(references), _stacked(currents)
    mass_ref, mass_cur = quantile_weights(stacked_ref, stacked_cur, weights_ref, weights_cur, bins)
    rows_ref, rows_cur = (np.count_nonzero(~np.isnan(stacked), axis=1) for stacked in (stacked_ref, stacked_cur))
    if missing == "bin":
        mass_ref = np.column_stack([mass_ref, np.isnan(stacked_ref) @ weights_ref])
        mass_cur = np.column_stack([mass_cur, np.isnan(stacked_cur) @ weights_cur])
        rows_ref, rows_cur = (np.full(len(pairs), np.count_nonzero(weights > 0)) for weights in (weights_ref, weights_cur))
    values = psi_of(to_shares(mass_ref), to_shares(mass_cur))
    used = np.count_nonzero((mass_ref > 0) | (mass_cur > 0), axis=1)
    return {
        name: DriftResult("psi", float(values[k]) if rows_ref[k] and rows_cur[k] else None, threshold, int(used[k]), int(rows_ref[k]), int(rows_cur[k]), TEXTBOOK)
        for k, name in enumerate(pairs)
    }


def _stacked(sides: list[Column]) -> FloatArray:
    return np.stack([side.numbers for side in sides if side.numbers is not None])

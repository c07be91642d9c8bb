"""Columns of rows made ready for statistics: missing values set apart, weights checked, values cut into bins.

One place decides what counts as missing, where a bin ends and what a weight means, so that every statistic of
drift and of quality agrees on it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]
Missing = Literal["drop", "bin"]


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """One column of n rows. Exactly one of `numbers` and `labels` is set."""

    numbers: FloatArray | None
    """Shape (n,). NaN where missing or where the row's weight is zero; infinities are values."""
    labels: NDArray[Any] | None
    """Shape (n,), text. What stands in a missing row has no meaning."""
    present: NDArray[np.bool_]
    """Shape (n,). False where the value is missing or the weight is zero."""
    weights: FloatArray
    """Shape (n,), finite and not negative. A row of weight zero is treated as not there at all."""

    @property
    def rows(self) -> int:
        """Rows with a value and a weight."""
        return int(np.count_nonzero(self.present))

    def as_text(self) -> NDArray[Any]:
        """The values as labels, so that a column whose type changed can still be compared: 12.0 becomes 12."""
        if self.labels is not None:
            return self.labels
        assert self.numbers is not None
        return np.array([f"{value:.15g}" for value in self.numbers.tolist()], dtype=np.str_)


@dataclass(frozen=True, slots=True, eq=False)
class Shares:
    """How reference and current rows spread over the same bins; bins that are empty on both sides are left out."""

    reference: FloatArray
    current: FloatArray
    n_ref: int
    n_cur: int
    effective_ref: float
    """Rows after discounting for unequal weights (Kish): the square of the sum over the sum of squares."""
    effective_cur: float

    @property
    def bins(self) -> int:
        return len(self.reference)

    @property
    def empty(self) -> bool:
        """True when one side has no rows, so that there is nothing to compare."""
        return self.n_ref == 0 or self.n_cur == 0


def row_weights(weights: ArrayLike | None, rows: int) -> FloatArray:
    """One float64 weight per row, ones if None. ValueError if the length is wrong or a weight is negative or not finite."""
    if weights is None:
        return np.ones(rows)
    checked = np.asarray(weights, dtype=np.float64)
    if checked.shape != (rows,):
        raise ValueError(f"weights have shape {checked.shape}, the rows need ({rows},)")
    if not np.all(np.isfinite(checked)) or np.any(checked < 0):
        raise ValueError("weights must be finite and not negative")
    return checked


def effective_rows(weights: FloatArray) -> float:
    """Kish's effective sample size; equals the number of rows when all weights are equal, 0 for no rows."""
    square_sum = float(np.sum(weights**2))
    return float(np.sum(weights)) ** 2 / square_sum if square_sum > 0 else 0.0


def column(values: ArrayLike, weights: ArrayLike | None = None) -> Column:
    """`values` (shape (n,)) as a column. NaN and None are missing; text, booleans and mixed objects are labels."""
    raw = np.asarray(values)
    if raw.ndim != 1:
        raise ValueError(f"a column has one dimension, not {raw.ndim}")
    weight = row_weights(weights, len(raw))
    if raw.dtype.kind in "fiu":
        return _numeric(raw.astype(np.float64), weight)
    if raw.dtype.kind in "USb":
        return Column(None, raw.astype(np.str_), weight > 0, weight)
    cells = raw.tolist()
    missing = np.array([cell is None or (isinstance(cell, float) and math.isnan(cell)) for cell in cells], dtype=bool)
    if all(isinstance(cell, int | float) and not isinstance(cell, bool) for cell, gone in zip(cells, missing, strict=True) if not gone):
        return _numeric(np.array([np.nan if gone else float(cell) for cell, gone in zip(cells, missing, strict=True)], dtype=np.float64), weight)
    return Column(None, np.array([str(cell) for cell in cells], dtype=np.str_), ~missing & (weight > 0), weight)


def _numeric(values: FloatArray, weights: FloatArray) -> Column:
    present = ~np.isnan(values) & (weights > 0)
    return Column(np.where(present, values, np.nan), None, present, weights)


MOST_TIED = 0.1
"""Share of equal neighbours up to which putting them in order afterwards is quicker than a stable sort."""


def stable_order(values: FloatArray) -> NDArray[np.intp]:
    """`np.argsort(values, kind="stable")` of values without NaN, several times as fast where few of them are equal."""
    if bool(np.all(values[1:] >= values[:-1])):
        return np.arange(len(values))
    order = np.argsort(values)
    ordered = values[order]
    equal = ordered[1:] == ordered[:-1]
    ties = np.count_nonzero(equal)
    if ties > MOST_TIED * len(values):
        return np.argsort(values, kind="stable")
    if ties:
        # Equal values stand side by side in any order: bring the places of each run of them into theirs.
        tied = np.flatnonzero(np.append(equal, False) | np.append(False, equal))
        run = np.cumsum(np.append(True, ~equal))[tied]
        order[tied] = order[tied][np.lexsort((order[tied], run))]
    return order


def weighted_quantiles(values: FloatArray, weights: FloatArray, levels: FloatArray) -> FloatArray:
    """The smallest values at which the cumulated share of weight reaches each level (NumPy's inverted_cdf).

    `values` (n,) without NaN and n > 0, `levels` (q,) in 0..1. An integer weight w gives what w copies of the row would.
    """
    order = stable_order(values)
    cumulated = np.cumsum(weights[order])
    # The slack keeps a level that is met exactly from being missed by a rounding error in the running sum.
    wanted = levels * cumulated[-1] - 1e-12 * cumulated[-1]
    return np.asarray(values[order][np.minimum(np.searchsorted(cumulated, wanted), len(values) - 1)], dtype=np.float64)


def shares(reference: Column, current: Column, bins: int, missing: Missing = "drop") -> Shares:
    """Reference and current over bins: each category its own bin, or quantiles of the reference for numbers.

    With `missing="bin"` missing values are one bin more; with "drop" they are left out, and a rise in nulls is not seen.
    A column that is numeric on one side only is compared as text.
    """
    if reference.numbers is not None and current.numbers is not None:
        left, right = quantile_weights(reference.numbers[None], current.numbers[None], reference.weights, current.weights, bins)
        mass_ref, mass_cur = left[0], right[0]
    else:
        mass_ref, mass_cur = _category_weights(reference, current)
    counted_ref, counted_cur = reference.present, current.present
    if missing == "bin":
        mass_ref = np.append(mass_ref, reference.weights[~reference.present].sum())
        mass_cur = np.append(mass_cur, current.weights[~current.present].sum())
        counted_ref, counted_cur = reference.weights > 0, current.weights > 0
    used = (mass_ref > 0) | (mass_cur > 0)
    return Shares(
        to_shares(mass_ref[used]),
        to_shares(mass_cur[used]),
        int(np.count_nonzero(counted_ref)),
        int(np.count_nonzero(counted_cur)),
        effective_rows(reference.weights[counted_ref]),
        effective_rows(current.weights[counted_cur]),
    )


def to_shares(mass: FloatArray) -> FloatArray:
    """`mass` over its sum along the last axis; zeros where there is no mass."""
    total = mass.sum(axis=-1, keepdims=True)
    return np.asarray(mass / np.where(total > 0, total, 1.0), dtype=np.float64)


def _category_weights(reference: Column, current: Column) -> tuple[FloatArray, FloatArray]:
    left, right = reference.as_text()[reference.present], current.as_text()[current.present]
    names, codes = np.unique(np.concatenate([left, right]), return_inverse=True)
    mass_ref: FloatArray = np.bincount(codes[: len(left)], weights=reference.weights[reference.present], minlength=len(names)).astype(np.float64)
    mass_cur: FloatArray = np.bincount(codes[len(left) :], weights=current.weights[current.present], minlength=len(names)).astype(np.float64)
    return mass_ref, mass_cur


def quantile_weights(reference: FloatArray, current: FloatArray, weights_ref: FloatArray, weights_cur: FloatArray, bins: int) -> tuple[FloatArray, FloatArray]:
    """Weight per bin of k columns at once: `reference` (k, n) and `current` (k, m), NaN = missing; results (k, 2 * bins + 1).

    Bins are closed on the right, cut at the reference's quantiles, and open to minus and plus infinity, so no value
    falls outside. A value that fills a whole bin by itself, and every value of a column with no more distinct values than
    bins, has a bin of its own: otherwise a shift away from a frequent value would stay inside one bin. Where that split
    is not made the extra bin has width and weight zero.
    """
    if bins < 2:
        raise ValueError(f"{bins} bins cannot show a difference; use 2 or more")
    edges, alone = _edges(reference, weights_ref, bins)
    return _weight_per_bin(reference, weights_ref, edges, alone), _weight_per_bin(current, weights_cur, edges, alone)


def _edges(reference: FloatArray, weights: FloatArray, bins: int) -> tuple[FloatArray, NDArray[np.bool_]]:
    """Edges and whether the value at the edge is cut off on its left too; both (k, bins), padded by repeating the last edge."""
    columns, rows = reference.shape
    edges = np.zeros((columns, bins))
    alone = np.zeros((columns, bins), dtype=bool)
    if rows == 0:
        return edges, alone
    equal = bool(np.all(weights == weights[0]))
    ordered = np.sort(reference, axis=1)
    known = rows - np.count_nonzero(np.isnan(ordered), axis=1)
    levels = np.arange(1, bins) / bins
    for k in np.flatnonzero(known).tolist():
        values = ordered[k, : known[k]]
        starts = np.flatnonzero(values[1:] != values[:-1])
        if len(starts) < bins:
            cut = np.append(values[starts], values[-1])
            edges[k], alone[k, : len(cut)] = cut[-1], True
            edges[k, : len(cut)] = cut
            continue
        if equal:
            cut = values[(np.arange(1, bins) * known[k] + bins - 1) // bins - 1]
        else:
            there = ~np.isnan(reference[k])
            cut = weighted_quantiles(reference[k, there], weights[there], levels)
        edges[k, :-1], edges[k, -1] = cut, cut[-1]
        alone[k, :-2] = cut[1:] == cut[:-1]
    return edges, alone


def _weight_per_bin(values: FloatArray, weights: FloatArray, edges: FloatArray, alone: NDArray[np.bool_]) -> FloatArray:
    columns, bins = edges.shape
    equal = len(weights) > 0 and bool(np.all(weights == weights[0]))
    unit = float(weights[0]) if equal else 1.0

    def mass(inside: NDArray[np.bool_]) -> FloatArray:
        return np.count_nonzero(inside, axis=1) * unit if equal else np.asarray(inside @ weights, dtype=np.float64)

    below = np.zeros((columns, 2 * bins + 2))
    for edge in range(bins):
        at, split, before = edges[:, edge, None], alone[:, edge], below[:, 2 * edge]
        below[:, 2 * edge + 1] = np.where(split, mass(values < at), before) if split.any() else before
        below[:, 2 * edge + 2] = mass(values <= at)
    below[:, -1] = mass(~np.isnan(values))
    return np.diff(np.maximum.accumulate(below, axis=1), axis=1)

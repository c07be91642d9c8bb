"""Rounding and ranks of what metrics keep."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from simulator.dataplane.windows import nearest_rank, significant6
from simulator.observation import significant


@given(st.lists(st.one_of(st.just(0.0), st.floats(1e-12, 1e12), st.floats(-1e12, -1e-12)), min_size=1, max_size=20))
def test_arrays_are_rounded_to_six_significant_digits(values: list[float]) -> None:
    rounded = significant6(np.array(values))
    again = np.array([significant(v) for v in values])
    exponent = np.floor(np.log10(np.abs(again), where=again != 0, out=np.zeros(again.size)))
    assert np.all(np.abs(rounded - again) <= 1.000001 * 10.0 ** (exponent - 5) * (np.abs(np.array(values) - again) > 0.499999 * 10.0 ** (exponent - 5)))


def test_nothing_to_measure_stays_nothing() -> None:
    assert np.array_equal(significant6(np.array([np.nan, 0.0, 123456.7])), [np.nan, 0.0, 123457.0], equal_nan=True)


def test_quantiles_are_nearest_ranks() -> None:
    ordered = np.arange(1.0, 201.0)
    assert nearest_rank(ordered, np.array([0.5, 0.95, 0.99])).tolist() == [100.0, 190.0, 198.0]
    assert nearest_rank(ordered[:1], np.array([0.5, 0.99])).tolist() == [1.0, 1.0]

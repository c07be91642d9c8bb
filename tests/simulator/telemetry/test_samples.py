from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.streams import stream
from simulator.telemetry import samples as s


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(1, 5)), min_size=1, max_size=40))
def test_weighted_quantiles_are_numpys_inverted_distribution_of_repeated_rows(pairs: list[tuple[int, int]]) -> None:
    values, weights = np.array(pairs, dtype=float).T
    levels = np.arange(1, 11) / 10
    expected = np.quantile(np.repeat(values, weights.astype(int)), levels, method="inverted_cdf")
    assert s.weighted_quantiles(values, weights, levels).tolist() == expected.tolist()


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(1, 5)), min_size=1, max_size=40), st.sampled_from([0.1, 0.3, 1 / 3, 1e-6, 7e9]))
def test_the_scale_of_the_weights_moves_no_edge(pairs: list[tuple[int, int]], scale: float) -> None:
    values, weights = np.array(pairs, dtype=float).T
    levels = np.arange(1, 11) / 10
    assert s.weighted_quantiles(values, weights * scale, levels).tolist() == s.weighted_quantiles(values, weights, levels).tolist()


def test_a_column_tells_numbers_labels_and_missing_values_apart() -> None:
    numbers = s.column([1.5, np.nan, np.inf, 2.0], [1, 1, 1, 0])
    assert numbers.labels is None
    assert numbers.present.tolist() == [True, False, True, False]
    assert numbers.rows == 2
    labels = s.column(np.array(["a", None, float("nan"), 3], dtype=object))
    assert labels.numbers is None
    assert labels.present.tolist() == [True, False, False, True]
    nullable = s.column(np.array([1, None, 2.5], dtype=object))
    assert nullable.numbers is not None
    assert nullable.numbers[[0, 2]].tolist() == [1.0, 2.5]
    assert s.column(np.array([True, None], dtype=object)).as_text()[0] == "True"
    assert s.column([True, False]).as_text().tolist() == ["True", "False"]
    assert s.column([12.0, 0.1]).as_text().tolist() == ["12", "0.1"]


def test_each_of_few_values_has_its_own_bin_and_values_between_them_another() -> None:
    reference, current = np.repeat(np.arange(1.0, 11), [1, 90, 1, 1, 1, 1, 1, 1, 1, 2]), np.array([0.0, 1.0, 2.5, 11.0])
    cut = s.shares(s.column(reference), s.column(current), 10)
    assert cut.reference.tolist() == [0, 0.01, 0.9, 0, 0.01, 0.01, 0.01, 0.01, 0.01, 0.01, 0.01, 0.02, 0]
    assert cut.current.tolist() == [0.25, 0.25, 0, 0.25, 0, 0, 0, 0, 0, 0, 0, 0, 0.25]


def test_a_value_that_fills_two_deciles_is_cut_off_on_both_sides() -> None:
    reference = np.concatenate([np.arange(50.0), np.full(100, 100.0), 101 + np.arange(50.0)])
    cut = s.shares(s.column(reference), s.column([99.0, 100.0, 100.5, 200.0]), 10)
    assert float(cut.reference.max()) == 0.5
    assert float(cut.current[np.argmax(cut.reference)]) == 0.25


@given(st.integers(0, 2**32 - 1), st.integers(2, 30), st.booleans(), st.booleans())
def test_every_row_falls_into_exactly_one_bin(seed: int, bins: int, weighted: bool, rounded: bool) -> None:
    draws = stream(seed, "shares")
    reference, current = draws.normal(0, 1, 120), draws.normal(1, 3, 80)
    if rounded:
        reference, current = reference.round(1), current.round(1)
    weights = draws.uniform(0, 1, 120) if weighted else None
    cut = s.shares(s.column(reference, weights), s.column(current), bins)
    assert cut.reference.sum() == pytest.approx(1.0)
    assert cut.current.sum() == pytest.approx(1.0)
    assert np.all((cut.reference > 0) | (cut.current > 0))
    assert (cut.n_ref, cut.n_cur) == (120, 80)


def test_the_effective_number_of_rows_is_kishs() -> None:
    assert s.effective_rows(np.full(7, 0.2)) == pytest.approx(7)
    assert s.effective_rows(np.array([3.0, 1.0])) == pytest.approx(1.6)
    assert s.effective_rows(np.zeros(3)) == 0.0


def test_one_bin_and_two_dimensions_are_refused() -> None:
    with pytest.raises(ValueError, match="1 bins cannot show a difference"):
        s.shares(s.column([1.0]), s.column([1.0]), 1)
    with pytest.raises(ValueError, match="one dimension"):
        s.column([[1.0]])


@given(values=st.lists(st.one_of(st.integers(0, 6).map(float), st.floats(allow_nan=False, width=32)), max_size=200), repeated=st.integers(1, 40))
def test_the_quick_order_is_the_stable_one(values: list[float], repeated: int) -> None:
    few = np.array(values, dtype=np.float64)
    spread = np.concatenate([few, np.linspace(-1e3, 1e3, repeated * len(values)), np.array([0.0, -0.0, np.inf, -np.inf])])
    for column in (few, spread, np.sort(spread), spread[::-1]):
        assert np.array_equal(s.stable_order(column), np.argsort(column, kind="stable"))

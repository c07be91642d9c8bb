"""A packed column is the column, to the bit and however it is cut."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.dataplane.packed import MOST_OTHERS, Packed, packed, same_bits


@given(st.lists(st.sampled_from([0.0, -0.0, np.nan, np.inf, 1.5]), max_size=60), st.integers(0, 400), st.integers(-5, 500), st.integers(-5, 500))
def test_every_part_of_it_has_the_bits_that_went_in(others: list[float], usual: int, first: int, last: int) -> None:
    column = np.array([np.inf] * usual + others)[np.random.default_rng(usual).permutation(usual + len(others))]
    kept = packed(column)
    inside = slice(first, last)
    part = kept.part(inside) if isinstance(kept, Packed) else kept[inside]
    assert same_bits(part, column[inside])


@pytest.mark.parametrize("kind", [np.bool_, np.int16, np.float32, np.float64])
def test_it_is_packed_where_few_values_differ_and_keeps_its_type(kind: type[np.generic]) -> None:
    column = np.zeros(800, dtype=kind)
    column[: int(800 * MOST_OTHERS)] = 1
    kept = packed(column)
    assert isinstance(kept, Packed)
    assert same_bits(kept.part(slice(None)), column)
    column[int(800 * MOST_OTHERS)] = 1
    assert packed(column) is column


def test_a_column_without_rows_or_of_one_value_is_no_special_case() -> None:
    nothing = np.empty(0)
    assert packed(nothing) is nothing
    constant = packed(np.full(50, np.nan))
    assert isinstance(constant, Packed)
    assert constant.places.size == 0
    assert np.isnan(constant.part(slice(10, 20)).astype(np.float64)).all()


@pytest.mark.parametrize("places", [[0], [99], [0, 50, 99], list(range(12))])
def test_rare_values_may_stand_anywhere(places: list[int]) -> None:
    column = np.zeros(100)
    column[places] = 7.0
    kept = packed(column)
    assert isinstance(kept, Packed)
    assert kept.places.tolist() == places
    assert same_bits(kept.part(slice(None)), column)

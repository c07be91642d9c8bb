"""Rows of windows in pieces read as the rows in one."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from simulator.dataplane.blocks import Blocks


@given(st.lists(st.integers(0, 4), max_size=6), st.integers(0, 30), st.integers(0, 30))
def test_pieces_read_like_the_whole(sizes: list[int], first: int, last: int) -> None:
    blocks, whole = Blocks(), np.arange(sum(sizes), dtype=np.float64)[:, None]
    for start, size in zip(np.cumsum([0, *sizes]), sizes, strict=False):
        blocks = blocks.added(whole[start : start + size])
    assert len(blocks) == len(whole)
    assert [x for part in blocks.between(first, last) for x in part[:, 0]] == whole[first:last, 0].tolist()
    cut = blocks.until(last)
    assert [x for part in cut.between(0, len(cut)) for x in part[:, 0]] == whole[:last, 0].tolist()
    assert all(len(part) for part in blocks.between(first, last))

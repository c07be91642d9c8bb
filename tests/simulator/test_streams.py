"""Streams are Philox's, keyed by purpose and placed by block."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
from numpy.random import Generator, Philox

from simulator.streams import stream


@pytest.mark.parametrize(("seed", "name", "block"), [(0, "a", 0), (7, "traffic.requests.0", 51_840), (2**32, "service.history", 2**40)])
def test_a_stream_is_philox_with_the_hash_of_seed_and_name_as_its_key_and_the_block_in_its_counter(seed: int, name: str, block: int) -> None:
    key = np.frombuffer(hashlib.blake2b(f"{seed}\0{name}".encode(), digest_size=16).digest(), dtype=np.uint64)
    documented = Generator(Philox(key=key, counter=np.array([0, 0, 0, block], dtype=np.uint64)))
    ours = stream(seed, name, block)
    assert np.array_equal(ours.standard_normal(500), documented.standard_normal(500))
    assert np.array_equal(ours.random(500), documented.random(500))


def test_the_same_triple_begins_anew_however_much_was_drawn_before() -> None:
    first = stream(1, "test", 2).random(8)
    stream(1, "test", 2).random(100)
    assert np.array_equal(stream(1, "test", 2).random(8), first)


@pytest.mark.parametrize("other", [(2, "test", 2), (1, "tests", 2), (1, "test", 3)])
def test_other_seeds_names_and_blocks_share_no_draw(other: tuple[int, str, int]) -> None:
    assert not np.isin(stream(*other).random(1000), stream(1, "test", 2).random(1000)).any()

"""The only source of randomness: streams keyed by seed, name and block, so that adding one never shifts another."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import Any, cast

import numpy as np
from numpy.random import Generator, Philox, SeedSequence
from numpy.random.bit_generator import ISeedSequence
from numpy.typing import NDArray


class _Key(ISeedSequence):
    """A key for Philox, handed over as a seed: given as a key, Philox first gathers entropy from the system and then drops it, most of a stream's cost."""

    def __init__(self, words: NDArray[np.uint64]) -> None:
        self._words = words

    def generate_state(self, n_words: int, dtype: Any = np.uint32) -> NDArray[Any]:
        """The key itself. Raises ValueError where anything but a key of two 64-bit words is asked for."""
        if n_words != self._words.size or np.dtype(dtype) != self._words.dtype:
            raise ValueError(f"a key has {self._words.size} words of {self._words.dtype}")
        return self._words


@lru_cache(maxsize=4096)
def _key(seed: int, name: str) -> SeedSequence:
    digest = hashlib.blake2b(f"{seed}\0{name}".encode(), digest_size=16).digest()
    # Philox takes whatever implements ISeedSequence, but its annotations name one implementation only.
    return cast("SeedSequence", _Key(np.frombuffer(digest, dtype=np.uint64)))


def stream(seed: int, name: str, block: int = 0) -> Generator:
    """A generator for one purpose (`name`) in one fixed block of virtual time.

    The same triple gives the same draws in every process; two triples never share a draw: (seed, name)
    is hashed into Philox's key and the block selects the high words of its counter.
    """
    return Generator(Philox(_key(seed, name), counter=np.array([0, 0, 0, block], dtype=np.uint64)))

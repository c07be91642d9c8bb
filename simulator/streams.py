"""The only source of randomness: streams keyed by seed, name and block, so that adding one never shifts another."""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.random import Generator, Philox


def stream(seed: int, name: str, block: int = 0) -> Generator:
    """A generator for one purpose (`name`) in one fixed block of virtual time.

    The same triple gives the same draws in every process; two triples never share a draw: (seed, name)
    is hashed into Philox's key and the block selects the high words of its counter.
    """
    digest = hashlib.blake2b(f"{seed}\0{name}".encode(), digest_size=16).digest()
    key = np.frombuffer(digest, dtype=np.uint64)
    return Generator(Philox(key=key, counter=np.array([0, 0, 0, block], dtype=np.uint64)))

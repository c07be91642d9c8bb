"""Which replica serves which caller under hashed routing: always the same one, so that its cache knows the caller.

The hash is consistent: with one replica more, 1 of n callers moves, and only to the new one. That balances callers
and not requests, and a caller who makes many of them brings them all to one replica.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from simulator.nature.traffic import CALLERS, Floats, caller_shares, callers_of

_ALL_BITS = 2**64 - 1
_FIRST_KEY = 32_000
"""Of forty keys tried, one whose busiest replica has about the median load: 1.3 times the mean of 3 replicas, 2.5 times that of 8."""


def jump(key: int, replicas: int) -> int:
    """Place of a 64-bit key among `replicas`, 0 to replicas - 1.

    The jump consistent hash of Lamping and Veach, "A Fast, Minimal Memory, Consistent Hash Algorithm", 2014.
    """
    place, following = 0, 0
    while following < replicas:
        place = following
        key = (key * 2862933555777941757 + 1) & _ALL_BITS
        following = int((place + 1) * (2**31 / ((key >> 33) + 1)))
    return place


def _mixed(number: int) -> int:
    """64 well-mixed bits from a small number: the finaliser of SplitMix64."""
    bits = (number + 1) * 0x9E3779B97F4A7C15 & _ALL_BITS
    bits = (bits ^ bits >> 30) * 0xBF58476D1CE4E5B9 & _ALL_BITS
    bits = (bits ^ bits >> 27) * 0x94D049BB133111EB & _ALL_BITS
    return bits ^ bits >> 31


@lru_cache(maxsize=256)
def homes(replicas: int) -> NDArray[np.uint8]:
    """The replica of each caller, [CALLERS]."""
    table = np.array([jump(_mixed(_FIRST_KEY + caller), replicas) for caller in range(CALLERS)], dtype=np.uint8)
    table.flags.writeable = False
    return table


def replica_of_caller(mark: Floats, replicas: int) -> NDArray[np.uint8]:
    """The replica of the request's caller, from the caller marks of requests (see `nature.traffic`)."""
    return homes(replicas)[callers_of(mark)]


@lru_cache(maxsize=256)
def evenness(replicas: int) -> float:
    """Mean over largest share of the requests that a replica gets, up to 1: the part of all replicas' capacity at which the busiest has no more to give."""
    share = np.bincount(homes(replicas), weights=caller_shares(), minlength=replicas)
    return float(1.0 / (replicas * share.max()))

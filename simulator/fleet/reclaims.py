"""When the cloud takes spot nodes back: keyed draws per pool, slot and block of time, so that the same seed reclaims the same.

Within a block the time to the first reclaim of a slot is exponential in the hazard; one draw serves all hazards, so that a higher one
reclaims no node later. Another pool or another node shifts nothing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

from simulator.fleet.clock import on_tick
from simulator.streams import stream

BLOCK_S = 300.0
"""A window of the data plane. Several reclaims of one slot in one block count as one: within it there is no new node yet."""


@dataclass(frozen=True, slots=True)
class Draw:
    """The reclaims of one world, on a clock that starts at `start_s` in world time."""

    seed: int
    start_s: float

    def block_end_s(self, now_s: float) -> float:
        """End of the block that holds `now_s`, on the clock."""
        return ((self.start_s + now_s) // BLOCK_S + 1.0) * BLOCK_S - self.start_s

    def reclaim_s(self, pool: str, slot: int, per_hour: float, now_s: float) -> float:
        """When the node in `slot` of `pool` is reclaimed after `now_s` in the block that holds it, on the clock; infinity for not."""
        since_s = self.block_end_s(now_s) - BLOCK_S
        at_s = since_s + in_block_s(self.seed, pool, slot, int((self.start_s + now_s) // BLOCK_S), per_hour)
        return at_s if now_s < at_s < since_s + BLOCK_S else math.inf


def in_block_s(seed: int, pool: str, slot: int, block: int, per_hour: float) -> float:
    """Seconds from the start of the block to the reclaim, at `per_hour` of them; beyond `BLOCK_S` there is none in it."""
    return math.inf if per_hour <= 0 else on_tick(_mark(seed, f"fleet.reclaims/{pool}/{slot}", block) * 3600.0 / per_hour)


def first_reclaim_s(seed: int, pool: str, slot: int, per_hour: float, since_s: float, until_s: float) -> float:
    """World time of the first reclaim of a slot in (since_s, until_s) under a constant hazard, infinity for none."""
    block = int(since_s // BLOCK_S)
    while block * BLOCK_S < until_s and per_hour > 0:
        at_s = block * BLOCK_S + in_block_s(seed, pool, slot, block, per_hour)
        if since_s < at_s < min((block + 1) * BLOCK_S, until_s):
            return at_s
        block += 1
    return math.inf


@lru_cache(maxsize=4096)
def _mark(seed: int, name: str, block: int) -> float:
    """A standard exponential number."""
    return float(stream(seed, name, block).standard_exponential())

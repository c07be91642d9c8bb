"""Arrays that come out equal in several worlds are held once, for as long as any world holds them."""

from __future__ import annotations

from typing import TypeVar, cast
from weakref import WeakValueDictionary

from simulator.dataplane.packed import Column, Packed, same_bits

Held = TypeVar("Held", bound="Column | Packed")

_HELD: WeakValueDictionary[tuple[int, float, float, str, int], Column | Packed] = WeakValueDictionary()
"""What any world holds, by seed, span, name and a running number of its variant."""
_VARIANTS = 12
"""Variants that are compared; a further one is held by its world alone."""


def held_once(column: Held, seed: int, since_s: float, until_s: float, name: str) -> Held:
    """`column`, read-only from now on, or one of the same bits that another world of the seed holds for the same span."""
    if not isinstance(column, Packed):
        column.flags.writeable = False
    for variant in range(_VARIANTS):
        key = (seed, since_s, until_s, name, variant)
        known = _HELD.get(key)
        if known is None:
            _HELD[key] = column
            break
        if _same(known, column):
            return cast("Held", known)
    return column


def _same(one: Column | Packed, two: Column | Packed) -> bool:
    if isinstance(one, Packed) or isinstance(two, Packed):
        return isinstance(one, Packed) and isinstance(two, Packed) and one.equals(two)
    return same_bits(one, two)

"""Columns that mostly hold one value, kept as the places where they do not: few payments are ever charged back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Column = NDArray[np.generic]

MOST_OTHERS = 0.125
"""Share of a column's places that may hold something else than its usual value. With more of them there is little to gain."""

SAMPLED = 30
"""Places that are looked at to find the usual value."""

_WHOLE = slice(None)


@dataclass(frozen=True, slots=True, weakref_slot=True, eq=False)
class Packed:
    """A column of `size` values, of which all but those at `places` are equal to the bit."""

    size: int
    usual: Column
    """The value at all other places, [1]."""
    places: NDArray[np.int32]
    """Ascending."""
    others: Column
    """The value at each of `places`."""

    def part(self, inside: slice) -> Column:
        """The values of a slice of the column, in an array of their own."""
        if inside == _WHOLE:
            found = np.repeat(self.usual, self.size)
            found[self.places] = self.others
            return found
        first, last, _ = inside.indices(self.size)
        found = np.repeat(self.usual, max(last - first, 0))
        low, high = np.searchsorted(self.places, (first, last))
        found[self.places[low:high] - first] = self.others[low:high]
        return found

    def equals(self, other: Packed) -> bool:
        return self.size == other.size and all(same_bits(mine, its) for mine, its in ((self.usual, other.usual), (self.places, other.places), (self.others, other.others)))


def packed(column: Column) -> Packed | Column:
    """`column` as places and values, or as it is where no value stands at nearly all places."""
    if not column.size:
        return column
    bits = _bits(column)
    # A value that most places hold is the middle one of a sample, wherever it stands in the order.
    sample = sorted(bits[:: column.size // SAMPLED + 1].tolist())
    differ = bits != sample[len(sample) // 2]
    if np.count_nonzero(differ) > MOST_OTHERS * column.size:
        return column
    places = np.flatnonzero(differ)
    usual = int(np.argmin(differ))
    return Packed(column.size, column[usual : usual + 1].copy(), places.astype(np.int32), column[places])


def same_bits(one: Column, two: Column) -> bool:
    # Copies compare in a fraction of the time that comparing the arrays takes: most are small.
    return one.dtype == two.dtype and one.size == two.size and one.tobytes() == two.tobytes()


def _bits(column: Column) -> NDArray[np.signedinteger]:
    return column.view(f"i{column.itemsize}")

"""Rows of windows in the pieces in which they were computed, so that a fork holds those before it by reference."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate, islice

from simulator.dataplane.kernels import Floats


@dataclass(frozen=True, slots=True)
class Blocks:
    pieces: tuple[Floats, ...] = ()
    """[windows, columns] each."""
    ends: tuple[int, ...] = ()
    """Rows up to the end of each piece."""

    def __len__(self) -> int:
        return self.ends[-1] if self.ends else 0

    def between(self, first: int, last: int) -> list[Floats]:
        """The rows [first, last), in as many pieces as hold them."""
        found: list[Floats] = []
        if first >= last:
            return found
        at = bisect_right(self.ends, first)
        for piece, end in zip(islice(self.pieces, at, None), islice(self.ends, at, None), strict=True):
            start = end - len(piece)
            if start >= last:
                break
            found.append(piece[max(first - start, 0) : last - start])
        return found

    def until(self, last: int) -> Blocks:
        pieces = tuple(self.between(0, last))
        return Blocks(pieces, tuple(accumulate(map(len, pieces))))

    def added(self, piece: Floats) -> Blocks:
        """These rows and those of `piece` after them."""
        return Blocks((*self.pieces, piece), (*self.ends, len(self) + len(piece))) if len(piece) else self

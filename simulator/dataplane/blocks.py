"""Rows of windows in the pieces in which they were computed, so that a fork holds those before it by reference."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.dataplane.kernels import Floats


@dataclass(frozen=True, slots=True)
class Blocks:
    pieces: tuple[Floats, ...] = ()
    """[windows, columns] each."""

    def __len__(self) -> int:
        return sum(map(len, self.pieces))

    def between(self, first: int, last: int) -> list[Floats]:
        """The rows [first, last), in as many pieces as hold them."""
        found, start = [], 0
        for piece in self.pieces:
            part = piece[max(first - start, 0) : max(last - start, 0)]
            if len(part):
                found.append(part)
            start += len(piece)
        return found

    def until(self, last: int) -> Blocks:
        return Blocks(tuple(self.between(0, last)))

    def added(self, piece: Floats) -> Blocks:
        return Blocks((*self.pieces, piece))

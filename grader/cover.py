"""The cheapest choice of looks that together close everything that is wanted: a weighted set cover, exact as far as its size allows."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

MOST_NODES = 20_000
"""Beyond so many partial choices the search stops, and the best found so far is told as that."""


@dataclass(frozen=True, slots=True)
class Cover:
    chosen: tuple[int, ...]
    """Numbers of looks, ascending."""
    cost: float
    exact: bool
    """Whether no cheaper choice exists; otherwise none was found."""


def cheapest(covers: Mapping[int, frozenset[str]], cost: Mapping[int, float], wanted: frozenset[str]) -> Cover:
    """The choice of least cost; of equals the one of fewest looks, then of the lowest numbers.

    `covers` says by look what it closes; all of `wanted` has to be closed by some look.
    """
    useful = _undominated({number: told & wanted for number, told in covers.items()}, cost)
    search = _Search(useful, cost)
    search.best = _greedy(useful, cost, wanted)
    search.try_on(wanted, ())
    return Cover(tuple(sorted(search.best)), math.fsum(cost[number] for number in search.best), search.nodes < MOST_NODES)


def _undominated(covers: Mapping[int, frozenset[str]], cost: Mapping[int, float]) -> dict[int, frozenset[str]]:
    """Looks for which no other shows as much for as little; of looks that are alike the earliest."""

    def rank(number: int) -> tuple[float, int, int]:
        return cost[number], -len(covers[number]), number

    kept: dict[int, frozenset[str]] = {}
    for number in sorted(covers, key=rank):
        if covers[number] and not any(told >= covers[number] for told in kept.values()):
            kept[number] = covers[number]
    return kept


def _greedy(covers: Mapping[int, frozenset[str]], cost: Mapping[int, float], wanted: frozenset[str]) -> tuple[int, ...]:
    """Again and again the look that closes most for its time."""
    chosen: list[int] = []
    left = wanted
    while left:
        chosen.append(max(covers, key=lambda number: (len(covers[number] & left) / max(cost[number], 1.0), -number)))
        left -= covers[chosen[-1]]
    return tuple(chosen)


@dataclass(slots=True)
class _Search:
    """Branch and bound over the looks, on the place that fewest of them close."""

    covers: Mapping[int, frozenset[str]]
    cost: Mapping[int, float]
    best: tuple[int, ...] = ()
    nodes: int = field(default=0)

    def try_on(self, left: frozenset[str], chosen: tuple[int, ...]) -> None:
        if self._key(chosen) >= self._key(self.best) or self.nodes >= MOST_NODES:
            return
        self.nodes += 1
        if not left:
            self.best = chosen
            return
        for number in self._fewest(left):
            self.try_on(left - self.covers[number], (*chosen, number))

    def _fewest(self, left: frozenset[str]) -> Sequence[int]:
        choices = [[number for number in self.covers if place in self.covers[number]] for place in sorted(left)]
        rarest = min(choices, key=len)
        return sorted(rarest, key=lambda number: (self.cost[number] / len(self.covers[number] & left), number))

    def _key(self, chosen: tuple[int, ...]) -> tuple[float, int, tuple[int, ...]]:
        return math.fsum(self.cost[number] for number in chosen), len(chosen), tuple(sorted(chosen))

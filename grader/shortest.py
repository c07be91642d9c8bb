"""The shortest argument that a drill's looks held: the fewest virtual minutes of them that together close what all of them close.

Only looks that were made are weighed, and of those the ones before the cause was named for the last time; what another
look would have shown is not in the evidence.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from grader.rules.trace import Trace
from scenarios.steps import Step

MOST_NODES = 20_000
"""Beyond so many partial choices the search stops, and the best found so far is told as that."""


@dataclass(frozen=True, slots=True)
class Shortest:
    steps: tuple[int, ...]
    took_s: float
    """Virtual time that these looks took."""
    open: tuple[str, ...]
    """Candidates that not even all of these looks together close."""
    exact: bool
    """Whether no cheaper choice exists; otherwise none was found."""


def shortest(t: Trace) -> Shortest | None:
    """None where the looks close no candidate."""
    looks = argued(t)
    closed = t.closed_by(look.step for look in looks)
    wanted = frozenset(v for c in closed for v in t.variants[c])
    if not wanted:
        return None
    cost = {look.step: look.took_s for look in looks if t.excluded.get(look.step)}
    covers = _undominated({step: frozenset(t.excluded[step]) & wanted for step in cost}, cost)
    search = _Search(covers, cost)
    search.best = _greedy(covers, cost, wanted)
    search.try_on(wanted, ())
    return Shortest(tuple(sorted(search.best)), math.fsum(cost[s] for s in search.best), tuple(c for c in t.others if c not in closed), search.nodes < MOST_NODES)


def argued(t: Trace) -> tuple[Step, ...]:
    """The looks that an argument could rest on: those that were weighed, before the last declaration where there is one."""
    end = t.declared.step if t.declared is not None else math.inf
    return tuple(look for look in t.looks if look.step < end and look.step in t.excluded)


def _undominated(covers: Mapping[int, frozenset[str]], cost: Mapping[int, float]) -> dict[int, frozenset[str]]:
    """Looks for which no other shows as much for as little; of looks that are alike the earliest."""

    def rank(step: int) -> tuple[float, int, int]:
        return cost[step], -len(covers[step]), step

    return {s: told for s, told in covers.items() if told and not any(covers[o] >= told and rank(o) < rank(s) for o in covers)}


def _greedy(covers: Mapping[int, frozenset[str]], cost: Mapping[int, float], wanted: frozenset[str]) -> tuple[int, ...]:
    """Again and again the look that closes most for its time."""
    chosen: list[int] = []
    left = wanted
    while left:
        chosen.append(max(covers, key=lambda s: (len(covers[s] & left) / max(cost[s], 1.0), -s)))
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
        for step in self._fewest(left):
            self.try_on(left - self.covers[step], (*chosen, step))

    def _fewest(self, left: frozenset[str]) -> Sequence[int]:
        choices = [[s for s in self.covers if place in self.covers[s]] for place in sorted(left)]
        rarest = min(choices, key=len)
        return sorted(rarest, key=lambda s: (self.cost[s] / len(self.covers[s] & left), s))

    def _key(self, chosen: tuple[int, ...]) -> tuple[float, int, tuple[int, ...]]:
        return math.fsum(self.cost[s] for s in chosen), len(chosen), tuple(sorted(chosen))

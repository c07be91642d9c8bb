"""The shortest argument that a drill's own looks held: the fewest virtual minutes of them that together close what all of them close.

Only looks that were made are weighed, and of those the ones before the cause was named for the last time. The shortest
one that any looks could have made is in the evidence; see grader/quickest.py.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from grader.cover import cheapest
from grader.rules.trace import Trace
from scenarios.steps import Step


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
    found = cheapest({step: frozenset(t.excluded[step]) for step in cost}, cost, wanted)
    return Shortest(found.chosen, found.cost, tuple(c for c in t.others if c not in closed), found.exact)


def falls(t: Trace, looks: Sequence[tuple[float, Collection[str]]]) -> dict[str, tuple[int, float]]:
    """For each candidate that falls on the way, at which of the looks, counted from 0, and the virtual time spent by then.

    `looks` gives, in their order, what each takes and the variants that it excludes.
    """
    found: dict[str, tuple[int, float]] = {}
    spent, gone = 0.0, set[str]()
    for at, (took_s, excludes) in enumerate(looks):
        spent += took_s
        gone.update(excludes)
        found.update({c: (at, spent) for c in t.others if c not in found and gone.issuperset(t.variants[c])})
    return found


def quickest_falls(t: Trace) -> dict[str, tuple[int, float]]:
    """The same for the quickest way that any looks could have made; empty where the evidence has none."""
    way = t.evidence.quickest
    return {} if way is None else falls(t, [(look.takes_s, look.excludes.keys()) for look in way.looks])


def argued(t: Trace) -> tuple[Step, ...]:
    """The looks that an argument could rest on: those that were weighed, before the last declaration where there is one."""
    end = t.declared.step if t.declared is not None else math.inf
    return tuple(look for look in t.looks if look.step < end and look.step in t.excluded)

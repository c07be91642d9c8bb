"""Payments with the labels that the company knows now, weighted so that they stand for all payments.

Only approved payments can be labelled. Those approved to explore stand for all that were flagged: each counts for
1 / EXPLORED of them. That is the whole correction, because whether a flagged payment is explored depends on nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from simulator.dataplane.rows import EXPLORED
from simulator.nature.population import CHANNELS, REGIONS, Floats
from simulator.telemetry.samples import stable_order
from simulator.world import World

Flags = NDArray[np.bool_]
SEGMENTS: dict[str, tuple[str, ...]] = {"channel": CHANNELS, "region": REGIONS}


@dataclass(frozen=True, slots=True, eq=False)
class Labelled:
    """Approved payments, n entries each; in order of time unless sorted otherwise."""

    at_s: Floats
    score: Floats
    label: Floats
    """1 where fraud is known by now, else 0: a young payment's 0 may still change."""
    weight: Floats
    """Payments of the same kind that the row stands for, those like it that were declined included."""
    stood_for: Floats
    """Payments that the row stands for as it is, declined ones not included."""
    explored: Flags
    """The score was above the threshold and the payment was let through to learn from it."""
    channel: NDArray[np.generic]
    region: NDArray[np.generic]

    @property
    def rows(self) -> int:
        return len(self.at_s)

    def where(self, chosen: Flags | NDArray[np.intp] | slice) -> Labelled:
        # One list of places is much quicker than the same mask on every column.
        places = chosen if isinstance(chosen, slice) or chosen.dtype != np.bool_ else np.flatnonzero(chosen)
        return Labelled(*(getattr(self, f.name)[places] for f in fields(self)))

    def by_score(self) -> Labelled:
        """The same rows in order of score: ranking parts of them is quick then."""
        return self.where(stable_order(self.score))

    def between(self, since_s: float, until_s: float) -> Labelled:
        first, last = np.searchsorted(self.at_s, (since_s, until_s))
        return self.where(slice(int(first), int(last)))


def with_chargebacks(world: World, since_s: float, until_s: float) -> Labelled:
    """Approved payments of [since_s, until_s); label 1 where a chargeback was joined by now."""
    arrival = world.rows.numbers("chargeback_at_s", since_s, until_s)
    return _rows(world, since_s, until_s, chargeback_label_at(world, arrival, world.rows.numbers("join_mark", since_s, until_s)) <= world.now_s)


def with_warnings(world: World, since_s: float, until_s: float) -> Labelled:
    """Approved payments of [since_s, until_s); label 1 where a card network's fraud warning came by now."""
    return _rows(world, since_s, until_s, world.rows.numbers("warning_at_s", since_s, until_s) <= world.now_s)


def chargeback_label_at(world: World, arrival_s: Floats, mark: Floats) -> Floats:
    """When each arrived chargeback became a label, inf where it has not by now; shape as given."""
    known = np.full(arrival_s.shape, np.inf)
    arrived = arrival_s <= world.now_s
    at_s = world.labels_known_at(arrival_s[arrived], mark[arrived])
    known[arrived] = np.where(at_s <= world.now_s, at_s, np.inf)
    return known


def _rows(world: World, since_s: float, until_s: float, label: Flags) -> Labelled:
    rows = world.rows
    approved = rows.column("approved", since_s, until_s).astype(bool)
    explored = rows.column("explored", since_s, until_s).astype(bool)[approved]
    weight = rows.numbers("weight", since_s, until_s)[approved]
    return Labelled(
        at_s=rows.numbers("at_s", since_s, until_s)[approved],
        score=rows.numbers("score", since_s, until_s)[approved],
        label=label[approved].astype(np.float64),
        weight=np.where(explored, weight / EXPLORED, weight),
        stood_for=weight,
        explored=explored,
        channel=rows.column("channel", since_s, until_s)[approved],
        region=rows.column("region", since_s, until_s)[approved],
    )

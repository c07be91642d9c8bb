"""Approved payments with what the company has heard of them so far, and cohorts of a week of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from simulator.durations import DAY_S, WEEK_S
from simulator.nature.population import Floats
from simulator.platform.label_join import join_runs
from simulator.world import World


@dataclass(frozen=True, slots=True)
class Paid:
    """Approved payments of a span in order of time, arrays of shape [n]. Times later than now are inf: not heard of."""

    at_s: Floats
    weight: Floats
    chargeback_at_s: Floats
    """Arrival of a chargeback that has been joined to the payment."""
    warning_at_s: Floats

    def cut(self, since_s: float, until_s: float) -> Self:
        first, last = np.searchsorted(self.at_s, (since_s, until_s))
        part = slice(int(first), int(last))
        return type(self)(self.at_s[part], self.weight[part], self.chargeback_at_s[part], self.warning_at_s[part])


def paid(world: World, since_s: float, until_s: float) -> Paid:
    """Approved payments of [since_s, until_s) as known now. The world must be settled."""
    approved = world.rows.column("approved", since_s, until_s).astype(bool)
    at_s, weight, arrival, warning, mark = (world.rows.numbers(name, since_s, until_s)[approved] for name in ("at_s", "weight", "chargeback_at_s", "warning_at_s", "join_mark"))
    chargeback = np.full(len(at_s), np.inf)
    arrived = np.flatnonzero(arrival <= world.now_s)
    joined = arrived[world.labels_known_at(arrival[arrived], mark[arrived]) <= world.now_s]
    chargeback[joined] = arrival[joined]
    return Paid(at_s, weight, chargeback, np.where(warning <= world.now_s, warning, np.inf))


def last_join_s(world: World) -> float | None:
    """Start of the newest join run that is done: chargebacks that arrived before it have been through a join."""
    starts, _ = join_runs(world.log)
    return float(starts[-1]) if len(starts) else None


def weeks_before(until_s: float, count: int) -> list[tuple[int, float, float]]:
    """(k, since, until) of the `count` weeks that end at `until_s`, newest first; k counts from 1. Weeks from before the start are left out."""
    return [(k, until_s - k * WEEK_S, until_s - (k - 1) * WEEK_S) for k in range(1, count + 1) if until_s - k * WEEK_S >= 0.0]


def day_floor(at_s: float) -> float:
    return at_s // DAY_S * DAY_S

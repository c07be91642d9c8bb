"""What a span of time really cost, from true outcomes: the figure that impact is graded by, which no look may read.

Per payment, times the payments it stands for: approved, P(fraud) x (amount + chargeback fee); declined,
P(good) x (lost margin + cost of a turned-away customer). Then callers without an answer, replicas, and what was charged.
"""

from __future__ import annotations

import numpy as np

from simulator.durations import HOUR_S
from simulator.nature.population import Floats
from simulator.world import World


def impact_usd(world: World, since_s: float, until_s: float) -> float:
    """True cost in US dollars of [since_s, until_s), as far as it is settled."""
    return float(sum(usd.sum() for _, usd in _costs(world, since_s, until_s)))


def impact_by_hour(world: World, since_s: float, until_s: float) -> tuple[Floats, Floats]:
    """Starts of the clock hours that [since_s, until_s) touches, and the true cost of each in US dollars, both of shape [hours]."""
    first, last = int(since_s // HOUR_S), int(np.ceil(until_s / HOUR_S))
    hours = max(last - first, 0)
    total = np.zeros(hours)
    for at_s, usd in _costs(world, since_s, until_s):
        total += np.bincount((at_s // HOUR_S).astype(np.int64) - first, weights=usd, minlength=hours)
    return np.arange(first, first + hours, dtype=np.float64) * HOUR_S, total


def _costs(world: World, since_s: float, until_s: float) -> list[tuple[Floats, Floats]]:
    """Times and US dollars of each kind of cost; no time lies outside the span."""
    world.settle()
    until = min(until_s, world.settled_s)
    if until <= since_s:
        return []
    windows = world.service.windows(since_s, until)
    charges = np.array([(at_s, usd) for at_s, _, usd in world.charges if since_s <= at_s < until]).reshape(-1, 2)
    return [
        (world.rows.numbers("at_s", since_s, until), _payments_usd(world, since_s, until)),
        (windows.start_s, windows.timed_out * world.spec.money.timeout_usd + windows.replica_cost),
        (charges[:, 0], charges[:, 1]),
    ]


def _payments_usd(world: World, since_s: float, until_s: float) -> Floats:
    money = world.spec.money
    weight, paid, probability = (world.rows.numbers(name, since_s, until_s) for name in ("weight", "paid", "probability"))
    approved = world.rows.column("approved", since_s, until_s).astype(bool)
    fraud_usd = probability * (paid + money.fraud_fee_usd)
    turned_away_usd = (1.0 - probability) * (money.margin * paid + money.decline_usd)
    return weight * np.where(approved, fraud_usd, turned_away_usd)

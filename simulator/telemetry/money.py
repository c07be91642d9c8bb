"""What a span of time really cost, from true outcomes: the figure that impact is graded by, which no look may read.

Per payment, times the payments it stands for: approved, P(fraud) x (amount + chargeback fee); declined,
P(good) x (lost margin + cost of a turned-away customer). Then callers who gave up without an answer, and the bill of nodes and training.
"""

from __future__ import annotations

import numpy as np

from simulator.dataplane.windows import WINDOW_S
from simulator.durations import HOUR_S
from simulator.nature.population import Floats
from simulator.telemetry.billing import spent, window_range
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
    first, last = window_range(world, since_s, until)
    unserved = world.service.windows(first * WINDOW_S, last * WINDOW_S).unserved
    start_s, usd = spent(world, since_s, until)
    return [
        (world.rows.numbers("at_s", since_s, until), _payments_usd(world, since_s, until)),
        (start_s, unserved * world.spec.money.timeout_usd + usd),
    ]


def _payments_usd(world: World, since_s: float, until_s: float) -> Floats:
    money = world.spec.money
    weight, paid, probability = (world.rows.numbers(name, since_s, until_s) for name in ("weight", "paid", "probability"))
    approved = world.rows.column("approved", since_s, until_s).astype(bool)
    fraud_usd = probability * (paid + money.fraud_fee_usd)
    turned_away_usd = (1.0 - probability) * (money.margin * paid + money.decline_usd)
    return weight * np.where(approved, fraud_usd, turned_away_usd)

"""Money as the company can know it: what it pays for by day, and what warnings and declines come to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulator.durations import DAY_S
from simulator.nature.population import Floats
from simulator.telemetry.labelled import chargeback_label_at
from simulator.world import World

WARNING_LOOKBACK_S = 8 * DAY_S


@dataclass(frozen=True, slots=True, eq=False)
class DailyCosts:
    """One entry per calendar day that the span touches; days at its ends may be in part."""

    start_s: Floats
    replica_usd: Floats
    charged_usd: Floats
    predictions: Floats


def costs_by_day(world: World, since_s: float, until_s: float) -> DailyCosts:
    """What replicas and charges cost in [since_s, until_s), and how many payments were answered, by day; nothing after what is settled."""
    since, until = max(since_s, 0.0), min(until_s, world.settled_s)
    first = int(since // DAY_S)
    days = max(int(np.ceil(until / DAY_S)) - first, 0)
    if not days:
        nothing = np.empty(0)
        return DailyCosts(nothing, nothing, nothing, nothing)
    windows = world.service.windows(since, until)
    place = (windows.start_s // DAY_S).astype(np.int64) - first
    charged = np.zeros(days)
    for at_s, _, usd in world.charges:
        if since <= at_s < until:
            charged[int(at_s // DAY_S) - first] += usd
    return DailyCosts(
        np.arange(first, first + days, dtype=np.float64) * DAY_S,
        np.bincount(place, weights=windows.replica_cost, minlength=days).astype(np.float64),
        charged,
        np.bincount(place, weights=windows.answered, minlength=days).astype(np.float64),
    )


@dataclass(frozen=True, slots=True)
class KnownLoss:
    """What a span is known to have cost so far."""

    warned: float
    """Payments warned about in the span, whenever they were made."""
    warned_usd: float
    declined: float
    declined_usd: float
    """Amount of the payments declined in the span, good and bad alike."""
    timed_out: float
    replica_usd: float
    charged_usd: float

    def fraud_usd(self, share: float, fee_usd: float) -> float:
        """Fraud that the warnings point to, where warnings name `share` of what is charged back and each case costs a fee."""
        return (self.warned_usd + fee_usd * self.warned) / share


def known_loss(world: World, since_s: float, until_s: float) -> KnownLoss:
    """What came in during (since_s, until_s], up to what is settled."""
    rows, until = world.rows, min(until_s, world.settled_s)
    warning = rows.numbers("warning_at_s", since_s - WARNING_LOOKBACK_S, until)
    came = (warning > since_s) & (warning <= until)
    weight, paid = (rows.numbers(name, since_s - WARNING_LOOKBACK_S, until)[came] for name in ("weight", "paid"))
    declined = rows.numbers("weight", since_s, until) * (1.0 - rows.numbers("approved", since_s, until))
    windows = world.service.windows(max(since_s, 0.0), until)
    return KnownLoss(
        float(weight.sum()),
        float((weight * paid).sum()),
        float(declined.sum()),
        float((declined * rows.numbers("paid", since_s, until)).sum()),
        float(windows.timed_out.sum()),
        float(windows.replica_cost.sum()),
        float(sum(usd for at_s, _, usd in world.charges if since_s < at_s <= until)),
    )


def usual_warning_share(world: World, since_s: float, until_s: float) -> float | None:
    """Share of the amount charged back by now, of payments made in [since_s, until_s), that a warning had named; None without any."""
    rows = world.rows
    label_at = chargeback_label_at(world, rows.numbers("chargeback_at_s", since_s, until_s), rows.numbers("join_mark", since_s, until_s))
    lost = np.isfinite(label_at) * rows.numbers("weight", since_s, until_s) * rows.numbers("paid", since_s, until_s)
    warned = rows.numbers("warning_at_s", since_s, until_s) <= world.now_s
    total = float(lost.sum())
    return float((lost * warned).sum()) / total if total > 0 else None

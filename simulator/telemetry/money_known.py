"""Money as the company can know it: what warnings, declines, callers without an answer and the platform come to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulator.dataplane.windows import WINDOW_S
from simulator.durations import DAY_S
from simulator.telemetry.billing import spent, window_range
from simulator.telemetry.labelled import chargeback_label_at
from simulator.world import World

WARNING_LOOKBACK_S = 8 * DAY_S


@dataclass(frozen=True, slots=True)
class KnownLoss:
    """What a span is known to have cost so far."""

    warned: float
    """Payments warned about in the span, whenever they were made."""
    warned_usd: float
    declined: float
    declined_usd: float
    """Amount of the payments declined in the span, good and bad alike."""
    unserved: float
    """Callers who gave up without an answer."""
    platform_usd: float
    """Nodes at list prices, and training."""

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
    first, last = window_range(world, since_s, until)
    return KnownLoss(
        float(weight.sum()),
        float((weight * paid).sum()),
        float(declined.sum()),
        float((declined * rows.numbers("paid", since_s, until)).sum()),
        float(world.service.windows(first * WINDOW_S, last * WINDOW_S).unserved.sum()),
        float(spent(world, since_s, until)[1].sum()),
    )


def usual_warning_share(world: World, since_s: float, until_s: float) -> float | None:
    """Share of the amount charged back by now, of payments made in [since_s, until_s), that a warning had named; None without any."""
    rows = world.rows
    label_at = chargeback_label_at(world, rows.numbers("chargeback_at_s", since_s, until_s), rows.numbers("join_mark", since_s, until_s))
    lost = np.isfinite(label_at) * rows.numbers("weight", since_s, until_s) * rows.numbers("paid", since_s, until_s)
    warned = rows.numbers("warning_at_s", since_s, until_s) <= world.now_s
    total = float(lost.sum())
    return float((lost * warned).sum()) / total if total > 0 else None

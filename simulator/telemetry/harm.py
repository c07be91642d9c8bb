"""What an incident is known to have cost since its page: an estimate from what came in, which is never what it truly cost."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from simulator.durations import HOUR_S, MINUTE_S, WEEK_S
from simulator.telemetry.money_known import known_loss, usual_warning_share
from simulator.world import World

RATE_SPAN_S = 6 * HOUR_S
_USUAL_WEEKS = 4


@dataclass(frozen=True, slots=True)
class KnownHarm:
    usd: float
    per_min_usd: float


def known_harm(world: World, since_s: float) -> KnownHarm:
    """Cost above the usual from `since_s`, the page, to what is settled, and its rate over the last six hours.

    Cost of a span = fraud + declines + timeouts + platform, where
      fraud    = (amount that warnings of the span named + fee x their number) / share of charged-back amounts that warnings had named before
      declines = margin x amount declined + cost of a turned-away customer x payments declined
      timeouts = cost of a timeout x callers who gave up without an answer
      platform = nodes at list prices, and training.
    The usual is the mean over the same hours of the four weeks that end before the page. Fraud and declines there are taken for as much
    money as customers spend now, so that a busy day is no harm. Declines are money saved where they are fewer than usual; which of those
    above the usual turned away fraud is not known, so all count as good customers. Warnings come half a day late, so harm does too.
    Both figures are 0 where the cost is under the usual.
    """
    now = world.settled_s
    # Whole weeks back, so far that the hours compared with end before the page.
    first = max(1, ceil((now - since_s) / WEEK_S))
    weeks = [week for week in range(first, first + _USUAL_WEEKS) if since_s - week * WEEK_S - RATE_SPAN_S >= 0]
    share = usual_warning_share(world, max(since_s - 8 * WEEK_S, 0.0), max(since_s - 4 * WEEK_S, 0.0)) or 1.0

    def above(begin_s: float) -> float:
        if not weeks or begin_s >= now:
            return 0.0
        cost, spent = _costs(world, begin_s, now, share), _spent_usd(world, begin_s, now)
        usual = 0.0
        for week in weeks:
            begin, end = begin_s - week * WEEK_S, now - week * WEEK_S
            (following, other), then = _costs(world, begin, end, share), _spent_usd(world, begin, end)
            usual += following * (spent / then if then else 1.0) + other
        return max(sum(cost) - usual / len(weeks), 0.0)

    return KnownHarm(above(since_s), above(now - RATE_SPAN_S) / (RATE_SPAN_S / MINUTE_S))


def _costs(world: World, since_s: float, until_s: float, share: float) -> tuple[float, float]:
    """US dollars that go with what customers spend (fraud and declines), and those that do not."""
    money, loss = world.spec.money, known_loss(world, since_s, until_s)
    fraud = loss.fraud_usd(share, money.fraud_fee_usd)
    declines = money.margin * loss.declined_usd + money.decline_usd * loss.declined
    return fraud + declines, money.timeout_usd * loss.unserved + loss.platform_usd


def _spent_usd(world: World, since_s: float, until_s: float) -> float:
    """Amount of all payments asked for."""
    return float((world.rows.numbers("weight", since_s, until_s) * world.rows.numbers("paid", since_s, until_s)).sum())

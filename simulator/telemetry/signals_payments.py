"""Signals of payments and decisions: fraud that became known, declines, scores."""

from __future__ import annotations

from simulator.durations import DAY_S, WEEK_S
from simulator.nature.population import Floats
from simulator.telemetry.readings import arrivals, payments_share, ratio, trailing_sum
from simulator.telemetry.signals_declared import signal
from simulator.world import World


@signal("missed_fraud_per_10k", "per 10k", "network fraud warnings per 10,000 approved payments, trailing 48 h", shown_as=("warnings_per_10k.",))
def _missed(world: World, at_s: Floats, place: str) -> Floats:
    since, until = float(at_s[0]) - 2 * DAY_S, float(at_s[-1])
    times, weights = arrivals(world, "warning_at_s", since, until, 8 * DAY_S)
    paid = world.rows.numbers("at_s", since, until)
    approved = world.rows.numbers("weight", since, until) * world.rows.numbers("approved", since, until)
    return 1e4 * ratio(trailing_sum(times, weights, at_s, 2 * DAY_S), trailing_sum(paid, approved, at_s, 2 * DAY_S))


@signal("chargebacks_per_10k", "per 10k", "chargebacks that arrived per 10,000 approved payments, trailing 7 d")
def _chargebacks(world: World, at_s: Floats, place: str) -> Floats:
    since, until = float(at_s[0]) - WEEK_S, float(at_s[-1])
    times, weights = arrivals(world, "chargeback_at_s", since, until, 60 * DAY_S)
    paid = world.rows.numbers("at_s", since, until)
    approved = world.rows.numbers("weight", since, until) * world.rows.numbers("approved", since, until)
    return 1e4 * ratio(trailing_sum(times, weights, at_s, WEEK_S), trailing_sum(paid, approved, at_s, WEEK_S))


@signal("decline_ratio", "ratio", "share of payments declined, trailing 24 h")
def _declined(world: World, at_s: Floats, place: str) -> Floats:
    return payments_share(world, at_s, DAY_S, lambda a, b: 1.0 - world.rows.numbers("approved", a, b))


@signal("decline_change", "ratio", "share declined in the trailing 24 h against the same 24 h a week before")
def _decline_change(world: World, at_s: Floats, place: str) -> Floats:
    return ratio(_declined(world, at_s, ""), _declined(world, at_s - WEEK_S, ""))


@signal("score_mean", "", "mean fraud score, trailing 24 h")
def _score_mean(world: World, at_s: Floats, place: str) -> Floats:
    return payments_share(world, at_s, DAY_S, lambda a, b: world.rows.numbers("score", a, b))


@signal("score_mean_low", "ratio", "mean score of the trailing 24 h against the same 24 h a week before")
def _score_change(world: World, at_s: Floats, place: str) -> Floats:
    return ratio(_score_mean(world, at_s, ""), _score_mean(world, at_s - WEEK_S, ""))

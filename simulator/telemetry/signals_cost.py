"""Signals of money: what the last day cost against earlier weeks, and against what each team may spend. At list prices, at once, before any bill."""

from __future__ import annotations

import numpy as np

from simulator.dataplane.windows import WINDOW_S
from simulator.durations import DAY_S
from simulator.nature.population import Floats
from simulator.telemetry.billing import bill_of, resource_costs
from simulator.telemetry.cost_anomaly import LOOKBACK_S, THRESHOLD_SHARE, Usual, usual
from simulator.telemetry.readings import ratio, trailing_sum
from simulator.telemetry.signals_declared import signal
from simulator.world import World

TEAMS = ("fraud-ml", "data-platform", "ml-platform")
"""Teams that have a budget."""
_LEAST_USD = 1.0
"""A resource that was expected to cost less than this has no ratio worth reading."""


@signal(
    "cost_anomaly_usd",
    "USD",
    f"cost of the last 24 h over what the same 24 h of the four weeks before usually cost, largest of the resources where that is {THRESHOLD_SHARE:.0%} of it or more",
)
def _impact(world: World, at_s: Floats, place: str) -> Floats:
    """0 where every resource is within the share."""
    impacts = [(days.actual - days.expected, days.expected) for days in _days(world, at_s)]
    # To the cent: what is left over of adding up in another order is no money.
    return np.round(_largest([np.where(usd < THRESHOLD_SHARE * expected, 0.0, usd) for usd, expected in impacts]), 2)


@signal("cost_anomaly_ratio", "ratio", "cost of the last 24 h as a multiple of what the same 24 h of the four weeks before usually cost, of the resource where it is highest")
def _multiple(world: World, at_s: Floats, place: str) -> Floats:
    return _largest([ratio(np.where(days.expected >= _LEAST_USD, days.actual, np.nan), days.expected) for days in _days(world, at_s)])


@signal("budget_used", "ratio", "what a team had to pay for the last 24 h, over its daily budget", TEAMS, shown_as=("budget_used.",))
def _used(world: World, at_s: Floats, place: str) -> Floats:
    return np.asarray(_budget_used(world, at_s)[TEAMS.index(place)])


@signal("budget_used_max", "ratio", "largest share of its daily budget that any team had to pay for the last 24 h", shown_as=("budget_used.",))
def _used_most(world: World, at_s: Floats, place: str) -> Floats:
    return np.asarray(np.max(_budget_used(world, at_s), axis=0))


def daily_budget(world: World, team: str, at_s: Floats) -> Floats:
    """US dollars per day in force at each time."""
    pulled = world.levers[f"budget.daily_usd/{team}"].numbers(at_s)
    return np.where(pulled > 0, pulled, world.spec.budgets[team])


def _budget_used(world: World, at_s: Floats) -> Floats:
    """Shape [teams, n]. A team that pays for nothing has used nothing."""
    bill = bill_of(world, float(at_s[0]) - DAY_S - WINDOW_S, float(at_s[-1]))
    nothing = np.zeros(len(bill.start_s))
    return np.array([trailing_sum(bill.end_s, bill.teams.get(team, nothing), at_s, DAY_S) / daily_budget(world, team, at_s) for team in TEAMS])


def _days(world: World, at_s: Floats) -> list[Usual]:
    """Of each resource that cost anything."""
    start_s, resources = resource_costs(world, float(at_s[0]) - LOOKBACK_S - WINDOW_S, float(at_s[-1]))
    paid = [usd for usd in resources.values() if usd.any()] or [np.zeros(len(start_s))]
    return [usual(start_s + WINDOW_S, usd, at_s) for usd in paid]


def _largest(values: list[Floats]) -> Floats:
    """Of each time, NaN where no value is known."""
    highest = np.max(np.nan_to_num(values, nan=-np.inf), axis=0)
    return np.where(np.isfinite(highest), highest, np.nan)

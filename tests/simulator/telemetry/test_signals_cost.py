from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from simulator.durations import DAY_S, HOUR_S, WEEK_S
from simulator.spec import load_system
from simulator.telemetry.billing import bill_of
from simulator.telemetry.signals import read_signal, signal_names
from simulator.telemetry.signals_cost import TEAMS, daily_budget
from simulator.timeline import Edit
from simulator.world import World

GPU_NODE_USD_PER_DAY = 24 * 0.805


def test_teams_with_a_budget_are_those_of_the_system() -> None:
    assert tuple(load_system("card-fraud").budgets) == TEAMS
    assert {f"budget_used/{team}" for team in TEAMS} <= set(signal_names())


def test_in_a_calm_world_a_day_costs_what_it_usually_does(base_world: World) -> None:
    at_s = np.arange(45, 61) * DAY_S
    assert np.abs(read_signal(base_world, "cost_anomaly_usd", at_s)).max() < 2.0
    assert read_signal(base_world, "cost_anomaly_ratio", at_s) == pytest.approx(np.ones(len(at_s)), abs=0.05)


def test_without_two_weeks_of_history_nothing_is_expected(base_world: World) -> None:
    at_s = np.array([DAY_S, 2 * WEEK_S, 2 * WEEK_S + DAY_S])
    for name in ("cost_anomaly_usd", "cost_anomaly_ratio"):
        assert np.isnan(read_signal(base_world, name, at_s)).tolist() == [True, True, False]


def test_two_more_gpu_nodes_grow_by_the_hour_into_an_anomaly(fork: Callable[..., World]) -> None:
    world = fork([Edit(60 * DAY_S, "pool.min/gpu", 4.0, "you", "room")])
    world.advance(60 * DAY_S + 30 * HOUR_S)
    at_s = 60 * DAY_S + np.array([0.0, 6.0, 12.0, 25.0]) * HOUR_S
    usd, times = read_signal(world, "cost_anomaly_usd", at_s), read_signal(world, "cost_anomaly_ratio", at_s)
    assert usd == pytest.approx(2 * GPU_NODE_USD_PER_DAY * np.array([0.0, 0.25, 0.5, 1.0]), abs=0.5)
    assert times == pytest.approx(1.0 + usd / (2 * GPU_NODE_USD_PER_DAY), abs=0.01)


def test_a_budget_is_used_by_the_last_day_and_follows_its_lever(fork: Callable[..., World]) -> None:
    world = fork([Edit(60 * DAY_S - 300.0, "budget.daily_usd/ml-platform", 100.0, "you", "more")])
    world.advance(60 * DAY_S)
    at_s = 60 * DAY_S - np.array([2 * DAY_S, 600.0, 300.0, 0.0])
    assert daily_budget(world, "ml-platform", at_s).tolist() == [25.0, 25.0, 100.0, 100.0]
    used = read_signal(world, "budget_used/ml-platform", at_s)
    for value, when_s, budget in zip(used, at_s, (25.0, 25.0, 100.0, 100.0), strict=True):
        assert value == pytest.approx(float(bill_of(world, when_s - DAY_S, when_s).teams["ml-platform"].sum()) / budget)
    most = read_signal(world, "budget_used_max", at_s)
    assert most.tolist() == np.max([read_signal(world, f"budget_used/{team}", at_s) for team in TEAMS], axis=0).tolist()

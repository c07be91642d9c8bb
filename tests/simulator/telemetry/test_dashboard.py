from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from simulator.dataplane.features import NO_ROWS_S
from simulator.durations import DAY_S, MINUTE_S, WEEK_S
from simulator.errors import ContentError
from simulator.observation import significant
from simulator.spec import load_system
from simulator.telemetry.dashboard import charted, curves
from simulator.telemetry.metrics import read_metric
from simulator.telemetry.monitors import rules_now
from simulator.timeline import Edit
from simulator.world import World

SPEC = load_system("card-fraud")


def test_a_curve_is_the_settled_day_in_steps_of_five_minutes(base_world: World) -> None:
    (found,) = curves(base_world, ["service.requests"], ())
    assert (found.name, found.unit, len(found.at_s)) == ("service.requests", "requests per 5 min", 288)
    assert found.at_s[-1] == base_world.settled_s
    assert set(np.diff(found.at_s)) == {5 * MINUTE_S}
    windows = base_world.service.windows(base_world.settled_s - DAY_S, base_world.settled_s)
    assert found.values == tuple(significant(v) for v in windows.requests.tolist())


def test_beside_each_value_is_that_of_a_week_before(base_world: World) -> None:
    (found,) = curves(base_world, ["score_mean"], ())
    then = read_metric(base_world, "score_mean", np.array(found.at_s) - WEEK_S, 300.0)
    assert found.week_before == tuple(significant(v) for v in then.tolist())
    assert found.week_before != found.values


def test_what_cannot_be_measured_is_none(fork: Callable[..., World]) -> None:
    world = fork([Edit(60 * DAY_S - 300, "online.event_time_s/card_profile", NO_ROWS_S, "you", "emptied")])
    world.advance(60 * DAY_S)
    world.settle()
    (found,) = curves(world, ["data_age_s/card_profile"], ())
    assert found.values[-2:] == (None, None)
    assert found.values[-3] is not None


def test_the_bound_is_that_of_the_alert_rule_on_the_metric_as_it_is_set(fork: Callable[..., World]) -> None:
    world = fork([Edit(60 * DAY_S - 600, "alert.threshold/missed-fraud-high", 200.0, "you", "quieter")])
    world.advance(60 * DAY_S)
    world.settle()
    found = curves(world, ["missed_fraud_per_10k", "latency_p99_ms", "decline_ratio"], rules_now(world))
    assert [curve.threshold for curve in found] == [200.0, 1800.0, None]


def test_a_rule_that_bounds_both_sides_has_no_line(base_world: World) -> None:
    rules = [replace(found, rule=replace(found.rule, op="outside")) for found in rules_now(base_world)]
    assert curves(base_world, ["latency_p99_ms"], rules)[0].threshold is None


def test_pinned_metrics_follow_the_systems_own_once_each() -> None:
    pinned = ["psi_max", "score_mean", "no_such_metric", "psi_max"]
    assert charted(SPEC, pinned) == [*SPEC.dashboard, "psi_max"]


def test_a_dashboard_that_names_no_metric_is_the_authors_mistake() -> None:
    with pytest.raises(ContentError, match=r"systems/card-fraud.yaml: dashboard: there is no metric 'fraud_mood'"):
        charted(replace(SPEC, dashboard=("score_mean", "fraud_mood")))

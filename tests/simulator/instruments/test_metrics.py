from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from simulator.dataplane.fleet_windows import SERVICE_MEASURES
from simulator.dataplane.windows import MEASURES
from simulator.durations import DAY_S, HOUR_S, WEEK_S
from simulator.errors import Refused
from simulator.observation import Observation, significant
from simulator.telemetry.signals import read_signal, signal_names
from simulator.timeline import Edit
from simulator.world import World

Seen = Callable[[World, str], Observation]


def test_the_list_has_every_signal_with_its_places_and_every_measure_of_windows(base_world: World, seen: Seen) -> None:
    names = [row[0] for row in seen(base_world, "metrics list").tables[0].rows]
    services = ("feature-server", "model-server")
    assert names == [
        *signal_names(),
        *(f"service.{measure}" for measure in MEASURES),
        *(f"fleet.{measure}/{service}" for measure in SERVICE_MEASURES for service in services),
    ]
    assert all(row[2] for row in seen(base_world, "metrics list").tables[0].rows)


def test_a_curve_is_the_signal_at_each_step(base_world: World, seen: Seen) -> None:
    shown = seen(base_world, "metrics show decline_ratio --last 2d --step 6h")
    curve = shown.series[0]
    assert np.diff(curve.at_s).tolist() == [6 * HOUR_S] * 7
    assert curve.at_s[-1] == base_world.settled_s
    assert curve.values[-1] == significant(float(read_signal(base_world, "decline_ratio", np.array([base_world.settled_s]))[0]))
    assert shown.facts["now.decline_ratio"] == curve.values[-1]
    assert shown.facts["high.decline_ratio"] == max(v for v in curve.values if v is not None)


def test_against_last_week_draws_the_same_hours_a_week_earlier(base_world: World, seen: Seen) -> None:
    shown = seen(base_world, "metrics show request_rate --last 1d --step 1h --against last-week")
    late, early = shown.series
    assert late.at_s == early.at_s
    there = read_signal(base_world, "request_rate", np.array(late.at_s) - WEEK_S)
    assert early.values == tuple(significant(float(v)) for v in there)
    assert shown.facts["change.request_rate"] == pytest.approx(float(np.mean([v for v in late.values if v])) / float(there.mean()), rel=1e-5)


def test_a_step_in_the_cause_is_a_step_in_the_facts(fork: Callable[..., World], seen: Seen) -> None:
    world = fork([Edit(60 * DAY_S, "serving.replicas/model-server", 6.0, "you", "more")])
    world.advance(60 * DAY_S + HOUR_S)
    shown = seen(world, "metrics show fleet.desired/model-server --last 2h --step 5m")
    assert (shown.facts["now.fleet.desired/model-server"], shown.facts["low.fleet.desired/model-server"]) == (6.0, 3.0)
    assert shown.facts["step.fleet.desired/model-server"] == pytest.approx(3.0 / 4.5, rel=1e-3)
    assert shown.series[0].unit == "replicas"


def test_a_curve_that_reaches_back_before_the_world_begins_with_it(base_world: World, seen: Seen) -> None:
    assert seen(base_world, "metrics show timeout_ratio --last 90d --step 1d").series[0].at_s[0] == DAY_S


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("metrics show latency", "latency_p99_ms"),
        ("metrics show data_age_s", "data_age_s/card_velocity"),
        ("metrics show xyzzy", "missed_fraud_per_10k"),
        ("metrics show request_rate --step 7m", "multiple of 5m"),
        ("metrics show request_rate --last 30d --step 5m", "longer step"),
        ("metrics show request_rate --last 1m --step 1d", "no complete step"),
    ],
)
def test_what_cannot_be_drawn_is_refused_with_what_can(fork: Callable[..., World], seen: Seen, line: str, said: str) -> None:
    with pytest.raises(Refused, match=said):
        seen(fork(), line)

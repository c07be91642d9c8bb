from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from simulator.durations import DAY_S, HOUR_S, MINUTE_S, WEEK_S
from simulator.telemetry.monitors import rules_now
from simulator.telemetry.signals import SIGNALS, read_signal, signal_names
from simulator.timeline import Edit
from simulator.world import World

FLAPPING = {"autoscaler.min/model-server": 1.0, "autoscaler.window_s/model-server": 15.0, "serving.image_gb/model-server": 13.0}
LAST = np.array([60 * DAY_S])


def _now(world: World, name: str) -> float:
    world.settle()
    return float(read_signal(world, name, np.array([world.settled_s]))[0])


def test_every_declared_signal_is_in_the_list_once_in_the_order_of_its_part() -> None:
    names = list(SIGNALS)
    assert names.index("missed_fraud_per_10k") < names.index("request_rate") < names.index("unserved_ratio") < names.index("pending_replicas") < names.index("data_age_s")
    assert len(signal_names()) == len(dict.fromkeys(signal_names()))
    assert {name.partition("/")[0] for name in signal_names()} == set(names)


def test_no_times_give_no_values(base_world: World) -> None:
    assert all(len(read_signal(base_world, name, LAST[:0])) == 0 for name in signal_names())


def test_latency_is_held_against_the_same_quarter_of_an_hour_a_week_before(base_world: World) -> None:
    for signal, measure in (("latency_p50_change", "p50_ms"), ("latency_p99_change", "p99_ms")):
        now, before = (getattr(base_world.service.windows(end - 15 * MINUTE_S, end), measure).mean() for end in (60 * DAY_S, 60 * DAY_S - WEEK_S))
        assert read_signal(base_world, signal, LAST)[0] == pytest.approx(now / before)


def test_a_change_against_a_week_before_the_world_began_is_unknown(base_world: World) -> None:
    assert np.isnan(read_signal(base_world, "latency_p50_change", np.array([3 * DAY_S]))).all()


def test_in_calm_nobody_waits_tries_again_or_gives_up(base_world: World) -> None:
    at = 60 * DAY_S - np.arange(24)[::-1] * HOUR_S
    for name in ("unserved_ratio", "retry_ratio", "rejected_ratio", "pending_replicas", "replica_changes_1h"):
        assert read_signal(base_world, name, at).tolist() == [0.0] * 24, name
    busy = read_signal(base_world, "gpu_busy_ratio", at)
    assert 0.1 < busy.min() < busy.max() < 0.75


def test_an_overload_shows_in_tries_again_and_in_callers_that_give_up(fork: Callable[..., World]) -> None:
    at_s = 60 * DAY_S - 300.0
    world = fork([Edit(at_s, "serving.slowdown/model-server", 40.0, "ml-platform", "slow"), Edit(at_s, "callers.attempts", 3.0, "checkout", "flag")])
    world.advance(60 * DAY_S + 10 * MINUTE_S)
    windows = world.service.windows(world.settled_s - 15 * MINUTE_S, world.settled_s)
    first = float((windows.requests - windows.retries).sum())
    assert _now(world, "retry_ratio") == pytest.approx(float(windows.retries.sum()) / first)
    assert _now(world, "unserved_ratio") == pytest.approx(float(windows.unserved.sum()) / first)
    assert _now(world, "retry_ratio") > 0.5
    assert _now(world, "unserved_ratio") > 0.2


def test_a_full_queue_turns_away(fork: Callable[..., World]) -> None:
    at_s = 60 * DAY_S - 300.0
    world = fork([Edit(at_s, "serving.slowdown/model-server", 40.0, "ml-platform", "slow"), Edit(at_s, "serving.queue_limit/model-server", 1.0, "you", "shed")])
    world.advance(60 * DAY_S + 10 * MINUTE_S)
    windows = world.service.windows(world.settled_s - 15 * MINUTE_S, world.settled_s)
    assert _now(world, "rejected_ratio") == pytest.approx(float(windows.rejected.sum() / windows.requests.sum()))
    assert _now(world, "rejected_ratio") > 0.2


def test_replicas_without_a_place_are_counted(fork: Callable[..., World]) -> None:
    world = fork([Edit(60 * DAY_S - 300.0, "pool.max/gpu", 2.0, "you", "quota"), Edit(60 * DAY_S - 300.0, "serving.replicas/model-server", 6.0, "you", "more")])
    world.advance(60 * DAY_S + 10 * MINUTE_S)
    assert _now(world, "pending_replicas") == 2.0


@pytest.mark.parametrize(
    ("rule", "edits"),
    [
        ("latency-p50-shift", {"serving.slowdown/model-server": 4.0}),
        ("unserved-high", {"serving.slowdown/model-server": 40.0}),
        ("replicas-pending", {"pool.max/gpu": 2.0, "serving.replicas/model-server": 6.0}),
        ("replicas-flapping", {"autoscaler.kind/model-server": "kpa", "autoscaler.signal/model-server": "concurrency", "autoscaler.target/model-server": 2.0} | FLAPPING),
    ],
)
def test_the_rules_on_replicas_and_callers_fire_where_they_should_and_never_in_calm(fork: Callable[..., World], rule: str, edits: dict[str, float | str]) -> None:
    for pulled, expected in ((edits, "firing"), ({}, "inactive")):
        world = fork([Edit(60 * DAY_S - 300.0, lever, value, "ml-platform", "changed") for lever, value in pulled.items()])
        world.advance(60 * DAY_S + HOUR_S)
        world.settle()
        found = {status.rule.name: status.state for status in rules_now(world)}
        assert found[rule] == expected

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from simulator.dataplane.windows import WINDOW_S
from simulator.durations import DAY_S
from simulator.telemetry.fleet import callers_in_force, desired, fleet_in_force, fleet_now, reading_now, waits_for
from simulator.timeline import Edit
from simulator.world import World

LAST = (60 * DAY_S - WINDOW_S, 60 * DAY_S)


def test_in_force_is_the_system_with_what_was_pulled(fork: Callable[..., World]) -> None:
    world = fork()
    assert fleet_in_force(world).pool("gpu").max_nodes == 4
    world.pull("pool.max/gpu", 7.0, "you", "quota")
    world.pull("serving.per_gpu/model-server", 3.0, "you", "pack")
    found = fleet_in_force(world)
    assert (found.pool("gpu").max_nodes, found.deployment("model-server").per_gpu, found.deployment("feature-server").per_gpu) == (7, 3, 1)


def test_callers_do_what_the_system_says_until_their_team_changes_it(fork: Callable[..., World]) -> None:
    world = fork()
    assert callers_in_force(world) == world.spec.callers
    for lever, value in (("callers.attempts", 3.0), ("callers.backoff_ms", 0.0), ("callers.budget", 0.2)):
        world.levers.add(Edit(world.now_s, lever, value, "checkout", "flag"))
    assert callers_in_force(world) == replace(world.spec.callers, attempts=3, backoff_ms=0.0, budget=0.2)


def test_what_a_person_pinned_is_asked_for_at_once(fork: Callable[..., World]) -> None:
    world = fork()
    world.settle()
    assert desired(fleet_now(world), fleet_in_force(world).deployment("model-server")) == 3
    world.pull("serving.replicas/model-server", 5.0, "you", "more")
    assert desired(fleet_now(world), fleet_in_force(world).deployment("model-server")) == 5


def test_without_a_quota_used_up_or_a_node_coming_there_is_no_room_on_any(base_world: World) -> None:
    assert waits_for(fleet_now(base_world), fleet_in_force(base_world).pool("gpu")) == "no node of gpu has room"


@pytest.mark.parametrize(("signal", "service"), [("cpu", "feature-server"), ("gpu", "model-server"), ("rate", "model-server"), ("concurrency", "model-server")])
def test_a_signal_is_read_per_ready_replica(base_world: World, signal: str, service: str) -> None:
    windows, fleet = base_world.service.windows(*LAST), base_world.service.fleet_windows(*LAST)
    deployment = fleet_in_force(base_world).deployment(service)
    deployment = replace(deployment, autoscaler=replace(deployment.autoscaler, signal=signal))
    ready, rate = float(fleet.services[service].ready[0]), float(windows.requests[0]) / WINDOW_S
    expected = {
        "cpu": float(fleet.services[service].cpu[0]),
        "gpu": float(fleet.services[service].gpu[0]),
        "rate": rate / ready,
        "concurrency": rate * float(windows.model_queue_ms[0] + windows.model_compute_ms[0]) / 1000.0 / ready,
    }
    assert reading_now(windows, fleet, deployment) == pytest.approx(expected[signal])


def test_without_a_ready_replica_there_is_nothing_to_read(base_world: World) -> None:
    windows, fleet = base_world.service.windows(*LAST), base_world.service.fleet_windows(*LAST)
    none = {name: replace(found, ready=0.0 * found.ready) for name, found in fleet.services.items()}
    for deployment in fleet_in_force(base_world).deployments:
        assert reading_now(windows, fleet, deployment) is not None
        assert reading_now(windows, replace(fleet, services=none), deployment) is None

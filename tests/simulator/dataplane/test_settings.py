"""Levers become settings, and settings change when levers do."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from simulator.dataplane.settings import InForce, staffed
from simulator.dataplane.stations import Callers, ServiceSpec, StationSpec, weibull_exponent
from simulator.fleet.spec import CallersSpec
from simulator.levers import Levers
from simulator.spec import load_system
from simulator.timeline import Edit

SPEC = ServiceSpec(StationSpec(1, 40.0), StationSpec(3, 60.0, restart_s=30.0), 250.0, 2000.0, store_read_share=0.75)


def test_untouched_levers_leave_the_spec_in_force(levers: Callable[..., Levers]) -> None:
    setting = InForce(SPEC, levers()).at(5.0)
    assert (setting.fetch.replicas, setting.model.replicas, setting.fetch.service_s, setting.model.service_s) == (1, 3, 0.04, 0.06)
    assert (setting.fetch_timeout_s, setting.request_timeout_s) == (0.25, 2.0)


def test_a_slow_store_slows_only_its_share_of_the_fetch(levers: Callable[..., Levers]) -> None:
    setting = InForce(SPEC, levers((10.0, "online.slowdown", 5.0), (10.0, "serving.slowdown/feature-server", 2.0))).at(10.0)
    assert setting.fetch.service_s == pytest.approx(0.04 * (0.25 * 2.0 + 0.75 * 5.0))
    assert setting.model.service_s == 0.06


def test_replicas_and_timeouts_follow_their_levers_and_zero_gives_the_standard_back(levers: Callable[..., Levers]) -> None:
    read = InForce(SPEC, levers((10.0, "serving.replicas/model-server", 5.0), (20.0, "serving.replicas/model-server", 0.0), (15.0, "serving.fetch_timeout_ms", 500.0)))
    assert [read.at(t).model.replicas for t in (9.0, 10.0, 20.0)] == [3, 5, 3]
    assert [read.at(t).fetch_timeout_s for t in (14.0, 15.0)] == [0.25, 0.5]
    assert read.changes(0.0, 300.0) == [10.0, 15.0, 20.0]
    assert read.changes(10.0, 20.0) == [15.0]


def test_a_fetch_never_outlives_its_request(levers: Callable[..., Levers]) -> None:
    assert InForce(SPEC, levers((0.0, "serving.request_timeout_ms", 125.0))).at(0.0).fetch_timeout_s == 0.125


def test_a_rolling_restart_takes_one_replica_after_the_other(levers: Callable[..., Levers]) -> None:
    read = InForce(SPEC, levers((10.0, "serving.restart/model-server", "r1")))
    assert [read.at(t).model.replicas for t in (9.0, 10.0, 99.0, 100.0)] == [3, 2, 2, 3]
    assert read.at(50.0).model.paid_replicas == 3
    assert read.changes(0.0, 300.0) == [10.0, 100.0]


def test_a_lone_replica_is_replaced_before_it_goes(levers: Callable[..., Levers]) -> None:
    assert InForce(SPEC, levers((10.0, "serving.restart/feature-server", "r1"))).at(11.0).fetch.replicas == 1


def test_routing_follows_its_lever_and_an_empty_one_gives_the_standard_back(levers: Callable[..., Levers]) -> None:
    spec = ServiceSpec(StationSpec(1, 40.0), StationSpec(3, 60.0, routing="shortest"), 250.0, 2000.0)
    read = InForce(spec, levers((10.0, "serving.routing/model-server", "two-choices"), (20.0, "serving.routing/model-server", "")))
    assert [read.at(t).model.routing for t in (9.0, 10.0, 20.0)] == ["shortest", "two-choices", "shortest"]
    assert read.at(10.0).fetch.routing == "random"
    assert read.changes(0.0, 300.0) == [10.0, 20.0]


def test_a_routing_that_there_is_not_is_an_error_and_not_the_standard(levers: Callable[..., Levers]) -> None:
    with pytest.raises(ValueError, match="no routing fastest; there are random, round-robin, shared, shortest, two-choices"):
        InForce(SPEC, levers((10.0, "serving.routing/model-server", "fastest"))).at(10.0)


def test_callers_limits_and_preferred_batches_follow_their_levers(levers: Callable[..., Levers]) -> None:
    callers = CallersSpec(attempts=2, backoff_ms=125.0, budget=0.5)
    pulls = [(10.0, "callers.attempts", 4.0), (10.0, "callers.backoff_ms", 0.0), (10.0, "callers.budget", 0.0), (10.0, "serving.queue_limit/feature-server", 7.0)]
    batching = [(10.0, "serving.batch_max/model-server", 8.0), (10.0, "serving.batch_prefer/model-server", 4.0)]
    read = InForce(SPEC, levers(*pulls, *batching), callers=callers)
    before, after = read.at(0.0), read.at(10.0)
    assert before.callers == Callers(2, 0.125, 0.5)
    assert after.callers == Callers(4, 0.0, 0.0)
    assert (before.fetch.queue_limit, after.fetch.queue_limit, after.model.queue_limit) == (0, 7, 0)
    assert after.model.batching is not None
    assert (after.model.batching.most, after.model.batching.enough) == (8, 4)


def test_the_version_that_serves_sets_the_compute_time(levers: Callable[..., Levers]) -> None:
    pulls = [(0.0, "model.compute_factor/v2", 3.0), (0.0, "model.compute_cv/v2", 1.0), (10.0, "alias.champion", "v2"), (20.0, "model.compute_factor/v2", 2.0)]
    read = InForce(SPEC, levers(*pulls))
    assert [read.at(t).model.service_s for t in (9.0, 10.0, 20.0)] == pytest.approx([0.06, 0.18, 0.12])
    assert (read.at(9.0).model.shape, read.at(10.0).model.shape) == (pytest.approx(weibull_exponent(0.5)), 1.0)
    assert read.at(10.0).fetch == read.at(9.0).fetch
    assert read.changes(0.0, 300.0) == [10.0, 20.0]


def test_with_a_fleet_the_stations_have_the_replicas_that_are_ready_and_pay_for_those_that_start(levers: Callable[..., Levers]) -> None:
    system = load_system("card-fraud")
    read = InForce(system.service, levers((10.0, "serving.replicas/model-server", 6.0), (15.0, "pool.max/gpu", 2.0)), system.fleet)
    assert read.at(10.0) == read.at(0.0)
    assert read.changes(0.0, 300.0) == [10.0, 15.0]
    orders = [read.fleet_at(t) for t in (0.0, 10.0, 15.0)]
    assert [order.deployment("model-server").pinned for order in orders if order] == [0, 6, 6]
    assert [order.pool("gpu").max_nodes for order in orders if order] == [4, 4, 2]
    now = staffed(read.at(10.0), 2, 4, 2, 6, (False, True))
    assert (now.fetch.replicas, now.model.replicas, now.model.paid_replicas) == (2, 3, 6)
    assert [staffed(read.at(0.0), 2, ready, 2, ready, (False, True)).model.replicas for ready in (0, 1, 2)] == [0, 1, 1]


def test_settings_change_with_every_pull_whenever_it_is_made(levers: Callable[..., Levers]) -> None:
    held = levers()
    read = InForce(SPEC, held)
    before = read.revision
    assert read.at(50.0).fetch.service_s == 0.04
    held.add(Edit(20.0, "serving.slowdown/feature-server", 2.0, "test", ""))
    assert read.revision != before
    assert read.at(50.0).fetch.service_s == pytest.approx(0.04 * (0.75 + 0.25 * 2.0))

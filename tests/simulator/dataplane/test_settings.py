"""Levers become settings, and settings change when levers do."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from simulator.dataplane.settings import InForce
from simulator.dataplane.stations import ServiceSpec, StationSpec
from simulator.levers import Levers

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

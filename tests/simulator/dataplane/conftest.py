"""A small service and the levers it reads, for the tests of the service plane."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from simulator.dataplane.service import ServicePlane
from simulator.dataplane.stations import ServiceSpec, StationSpec
from simulator.levers import Lever, Levers
from simulator.nature.traffic import Traffic, TrafficSpec
from simulator.timeline import Edit, Value

CATALOGUE = (
    Lever("nature.campaign", "number", 0.0, "company", "extra requests"),
    Lever("serving.replicas", "number", 0.0, "company", "replicas"),
    Lever("serving.batch_max", "number", 0.0, "company", "largest batch"),
    Lever("serving.batch_delay_ms", "number", 0.0, "company", "wait for a batch to fill"),
    Lever("serving.slowdown", "number", 1.0, "owner", "factor on compute"),
    Lever("serving.restart", "text", None, "company", "rolling restart"),
    Lever("serving.routing", "text", "", "company", "routing"),
    Lever("online.slowdown", "number", 1.0, "owner", "factor on the store's read"),
    Lever("serving.fetch_timeout_ms", "number", 0.0, "company", "fetch timeout"),
    Lever("serving.request_timeout_ms", "number", 0.0, "company", "request timeout"),
)
TRAFFIC = TrafficSpec(8.0, daily_amplitude=0.4, peak_hour=14.0, weekly=(1.0, 1.0, 1.0, 1.0, 1.1, 0.9, 0.8), trend_per_day=0.001, ar1_sd=0.05, ar1_rho=0.9)
SERVICE = ServiceSpec(StationSpec(1, 35.0, cost_per_replica_hour=0.5), StationSpec(2, 60.0, cost_per_replica_hour=1.0), fetch_timeout_ms=250.0, request_timeout_ms=2000.0)

Pull = tuple[float, str, Value]


@pytest.fixture
def levers() -> Callable[..., Levers]:
    """Levers of a world from (at_s, lever, value) triples."""

    def make(*pulls: Pull) -> Levers:
        return Levers(CATALOGUE, [Edit(at_s, lever, value, "test", "") for at_s, lever, value in pulls])

    return make


@pytest.fixture
def plane(levers: Callable[..., Levers]) -> Callable[..., ServicePlane]:
    """A service plane with seed 11, exact from `exact_from_s`, under (at_s, lever, value) triples."""

    def make(*pulls: Pull, exact_from_s: float = 0.0, spec: ServiceSpec = SERVICE, traffic: TrafficSpec = TRAFFIC) -> ServicePlane:
        world = levers(*pulls)
        return ServicePlane(11, spec, world, Traffic(7, traffic, world), exact_from_s)

    return make

"""A small service and the levers it reads, for the tests of the service plane."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from simulator.catalogue import LEVERS
from simulator.dataplane.service import ServicePlane
from simulator.dataplane.stations import ServiceSpec, StationSpec
from simulator.fleet.spec import FleetSpec
from simulator.levers import Levers
from simulator.nature.traffic import Traffic, TrafficSpec
from simulator.timeline import Edit, Value

CATALOGUE = tuple(replace(lever, low=float("-inf"), high=float("inf")) for lever in LEVERS)
"""Without bounds, so that a test may make demand vanish."""
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

    def make(*pulls: Pull, exact_from_s: float = 0.0, spec: ServiceSpec = SERVICE, traffic: TrafficSpec = TRAFFIC, fleet: FleetSpec | None = None) -> ServicePlane:
        world = levers(*pulls)
        return ServicePlane(11, spec, world, Traffic(7, traffic, world), exact_from_s, fleet)

    return make

"""`hotseat bench service`: exact windows of the whole service against a SimPy model of the same, in a storm of retries and under an autoscaler.

Both get the same requests with the same marks. Ours is timed with all that a window costs beside its queues: readings of the
autoscaler, percentiles, and the backlog that is handed on. What SimPy finds for each try is held against ours.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from console.bench.row import BenchRow, median_seconds
from console.bench.simpy_service import Fleet, Service
from simulator.catalogue import LEVERS
from simulator.dataplane import exact
from simulator.dataplane.causes import Causes
from simulator.dataplane.exact import Cause
from simulator.dataplane.kernels import Floats
from simulator.dataplane.passing import AT, END
from simulator.dataplane.settings import SERVICES, InForce, staffed
from simulator.dataplane.windows import WINDOW_S
from simulator.fleet.events import FleetEvent
from simulator.fleet.reclaims import Draw
from simulator.fleet.state import FleetState
from simulator.levers import Levers
from simulator.nature.traffic import Traffic, TrafficSpec
from simulator.spec import load_system
from simulator.timeline import Edit

SEED = 17
PEER_ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Case:
    name: str
    per_s: float
    windows: int
    levers: tuple[tuple[float, str, float | str], ...]
    """When each is pulled, and to what."""
    fleet: bool
    target: float


STORM = Case(
    "storm of retries, quarter of an hour",
    8.0,
    3,
    (
        (0.0, "serving.replicas/feature-server", 6.0),
        (0.0, "callers.attempts", 4.0),
        (0.0, "callers.backoff_ms", 300.0),
        (0.0, "serving.slowdown/model-server", 3.2),
    ),
    fleet=False,
    target=15.0,
)
AUTOSCALED = Case(
    "autoscaled hour",
    16.0,
    12,
    (
        (0.0, "serving.replicas/feature-server", 12.0),
        (0.0, "pool.max/cpu", 16.0),
        (0.0, "pool.max/gpu", 16.0),
        (0.0, "autoscaler.min/model-server", 4.0),
        (0.0, "autoscaler.max/model-server", 32.0),
        (0.0, "autoscaler.target/model-server", 0.6),
        (0.0, "autoscaler.window_s/model-server", 3600.0),
        (900.0, "nature.campaign", 0.8),
        (2000.0, "nature.campaign", 2.0),
    ),
    fleet=True,
    target=60.0,
)
CASES = (STORM, AUTOSCALED)


def run() -> list[BenchRow]:
    """A row for each case, then the largest difference to SimPy's of a try's arrival or end."""
    rows: list[BenchRow] = []
    largest_s = 0.0
    for case in CASES:
        tries, largest = differs_by(case)
        ours_s, peer_s = median_seconds(partial(serve_anew, case)), median_seconds(partial(run_peer, case), rounds=PEER_ROUNDS)
        ours, theirs = tries / ours_s, tries / peer_s
        rows.append(BenchRow(f"service: {case.name}", ours, "tries/s", "SimPy, a process for each try", theirs, ours / theirs, case.target, ours / theirs >= case.target))
        largest_s = max(largest_s, largest)
    rows.append(BenchRow("service: largest difference of a try to SimPy's", largest_s * 1e6, "us", "1 us", 1.0, largest_s * 1e6, 1.0, largest_s <= 1e-6))
    return rows


def levers_of(case: Case) -> Levers:
    return Levers(LEVERS, [Edit(at_s, lever, value, "bench", "") for at_s, lever, value in case.levers])


def traffic_of(case: Case) -> Traffic:
    return Traffic(SEED, TrafficSpec(case.per_s), levers_of(case))


def causes_of(case: Case) -> Causes:
    spec = load_system("card-fraud")
    return Causes(InForce(spec.service, levers_of(case), spec.fleet if case.fleet else None, spec.callers), traffic_of(case))


def served(case: Case) -> tuple[list[Cause], list[FleetEvent]]:
    """All windows, one after the other, and what happened to the fleet."""
    causes = causes_of(case)
    start, passed, events = causes.filled(0, {}), [], []
    for window in range(case.windows):
        cause = causes.of(window, start)
        found = exact.outcome(cause)
        start = found.end
        passed.append(cause)
        events += [replace(event, at_s=event.at_s + window * WINDOW_S) for event in found.events]
    return passed, events


def serve_anew(case: Case) -> None:
    """Requests are drawn before, as for the peer."""
    exact.outcome.cache_clear()
    served(case)


def run_peer(case: Case) -> None:
    peer(case).run(case.windows * WINDOW_S)


def peer(case: Case) -> Service:
    """The same service in SimPy, at its start."""
    in_force = causes_of(case).in_force
    requests, setting, fleet = traffic_of(case).requests(0.0, case.windows * WINDOW_S), in_force.at(0.0), in_force.fleet_at(0.0)
    if fleet is None:
        return Service(requests, setting)
    state = FleetState.standard(fleet)
    fetch, model = (len(state.ready(service)) for service in SERVICES)
    return Service(requests, staffed(setting, fetch, model, fetch, model, (False, False)), Fleet(fleet, state, Draw(SEED, 0.0)))


def differs_by(case: Case) -> tuple[int, float]:
    """Tries that ended, and the largest difference of an arrival or end between ours and SimPy's; infinity where there are not as many, or the fleets differ."""
    passed, events = served(case)
    ours = tries_in(passed)
    its = peer(case)
    its.run(case.windows * WINDOW_S)
    theirs = np.array(sorted(its.ended)).T
    if ours.shape != theirs.shape or events != (its.fleet.events if its.fleet else []):
        return ours.shape[1], float("inf")
    return ours.shape[1], float(np.abs(ours - theirs).max())


def tries_in(passed: list[Cause]) -> Floats:
    """When each try came and ended, [2, tries], by arrival."""
    ended = np.concatenate([exact.ended_in(cause)[[AT, END]] + cause.window * WINDOW_S for cause in passed], axis=1)
    return ended[:, np.lexsort(ended[::-1])]

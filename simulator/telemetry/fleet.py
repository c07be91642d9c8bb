"""Replicas, nodes and callers as the company sees them: what is in force, what waits for what, and what an autoscaler reads now."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from simulator.dataplane.fleet_windows import FleetWindows
from simulator.dataplane.windows import WINDOW_S, ServiceWindows
from simulator.fleet.events import FleetEvent
from simulator.fleet.in_force import DeploymentSetting, FleetSetting, PoolSetting, resolve
from simulator.fleet.spec import CallersSpec
from simulator.fleet.state import FleetState
from simulator.nature.population import Floats
from simulator.world import World

SCALED = ("scaled-up", "scaled-down")
"""Kinds of events in which an autoscaler, or somebody by hand, changed how many replicas are asked for."""
STAGES_OF = {"feature-server": ("fetch_queue_ms", "fetch_compute_ms"), "model-server": ("model_queue_ms", "model_compute_ms")}
"""Measures of a service's windows that say how long a request is at each service."""


def fleet_in_force(world: World) -> FleetSetting:
    """Pools and services as they are set now."""
    return resolve(world.spec.fleet, lambda key: world.levers[key].at(world.now_s))


def fleet_now(world: World) -> FleetState:
    """Nodes and replicas as the last settled window ends."""
    state = world.service.fleet_now()
    assert state is not None, "every system has a fleet"
    return state


def callers_in_force(world: World) -> CallersSpec:
    """What callers do now that get no answer. Only their owner knows."""
    standard, levers, now = world.spec.callers, world.levers, world.now_s
    backoff_ms, budget = levers["callers.backoff_ms"].number_at(now), levers["callers.budget"].number_at(now)
    return CallersSpec(
        attempts=round(levers["callers.attempts"].number_at(now)) or standard.attempts,
        backoff_ms=standard.backoff_ms if backoff_ms < 0 else backoff_ms,
        budget=standard.budget if budget < 0 else budget,
    )


def desired(state: FleetState, deployment: DeploymentSetting) -> int:
    """Replicas that are asked for now: pinned by a person, else by the autoscaler's last decision."""
    return deployment.pinned or state.memory(deployment.service).desired


def waits_for(state: FleetState, pool: PoolSetting) -> str:
    """Why pods of `pool` have no place on a node."""
    nodes = [node for node in state.nodes if node.pool == pool.name]
    coming = sum(node.state == "provisioning" for node in nodes)
    if coming:
        return f"waits for {coming} node{'s' if coming > 1 else ''} that {'are' if coming > 1 else 'is'} being provisioned"
    if len(nodes) >= pool.room:
        held = f", {pool.training} of them held by training" if pool.training else ""
        return f"no room: the quota of {pool.name} is {pool.max_nodes} nodes{held}"
    return f"no node of {pool.name} has room"


def reading_now(windows: ServiceWindows, fleet: FleetWindows, deployment: DeploymentSetting) -> float | None:
    """The signal that the deployment's autoscaler follows, per ready replica, mean over the given windows; None without a ready replica."""
    service = fleet.services[deployment.service]
    ready = float(service.ready.sum())
    if not ready:
        return None
    signal = deployment.autoscaler.signal
    if signal in ("cpu", "gpu"):
        return float((getattr(service, signal) * service.ready).sum()) / ready
    if signal == "rate":
        return float(windows.requests.sum()) / WINDOW_S / ready
    # Little's law: requests there at one moment are those that come in a second times the seconds that each stays.
    stay_ms = np.sum([np.nan_to_num(getattr(windows, stage)) for stage in STAGES_OF[deployment.service]], axis=0)
    return float((windows.requests / WINDOW_S * stay_ms / 1000.0).sum()) / ready


def scalings(events: Sequence[FleetEvent], service: str) -> list[FleetEvent]:
    return [event for event in events if event.kind in SCALED and event.place == service]


def card_utilisation(busy: float, replicas: int) -> float:
    """Share of time in which any of `replicas` on a card ran something, each busy for a share `busy` of it on its own: what GPU_UTIL counts."""
    return 1.0 - (1.0 - min(busy, 1.0)) ** replicas


def mean_over(values: Floats, weights: Floats) -> float | None:
    """Weighted mean, None without weight."""
    whole = float(weights.sum())
    return float((values * weights).sum()) / whole if whole else None

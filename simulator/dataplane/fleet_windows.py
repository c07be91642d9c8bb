"""What is kept of the replicas and nodes in each complete window of 300 s: how many there were, what they did, and the seconds that nodes cost.

One table for looks and money: per service `ServiceFleet`, per node pool `PoolFleet`, arrays of one entry per window.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.dataplane.kernels import Floats
from simulator.dataplane.windows import WINDOW_S, significant6
from simulator.fleet.events import FleetEvent
from simulator.fleet.in_force import FleetSetting
from simulator.fleet.spec import ON_DEMAND, SPOT, FleetSpec
from simulator.fleet.state import FleetState


@dataclass(frozen=True, slots=True)
class ServiceFleet:
    """The replicas of one service."""

    ready: Floats
    """Mean number over the window of those that serve."""
    placed: Floats
    """Mean number of those that have a place on a node, ready or not."""
    desired: Floats
    """Asked for, as the window ends."""
    pending: Floats
    """Without a place on a node, as the window ends."""
    starting: Floats
    """On a node and not ready, as the window ends; those that wait to be started again after a crash are among them."""
    crashed: Floats
    """How often a replica crashed, for whatever reason, in the window."""
    oom_killed: Floats
    """Of those, for want of GPU memory."""
    cpu: Floats
    """Mean share of its requested CPU that a ready replica used, 0 to 1."""
    gpu: Floats
    """Mean share of time in which a ready replica kept its GPU busy, 0 to 1; 0 for a service without GPU."""


@dataclass(frozen=True, slots=True)
class PoolFleet:
    """The nodes of one pool. A node is paid for from when it has joined until it is gone."""

    on_demand_s: Floats
    """Node seconds at the price of machines on demand."""
    spot_s: Floats
    """Node seconds at the price of spare machines."""
    nodes: Floats
    """There, as the window ends."""
    provisioning: Floats
    """Asked for and not there, as the window ends."""
    reclaimed: Floats
    """Taken back by the cloud or lost, in the window."""


@dataclass(frozen=True, slots=True)
class FleetWindows:
    start_s: Floats
    services: Mapping[str, ServiceFleet]
    pools: Mapping[str, PoolFleet]

    @classmethod
    def from_rows(cls, spec: FleetSpec, start_s: NDArray[np.number[Any]], rows: Floats) -> FleetWindows:
        """From `rows` of shape [windows, columns_of(spec)]."""
        table = iter(np.ascontiguousarray(rows.T))
        services = {deployment.service: ServiceFleet(*(next(table) for _ in SERVICE_MEASURES)) for deployment in spec.deployments}
        pools = {pool.name: PoolFleet(*(next(table) for _ in POOL_MEASURES)) for pool in spec.pools}
        return cls(start_s.astype(np.float64), services, pools)


SERVICE_MEASURES: tuple[str, ...] = tuple(f.name for f in fields(ServiceFleet))
POOL_MEASURES: tuple[str, ...] = tuple(f.name for f in fields(PoolFleet))


def columns_of(spec: FleetSpec | None) -> int:
    """Columns of a row of the table; none without a fleet."""
    return len(SERVICE_MEASURES) * len(spec.deployments) + len(POOL_MEASURES) * len(spec.pools) if spec else 0


def desired_column(service: int) -> int:
    """Column of the replicas asked for of one deployment, by its place in the spec."""
    return service * len(SERVICE_MEASURES) + SERVICE_MEASURES.index("desired")


class Census(NamedTuple):
    """How many there are at a moment, per service and per pool in the order of the setting."""

    ready: tuple[int, ...]
    placed: tuple[int, ...]
    pending: tuple[int, ...]
    on_demand: tuple[int, ...]
    """Nodes that are there; likewise the next."""
    spot: tuple[int, ...]
    provisioning: tuple[int, ...]

    @classmethod
    def of(cls, state: FleetState, setting: FleetSetting) -> Census:
        """The last one is remembered: a fleet at rest stays one and the same."""
        last = _last.get(0)
        if last and last[0] is state and last[1] is setting:
            return last[2]
        pods = [(pod.service, pod.node, pod.phase) for pod in state.pods]
        nodes = [(node.pool, "" if node.state == "provisioning" else node.market) for node in state.nodes]
        services, pools = [d.service for d in setting.deployments], [p.name for p in setting.pools]
        census = cls(
            tuple([sum(of == service and phase == "ready" for of, _, phase in pods) for service in services]),
            tuple([sum(of == service and node >= 0 for of, node, _ in pods) for service in services]),
            tuple([sum(of == service and node < 0 for of, node, _ in pods) for service in services]),
            tuple([nodes.count((pool, ON_DEMAND)) for pool in pools]),
            tuple([nodes.count((pool, SPOT)) for pool in pools]),
            tuple([nodes.count((pool, "")) for pool in pools]),
        )
        _last[0] = (state, setting, census)
        return census


_last: dict[int, tuple[FleetState, FleetSetting, Census]] = {}


def fleet_row(setting: FleetSetting, state: FleetState, spans: Sequence[tuple[Census, float]], events: Iterable[FleetEvent], utilisation: Mapping[str, float]) -> list[float]:
    """One row of the table, not rounded.

    Args:
        setting, state: in force and standing as the window ends.
        spans: what there was, and for how many seconds, in order.
        utilisation: busy share of each service's ready replicas.
    """
    happened = [(event.place, event.kind) for event in events]
    end = Census.of(state, setting)
    row: list[float] = []
    for k, deployment in enumerate(setting.deployments):
        busy = utilisation.get(deployment.service, 0.0)
        kinds = [kind for place, kind in happened if place == deployment.service]
        row += [
            sum([census.ready[k] * length_s for census, length_s in spans]) / WINDOW_S,
            sum([census.placed[k] * length_s for census, length_s in spans]) / WINDOW_S,
            state.memories[k].desired,
            end.pending[k],
            end.placed[k] - end.ready[k],
            kinds.count("pod-crashed") + kinds.count("pod-oom"),
            kinds.count("pod-oom"),
            busy * deployment.cpu_share,
            busy if deployment.gpu_memory_gb else 0.0,
        ]
    for k, pool in enumerate(setting.pools):
        kinds = [kind for place, kind in happened if place == pool.name]
        row += [
            sum([census.on_demand[k] * length_s for census, length_s in spans]),
            sum([census.spot[k] * length_s for census, length_s in spans]),
            end.on_demand[k] + end.spot[k],
            end.provisioning[k],
            kinds.count("node-reclaimed") + kinds.count("node-lost"),
        ]
    return row


def resting_rows(setting: FleetSetting, counts: Mapping[str, int], windows: int, utilisation: Mapping[str, Floats]) -> Floats:
    """Rows of windows in which the fleet stands still with `counts` replicas per service, numbers with 6 significant digits.

    Args:
        utilisation: busy share of each service's ready replicas, per window; rounded.
    """
    state = FleetState.standard(setting, counts)
    row = significant6(np.array(fleet_row(setting, state, [(Census.of(state, setting), WINDOW_S)], (), {})))
    rows = np.tile(row, (windows, 1))
    for k, deployment in enumerate(setting.deployments):
        start, busy = k * len(SERVICE_MEASURES), utilisation[deployment.service]
        rows[:, start + SERVICE_MEASURES.index("cpu")] = significant6(busy * deployment.cpu_share)
        rows[:, start + SERVICE_MEASURES.index("gpu")] = busy if deployment.gpu_memory_gb else 0.0
    return rows

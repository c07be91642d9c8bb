"""Which windows of history are calm, and so need no requests.

A window is calm where nothing changes in it, no station has more than `CALM` of the work that it can do, no node is taken
back, and every autoscaler is content with the replicas that it has.
"""

from __future__ import annotations

from math import ceil

import numpy as np
from numpy.typing import NDArray

from simulator.dataplane.causes import Causes, Counts, at_rest
from simulator.dataplane.exact import Standing, Stretch
from simulator.dataplane.kernels import Floats
from simulator.dataplane.queues import TICK_S, tick_at
from simulator.dataplane.settings import SERVICES
from simulator.dataplane.specs import Setting, Station
from simulator.dataplane.surfaces import bottleneck_per_s, capacity_per_s
from simulator.dataplane.windows import WINDOW_S
from simulator.fleet.autoscaling import HPA_TOLERANCE, KPA_UTILISATION
from simulator.fleet.in_force import DeploymentSetting, FleetSetting
from simulator.fleet.members import NEVER
from simulator.fleet.reclaims import Draw, first_reclaim_s
from simulator.fleet.spec import SPOT
from simulator.fleet.state import FleetState
from simulator.fleet.steps import advance

CALM = 0.95
"""Work brought over work that can be done, up to which queues stay short."""
RESTED_S = 1.0
"""Longest backlog of a replica that counts as none, beyond ten times the mean time of service."""
RETRIED = 0.01
"""Share of tries again up to which callers have come to rest."""
_LOOK_BACK = 12
"""Windows in the longest time over which an autoscaler stabilises, an hour."""


class Calm:
    """Finds the windows that are not calm."""

    def __init__(self, causes: Causes) -> None:
        self._causes = causes

    def until(self, first: int, last: int, counts: Counts) -> int:
        """The first window in [first, last) that is not calm, `last` where all are. The fleet is at rest with `counts` as `first` begins."""
        last, stretch = self._until_change(first, last, counts)
        if last == first:
            return first
        setting = at_rest(stretch, counts)
        since = max(first - _LOOK_BACK, 0)
        rate_per_s = self._causes.traffic.expected(since, last) / WINDOW_S
        now = first - since
        restless = rate_per_s[now:] > CALM * bottleneck_per_s(setting)
        if stretch.fleet is not None:
            for station, service in zip((setting.fetch, setting.model), SERVICES, strict=True):
                deployment = stretch.fleet.deployment(service)
                restless |= _discontent(deployment, counts[service], total_of(deployment, station, rate_per_s), now)
            reclaim_s = _first_reclaim_s(self._causes.traffic.seed, stretch.fleet, counts, first * WINDOW_S, last * WINDOW_S)
            if reclaim_s < last * WINDOW_S:
                restless[int(reclaim_s // WINDOW_S) - first] = True
        return first + int(np.argmax(restless)) if restless.any() else last

    def _until_change(self, first: int, last: int, counts: Counts) -> tuple[int, Stretch]:
        """The first window in which something changes that matters, and what is in force before."""
        since_s = max(first * WINDOW_S - TICK_S, 0.0)
        stretch = self._causes.stretch_at(since_s)
        if self._causes.lasts_until(since_s) >= last * WINDOW_S:
            return last, stretch
        for moment in self._causes.in_force.changes(since_s, last * WINDOW_S):
            new = self._causes.stretch_at(moment)
            if (new.setting, new.away) != (stretch.setting, stretch.away) or self._moves(stretch.fleet, new.fleet, counts):
                return max(int(tick_at(moment) // WINDOW_S), first), stretch
            stretch = new if moment <= first * WINDOW_S else stretch
        return last, stretch

    def _moves(self, before: FleetSetting | None, after: FleetSetting | None, counts: Counts) -> bool:
        """Whether a fleet at rest may do anything as its orders change."""
        if before is None or after is None or before == after:
            return False
        if any((was.pinned, was.autoscaler) != (new.pinned, new.autoscaler) for was, new in zip(before.deployments, after.deployments, strict=True)):
            return True
        if any((was.market, was.reclaims_per_hour) != (new.market, new.reclaims_per_hour) for was, new in zip(before.pools, after.pools, strict=True)):
            return True
        state = FleetState.standard(before, counts)
        then, _ = advance(state, after, 0.0, Draw(self._causes.traffic.seed, 0.0))
        return then.pods != state.pods or [(node.id, node.state, node.until_s) for node in then.nodes] != [(node.id, node.state, node.until_s) for node in state.nodes]


def total_of(deployment: DeploymentSetting, station: Station, rate_per_s: Floats) -> Floats:
    """An autoscaler's signal over all replicas at each rate of requests; requests under way are those in service."""
    if deployment.autoscaler.signal == "rate":
        return rate_per_s
    busy = rate_per_s * (station.replicas / capacity_per_s(station) if station.replicas else station.service_s)
    return np.asarray(busy * deployment.cpu_share) if deployment.autoscaler.signal == "cpu" else np.asarray(busy)


def _discontent(deployment: DeploymentSetting, count: int, total: Floats, now: int) -> NDArray[np.bool_]:
    """In which windows from `now` on the autoscaler would leave `count` replicas; windows before are what it looks back on."""
    scaler = deployment.autoscaler
    nowhere = np.zeros(total.size - now, dtype=np.bool_)
    if deployment.pinned or scaler.kind == "off":
        return nowhere
    if not scaler.min <= count <= scaler.max:
        return ~nowhere
    if scaler.kind == "hpa":
        per_target = total / scaler.target
        wanted = np.where(np.abs(per_target / count - 1.0) <= HPA_TOLERANCE, count, np.ceil(per_target - 1e-9))
    else:
        wanted = np.ceil(total / (scaler.target * KPA_UTILISATION) - 1e-9)
    wanted = np.clip(wanted, scaler.min, scaler.max)
    held = wanted.copy()
    for back in range(1, min(ceil(scaler.window_s / WINDOW_S), _LOOK_BACK) + 1):
        held[back:] = np.maximum(held[back:], wanted[:-back])
    return np.asarray((wanted[now:] > count) | (held[now:] < count))


def _first_reclaim_s(seed: int, fleet: FleetSetting, counts: Counts, since_s: float, until_s: float) -> float:
    """When the cloud first takes a node back from the fleet at rest."""
    first_s = NEVER
    if any(pool.market == SPOT and pool.reclaims_per_hour for pool in fleet.pools):
        for node in FleetState.standard(fleet, counts).nodes:
            pool = fleet.pool(node.pool)
            if node.market == SPOT and pool.reclaims_per_hour:
                first_s = min(first_s, first_reclaim_s(seed, pool.name, node.slot, pool.reclaims_per_hour, since_s - TICK_S, min(until_s, first_s)))
    return first_s


def rested(standing: Standing, stretch: Stretch, retried: float) -> bool:
    """Whether a service and its fleet stand still: no backlog, hardly anybody trying again, no pod or node under way.

    Args:
        retried: share of tries again in the window that ends.
    """
    backlogs = (standing.passing.fetch, stretch.setting.fetch), (standing.passing.model, stretch.setting.model)
    if retried > RETRIED or any(max(backlog.free_s, default=0.0) > max(RESTED_S, 10.0 * station.service_s) for backlog, station in backlogs):
        return False
    fleet = standing.fleet
    if fleet is None or stretch.fleet is None:
        return True
    if any(pod.phase not in ("ready", "pending") for pod in fleet.pods) or any(node.state != "ready" or node.until_s < NEVER for node in fleet.nodes):
        return False
    rest = FleetState.standard(stretch.fleet, counts_of(fleet))
    return all(len(fleet.ready(service)) == len(rest.ready(service)) and len(fleet.of(service)) == len(rest.of(service)) for service in counts_of(fleet))


def counts_of(fleet: FleetState | None) -> Counts:
    return {memory.service: memory.desired for memory in fleet.memories} if fleet else {}


def most_waiting_s(standing: Standing, setting: Setting) -> float:
    """Mean backlog of a replica, seconds, at the station where it is longer."""
    return max(backlog.work_s / max(station.replicas, 1) for backlog, station in ((standing.passing.fetch, setting.fetch), (standing.passing.model, setting.model)))

"""The steady state of a fleet, and the number of replicas at which an autoscaler comes to rest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

from simulator.fleet.autoscaling import KPA_UTILISATION, hpa_desired
from simulator.fleet.in_force import DeploymentSetting, FleetSetting
from simulator.fleet.members import Node, Pod
from simulator.fleet.packing import first_fit
from simulator.fleet.state import FleetState, Memory


def steady_state(setting: FleetSetting, replicas: Mapping[str, int]) -> FleetState:
    """See `FleetState.standard`."""
    return _steady(setting, tuple(sorted(replicas.items())))


@lru_cache(maxsize=1024)
def _steady(setting: FleetSetting, asked: tuple[tuple[str, int], ...]) -> FleetState:
    replicas = dict(asked)
    nodes: list[Node] = []
    for pool in setting.pools:
        nodes += [Node(len(nodes) + slot, pool.name, pool.market, slot, "ready") for slot in range(pool.min_nodes)]
    pods: list[Pod] = []
    memories: list[Memory] = []
    for deployment in setting.deployments:
        desired = deployment.pinned or replicas.get(deployment.service, deployment.autoscaler.min)
        memories.append(Memory(deployment.service, desired))
        for _ in range(desired):
            pod = Pod(len(pods), deployment.service, deployment.template)
            place = _place(setting, deployment, nodes, pods)
            if place is not None:
                node, card = place
                pod = replace(pod, phase="ready", node=node.id, card=card)
                if pod.image not in node.images:
                    nodes[node.id] = replace(node, images=(*node.images, pod.image))
            pods.append(pod)
    return FleetState(tuple(nodes), tuple(pods), tuple(memories), tuple(pool.lost for pool in setting.pools), len(nodes), len(pods))


def _place(setting: FleetSetting, deployment: DeploymentSetting, nodes: list[Node], pods: list[Pod]) -> tuple[Node, int] | None:
    """Where the next pod goes; adds a node to `nodes` where none has room and the quota allows one."""
    found = first_fit(setting, deployment, nodes, pods)
    pool = setting.pool(deployment.pool)
    count = sum(node.pool == pool.name for node in nodes)
    if found is None and count < pool.room:
        nodes.append(Node(len(nodes), pool.name, pool.market, count, "ready"))
        found = first_fit(setting, deployment, nodes[-1:], pods)
    return found


def resting_replicas(deployment: DeploymentSetting, total: float) -> int:
    """The fewest replicas at which the autoscaler stays, for `total` of its signal over all replicas: processors or cards
    kept busy, requests under way, or requests per second. What a person pinned is pinned."""
    scaler = deployment.autoscaler
    if deployment.pinned or scaler.kind == "off":
        return deployment.pinned or scaler.min
    for count in range(max(scaler.min, 1), scaler.max):
        if scaler.kind == "kpa" and total <= count * scaler.target * KPA_UTILISATION:
            return count if total > 0 else scaler.min
        if scaler.kind == "hpa" and hpa_desired(count, total / count, scaler.target, count) <= count:
            return count
    return scaler.max

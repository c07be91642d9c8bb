"""What nodes do at a moment: join, get lost, are reclaimed, go; are asked for, replaced and given back."""

from __future__ import annotations

from dataclasses import replace

from simulator.fleet.clock import on_tick
from simulator.fleet.in_force import PoolSetting
from simulator.fleet.members import NEVER, Node, Pod
from simulator.fleet.packing import first_fit
from simulator.fleet.reclaims import Draw
from simulator.fleet.spec import SPOT
from simulator.fleet.work import Work

IDLE_S = 600.0
"""A node with nothing on it is given back after so long, where its pool has more than its fewest."""


def lose_nodes(work: Work) -> None:
    """Nodes that went out of reach, the longest there first. Their pods are gone at once."""
    for place, pool in enumerate(work.setting.pools):
        gone = [node for node in work.of_pool(pool) if node.state != "provisioning"][: max(pool.lost - work.lost[place], 0)]
        for node in gone:
            fates = [(deployment.service, deployment.on_loss) for deployment in work.setting.deployments]
            work.drop(node, "node-lost", f"{node.name} does not answer any more", "pod-crashed", fates)
        work.lost[place] = pool.lost


def due_nodes(work: Work) -> None:
    for node in list(work.nodes.values()):
        if node.due_s > work.now_s:
            continue
        if node.state == "provisioning":
            work.nodes[node.id] = replace(node, state="ready", until_s=NEVER)
            work.say("node-ready", node.pool, node.name, f"{node.name} joined")
        elif node.state == "draining":
            work.drop(node, "node-gone", f"{node.name} is gone", "pod-stopped", [(deployment.service, "drains") for deployment in work.setting.deployments])
        elif node.until_s <= work.now_s:
            work.drop(node, "node-removed", f"{node.name} was given back; nothing ran on it for {IDLE_S / 60:g} min", "pod-stopped", [])
        elif node.reclaim_s <= work.now_s:
            notice_s = work.setting.pool(node.pool).notice_s
            drain(work, node)
            work.say("node-reclaimed", node.pool, node.name, f"the cloud takes {node.name} back in {notice_s:g} s")


def drain(work: Work, node: Node) -> None:
    """From now on the node takes no pods; it goes when the notice is over."""
    until_s = work.now_s + work.setting.pool(node.pool).notice_s
    work.nodes[node.id] = replace(node, state="draining", until_s=until_s, reclaim_s=NEVER, drawn_until_s=NEVER, hazard=0.0)


def ask_for_nodes(work: Work) -> None:
    """As many as the pods without a place need and the pool's fewest demand, within the quota that training leaves."""
    for pool in work.setting.pools:
        coming = [node for node in work.of_pool(pool) if node.state == "provisioning"]
        planned: list[Pod] = []
        for pod in [pod for pod in work.pods.values() if pod.node < 0]:
            deployment = work.setting.deployment(pod.service)
            if deployment.pool != pool.name:
                continue
            found = first_fit(work.setting, deployment, coming, planned)
            if found is None and len(work.of_pool(pool)) < pool.room:
                coming.append(_ask(work, pool, f"{pod.name} has no place"))
                found = first_fit(work.setting, deployment, coming[-1:], planned)
            if found is not None:
                planned.append(replace(pod, node=found[0].id, card=found[1]))
            elif pod.id in work.unplaced:
                held = f", {pool.training} of them held by training" if pool.training else ""
                work.say("pod-pending", pod.service, pod.name, f"{pod.name} is pending: no node of {pool.name} has room, and its quota of {pool.max_nodes} nodes is used up{held}")
        while len(staying(work, pool)) < pool.min_nodes and len(work.of_pool(pool)) < pool.room:
            _ask(work, pool, f"{pool.name} keeps at least {pool.min_nodes}")
        _replace_market(work, pool)
    work.unplaced.clear()


def staying(work: Work, pool: PoolSetting) -> list[Node]:
    return [node for node in work.of_pool(pool) if node.state != "draining"]


def _ask(work: Work, pool: PoolSetting, why: str) -> Node:
    return work.ask(pool, on_tick(work.now_s + pool.provision_s), why)


def _replace_market(work: Work, pool: PoolSetting) -> None:
    """Nodes of the other market go one after the other, each once an empty one of the pool's market is there, or at once where the quota has no room for it."""
    nodes = work.of_pool(pool)
    other = [node for node in nodes if node.state == "ready" and node.market != pool.market]
    if not other or any(node.state == "draining" for node in nodes):
        return
    new = [node for node in nodes if node.market == pool.market]
    if any(node.state == "ready" and not work.on(node) for node in new) or (len(nodes) >= pool.room and not any(node.state == "provisioning" for node in new)):
        drain(work, other[0])
        work.say("node-drained", pool.name, other[0].name, f"{other[0].name} takes no more pods: {pool.name} goes over to {pool.market}")
    elif not any(node.state == "provisioning" for node in new):
        _ask(work, pool, f"{pool.name} goes over to {pool.market}")


def time_idle_nodes(work: Work) -> None:
    """Starts and stops the time after which an empty node is given back; the youngest go first."""
    for pool in work.setting.pools:
        here = staying(work, pool)
        empty = sorted((node for node in here if node.state == "ready" and not work.on(node)), key=lambda node: -node.id)
        spare = [node.id for node in empty[: max(len(here) - pool.min_nodes, 0)]]
        for node in here:
            if node.state == "ready" and (node.id in spare) != (node.until_s < NEVER):
                work.nodes[node.id] = replace(node, until_s=work.now_s + IDLE_S if node.id in spare else NEVER)


def hazard_of(node: Node, pool: PoolSetting) -> float:
    """Reclaims per hour of a node."""
    return pool.reclaims_per_hour if node.state == "ready" and node.market == SPOT else 0.0


def draw_reclaims(work: Work, draw: Draw) -> None:
    """When each spot node is reclaimed in the block of time that has begun, where that is not known yet."""
    for pool in work.setting.pools:
        for node in work.of_pool(pool):
            hazard = hazard_of(node, pool)
            if not hazard and node.hazard:
                work.nodes[node.id] = replace(node, reclaim_s=NEVER, drawn_until_s=NEVER, hazard=0.0)
            elif hazard and (hazard != node.hazard or node.drawn_until_s <= work.now_s):
                reclaim_s = draw.reclaim_s(pool.name, node.slot, hazard, work.now_s)
                work.nodes[node.id] = replace(node, reclaim_s=reclaim_s, drawn_until_s=draw.block_end_s(work.now_s), hazard=hazard)

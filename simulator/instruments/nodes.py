"""The look at node pools: how many nodes there are and may be, which replicas run on them, which wait and why."""

from __future__ import annotations

from collections import Counter

from simulator.commands import Args, Noticeable, Param, look
from simulator.durations import HOUR_S
from simulator.fleet.in_force import DeploymentSetting, PoolSetting
from simulator.fleet.state import FleetState
from simulator.instruments.served import trailing
from simulator.observation import Cell, Observation, Table, rounded_facts, table
from simulator.telemetry.fleet import desired, fleet_in_force, fleet_now, waits_for
from simulator.world import World

_NOTICEABLE = {name: Noticeable(absolute=0.5, relative=0.0) for name in ("nodes.", "provisioning.", "draining.", "training.", "quota.", "pending.", "starting.", "crashed.")} | {
    "reclaimed.": Noticeable(absolute=0.5, relative=0.1)
}
_MOST_EVENTS = 40
_GONE = ("node-reclaimed", "node-lost")
_CRASHED = ("pod-crashed", "pod-oom")


@look(
    "nodes",
    group="capacity",
    takes="2m",
    params=(Param("last", "duration", "how far back events go", 6 * HOUR_S, unit="s"),),
    noticeable=_NOTICEABLE,
    covers=("sys.kubernetes", "sys.autoscaling", "sys.gpu-cost"),
)
def nodes(world: World, args: Args) -> Observation:
    """Shows node pools: machine, market, quota, nodes that are ready, on their way or going, and what training holds. Then the replicas
    of each service on them, which wait for a place and why, every node, and what happened of late.
    """
    span = trailing(world, args, "last")
    setting, state = fleet_in_force(world), fleet_now(world)
    events = world.service.fleet_events(span.since_s, span.until_s)
    gone, crashed = (Counter(event.place for event in events if event.kind in kinds) for kinds in (_GONE, _CRASHED))
    values: dict[str, object] = {}
    for pool in setting.pools:
        states = Counter(node.state for node in state.nodes if node.pool == pool.name)
        values |= {f"nodes.{pool.name}": states["ready"], f"provisioning.{pool.name}": states["provisioning"], f"draining.{pool.name}": states["draining"]}
        values |= {f"quota.{pool.name}": pool.max_nodes, f"training.{pool.name}": pool.training, f"market.{pool.name}": pool.market}
        values[f"reclaimed.{pool.name}"] = gone[pool.name]
    for deployment in setting.deployments:
        phases = Counter(pod.phase for pod in state.of(deployment.service))
        values |= {f"pending.{deployment.service}": phases["pending"], f"starting.{deployment.service}": phases["pulling"] + phases["loading"]}
        values[f"crashed.{deployment.service}"] = crashed[deployment.service]
    newest = [(round(event.at_s), event.kind, event.place, event.subject, event.text) for event in reversed(events)][:_MOST_EVENTS]
    return Observation(
        "Nodes",
        tables=(
            _pools(setting.pools, state),
            _replicas(setting.pools, setting.deployments, state),
            _nodes(state),
            table(f"Events of the last {span.length}", (("at", "time"), "what", "where", "which", "said"), newest),
        ),
        text=() if newest else (f"No replica and no node came or went in the last {span.length}.",),
        facts=rounded_facts(values),
    )


def _pools(pools: tuple[PoolSetting, ...], state: FleetState) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for pool in pools:
        states = Counter(node.state for node in state.nodes if node.pool == pool.name)
        price = pool.machine.price(pool.market)
        counts = (states["ready"], states["provisioning"], states["draining"], pool.training)
        rows.append((pool.name, pool.machine.name, pool.machine.gpus or None, pool.market, *counts, pool.min_nodes, pool.max_nodes, price))
    heads = ("pool", "machine", "GPUs", "market", "ready", "provisioning", "draining", "held by training", "kept", "quota", ("a node", "USD per h"))
    return table("Pools", heads, rows)


def _replicas(pools: tuple[PoolSetting, ...], deployments: tuple[DeploymentSetting, ...], state: FleetState) -> Table:
    by_name = {pool.name: pool for pool in pools}
    rows: list[tuple[Cell, ...]] = []
    for deployment in deployments:
        pods = state.of(deployment.service)
        phases = Counter(pod.phase for pod in pods)
        why = waits_for(state, by_name[deployment.pool]) if phases["pending"] else ""
        counts = (phases["ready"], phases["pulling"], phases["loading"], phases["backoff"], phases["pending"])
        rows.append((deployment.service, deployment.pool, desired(state, deployment), *counts, max((pod.restarts for pod in pods), default=0), why))
    return table("Replicas", ("service", "pool", "desired", "ready", "pulling image", "loading model", "back-off", "pending", "most restarts", "pending because"), rows)


def _nodes(state: FleetState) -> Table:
    rows = []
    for node in state.nodes:
        on_it = Counter(pod.service for pod in state.pods if pod.node == node.id)
        rows.append((node.name, node.pool, node.market, node.state, ", ".join(f"{count} {service}" for service, count in sorted(on_it.items())), len(node.images)))
    return table("Nodes", ("node", "pool", "market", "state", "replicas", "images kept"), rows)

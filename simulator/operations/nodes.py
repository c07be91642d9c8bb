"""Moves on machines: the bounds and the market of a node pool, and how many replicas share a card."""

from __future__ import annotations

from simulator.commands import Args, Param, move
from simulator.errors import Refused
from simulator.fleet.in_force import PoolSetting
from simulator.fleet.spec import MARKETS
from simulator.observation import Observation, rounded_facts
from simulator.operations.changes import WHO, arrow
from simulator.operations.targets import fleet_with, known_pool, known_service
from simulator.timeline import Value
from simulator.world import World


@move(
    "node pool",
    group="capacity",
    takes="10m",
    params=(
        Param("pool", "text", "the node pool", required=True, positional=True, names="pool"),
        Param("min", "integer", "nodes that it keeps, used or not"),
        Param("max", "integer", "most nodes, training's included: its quota"),
        Param("market", "text", "how new nodes are bought; the nodes there are follow one by one", choices=MARKETS),
    ),
    blast="wide",
    covers=("sys.kubernetes", "sys.gpu-cost", "sys.autoscaling"),
)
def node_pool(world: World, args: Args) -> Observation:
    """Change how many nodes a pool may have, how many it keeps, or whether they are bought on demand or spot. Each node is paid by the second.
    A spot node is cheaper and can be taken back at short notice. Give at least one option.
    """
    pool = known_pool(world, args["pool"]).name
    given = {name: args[name] for name in ("min", "max", "market") if args[name] is not None}
    if not given:
        raise Refused("nothing to change; give --min, --max or --market")
    pulls: dict[str, Value] = {f"pool.{name}/{pool}": value if isinstance(value, str) else float(value) for name, value in given.items()}
    for lever, value in pulls.items():
        world.levers.declared(lever).check(value)
    before, after = (fleet_with(world, change).pool(pool) for change in ({}, pulls))
    fewest, most = given.get("min", before.min_nodes), given.get("max", before.max_nodes)
    if min(fewest, most) < 0:
        raise Refused("a pool has no fewer than 0 nodes")
    if fewest > most:
        raise Refused(f"the nodes that {pool} keeps, {fewest}, are more than its quota, {most}")
    if before == after:
        raise Refused(f"{pool} is set that way already")
    for lever, value in pulls.items():
        if world.levers[lever].at(world.now_s) != value:
            world.pull(lever, value, WHO, "node pool set")
    return Observation(
        "node pool",
        text=tuple(f"{_SAID[name]} {pool}: {arrow(_field(before, name), _field(after, name))}." for name in given),
        facts=rounded_facts({f"{name}.{pool}": _field(after, name) for name in given}),
    )


@move(
    "serving packing",
    group="serving",
    takes="5m",
    params=(
        Param("service", "text", "the service", required=True, positional=True, names="service"),
        Param("per-gpu", "integer", "replicas that may share one card", required=True),
    ),
    blast="wide",
    covers=("sys.gpu-cost", "sys.kubernetes"),
)
def packing(world: World, args: Args) -> Observation:
    """Choose how many replicas of a service may share one GPU. The replicas there are get replaced, a few at a time.
    They share the card's memory: where it is not enough, the youngest is killed.
    """
    service, per_gpu = args["service"], args["per-gpu"]
    known_service(world, service)
    lever = f"serving.per_gpu/{service}"
    before, after = (fleet_with(world, change).deployment(service) for change in ({}, {lever: float(per_gpu)}))
    if not before.gpu_memory_gb:
        raise Refused(f"{service} runs without GPU")
    if not 1 <= per_gpu <= world.levers.declared(lever).high:
        raise Refused(f"1 to {world.levers.declared(lever).high:g} replicas can share a card, not {per_gpu}")
    if before == after:
        raise Refused(f"{per_gpu} replicas of {service} share a card already")
    world.pull(lever, float(per_gpu), WHO, f"{per_gpu} replicas to a card")
    machine = world.spec.fleet.pool(after.pool).machine
    return Observation(
        "serving packing",
        text=(
            f"Replicas of {service} on one card: {arrow(before.per_gpu, per_gpu)}.",
            f"One replica takes {after.gpu_memory_gb:g} GB; a card of {machine.name} has {machine.gpu_memory_gb:g} GB.",
        ),
        facts=rounded_facts({f"per_gpu.{service}": per_gpu, f"gpu_memory_gb.{service}": after.gpu_memory_gb, "card_gb": machine.gpu_memory_gb}),
    )


def _field(found: PoolSetting, name: str) -> int | str:
    return {"min": found.min_nodes, "max": found.max_nodes, "market": found.market}[name]


_SAID = {"min": "Nodes kept in", "max": "Quota of", "market": "Market of"}

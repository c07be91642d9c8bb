"""The look at GPUs, in the terms of NVIDIA's DCGM exporter, beside what the replicas on them do."""

from __future__ import annotations

from collections import Counter

from simulator.commands import Args, Noticeable, Param, look
from simulator.durations import MINUTE_S
from simulator.instruments.served import trailing
from simulator.observation import Cell, Observation, rounded_facts, table
from simulator.telemetry.fleet import card_utilisation, fleet_in_force, fleet_now, mean_over
from simulator.world import World

MIB_PER_GB = 1024.0
"""Cards and replicas are sized in GB of memory, which are GiB."""
_NOTICEABLE = {
    "gpu_util.": Noticeable(absolute=4.0),
    "replica_busy.": Noticeable(absolute=0.04),
    "fb_used_mib.": Noticeable(relative=0.03),
    "fb_free_mib.": Noticeable(relative=0.03),
    **{name: Noticeable(absolute=0.5, relative=0.0) for name in ("cards.", "idle_cards.", "per_gpu.", "oom_killed.")},
}


@look(
    "gpu",
    group="capacity",
    takes="2m",
    params=(Param("last", "duration", "span of the utilisation", 15 * MINUTE_S, unit="s"),),
    noticeable=_NOTICEABLE,
    covers=("sys.gpu-cost", "sys.metrics", "screen.gpu-variable"),
)
def gpu(world: World, args: Args) -> Observation:
    """Shows every card: replicas on it, DCGM_FI_DEV_GPU_UTIL, memory used and free, beside the share of time in which its replicas worked.
    GPU_UTIL counts a moment in which anything ran on the card, so it is no measure of how much more the card could do.
    """
    span = trailing(world, args, "last", 5 * MINUTE_S)
    setting, state = fleet_in_force(world), fleet_now(world)
    fleet = world.service.fleet_windows(span.since_s, span.until_s)
    cards: list[tuple[Cell, ...]] = []
    values: dict[str, object] = {}
    for pool in setting.pools:
        if not pool.machine.gpus:
            continue
        busy: dict[str, float] = {}
        memory_gb: dict[str, float] = {}
        for deployment in setting.deployments:
            if deployment.pool == pool.name and deployment.gpu_memory_gb:
                replicas = fleet.services[deployment.service]
                busy[deployment.service] = mean_over(replicas.gpu, replicas.ready) or 0.0
                memory_gb[deployment.service] = deployment.gpu_memory_gb
                values |= {f"replica_busy.{deployment.service}": busy[deployment.service], f"replica_mib.{deployment.service}": deployment.gpu_memory_gb * MIB_PER_GB}
                values |= {f"per_gpu.{deployment.service}": deployment.per_gpu, f"oom_killed.{deployment.service}": float(replicas.oom_killed.sum())}
        util: list[float] = []
        free: list[float] = []
        for node in (node for node in state.nodes if node.pool == pool.name and node.state != "provisioning"):
            for card in range(pool.machine.gpus):
                on_it = Counter(pod.service for pod in state.pods if pod.node == node.id and pod.card == card and pod.phase == "ready")
                held = sum(memory_gb[service] * count for service, count in on_it.items())
                idle = 1.0
                for service, count in on_it.items():
                    idle *= 1.0 - card_utilisation(busy[service], count)
                util.append(100.0 * (1.0 - idle))
                free.append((pool.machine.gpu_memory_gb - held) * MIB_PER_GB)
                worked = max((busy[service] for service in on_it), default=None)
                cards.append((node.name, card, pool.machine.name, sum(on_it.values()), util[-1], worked, held * MIB_PER_GB, free[-1]))
        if util:
            values |= {f"gpu_util.{pool.name}": sum(util) / len(util), f"cards.{pool.name}": len(util), f"idle_cards.{pool.name}": sum(share == 0.0 for share in util)}
            values |= {f"fb_used_mib.{pool.name}": pool.machine.gpu_memory_gb * MIB_PER_GB - min(free), f"fb_free_mib.{pool.name}": min(free)}
    heads = (
        "node",
        "card",
        "machine",
        "replicas",
        ("DCGM_FI_DEV_GPU_UTIL", "%"),
        ("busy, per replica", "ratio"),
        ("DCGM_FI_DEV_FB_USED", "MiB"),
        ("DCGM_FI_DEV_FB_FREE", "MiB"),
    )
    return Observation(
        f"GPUs, last {span.length}",
        tables=(table("Cards", heads, cards),),
        text=(_SAID if cards else "No node with a GPU is up.",),
        facts=rounded_facts(values),
    )


_SAID = "GPU_UTIL is the share of time in which any work ran on a card: two replicas that are each busy 40% of the time, on their own, show as 64%."

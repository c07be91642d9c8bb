from __future__ import annotations

from collections.abc import Callable

from simulator.durations import MINUTE_S
from simulator.observation import Observation
from simulator.world import World

Fork = Callable[..., World]
Do = Callable[[World, str], Observation]


def test_a_pool_that_keeps_more_nodes_gets_them_after_they_are_provisioned(fork: Fork, do: Do) -> None:
    world = fork()
    said = do(world, "node pool gpu --min 3")
    assert said.text == ("Nodes kept in gpu: 2 -> 3.",)
    world.advance(world.now_s + 10 * MINUTE_S)
    world.settle()
    assert [node.state for node in world.service.fleet_now().nodes if node.pool == "gpu"] == ["ready"] * 3


def test_a_quota_leaves_replicas_pending_and_raising_it_gives_them_a_place(fork: Fork, do: Do) -> None:
    world = fork()
    do(world, "node pool gpu --max 2")
    do(world, "serving scale model-server 6")
    world.advance(world.now_s + 10 * MINUTE_S)
    shown = do(world, "nodes --last 1h")
    assert (shown.facts["pending.model-server"], shown.facts["quota.gpu"], shown.facts["nodes.gpu"]) == (2.0, 2.0, 2.0)
    assert [row[-1] for row in shown.tables[1].rows] == ["", "no room: the quota of gpu is 2 nodes"]
    do(world, "node pool gpu --max 4")
    world.advance(world.now_s + 10 * MINUTE_S)
    assert do(world, "nodes").facts["pending.model-server"] == 0.0


def test_packing_says_what_a_replica_takes_of_its_card(fork: Fork, do: Do) -> None:
    world = fork()
    said = do(world, "serving packing model-server --per-gpu 4")
    assert said.text[0] == "Replicas of model-server on one card: 2 -> 4."
    assert (said.facts["per_gpu.model-server"], said.facts["gpu_memory_gb.model-server"]) == (4.0, 4.0)
    assert float(said.facts["card_gb"]) == world.spec.fleet.pool("gpu").machine.gpu_memory_gb

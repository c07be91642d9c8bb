from __future__ import annotations

from collections.abc import Callable

from simulator.commands import looks_and_moves
from simulator.durations import MINUTE_S
from simulator.observation import Observation
from simulator.world import World

Fork = Callable[..., World]
Do = Callable[[World, str], Observation]


def test_it_says_what_was_and_what_is_in_force(fork: Fork, do: Do) -> None:
    said = do(fork(), "autoscaler set model-server --kind kpa --signal concurrency --max 6")
    assert said.text == ("Autoscaler of model-server: hpa on gpu 0.75, 3 to 8 replicas, window 5m -> kpa on concurrency 100, 3 to 6 replicas, window 1m.",)
    assert dict(said.facts) == {"kind": "kpa", "signal": "concurrency", "target": 100.0, "max": 6.0}


def test_a_pinned_service_is_said_to_be_pinned(fork: Fork, do: Do) -> None:
    world = fork()
    do(world, "serving scale model-server 4")
    said = do(world, "autoscaler set model-server --max 6")
    assert said.text[1] == "model-server is pinned to 4 replicas and is not scaled until serving scale model-server --auto."


def test_a_lower_target_brings_more_replicas_and_pinning_holds_them(fork: Fork, do: Do) -> None:
    scaled, pinned = fork(), fork()
    do(pinned, "serving scale model-server 3")
    for world in (scaled, pinned):
        do(world, "autoscaler set model-server --target 10%")
        world.advance(world.now_s + 20 * MINUTE_S)
        world.settle()
    assert len(scaled.service.fleet_now().ready("model-server")) > 3
    assert len(pinned.service.fleet_now().ready("model-server")) == 3
    assert do(scaled, "autoscaler").facts["changes_1h.model-server"] >= 1.0


def test_it_is_a_wide_move_that_can_be_undone() -> None:
    command = looks_and_moves()["autoscaler set"]
    assert (command.blast, command.reversible, command.group) == ("wide", True, "capacity")

from __future__ import annotations

from collections.abc import Callable

import pytest

from simulator.durations import DAY_S, HOUR_S
from simulator.errors import Refused
from simulator.observation import Observation
from simulator.platform.registry import ModelVersion
from simulator.world import World

Fork = Callable[..., World]
Do = Callable[[World, str], Observation]


def champion(world: World) -> str:
    return world.levers["alias.champion"].text_at(world.now_s)


def after_training(world: World) -> ModelVersion:
    """The world an hour and a half later, when the run has ended."""
    world.advance(world.now_s + 1.5 * HOUR_S)
    return world.registry.versions[-1]


def test_a_started_training_registers_a_version_and_leaves_serving_alone(fork: Fork, do: Do) -> None:
    world = fork()
    before = champion(world), len(world.registry.versions), len(world.charges)
    do(world, "train start --window 21d --label-age 25d")
    version = after_training(world)
    assert (champion(world), len(world.registry.versions) - 1, len(world.charges) - 1) == before
    assert (version.trained_by, version.join, version.label_age_s) == ("you", "point-in-time", 25 * DAY_S)
    assert version.frame_until_s - version.frame_since_s == 21 * DAY_S
    assert version.passed_gate


def test_a_training_with_promote_on_changes_the_champion_when_it_passes_the_gate(fork: Fork, do: Do) -> None:
    world = fork()
    do(world, "train start --promote on")
    assert after_training(world).name == champion(world) == "v9"


def test_a_training_with_promote_on_changes_nothing_when_it_fails_the_gate(fork: Fork, do: Do) -> None:
    world = fork()
    do(world, "gate set --margin 0")
    do(world, "train start --promote on --window 5d")
    version = after_training(world)
    assert version.name == "v9"
    assert version.metrics["auc"] < version.metrics["champion_auc"]
    assert (version.passed_gate, champion(world)) == (False, "v8")


def test_a_run_may_not_promote_while_auto_promote_is_off(fork: Fork, do: Do) -> None:
    world = fork()
    do(world, "delivery auto-promote off")
    runs = dict(world.log.runs)
    with pytest.raises(Refused, match="auto-promote is off"):
        do(world, "train start --promote on")
    assert (world.log.runs, world.log.active) == (runs, 0)
    do(world, "pipelines trigger train")
    assert (after_training(world).name, champion(world)) == ("v9", "v8")


def test_a_frame_joined_with_the_latest_snapshot_looks_far_too_good_at_the_gate(fork: Fork, do: Do) -> None:
    leaking, honest = fork(), fork()
    do(leaking, "train start --join latest")
    do(honest, "train start --join point-in-time")
    for world, least, most in ((leaking, 0.05, 1.0), (honest, -0.01, 0.02)):
        metrics = after_training(world).metrics
        assert least < metrics["auc"] - metrics["champion_auc"] < most


def test_a_changed_recipe_counts_for_runs_that_nobody_gives_one(fork: Fork, do: Do) -> None:
    world = fork()
    do(world, "train frame --window 14d --join latest")
    do(world, "train transform t4")
    do(world, "pipelines trigger train")
    version = after_training(world)
    assert (version.join, version.transform, version.frame_until_s - version.frame_since_s) == ("latest", "t4", 14 * DAY_S)
    assert version.trained_by == "train DAG"

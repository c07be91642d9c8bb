"""What a frame takes from where, and what the gate measures on."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.durations import DAY_S
from simulator.platform.training import Frame, Recipe, build_frame, train
from simulator.world import World


def frame_of(world: World, join: str, snapshot_s: float = 0.0) -> Frame:
    recipe = Recipe(world.now_s, 21 * DAY_S, 21 * DAY_S, join, "t3", snapshot_s=snapshot_s)
    return build_frame(world.rows, world.levers, recipe, world.labels_known_at)


def test_a_snapshot_of_some_days_leaves_the_older_rows_as_they_were_joined_then(base_world: World) -> None:
    then, newest, part = frame_of(base_world, "point-in-time"), frame_of(base_world, "latest"), frame_of(base_world, "latest", 7 * DAY_S)
    young = part.at_s >= base_world.now_s - 28 * DAY_S
    assert 0 < young.sum() < len(young)
    assert np.array_equal(part.inputs[:, ~young], then.inputs[:, ~young])
    assert np.array_equal(part.inputs[:, young], newest.inputs[:, young])
    assert not np.array_equal(newest.inputs[:, young], then.inputs[:, young])


def test_a_snapshot_as_long_as_the_frame_is_the_whole_of_it(base_world: World) -> None:
    assert np.array_equal(frame_of(base_world, "latest", 21 * DAY_S).inputs, frame_of(base_world, "latest").inputs)


def test_payments_that_the_first_filter_let_pass_raise_every_model_alike(base_world: World) -> None:
    """They rank below everything, so that of all pairs of a bad and a good payment their share is right by definition."""
    frame = frame_of(base_world, "point-in-time")
    champion = base_world.registry.get("v1").scorer
    plain, wide = train(frame, champion), train(frame, champion, filtered_share=0.5)
    assert plain is not None
    assert wide is not None
    assert wide.scorer.digest() == plain.scorer.digest()
    held = slice(int(len(frame.at_s) * 0.8), None)
    good = float(frame.weights[held][frame.labels[held] == 0].sum())
    share = good / (good + float(frame.weights[held].sum()))
    for name in ("auc", "champion_auc"):
        assert wide.metrics[name] == pytest.approx(1.0 - share * (1.0 - plain.metrics[name]), abs=1e-5)
    assert wide.metrics["mean_score"] == pytest.approx(plain.metrics["mean_score"] / 2, rel=1e-4)
    assert wide.metrics["positive_rate"] == plain.metrics["positive_rate"]

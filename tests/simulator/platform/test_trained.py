"""Candidates kept by their cause: what shares one, what does not, and that a kept one is what training again would give."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from simulator.durations import DAY_S
from simulator.platform import trained as module
from simulator.platform.training import Candidate, Recipe
from simulator.timeline import Edit
from simulator.world import World

Fork = Callable[..., World]
NOW_S = 60 * DAY_S


def recipe(join: str = "point-in-time", window_days: float = 14.0, label_age_days: float = 21.0) -> Recipe:
    return Recipe(NOW_S, window_days * DAY_S, label_age_days * DAY_S, join, "t3")


def trained_in(world: World, told: Recipe) -> Candidate:
    world.advance(NOW_S)
    found = world.train(told)
    assert found is not None
    return found


def same(one: Candidate, two: Candidate) -> bool:
    return (one.scorer.digest(), one.rows, one.positives, one.metrics) == (two.scorer.digest(), two.rows, two.positives, two.metrics)


@pytest.mark.parametrize("join", ["point-in-time", "latest"])
def test_a_kept_candidate_is_what_training_again_gives(fork: Fork, monkeypatch: pytest.MonkeyPatch, join: str) -> None:
    first = trained_in(fork(), recipe(join))
    kept = trained_in(fork(), recipe(join))
    monkeypatch.setattr(module, "_KEPT", type(module._KEPT)())
    assert same(kept, first)
    assert same(kept, trained_in(fork(), recipe(join)))


def test_worlds_that_differ_elsewhere_only_train_once(fork: Fork, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = trained_in(fork(), recipe())
    monkeypatch.setattr(module, "_train", lambda *causes: pytest.fail("it was trained before"))
    assert trained_in(fork([Edit(NOW_S - 300.0, "pool.max/train-spot", 1.0, "cloud", "")]), recipe()) is plain


@pytest.mark.parametrize(
    "change",
    [
        Edit(NOW_S - 120.0, "labels.rejoin", "all", "you", ""),
        Edit(NOW_S - 120.0, "gate.filtered_share", 0.5, "you", ""),
        Edit(NOW_S - 120.0, "alias.champion", "v1", "you", ""),
    ],
)
def test_another_cause_is_another_candidate(fork: Fork, change: Edit) -> None:
    plain = trained_in(fork(), recipe())
    assert trained_in(fork([change]), recipe()) is not plain
    assert not same(trained_in(fork(), recipe(window_days=15.0)), plain)

"""The packaged catalogue: every scenario is proved sound over a few seeds, and the grader's bounds hold for its reference players."""

from __future__ import annotations

from functools import lru_cache

import pytest

from grader.calibrate import play_one, properties
from grader.check import check_scenario
from scenarios.library import find_scenario, scenario_names

CHECKED_SEEDS, PLAYED_SEEDS = (1, 2), (1,)
PLAYED = ("reference", "do-nothing", "retrain-first", "lucky", "shotgun", "random")
"""`hotseat calibrate` plays them all, and over more seeds."""


def _cases(seeds: tuple[int, ...]) -> list[object]:
    return [pytest.param(name, seed, marks=pytest.mark.xdist_group(f"{name}-{seed}"), id=f"{name}-{seed}") for name in scenario_names() for seed in seeds]


@pytest.mark.parametrize(("name", "seed"), _cases(CHECKED_SEEDS))
def test_a_packaged_scenario_is_sound(name: str, seed: int) -> None:
    found = check_scenario(find_scenario(name), (seed,))
    assert [f"{c['name']}: {c['detail']}" for c in found["checks"] if not c["ok"]] == []


@lru_cache(maxsize=1)
def _runs(name: str, seed: int) -> list[dict[str, object]]:
    return play_one(name, seed, PLAYED)


@pytest.mark.parametrize(("name", "seed"), _cases(PLAYED_SEEDS))
def test_the_bounds_of_the_grader_hold(name: str, seed: int) -> None:
    assert [p for p in properties(_runs(name, seed)) if not p["ok"]] == []

from __future__ import annotations

from typing import Any

import pytest

from grader.scorecard import grade
from tests.grader.scenes import START_S, Scene, by_rule, control_reference

FIELD = ("unit-change", "concept-drift", "leaking-frame", "label-join-loss", "slow-online-store", "nothing")


def card(scene: Scene) -> dict[str, Any]:
    return grade(*scene.done(), session="s").to_json()


def points(scene: Scene) -> float:
    return float(next(d["points"] for d in card(scene)["dimensions"] if d["id"] == "prevention"))


def scene_with(*guards: tuple[float | None, float]) -> Scene:
    """A diagnosed drill with guards, each by how long before the page it fires (None never) and its false alarms."""
    scene = Scene()
    step = scene.look("features age card_velocity", *FIELD)
    scene.type(f"declare feature-store/online/card_velocity stale-materialisation --because {step}")
    for before, alarms in guards:
        scene.guard("action-item data-age --on card_velocity", None if before is None else START_S - before, before, alarms)
    return scene


@pytest.mark.parametrize(
    ("before", "alarms", "earned"),
    [(3600.0, 0.0, 5.0), (3600.0, 1.0, 5.0), (-3600.0, 0.0, 2.5), (None, 0.0, 0.0), (3600.0, 3.0, 2.5), (3600.0, 30.0, 0.0)],
)
def test_a_guard_earns_by_when_it_fires_and_how_quiet_it_is(before: float | None, alarms: float, earned: float) -> None:
    assert points(scene_with((before, alarms))) == earned


def test_no_guard_earns_nothing() -> None:
    assert points(scene_with()) == 0.0


def test_the_best_guard_counts_once() -> None:
    assert points(scene_with((3600.0, 0.0), (1800.0, 0.0))) == 5.0


def test_a_guard_that_catches_nothing_costs_a_little_and_more_beyond_four() -> None:
    assert points(scene_with((3600.0, 0.0), (None, 0.0))) == 4.75
    assert points(scene_with((3600.0, 0.0), *[(None, 0.0)] * 4)) == pytest.approx(5 * (1 - 0.6))


def test_crying_wolf_is_named_with_its_count() -> None:
    found = by_rule(card(scene_with((3600.0, 0.0), (3600.0, 12.0))), "prevention.crying-wolf")[0]
    assert "12 times in 30 days" in found["because"]
    assert found["points"] == -1.0


def test_guards_with_no_look_behind_them_earn_nothing() -> None:
    scene = Scene()
    scene.guard("action-item data-age --on card_velocity", START_S - 3600, 3600.0)
    assert points(scene) == 0.0


def test_a_guard_upon_a_mistaken_cause_counts_in_part() -> None:
    scene = Scene()
    scene.look("features age card_velocity", *FIELD)
    scene.guard("action-item data-age --on card_velocity", START_S - 3600, 3600.0)
    assert points(scene) == 0.5


def test_a_control_drill_has_nothing_to_prevent_once_that_is_shown() -> None:
    assert points(control_reference()) == 5.0
    assert points(Scene(control=True)) == 0.0
    scene = control_reference()
    scene.guard("action-item latency", None, None, 5.0)
    assert points(scene) == 4.0

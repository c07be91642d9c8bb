from __future__ import annotations

from typing import Any

import pytest

from grader.scorecard import grade
from tests.grader.scenes import Scene, by_rule, control_reference

BACKFILL = "pipelines backfill materialise --view card_velocity"
FULL = 'update --impact "about 120 payments" --status {} --next "look at features" --eta 2h'


def card(scene: Scene) -> dict[str, Any]:
    return grade(*scene.done(), session="s").to_json()


def points(scene: Scene) -> float:
    return float(next(d["points"] for d in card(scene)["dimensions"] if d["id"] == "communication"))


def begun() -> Scene:
    scene = Scene()
    scene.look("features age card_velocity", "unit-change")
    return scene


def test_a_complete_update_in_the_first_hour_and_one_after_the_remedy_earn_everything() -> None:
    scene = begun()
    scene.type(FULL.format("investigating"))
    scene.move(BACKFILL, 9_000.0)
    scene.type(FULL.format("mitigated"))
    assert points(scene) == 10.0


def test_one_update_after_the_remedy_can_be_both() -> None:
    scene = begun()
    scene.move(BACKFILL, 9_000.0)
    scene.type(FULL.format("mitigated"))
    assert points(scene) == 10.0


def test_a_first_update_after_an_hour_is_worth_half_of_it() -> None:
    scene = begun()
    scene.type("wait 1h")
    scene.type(FULL.format("investigating"))
    found = by_rule(card(scene), "communication.first-update")[0]
    assert found["points"] == 2.0
    assert "later than 60m" in found["because"]


def test_an_incomplete_update_earns_by_its_parts() -> None:
    scene = begun()
    scene.type('update --impact "120 payments" --status investigating')
    found = by_rule(card(scene), "communication.first-update")[0]
    assert found["points"] == 1.0
    assert "leaves out --next and --eta" in found["because"]


def test_an_impact_without_a_number_lacks_a_share() -> None:
    scene = begun()
    scene.type(FULL.replace("about 120", "many").format("investigating"))
    assert by_rule(card(scene), "communication.impact-number")[0]["points"] == 0.0


def test_repeating_an_update_earns_nothing_more() -> None:
    def scene(times: int) -> Scene:
        s = begun()
        for _ in range(times):
            s.type(FULL.format("investigating"))
        return s

    assert points(scene(1)) == points(scene(5)) == 6.0


def test_more_words_earn_nothing_more() -> None:
    scene = begun()
    scene.type(FULL.replace("look at features", "look at features " + "root cause drift skew staleness rollback " * 40).format("investigating"))
    assert points(scene) == 6.0


def test_updates_with_no_look_behind_them_earn_nothing() -> None:
    scene = Scene()
    scene.type(FULL.format("investigating"))
    scene.move(BACKFILL, 9_000.0)
    scene.type(FULL.format("mitigated"))
    assert points(scene) == 0.0


@pytest.mark.parametrize(
    ("status", "why"), [("identified", "no cause had been declared"), ("mitigated", "nothing had been done that helped"), ("no-incident", "something was wrong")]
)
def test_an_update_that_does_not_hold_earns_nothing_and_costs(status: str, why: str) -> None:
    scene = begun()
    scene.type(FULL.format("investigating"))
    scene.type(FULL.format(status))
    assert points(scene) == 4.0
    assert why in by_rule(card(scene), "communication.untrue-update")[0]["because"]


def test_without_a_remedy_telling_the_cause_is_worth_half() -> None:
    scene = begun()
    scene.type("declare labels/join label-loss")
    scene.type(FULL.format("identified"))
    assert by_rule(card(scene), "communication.closing-update")[0]["points"] == 2.0


def test_a_control_drill_is_closed_by_saying_that_there_is_no_incident() -> None:
    assert points(control_reference()) == 10.0
    scene = Scene(control=True)
    scene.look("labels rate", "label-join-loss")
    scene.type(FULL.format("investigating"))
    assert points(scene) == 6.0

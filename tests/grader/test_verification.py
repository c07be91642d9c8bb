from __future__ import annotations

from dataclasses import replace

import pytest

from grader.scorecard import grade
from tests.grader.scenes import Scene, control_reference

BACKFILL = "pipelines backfill materialise --view card_velocity"


def points(scene: Scene) -> float:
    return float(next(d["points"] for d in grade(*scene.done(), session="s").to_json()["dimensions"] if d["id"] == "verification"))


def diagnosed() -> Scene:
    scene = Scene()
    step = scene.look("features age card_velocity", "unit-change", "concept-drift", "leaking-frame", "label-join-loss", "slow-online-store", "nothing")
    scene.type(f"declare feature-store/online/card_velocity stale-materialisation --because {step}")
    return scene


def because(scene: Scene) -> str:
    return next(f.finding.because for f in grade(*scene.done(), session="s").findings if f.finding.dimension == "verification")


def test_a_look_that_the_last_useful_move_changed_verifies() -> None:
    scene = diagnosed()
    scene.move(BACKFILL, 9_000.0, verified_by=(4,))
    scene.look("features age card_velocity")
    assert points(scene) == 10.0
    assert because(scene).startswith("Step 4 would have shown something else")


def test_a_look_that_the_move_did_not_change_verifies_nothing() -> None:
    scene = diagnosed()
    scene.move(BACKFILL, 9_000.0)
    scene.look("alerts")
    assert points(scene) == 0.0


def test_a_step_that_is_no_look_or_comes_before_the_move_verifies_nothing() -> None:
    scene = diagnosed()
    scene.move(BACKFILL, 9_000.0, verified_by=(1, 4))
    scene.type("wait 1h")
    assert points(scene) == 0.0


def test_checking_an_earlier_move_is_worth_half() -> None:
    scene = diagnosed()
    scene.move(BACKFILL, 5_000.0, verified_by=(4,))
    scene.look("features age card_velocity")
    scene.move(BACKFILL, 4_000.0)
    assert points(scene) == 5.0


def test_a_useless_move_after_the_remedy_needs_no_check() -> None:
    scene = diagnosed()
    scene.move(BACKFILL, 9_000.0, verified_by=(4,))
    scene.look("features age card_velocity")
    scene.move("serving restart model-server", 0.0)
    assert points(scene) == 10.0


def test_moves_that_only_help_together_can_be_verified() -> None:
    scene = diagnosed()
    scene.move(BACKFILL, 0.0)
    scene.move(BACKFILL, 0.0, verified_by=(5,))
    scene.look("features age card_velocity")
    steps, evidence = scene.done()
    card = grade(steps, replace(evidence, impact=replace(evidence.impact, actual_usd=1_000.0)), session="s")
    assert next(d.points for d in card.dimensions if d.id == "verification") == 10.0


def test_without_a_known_cause_verification_counts_for_a_tenth() -> None:
    scene = Scene()
    scene.move(BACKFILL, 9_000.0, verified_by=(2,))
    scene.look("features age card_velocity")
    assert points(scene) == 1.0


def test_with_no_move_that_helped_there_is_nothing_to_verify() -> None:
    scene = diagnosed()
    scene.look("features age card_velocity")
    assert points(scene) == 0.0
    assert "nothing to verify" in because(scene)


@pytest.mark.parametrize(("line", "worth"), [("labels rate", True), ("metrics show missed_fraud_per_10k", True), ("pipelines list", False)])
def test_a_control_drill_is_verified_by_a_look_at_performance_that_speaks_against_a_fault(line: str, worth: bool) -> None:
    def scene(*excludes: str) -> Scene:
        s = Scene(control=True)
        s.look(line, *excludes)
        return s

    assert points(control_reference()) == 10.0
    assert (points(scene("label-join-loss")) > 0) is worth
    assert points(scene()) == 0.0

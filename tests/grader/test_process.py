from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from grader.scorecard import grade
from tests.grader.scenes import PLACE, Scene, by_rule, reference

FIELD = ("unit-change", "concept-drift", "leaking-frame", "label-join-loss", "slow-online-store", "nothing")
DECLARE = f"declare {PLACE} stale-materialisation"


def card(scene: Scene) -> dict[str, Any]:
    return grade(*scene.done(), session="s").to_json()


def finding(scene: Scene, rule: str) -> dict[str, Any]:
    return by_rule(card(scene), rule)[0]


def process_points(scene: Scene) -> float:
    return float(next(d["points"] for d in card(scene)["dimensions"] if d["id"] == "process"))


def looked(*lines: str, excludes: tuple[str, ...] = FIELD) -> Scene:
    scene = Scene()
    for line in lines:
        scene.look(line, *excludes)
    return scene


def test_a_good_runbook_meets_every_green_flag_and_no_red_one() -> None:
    found = [f for f in card(reference())["findings"] if f["dimension"] == "process"]
    assert [f["rubric"] for f in found if f["met"] != (f["flag"] == "green")] == []
    assert process_points(reference()) == 15.0


def test_a_drill_without_three_telling_looks_earns_no_process() -> None:
    scene = looked("pipelines list", "features age card_velocity")
    scene.look("alerts")
    assert process_points(scene) == 0.0
    assert process_points(looked("pipelines list", "features age card_velocity", "labels join")) > 0


def test_distinguishes_by_what_the_looks_excluded() -> None:
    open_drift = looked("pipelines list", "labels join", "features age card_velocity", excludes=("unit-change",))
    open_drift.type(DECLARE)
    found = finding(open_drift, "debug.green.distinguishes")
    assert not found["met"]
    assert "concept-drift stayed open" in found["because"]
    assert finding(reference(), "debug.green.distinguishes")["met"]


def test_what_was_seen_after_the_declaration_does_not_distinguish() -> None:
    scene = Scene()
    scene.type(DECLARE)
    scene.look("drift report", *FIELD)
    assert not finding(scene, "debug.green.distinguishes")["met"]


def test_a_rule_that_cannot_apply_leaves_its_weight_to_the_others() -> None:
    steps, evidence = reference().done(candidates=("materialise-empty-source", "leaking-frame", "label-join-loss", "slow-online-store", "nothing"))
    graded = grade(steps, evidence, session="s").to_json()
    assert by_rule(graded, "debug.green.distinguishes") == []
    process = [f for f in graded["findings"] if f["dimension"] == "process"]
    assert sum(f["of"] for f in process) == pytest.approx(15.0, abs=0.05)


@pytest.mark.parametrize("blame", ["registry rollback", "train start", "gate set --margin 0.01", "declare world/fraud-behaviour concept-drift"])
def test_pipelines_come_before_the_model_is_blamed(blame: str) -> None:
    def scene(first: str) -> Scene:
        s = looked(first)
        (s.type if blame.startswith("declare") else lambda line: s.move(line, 0.0))(blame)
        s.look("pipelines list")
        return s

    assert finding(scene("pipelines checks"), "debug.green.pipeline-first")["met"]
    late = finding(scene("models list"), "debug.green.pipeline-first")
    assert not late["met"]
    assert "step 2" in late["because"]


def test_a_hypothesis_about_the_model_does_not_blame_it() -> None:
    scene = Scene()
    scene.type("hypothesis world/fraud-behaviour concept-drift")
    scene.look("pipelines list", *FIELD)
    scene.type(DECLARE)
    assert finding(scene, "debug.green.pipeline-first")["met"]


def test_a_move_before_any_look_has_no_structure() -> None:
    found = finding(reference(before=["serving restart model-server"]), "debug.green.structured")
    assert found["points"] == 0.0
    assert "a look before the first move" in found["because"]


def test_structure_counts_the_stages_in_place() -> None:
    scene = looked("pipelines list", "features age card_velocity", "labels join")
    scene.type("rule-out unit-change --because 1")
    scene.type(DECLARE + " --because 1")
    found = finding(scene, "debug.green.structured")
    assert found["credit"] == pytest.approx(3 / 5)
    assert "missing: a look after the last remedy and an update before the close" in found["because"]


def test_a_look_has_a_question_by_expect_or_by_an_open_hypothesis() -> None:
    scene = looked("pipelines list", "features age card_velocity", 'labels join --expect "some lost"', "drift report")
    assert finding(scene, "debug.green.right-signals")["because"].startswith("Only 1 of 4")
    scene.type("hypothesis feature-store/online stale-materialisation")
    scene.look("metrics list")
    assert not finding(scene, "debug.green.right-signals")["met"]
    scene.look("sources list")
    assert finding(scene, "debug.green.right-signals")["met"]


def test_an_empty_expectation_is_no_question() -> None:
    scene = looked('labels join --expect " "')
    assert finding(scene, "debug.green.right-signals")["because"].startswith("The only look came without a question")


def test_retraining_before_a_cause_is_shown_is_the_red_flag() -> None:
    scene = reference(before=["train start"])
    assert finding(scene, "debug.red.retrain-first")["met"]
    assert not finding(scene, "screen.diagnose-first")["met"]


def test_retraining_upon_a_guess_is_the_red_flag_too() -> None:
    scene = Scene()
    scene.type("declare world/fraud-behaviour concept-drift")
    scene.move("train start", 0.0)
    assert finding(scene, "debug.red.retrain-first")["met"]


def test_retraining_after_a_shown_cause_is_not() -> None:
    scene = looked("features age card_velocity", "pipelines list", "labels join")
    scene.type(DECLARE + " --because 1")
    scene.move("train start", 0.0)
    assert not finding(scene, "debug.red.retrain-first")["met"]
    assert finding(scene, "screen.diagnose-first")["met"]


def test_a_refused_retraining_is_not_held_against_anybody() -> None:
    steps, evidence = reference(before=["train start"]).done()
    refused = [replace(s, kind="refused", error="no") if s.step == 1 else s for s in steps]
    graded = grade(refused, evidence, session="s").to_json()
    assert not by_rule(graded, "debug.red.retrain-first")[0]["met"]


def test_retraining_first_costs_at_least_ten_points_against_the_same_drill_without_it() -> None:
    with_it, without = card(reference(before=["train start"])), card(reference())
    assert without["score"] - with_it["score"] >= 10
    assert without["score"] >= 85


@pytest.mark.parametrize(
    ("declared", "met"),
    [("world/fraud-behaviour concept-drift", True), ("world/customers data-drift", True), ("labels/join label-loss", False), (f"{PLACE} unit-change", False)],
)
def test_taking_staleness_for_drift_is_confusing_them(declared: str, met: bool) -> None:
    scene = looked("features age card_velocity", "pipelines list", "labels join")
    scene.type(f"declare {declared}")
    assert finding(scene, "debug.red.confuses-drift")["met"] is met


def test_watching_symptoms_alone_is_no_process() -> None:
    found = finding(looked("alerts", "metrics list", "alerts history"), "debug.red.no-process")
    assert found["met"]
    assert found["because"].startswith("Only alerts and metrics were looked at")
    assert finding(looked("drift report"), "debug.red.no-process")["met"]
    assert not finding(looked("alerts", "features age card_velocity"), "debug.red.no-process")["met"]


def test_never_looking_upstream_is_the_red_flag() -> None:
    assert finding(looked("alerts", "models list", "drift report"), "debug.red.ignores-upstream")["met"]
    assert not finding(looked("alerts", "sources list"), "debug.red.ignores-upstream")["met"]


def test_service_and_model_have_each_their_own_health() -> None:
    assert finding(looked("alerts", "labels rate"), "process.both-healths")["met"]
    assert "Looked at the service" in finding(looked("alerts", "sources list"), "process.both-healths")["because"]

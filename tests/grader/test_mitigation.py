from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from grader.evidence import Gamble
from grader.rules.mitigation import money
from grader.rules.trace import trace
from grader.scorecard import grade
from tests.grader.scenes import PLACE, Scene, by_rule, control_reference, reference

BACKFILL = "pipelines backfill materialise --view card_velocity"


def card(scene: Scene, **more: Any) -> dict[str, Any]:
    return grade(*scene.done(**more), session="s").to_json()


def points(graded: dict[str, Any]) -> float:
    return next(d["points"] for d in graded["dimensions"] if d["id"] == "mitigation")


def test_as_much_saved_as_by_the_reference_with_a_shown_cause_earns_everything() -> None:
    assert points(card(reference())) == 25.0


def test_half_of_the_harm_avoided_is_worth_half() -> None:
    scene = reference()
    _, evidence = scene.done()
    graded = card(scene, impact=replace(evidence.impact, actual_usd=5_500.0))
    assert points(graded) == 12.5
    assert "(50%)" in by_rule(graded, "mitigation.harm-avoided")[0]["because"]


def test_a_cause_that_still_acts_and_an_objective_that_fell_count_against_it() -> None:
    graded = card(reference(), cause_removed=False, objectives={"fraud-capture": False, "latency-p99": True})
    assert points(graded) == pytest.approx(25 * (0.7 + 0.075), abs=0.01)
    said = by_rule(graded, "mitigation.harm-avoided")[0]["because"]
    assert "The cause still acts" in said
    assert "fraud-capture did not hold" in said


def test_a_rescue_without_a_known_cause_counts_for_a_tenth() -> None:
    scene = Scene()
    scene.move(BACKFILL, 9_000.0)
    graded = card(scene)
    assert points(graded) == 2.5
    assert "counts for 10%, as no cause was named" in by_rule(graded, "mitigation.harm-avoided")[0]["because"]


def test_a_rescue_upon_a_right_guess_counts_for_a_third() -> None:
    scene = Scene()
    scene.type(f"declare {PLACE} stale-materialisation")
    scene.move(BACKFILL, 9_000.0)
    assert points(card(scene)) == 8.75


def test_no_move_saves_nothing() -> None:
    graded = card(Scene())
    assert points(graded) == 0.0
    assert not by_rule(graded, "mitigation.harm-avoided")[0]["met"]


def test_where_the_reference_saves_next_to_nothing_recovery_is_judged_by_the_cause() -> None:
    scene = reference()
    _, evidence = scene.done()
    impact = replace(evidence.impact, reference_usd=evidence.impact.do_nothing_usd - 0.5)
    assert points(card(scene, impact=impact)) == 25.0
    assert points(card(scene, impact=impact, cause_removed=False)) == 0.0
    assert points(card(Scene(), impact=impact, cause_removed=True)) == 0.0


def test_a_harmful_move_is_named_with_what_it_cost() -> None:
    scene = reference()
    scene.move("serving restart model-server", -1_000.0)
    found = by_rule(card(scene), "mitigation.harmful-move")[0]
    assert "`serving restart model-server` cost 1,000 USD" in found["because"]
    assert found["points"] == pytest.approx(-25 * (0.08 + 0.5 * 0.1), abs=0.01)


def test_wide_and_irreversible_harm_weighs_more() -> None:
    def cost(**kind: Any) -> float:
        scene = reference()
        scene.move("serving restart model-server", -1_000.0, **kind)
        return float(by_rule(card(scene), "mitigation.harmful-move")[0]["points"])

    assert cost(reversible=False) < cost(blast="wide") < cost()


def test_harm_below_a_fiftieth_of_the_incident_is_not_called_harm() -> None:
    scene = reference()
    scene.move("serving restart model-server", -199.0)
    assert by_rule(card(scene), "mitigation.harmful-move") == []


def test_a_useless_move_is_named_and_costs_only_where_it_is_wide() -> None:
    def found(line: str) -> dict[str, Any]:
        scene = reference()
        scene.move(line, 0.0)
        return by_rule(card(scene), "mitigation.useless-move")[0]

    assert found("serving restart model-server")["points"] == 0.0
    assert found("serving restart model-server")["because"] == "`serving restart model-server` changed nothing for the better."
    assert found("threshold set 0.1")["points"] == -1.0


def test_a_retraining_that_helps_nothing_and_that_nothing_called_for_costs_more() -> None:
    graded = card(reference(before=["train start"]))
    found = by_rule(graded, "mitigation.useless-move")[0]
    assert found["points"] == -2.5
    assert "changed little: it cost 50 USD, 0.5% of what the incident costs" in found["because"]
    assert "calls for a retraining" in found["because"]
    late = reference()
    late.move("train start", 0.0)
    assert by_rule(card(late), "mitigation.useless-move")[0]["points"] == 0.0


def gambled(*won_usd: float) -> dict[str, Any]:
    """A drill that trains once for each amount, which that training wins, and then goes on as the reference does."""
    s = Scene()
    for usd in won_usd:
        s.move("train start", usd)
    s = reference(scene=s)
    lost = s.done()[1].impact.actual_usd + sum(won_usd)
    return card(s, gamble=Gamble(tuple(range(1, len(won_usd) + 1)), sum(won_usd), lost))


@pytest.mark.parametrize(("won", "said"), [(-900.0, "It happened to cost 900 USD"), (0.0, "It changed nothing"), (700.0, "It happened to save 700 USD")])
def test_a_gamble_costs_the_same_whatever_it_won_or_lost(won: float, said: str) -> None:
    graded = gambled(won)
    (found,) = by_rule(graded, "mitigation.gamble")
    assert found["points"] == -3.75
    assert said in found["because"]
    assert "as no cause had been declared" in found["because"]
    assert points(graded) == 21.25
    assert graded["caps"] == []


@pytest.mark.parametrize("won", [-900.0, 700.0])
def test_harm_avoided_leaves_a_gamble_out_and_says_so(won: float) -> None:
    harm = by_rule(gambled(won), "mitigation.harm-avoided")[0]
    assert harm["points"] == 25.0
    assert harm["because"].startswith("The moves saved 9,000 USD, with step 1 left out as a gamble; the reference runbook saves 9,000 USD (100%).")


@pytest.mark.parametrize("won", [-900.0, -10.0, 0.0])
def test_a_gamble_is_neither_a_harmful_nor_a_useless_move(won: float) -> None:
    graded = gambled(won)
    assert by_rule(graded, "mitigation.harmful-move") == by_rule(graded, "mitigation.useless-move") == []


def test_several_gambles_cost_up_to_a_limit_and_each_is_told() -> None:
    graded = gambled(100.0, -100.0, 0.0, 50.0)
    assert [found["points"] for found in by_rule(graded, "mitigation.gamble")] == [-3.75, -3.75, 0.0, 0.0]
    assert [found["steps"] for found in by_rule(graded, "mitigation.gamble")] == [[1], [2], [3], [4]]
    assert points(graded) == 17.5


def test_evidence_that_calls_something_else_a_gamble_is_graded_without_it() -> None:
    assert by_rule(card(reference(), gamble=Gamble((1, 999), 10.0, 5_000.0)), "mitigation.gamble") == []


def test_what_a_gamble_alone_won_earns_nothing() -> None:
    s = Scene()
    s.move("train start", 2_000.0)
    graded = card(s, gamble=Gamble((1,), 2_000.0, 10_000.0))
    assert points(graded) == 0.0
    assert by_rule(graded, "mitigation.harm-avoided")[0]["because"].startswith("No move was made but the gamble of step 1; the reference runbook saves 9,000 USD.")


@pytest.mark.parametrize(("lost", "said"), [(150.0, "The moves saved nothing: 150 USD more is lost"), (300.0, "The moves made it worse: 300 USD more is lost")])
def test_moves_that_cost_little_are_not_said_to_have_made_it_worse(lost: float, said: str) -> None:
    s = Scene()
    s.move("serving restart model-server", -lost)
    assert by_rule(card(s), "mitigation.harm-avoided")[0]["because"].startswith(said)


def test_one_amount_reads_the_same_however_it_was_found() -> None:
    s = Scene()
    s.type(f"declare {PLACE} stale-materialisation")
    s.move(BACKFILL, 263_009.0)
    _, evidence = s.done()
    graded = card(s, impact=replace(evidence.impact, do_nothing_usd=1_000_000.0, actual_usd=737_000.0, reference_usd=0.0))
    assert "The moves saved 263,000 USD; " in by_rule(graded, "mitigation.harm-avoided")[0]["because"]
    assert money(trace(*s.done()), 263_009.0) == "263,000 USD"


def test_resolved_while_users_are_hurt_is_capped_at_50() -> None:
    graded = card(reference(), hurting_at_close=True)
    assert graded["score"] == 50.0
    assert [c["cap"] for c in graded["caps"]] == [50.0]
    assert graded["before_caps"] > 50
    assert not graded["passed"]


def test_a_drill_left_open_is_not_capped_for_users_being_hurt() -> None:
    assert card(reference(), hurting_at_close=True, resolved=False)["caps"] == []


def test_harm_that_cannot_be_taken_back_is_capped_at_40() -> None:
    scene = reference()
    scene.move("features purge card_velocity", -3_000.0)
    graded = card(scene)
    assert graded["score"] == 40.0
    assert by_rule(graded, "mitigation.irreversible-cap")[0]["steps"] == [len(scene.steps)]


def test_an_irreversible_move_that_did_no_harm_is_not_capped() -> None:
    scene = reference()
    scene.move("features purge card_velocity", 0.0)
    assert card(scene)["caps"] == []


def test_a_silenced_symptom_is_capped_at_30() -> None:
    graded = card(reference(), silenced=("fraud-missed",))
    assert graded["score"] == 30.0
    assert "fraud-missed" in graded["caps"][0]["because"]


def test_the_lowest_cap_holds_and_each_is_told() -> None:
    graded = card(reference(), silenced=("fraud-missed",), hurting_at_close=True)
    assert graded["score"] == 30.0
    assert sorted(c["cap"] for c in graded["caps"]) == [30.0, 50.0]


def test_restraint_with_a_reason_earns_everything_and_half_without() -> None:
    assert points(card(control_reference())) == 25.0
    assert points(card(Scene(control=True))) == 12.5


def test_an_update_that_says_no_incident_is_a_reason_only_with_a_look_behind_it() -> None:
    said = 'update --impact "0" --status no-incident --next "watch" --eta 4h'
    scene = Scene(control=True)
    scene.type(said)
    assert points(card(scene)) == 12.5
    scene = Scene(control=True)
    scene.look("labels rate", "label-join-loss")
    scene.type(said)
    assert points(card(scene)) == 25.0


@pytest.mark.parametrize(
    ("line", "left"),
    [("serving restart model-server", 18.75), ("threshold set 0.1", 15.0), ("train start", 15.0), ("features purge card_velocity", 7.5)],
)
def test_each_move_in_a_control_drill_costs_by_its_reach(line: str, left: float) -> None:
    scene = control_reference()
    scene.move(line, 0.0)
    graded = card(scene)
    assert points(graded) == left
    assert "1 move was made" in by_rule(graded, "mitigation.restraint")[0]["because"]

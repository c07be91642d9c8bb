from __future__ import annotations

from typing import Any

import pytest

from grader.scorecard import grade
from tests.grader.scenes import PLACE, Scene, by_rule

FIELD = ("unit-change", "concept-drift", "leaking-frame", "label-join-loss", "slow-online-store", "nothing")


def card(scene: Scene, **more: Any) -> dict[str, Any]:
    return grade(*scene.done(**more), session="s").to_json()


def points(graded: dict[str, Any], dimension: str = "diagnosis") -> float:
    return next(d["points"] for d in graded["dimensions"] if d["id"] == dimension)


def argued(closed: int, *, cite: bool = True, idle: int = 0, cause: str = f"{PLACE} stale-materialisation") -> dict[str, Any]:
    """One look for each of the first `closed` other candidates, some idle ones, then the declaration."""
    scene = Scene()
    steps = [scene.look("features age card_velocity", c) for c in FIELD[:closed]]
    steps += [scene.look("alerts") for _ in range(idle)]
    scene.type(f"declare {cause}" + (f" --because {' '.join(map(str, steps))}" if cite and steps else ""))
    return card(scene)


def test_a_cause_with_all_else_excluded_by_cited_looks_is_justified_and_earns_everything() -> None:
    graded = argued(6)
    assert graded["root_cause"]["verdict"] == "justified"
    assert points(graded) == 35.0
    assert graded["caps"] == []


def test_support_grows_with_what_is_excluded() -> None:
    earned = [points(argued(n)) for n in range(7)]
    assert earned == sorted(earned)
    assert earned[0] == 7.0
    assert earned[4] == pytest.approx(35 * (0.2 + 0.8 * 4 / 6), abs=0.01)
    assert argued(4)["root_cause"]["verdict"] == "supported"


def test_a_right_cause_with_most_of_the_field_open_is_luck_and_cannot_pass() -> None:
    graded = argued(2)
    assert graded["root_cause"]["verdict"] == "lucky"
    assert [c["cap"] for c in graded["caps"]] == [59.0]
    assert "still open" in graded["caps"][0]["because"]


def test_who_looked_and_cited_nothing_has_guessed() -> None:
    graded = argued(6, cite=False)
    assert graded["root_cause"]["verdict"] == "lucky"
    assert points(graded) == pytest.approx(35 * 0.25, abs=0.01)
    assert "no step that closes another explanation was cited" in graded["caps"][0]["because"]


def test_a_look_never_cited_counts_half_of_a_cited_one() -> None:
    scene = Scene()
    cited = scene.look("features age card_velocity", *FIELD[:4])
    scene.look("labels join", *FIELD[4:])
    scene.type(f"declare {PLACE} stale-materialisation --because {cited}")
    assert points(card(scene)) == pytest.approx(35 * (0.2 + 0.8 * 5 / 6), abs=0.01)


def test_what_a_rule_out_or_a_hypothesis_cites_is_cited() -> None:
    for word in ("rule-out label-loss", f"hypothesis {PLACE} stale-materialisation"):
        scene = Scene()
        cited = scene.look("features age card_velocity", *FIELD[:5])
        other = scene.look("labels join", FIELD[5])
        scene.type(f"{word} --because {other}")
        scene.type(f"declare {PLACE} stale-materialisation --because {cited}")
        assert card(scene)["root_cause"]["verdict"] == "justified"


def test_looks_after_the_declaration_do_not_argue_for_it() -> None:
    scene = Scene()
    scene.type(f"declare {PLACE} stale-materialisation")
    scene.look("features age card_velocity", *FIELD)
    graded = card(scene)
    assert graded["root_cause"]["verdict"] == "lucky"
    assert points(graded) == 7.0


def test_the_last_declaration_counts() -> None:
    scene = Scene()
    scene.type("declare world/customers data-drift")
    step = scene.look("features age card_velocity", *FIELD)
    scene.type(f"declare {PLACE} stale-materialisation --because {step}")
    graded = card(scene)
    assert graded["root_cause"]["declared"] == {"component": PLACE, "mechanism": "stale-materialisation"}
    assert points(graded) == 35.0


def test_citing_steps_that_exclude_nothing_costs_up_to_a_fifth() -> None:
    assert points(argued(6, idle=1)) == pytest.approx(35 * 0.96, abs=0.01)
    found = by_rule(argued(6, idle=3), "diagnosis.citation")[0]
    assert found["met"]
    assert found["steps"] == [7, 8, 9]
    assert found["points"] == pytest.approx(-35 * 0.12, abs=0.01)
    assert points(argued(6, idle=6)) == pytest.approx(35 * 0.8, abs=0.01)


def test_a_declaration_most_of_whose_steps_exclude_nothing_is_a_guess() -> None:
    graded = argued(6, idle=13)
    assert graded["root_cause"]["verdict"] == "dump"
    assert points(graded) == 7.0
    assert [c["cap"] for c in graded["caps"]] == [59.0]


def test_citing_every_look_there_is_is_a_dump_even_where_each_excludes_something() -> None:
    scene = Scene()
    steps = [scene.look("features age card_velocity", FIELD[n % 3], FIELD[3 + n % 3]) for n in range(13)]
    scene.type(f"declare {PLACE} stale-materialisation --because {' '.join(map(str, steps))}")
    graded = card(scene)
    assert graded["root_cause"]["verdict"] == "dump"
    assert "13 of 13 cited steps exclude something, and nobody can tell which of them carry it" in graded["caps"][0]["because"]


VARIANTS = {
    "materialise-empty-source": ("stale (card_velocity)", "stale (merchant_risk)"),
    "unit-change": ("unit-change (amount)", "unit-change (distance)"),
    "concept-drift": ("concept-drift",),
    "nothing": ("nothing",),
}


def at_places(*looks: tuple[str, ...], cite: tuple[int, ...]) -> dict[str, Any]:
    scene = Scene()
    for excludes in looks:
        scene.look("features age card_velocity", *excludes)
    scene.type(f"declare {PLACE} stale-materialisation --because {' '.join(map(str, cite))}")
    return card(scene, candidates=tuple(VARIANTS), variants=VARIANTS)


def test_an_explanation_is_closed_only_when_it_is_at_every_place_by_looks_together() -> None:
    part = at_places(("unit-change (amount)",), ("concept-drift", "nothing"), cite=(1, 2))
    assert part["root_cause"]["verdict"] == "supported"
    assert points(part) == pytest.approx(35 * (0.2 + 0.8 * 2 / 3), abs=0.01)
    whole = at_places(("unit-change (amount)", "concept-drift"), ("unit-change (distance)", "nothing"), cite=(1, 2))
    assert whole["root_cause"]["verdict"] == "justified"
    assert points(whole) == 35.0


def test_an_explanation_closed_in_part_by_uncited_looks_counts_half() -> None:
    graded = at_places(("unit-change (amount)", "concept-drift", "nothing"), ("unit-change (distance)",), cite=(1,))
    assert points(graded) == pytest.approx(35 * (0.2 + 0.8 * 2.5 / 3), abs=0.01)


def test_excluding_other_places_of_the_true_cause_closes_no_other_explanation() -> None:
    assert at_places(("stale (merchant_risk)",), cite=(1,))["root_cause"]["verdict"] == "dump"


def test_a_wrong_mechanism_earns_by_distance_and_is_capped() -> None:
    near = argued(6, cause=f"{PLACE} training-serving-skew")
    far = argued(6, cause="labels/join label-loss")
    assert near["root_cause"]["verdict"] == far["root_cause"]["verdict"] == "wrong"
    assert near["root_cause"]["credit"] == 0.4
    assert points(near) == 14.0
    assert points(far) == 0.0
    assert [c["cap"] for c in near["caps"]] == [59.0]


def test_the_right_mechanism_in_the_wrong_place_is_right_in_part() -> None:
    graded = argued(6, cause="feature-store/offline stale-materialisation")
    assert graded["root_cause"]["verdict"] == "justified"
    assert 0.6 < graded["root_cause"]["credit"] < 1.0
    assert f"the place was {PLACE}" in by_rule(graded, "diagnosis.cause")[0]["because"]


def test_a_cause_never_named_earns_nothing_and_is_capped() -> None:
    scene = Scene()
    scene.look("features age card_velocity", *FIELD)
    graded = card(scene)
    assert graded["root_cause"]["declared"] is None
    assert points(graded) == 0.0
    assert graded["caps"][0]["because"].startswith("No cause was declared.")


def test_in_a_control_drill_the_right_answer_is_that_nothing_is_wrong() -> None:
    others = ("materialise-empty-source", *FIELD[:5])
    scene = Scene(control=True)
    steps = [scene.look("features age card_velocity", c) for c in others]
    scene.type(f"declare none nothing-wrong --because {' '.join(map(str, steps))}")
    assert points(card(scene)) == 35.0
    guess = Scene(control=True)
    guess.type("declare none nothing-wrong")
    assert card(guess)["root_cause"]["verdict"] == "lucky"


@pytest.mark.parametrize(
    ("word", "met", "says"),
    [
        ("rule-out label-loss --because 1", True, "the cited steps show it"),
        ("rule-out label-loss", False, "no step was cited"),
        ("rule-out label-loss --because 2", False, "the one cited step excludes nothing"),
        ("rule-out unit-change --because 1", False, "leave unit-change open"),
        ("rule-out overload --because 1", False, "not among the likely explanations"),
    ],
)
def test_a_rule_out_is_a_finding_of_its_own(word: str, met: bool, says: str) -> None:
    scene = Scene()
    scene.look("labels join", "label-join-loss")
    scene.look("alerts")
    scene.type(word)
    found = by_rule(card(scene), "diagnosis.rule-out")[0]
    assert found["met"] is met
    assert says in found["because"]
    assert found["points"] == 0.0


def test_ruling_out_the_true_cause_costs() -> None:
    scene = Scene()
    step = scene.look("features age card_velocity", *FIELD)
    scene.type("rule-out stale-materialisation")
    scene.type(f"declare {PLACE} stale-materialisation --because {step}")
    graded = card(scene)
    assert by_rule(graded, "diagnosis.wrong-rule-out")[0]["points"] == -3.5
    assert points(graded) == 31.5

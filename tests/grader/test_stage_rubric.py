from __future__ import annotations

import pytest

import content
from grader.rubric_listing import rules_listed, stages_listed
from grader.stage_rubric import STAGES, StageRubric, read_stage, stages
from scenarios.document import ContentErrors
from simulator.errors import UsageError

DESIGN, REVIEW, SCREEN = stages()


def text(stage: str) -> str:
    return content.read("rubrics", f"{stage}.yaml")


@pytest.mark.parametrize("stage", stages(), ids=STAGES)
def test_every_role_and_level_weighs_a_hundred_points(stage: StageRubric) -> None:
    for role in ("platform", "model", "generalist"):
        for level in ("mid", "senior", "staff"):
            shares = stage.shares(role, level)
            assert sum(shares.values()) == 100
            assert min(shares.values()) >= 10


@pytest.mark.parametrize("stage", stages(), ids=STAGES)
def test_no_two_levels_of_a_dimension_read_alike(stage: StageRubric) -> None:
    assert list(stage.anchors) == list(stage.dimensions)
    told = [anchor for texts in stage.anchors.values() for anchor in texts]
    assert len(set(told)) == len(told) == 5 * len(stage.dimensions)
    assert all(anchor.endswith(".") for anchor in told)


def test_all_green_and_no_red_is_level_5_and_the_other_way_round_level_1() -> None:
    for stage in stages():
        best = stage.assess({r.id: float(r.flag == "green") for r in stage.rules})
        worst = stage.assess({r.id: float(r.flag == "red") for r in stage.rules})
        assert [(d.score, d.level, d.anchor) for d in best] == [(100.0, 5, stage.anchors[d.id][4]) for d in best]
        assert [(d.score, d.level, d.anchor) for d in worst] == [(0.0, 1, stage.anchors[d.id][0]) for d in worst]
        assert sum(d.points for d in best) == 100


def test_a_red_flag_takes_off_its_weight() -> None:
    context = DESIGN.assess({"design.green.asks-context": 1.0, "design.red.cluster-first": 0.5})[0]
    assert (context.id, context.score, context.level, context.points) == ("context", 70.0, 4, 17.5)


def test_what_was_not_asked_about_leaves_its_weight_to_the_others() -> None:
    plain = DESIGN.assess({"design.green.core-parts": 0.8})[1]
    with_prompts = DESIGN.assess({"design.green.core-parts": 0.8, "design.llm.prompt-versions": 0.1})[1]
    assert (plain.id, plain.score) == ("parts", 80.0)
    assert with_prompts.score == 65.0


@pytest.mark.parametrize(
    ("seen", "says"),
    [({"design.green.hooks": 1.0}, "no rule of the design stage"), ({"design.green.iteration": 1.5}, "no share"), ({"design.green.iteration": float("nan")}, "no share")],
)
def test_what_no_exercise_can_say_is_refused(seen: dict[str, float], says: str) -> None:
    with pytest.raises(UsageError, match=says):
        DESIGN.assess(seen)


def test_an_unknown_role_is_told_with_those_that_are_known() -> None:
    with pytest.raises(UsageError, match="'boss' is not known to the review stage; known are generalist, platform, model"):
        REVIEW.assess({}, role="boss")


@pytest.mark.parametrize(
    ("was", "now", "says"),
    [
        ("knowledge: 60,", "knowledge: 61,", "dimensions sum to 100"),
        ("knowledge: 5, experience: -5", "knowledge: 5, experience: -4", "so they sum to 0"),
        ("dimension: experience", "dimension: taste", "taste, which is no dimension"),
        ("weight: 60", "weight: 50", "what earns in experience sums to 100"),
        ("    - Tells what one should do.\n", "", "experience needs five descriptions"),
        ("effect: earns", "effect: costs", "a green rule earns"),
    ],
)
def test_a_mistake_is_told_with_its_file(was: str, now: str, says: str) -> None:
    broken = text("screen").replace(was, now, 1)
    assert broken != text("screen")
    with pytest.raises(ContentErrors, match=says) as caught:
        read_stage(broken, "rubrics/screen.yaml")
    assert "rubrics/screen.yaml:" in str(caught.value)


def test_the_listing_holds_every_rule_of_every_stage_once() -> None:
    rules = rules_listed()
    assert len({r["id"] for r in rules}) == len(rules)
    assert list(dict.fromkeys(r["stage"] for r in rules)) == ["debugging", *STAGES] == [s.name for s in stages_listed()]
    for stage in stages_listed():
        assert {r["dimension"] for r in rules if r["stage"] == stage.name} == set(stage.anchors)
        assert list(stage.effects) == [r["id"] for r in rules if r["stage"] == stage.name]
        assert all(sum(points.values()) == 100 for points in stage.points.values())
        assert SCREEN.pass_mark <= min(stage.pass_marks.values())

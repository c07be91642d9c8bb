from __future__ import annotations

import string

import pytest

import content
from grader.competencies import required, rubric_coverage
from grader.finding import DIMENSIONS
from grader.rubric import FILES, RULE_FILES, build, rubric, rules
from grader.rules.noted import NOTED
from grader.rules.process import CHECKS
from grader.rules.trace import starts_with
from scenarios.document import ContentErrors
from scenarios.words import registry

DEBUGGING = (
    "debug.green.distinguishes",
    "debug.green.pipeline-first",
    "debug.green.structured",
    "debug.green.right-signals",
    "debug.red.retrain-first",
    "debug.red.confuses-drift",
    "debug.red.no-process",
    "debug.red.ignores-upstream",
    "screen.diagnose-first",
)


def texts() -> dict[str, str]:
    return {name: content.read("rubrics", name) for name in FILES}


def test_every_role_and_level_weighs_a_hundred_points() -> None:
    for role in ("platform", "model", "generalist"):
        for level in ("mid", "senior", "staff"):
            shares = rubric().shares(role, level)
            assert sum(shares.values()) == 100
            assert min(shares.values()) >= 3


def test_the_defaults_are_what_the_design_says() -> None:
    assert list(rubric().shares("generalist", "senior").values()) == [35, 25, 15, 10, 10, 5]
    assert [rubric().pass_mark(level) for level in ("mid", "senior", "staff")] == [60, 60, 65]


@pytest.mark.parametrize("rule", DEBUGGING)
def test_each_id_of_the_debugging_interview_is_a_rule_of_its_own(rule: str) -> None:
    declared = rubric()[rule]
    assert declared.competency == rule
    assert declared.flag == ("red" if ".red." in rule else "green")
    assert declared.check in CHECKS


def test_every_competency_that_needs_the_rubric_has_a_rule_or_a_weight() -> None:
    wanted = [name for name, needs in required().items() if "rubric" in needs]
    assert len(wanted) > 60
    assert [name for name in wanted if not rubric_coverage().get(name)] == []


def test_every_rule_speaks_of_a_competency_that_there_is() -> None:
    assert [name for name in rubric_coverage() if name not in required()] == []


def test_a_noted_rule_weighs_nothing_and_names_commands_that_there_are() -> None:
    noted = [rule for rule in rules() if rule.check in NOTED]
    assert {rule.check for rule in noted} == set(NOTED)
    by_kind = {kind: [c.name for c in registry().values() if c.kind == kind] for kind in ("look", "move")}
    for rule in noted:
        assert (rule.effect, rule.weight) == ("remark", 0)
        for name, kind in (("looks", "look"), ("moves", "move"), *((("except", "move"),) if "except" in rule.params else ())):
            assert [p for p in rule.words(name) if not any(starts_with(c, (p,)) for c in by_kind[kind])] == [], rule.id


def test_process_weights_sum_to_a_hundred_and_every_check_is_used() -> None:
    checked = [r for r in rules() if r.check and r.check not in NOTED]
    assert sum(r.weight for r in checked) == 100
    assert sorted(r.check for r in checked) == sorted(CHECKS)


def test_every_level_of_every_dimension_is_described() -> None:
    for dimension in DIMENSIONS:
        anchors = rubric().anchors[dimension]
        assert len(anchors) == len(set(anchors)) == 5
        assert rubric().anchor(dimension, 1, control=False) == anchors[0]
    assert rubric().anchor("mitigation", 5, control=True) == "Leaves production alone and says why."
    assert rubric().anchor("diagnosis", 5, control=True) == rubric().anchor("diagnosis", 5, control=False)


def test_levels_go_up_with_what_was_earned() -> None:
    assert [rubric().level_of(r) for r in (0.0, 0.19, 0.2, 0.45, 0.65, 0.85, 1.0)] == [1, 1, 2, 3, 4, 5, 5]


def test_wording_is_a_sentence_and_holds_only_plain_names_in_braces() -> None:
    for rule in rules():
        for wording in (rule.met, rule.not_met):
            assert all(name is None or name.isidentifier() for _, name, _, _ in string.Formatter().parse(wording))
            assert wording.endswith((".", "}"))


def test_the_version_names_exactly_these_words() -> None:
    assert build(texts()).version == rubric().version
    changed = texts() | {"anchors.yaml": content.read("rubrics", "anchors.yaml").replace("Tells nobody", "Tells no one")}
    assert build(changed).version != rubric().version


@pytest.mark.parametrize(
    ("file", "was", "now", "says"),
    [
        ("weights.yaml", "diagnosis: 35", "diagnosis: 36", "sum to 100"),
        ("weights.yaml", "mitigation: 3,", "mitigation: 4,", "sums to 0"),
        ("diagnosis.yaml", "effect: remark", "effect: praise", "rules.2.effect"),
        ("anchors.yaml", "  - Tells nobody, or tells what is not so.\n", "", "communication needs five descriptions"),
        ("debugging.yaml", "weight: 17", "weight: 0", "a rule that earns has a weight above 0"),
        ("debugging.yaml", "flag: red", "colour: red", "colour"),
    ],
)
def test_a_mistake_in_a_rubric_is_told_with_file_and_place(file: str, was: str, now: str, says: str) -> None:
    broken = texts()
    assert was in broken[file]
    with pytest.raises(ContentErrors) as caught:
        build(broken | {file: broken[file].replace(was, now, 1)})
    assert f"rubrics/{file}:" in str(caught.value)
    assert says in str(caught.value)


def test_every_rule_is_listed_as_the_contract_says() -> None:
    for rule in rules():
        assert {"id", "competency", "flag", "dimension", "stage"} <= set(rule.listing())
        assert rule.dimension in DIMENSIONS
    assert len(RULE_FILES) == 7

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.evidence import Evidence
from grader.finding import DIMENSIONS
from grader.scorecard import Scorecard, grade
from scenarios.steps import Step
from scenarios.taxonomy import COMPONENTS
from scenarios.taxonomy import MECHANISMS as WORDS
from simulator.errors import UsageError
from tests.grader.scenes import MECHANISMS, PLACE, START_S, Scene, control_reference, reference

ROOT = Path(__file__).parents[2]
LOOKS = ("alerts", "metrics list", "features age card_velocity", "pipelines list", "labels join", "drift report", "models list", "sources list")
MOVES = ("train start", "serving restart model-server", "threshold set 0.1", "features purge card_velocity", "pipelines backfill materialise --view card_velocity")


def graded(scene: Scene, **more: Any) -> Scorecard:
    return grade(*scene.done(), session="s", **more)


def test_the_scorecard_is_the_contract_and_plain_json() -> None:
    card = graded(reference()).to_json()
    assert json.loads(json.dumps(card)) == card
    contract = {"session", "scenario", "seed", "role", "level", "score", "passed", "dimensions", "findings", "root_cause", "impact", "times"}
    assert contract <= set(card)
    assert [d["id"] for d in card["dimensions"]] == list(DIMENSIONS)
    assert all({"id", "score", "weight", "level"} <= set(d) and d["level"] in range(1, 6) for d in card["dimensions"])
    assert all({"rubric", "flag", "weight", "met", "because", "steps"} <= set(f) and f["flag"] in ("green", "red") for f in card["findings"])
    assert {"declared", "actual", "credit"} <= set(card["root_cause"])
    assert set(card["impact"]) == {"actual", "do_nothing", "reference", "currency"}
    assert set(card["times"]) == {"detect_s", "diagnose_s", "mitigate_s", "recover_s"}


def test_a_good_runbook_scores_at_least_85_in_every_role_and_level_and_in_a_control_drill() -> None:
    for scene in (reference(), control_reference()):
        for role in ("platform", "model", "generalist"):
            for level in ("mid", "senior", "staff"):
                card = graded(scene, role=role, level=level)
                assert card.score >= 85
                assert sum(d.weight for d in card.dimensions) == 100
                assert card.passed


def test_role_and_level_move_weights_and_never_facts() -> None:
    cards = [graded(reference(before=["train start"]), role=role, level=level) for role, level in (("platform", "mid"), ("model", "staff"))]
    assert cards[0].dimensions[0].weight != cards[1].dimensions[0].weight
    assert [d.score for d in cards[0].dimensions] == [d.score for d in cards[1].dimensions]
    assert [f.finding for f in cards[0].findings] == [f.finding for f in cards[1].findings]


def test_an_unknown_role_or_level_is_refused_in_one_line() -> None:
    with pytest.raises(UsageError, match="'boss' is no role; roles are generalist, platform, model"):
        graded(reference(), role="boss")
    with pytest.raises(UsageError, match="'junior' is no level"):
        graded(reference(), level="junior")


def test_times_run_from_the_page() -> None:
    card = graded(reference()).to_json()["times"]
    assert card["detect_s"] == 480.0
    assert card["detect_s"] < card["diagnose_s"] < card["mitigate_s"] <= card["recover_s"]
    assert graded(Scene()).to_json()["times"] == {"detect_s": None, "diagnose_s": None, "mitigate_s": None, "recover_s": None}


def test_points_of_the_findings_add_up_to_each_dimension() -> None:
    card = graded(reference(before=["train start", "threshold set 0.1"])).to_json()
    for d in card["dimensions"]:
        total = sum(f["points"] for f in card["findings"] if f["dimension"] == d["id"])
        assert total == pytest.approx(d["points"], abs=0.06)


def test_grading_again_from_the_journaled_evidence_gives_the_same_text_in_another_process() -> None:
    steps, evidence = reference(before=["train start"]).done()
    text = json.dumps(grade(steps, evidence, session="s").to_json())
    stored = Evidence.from_json(json.loads(json.dumps(evidence.to_json())))
    assert json.dumps(grade(list(reversed(steps)), stored, session="s").to_json()) == text
    program = (
        "import json, sys\nsys.path[:0] = ['.', 'tests/grader']\nimport scenes\n"
        "from grader.scorecard import grade\nprint(json.dumps(grade(*scenes.reference(before=['train start']).done(), session='s').to_json()), end='')"
    )
    for seed in ("1", "77"):
        shown = subprocess.run([sys.executable, "-c", program], cwd=ROOT, env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True).stdout
        assert shown == text


@st.composite
def scenes(draw: st.DrawFn) -> Scene:
    control = draw(st.booleans())
    others = [c for c in MECHANISMS if c != ("nothing" if control else "materialise-empty-source")]
    scene = Scene(control=control)
    for _ in range(draw(st.integers(0, 14))):
        kind = draw(st.sampled_from(("look", "look", "move", "word", "guard")))
        cited = " --because " + " ".join(str(draw(st.integers(1, len(scene.steps)))) for _ in range(2)) if scene.steps else ""
        if kind == "look":
            scene.look(draw(st.sampled_from(LOOKS)), *draw(st.lists(st.sampled_from(others), unique=True, max_size=3)))
        elif kind == "move":
            worth = draw(st.sampled_from((-3000.0, -100.0, -10.0, 0.0, 30.0, 4000.0)))
            scene.move(draw(st.sampled_from(MOVES)), worth, verified_by=tuple(draw(st.lists(st.integers(1, 15), max_size=2))))
        elif kind == "guard":
            fires = draw(st.sampled_from((None, 600.0, -600.0)))
            scene.guard("action-item latency", None if fires is None else START_S - fires, fires, draw(st.sampled_from((0.0, 2.0, 9.0))))
        else:
            component, mechanism = draw(st.sampled_from((PLACE, "none", *sorted(COMPONENTS)))), draw(st.sampled_from(sorted(WORDS)))
            status = draw(st.sampled_from(("investigating", "identified", "mitigated", "resolved", "no-incident")))
            lines = (
                f"hypothesis {component} {mechanism}{cited}",
                f"declare {component} {mechanism}{cited}",
                f"declare {PLACE} stale-materialisation{cited}",
                f"rule-out {mechanism}{cited}",
                f'update --impact "12" --status {status} --next "more" --eta 1h',
                "note thinking",
            )
            scene.type(draw(st.sampled_from(lines)))
    if draw(st.booleans()):
        scene.type("resolve")
    return scene


@settings(max_examples=120)
@given(scenes())
def test_a_score_lies_between_0_and_100_and_below_every_cap(scene: Scene) -> None:
    card = graded(scene)
    assert 0 <= card.score <= card.before_caps <= 100
    assert all(card.score <= (f.cap or 0) for f in card.caps)
    assert all(0 <= d.score <= 100 for d in card.dimensions)


FREE = {"expect", "note", "next", "summary", "text", "impact"}


def reworded(step: Step, words: str) -> Step:
    """Free text replaced; a number in it stays a number."""
    args = {
        name: (words + (" 7" if any(c.isdigit() for c in value) else "")) if name in FREE and isinstance(value, str) and value.strip() else value
        for name, value in step.args.items()
    }
    return replace(step, args=args)


@settings(max_examples=60)
@given(scenes(), st.text(alphabet=st.characters(categories=("L",)), min_size=1, max_size=30))
def test_rewording_free_text_changes_nothing(scene: Scene, words: str) -> None:
    steps, evidence = scene.done()
    assert grade([reworded(s, words) for s in steps], evidence, session="s").to_json() == grade(steps, evidence, session="s").to_json()


@settings(max_examples=120)
@given(scenes())
def test_leaving_out_a_harmful_move_never_lowers_the_score(scene: Scene) -> None:
    steps, evidence = scene.done()
    whole = grade(steps, evidence, session="s").score
    for move in evidence.moves:
        if move.worth_usd < 0:
            impact = replace(evidence.impact, actual_usd=evidence.impact.actual_usd + move.worth_usd)
            without = replace(evidence, moves=tuple(m for m in evidence.moves if m is not move), impact=impact)
            assert grade([s for s in steps if s.step != move.step], without, session="s").score >= whole


def swapped(scene: Scene, a: int, b: int) -> Scene:
    """The scene with the contents of looks `a` and `b` exchanged, and every citation of one turned into the other."""
    other = {a: b, b: a}
    by_step = {s.step: s for s in scene.steps}

    def cites(step: Step) -> Step:
        because = step.args.get("because")
        return replace(step, args={**step.args, "because": [other.get(n, n) for n in because]}) if because else step

    steps = [replace(by_step[other[s.step]], step=s.step, at_s=s.at_s, took_s=s.took_s, hypothesis_open=s.hypothesis_open) if s.step in other else cites(s) for s in scene.steps]
    looks = [replace(look, step=other.get(look.step, look.step)) for look in scene.looks]
    moves = [replace(m, verified_by=tuple(other.get(n, n) for n in m.verified_by)) for m in scene.moves]
    return Scene(scene.control, scene.at_s, steps, looks, moves, scene.guards)


@settings(max_examples=120)
@given(scenes())
def test_the_order_of_two_looks_in_a_row_does_not_matter(scene: Scene) -> None:
    for left, right in zip(scene.steps, scene.steps[1:], strict=False):
        if left.kind == right.kind == "look":
            assert graded(swapped(scene, left.step, right.step)).score == graded(scene).score


@settings(max_examples=60)
@given(scenes())
def test_one_more_look_with_a_question_never_lowers_the_score(scene: Scene) -> None:
    before = graded(scene).score
    last = scene.steps[-1:] and scene.steps[-1].op == "resolve"
    if not last:
        scene.look('alerts --expect "quiet"')
        assert graded(scene).score >= before

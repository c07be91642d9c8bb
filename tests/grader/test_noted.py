from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from console.host.closing import read_back
from grader.finding import Finding
from grader.rubric import Rubric, rubric
from grader.rules.noted import NOTED, noted
from grader.rules.trace import trace
from grader.scorecard import grade
from scenarios.sessions import SessionStore
from scripts.regrade_pythons import FIXTURES
from tests.grader.scenes import Scene, control_reference, reference


def remarks(*lines: str) -> dict[str, Finding]:
    scene = Scene()
    for line in lines:
        scene.type(line)
    steps, evidence = scene.done()
    return {f.rubric: f for f in noted(trace(steps, evidence), rubric())}


def without_notes() -> Rubric:
    return replace(rubric(), by_id={name: rule for name, rule in rubric().by_id.items() if rule.check not in NOTED})


def test_nothing_is_noted_of_a_subsystem_that_was_left_alone() -> None:
    assert remarks("nodes", "cost", "models list") == {}


def test_a_look_before_the_move_is_noted_with_both_steps() -> None:
    found = remarks("autoscaler", "autoscaler set model-server --min 6", "nodes")["noted.scaling-read"]
    assert (found.met, found.steps) == (True, (1, 2))
    assert "in step 1, before step 2 changed the scaling" in found.because


def test_a_look_that_comes_after_the_move_is_too_late() -> None:
    found = remarks("autoscaler set model-server --min 6", "autoscaler")["noted.scaling-read"]
    assert (found.met, found.steps) == (False, (1,))
    assert found.because.startswith("Noted: step 1 changed the scaling, and neither")


@pytest.mark.parametrize(("lines", "met"), [(("registry challenger 4 --share 0.1", "models served"), True), (("models served", "registry challenger 4 --share 0.1"), False)])
def test_a_challenger_is_to_be_read_after_it_got_its_share(lines: Sequence[str], met: bool) -> None:
    found = remarks(*lines)
    assert found["noted.challenger-served"].met is met
    assert not found["noted.challenger-judged"].met


def test_taking_a_challenger_off_asks_for_no_look_after_it() -> None:
    assert "noted.challenger-served" not in remarks("models list", "registry challenger off")


@pytest.mark.parametrize("scene", [reference(), reference(before=("registry promote 3", "train start", "serving restart model-server")), control_reference()])
def test_what_is_noted_moves_no_score(scene: Scene) -> None:
    steps, evidence = scene.done()
    with_notes, plain = grade(steps, evidence, session="a"), grade(steps, evidence, session="a", words=without_notes())
    assert (with_notes.score, with_notes.before_caps, with_notes.dimensions) == (plain.score, plain.before_caps, plain.dimensions)
    notes = [f for f in with_notes.findings if f.finding.rubric.startswith("noted.")]
    assert [f for f in with_notes.findings if f not in notes] == list(plain.findings)
    assert all((f.points, f.of, f.finding.cap) == (0.0, 0.0, None) for f in notes)
    assert bool(notes) is not evidence.control


@pytest.mark.parametrize("journal", sorted(FIXTURES.glob("*.jsonl")), ids=lambda path: path.stem)
def test_what_is_noted_moves_no_score_of_a_drill_that_was_played(journal: Path) -> None:
    steps, evidence = read_back(SessionStore(Path("no-sessions")).resolve(str(journal)).rows, "journal")
    assert evidence is not None
    with_notes, plain = grade(steps, evidence, session="a"), grade(steps, evidence, session="a", words=without_notes())
    assert (with_notes.score, with_notes.dimensions) == (plain.score, plain.dimensions)

"""Advice in the terms of the drill: which line is missing, which update almost counted."""

from __future__ import annotations

from dataclasses import replace

from grader.report import report
from grader.report_rows import Report
from grader.scorecard import grade
from tests.grader.scenes import UPDATE, Scene, reference

RULES = tuple(f"rule-{number}" for number in range(20))
MODEL = ("pipelines backfill materialise --view card_velocity", "resolve")


def reported(scene: Scene, **more: object) -> Report:
    steps, evidence = scene.done(**more)
    return report(grade(steps, evidence, session="s-1"), steps, evidence, MODEL)


def test_of_the_runbooks_moves_those_that_were_not_made_are_named() -> None:
    s = reference()
    steps, evidence = s.done(cause_removed=False)
    model = (*MODEL[:-1], "features purge card_velocity", "resolve")
    found = next(f for f in report(grade(steps, evidence, session="s-1"), steps, evidence, model).findings if f.dimension == "mitigation")
    assert found.earn.endswith("; you did not make `features purge card_velocity`.")
    assert "did not make" not in next(f for f in reported(Scene()).findings if f.dimension == "mitigation").earn


def test_an_update_that_had_all_but_a_true_status_is_named() -> None:
    s = Scene()
    s.look("labels join", "label-join-loss")
    s.type(UPDATE.format(n="120", status="identified"))
    said = {f.sentence.split(";")[0]: f.earn for f in reported(s).findings if f.dimension == "communication"}
    assert "Step 2 had all of it but a status that holds." in " ".join(said.values())
    assert said["No update that holds gave the impact as a number."] == "Step 2 gave a number; it counts in an update whose status holds."
    assert "Nobody was told" not in " ".join(said)


def test_an_error_that_lists_all_that_is_understood_is_not_quoted_in_advice() -> None:
    s = Scene()
    s.type("action-item data-age --on card_velocity")
    for error, end in ((f"guard is one of {', '.join(RULES)}", "was not carried out."), ("there is no 'drift'", "was not carried out: there is no 'drift'.")):
        s.steps[-1] = replace(s.steps[-1], kind="error", op="", args={}, error=error)
        assert next(f for f in reported(s).findings if f.dimension == "prevention").earn.endswith(end)

"""Steps as graders read them, from rows as a drill writes them."""

from __future__ import annotations

from typing import Any

import pytest

from scenarios.journal import MemoryJournal
from scenarios.steps import Step, steps_of
from simulator.errors import ContentError


def journal_of(*events: tuple[str, dict[str, Any]]) -> MemoryJournal:
    journal = MemoryJournal({"session": "units-7-1", "scenario": "units", "seed": 7})
    for number, (kind, payload) in enumerate(events):
        journal.append(at_s=100.0 * number, wall="", actor="me", role="on-call", kind=kind, payload=payload)
    return journal


def word(op: str, **args: Any) -> tuple[str, dict[str, Any]]:
    return "word", {"line": op, "op": op, "args": args}


LOOK = ("look", {"line": "look", "op": "look", "args": {}})


def test_a_row_of_a_drill_becomes_a_step() -> None:
    payload = {
        "line": "features age velocity",
        "op": "features age",
        "args": {"view": "velocity", "last": None},
        "took_s": 30,
        "phase": "investigating",
        "observation": {"title": "Age", "tables": [], "series": [], "text": [], "facts": {"age_s": 88_200.0}},
        "facts": {"age_s": 88_200.0, "state": "stale"},
        "error": None,
        "seq": 4,
    }
    assert steps_of(journal_of(("clock", {}), ("look", payload)).rows()) == [
        Step(
            step=2,
            at_s=100.0,
            took_s=30.0,
            kind="look",
            op="features age",
            args={"view": "velocity", "last": None},
            line="features age velocity",
            facts={"age_s": 88_200.0, "state": "stale"},
            phase="investigating",
            hypothesis_open=False,
            error="",
        )
    ]


def test_only_what_was_typed_is_a_step_and_its_number_is_the_journals() -> None:
    typed = [("error", {"line": "lok", "error": "unknown command 'lok'"}), ("refused", {"op": "scale", "error": "no quota"})]
    journal = journal_of(("event", {}), LOOK, ("clock", {}), *typed, ("closed", {}), ("scorecard", {}))
    assert [(step.step, step.kind, step.op, step.error) for step in steps_of(journal.rows())] == [
        (2, "look", "look", ""),
        (4, "error", "", "unknown command 'lok'"),
        (5, "refused", "scale", "no quota"),
    ]


def test_a_hypothesis_is_open_from_the_step_after_it_until_it_is_ruled_out() -> None:
    events = [
        LOOK,
        word("hypothesis", component="feature-store/online", mechanism="stale"),
        LOOK,
        word("rule-out", candidate="concept-drift", because=[3]),
        LOOK,
        word("rule-out", component="feature-store", mechanism="stale", because=[3]),
        LOOK,
        word("declare", component="sources/payments", mechanism="unit-change", because=[7]),
        LOOK,
    ]
    assert [step.hypothesis_open for step in steps_of(journal_of(*events).rows()) if step.kind == "look"] == [False, True, True, False, True]


def test_one_of_two_hypotheses_ruled_out_leaves_the_other_open() -> None:
    first, second = word("hypothesis", component="model/fraud", mechanism="stale"), word("hypothesis", component="model/fraud", mechanism="leak")
    events = [first, second, word("rule-out", candidate="stale"), LOOK, word("rule-out", candidate="leak"), LOOK]
    assert [step.hypothesis_open for step in steps_of(journal_of(*events).rows()) if step.kind == "look"] == [True, False]


def test_a_hypothesis_that_was_refused_was_not_stated() -> None:
    assert [step.hypothesis_open for step in steps_of(journal_of(("refused", {"op": "hypothesis", "args": {"component": "x"}}), LOOK).rows())] == [False, False]


@pytest.mark.parametrize(
    ("payload", "field"),
    [
        ({"op": 3}, "op"),
        ({"line": ["a"]}, "line"),
        ({"args": []}, "args"),
        ({"took_s": "30s"}, "took_s"),
        ({"took_s": True}, "took_s"),
        ({"facts": {"rate": [1]}}, "facts.rate"),
        ({"facts": {"rate": False}}, "facts.rate"),
        ({"error": {}}, "error"),
    ],
)
def test_a_payload_that_no_drill_writes_is_one_line(payload: dict[str, Any], field: str) -> None:
    with pytest.raises(ContentError) as caught:
        steps_of(journal_of(LOOK, ("look", payload)).rows(), "out.jsonl")
    assert str(caught.value).startswith(f"out.jsonl: step 2 payload.{field}: ")

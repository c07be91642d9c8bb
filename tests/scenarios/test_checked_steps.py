"""Rows that a drill writes pass the check of a journal from elsewhere; rows that no drill writes are told by step and field."""

from __future__ import annotations

from typing import Any

import pytest

from scenarios.chain import MemoryJournal
from scenarios.checked_steps import checked_steps
from scenarios.drill import Drill
from scenarios.steps import steps_of
from scenarios.words import registry
from simulator.errors import ContentError
from simulator.observation import Observation

SHOWN = Observation("Age", text=("old",), facts={"age_s": 88_200.0, "state": "stale"}).to_json()
STEPS: dict[str, dict[str, Any]] = {
    "look": {"line": "alerts", "op": "alerts", "args": {"expect": None}, "observation": SHOWN, "facts": SHOWN["facts"]},
    "move": {"line": "registry rollback", "op": "registry rollback", "args": {"to": None, "before": None}, "observation": SHOWN, "facts": SHOWN["facts"]},
    "word": {"line": "rule-out concept-drift --because 1,2", "op": "rule-out", "args": {"mechanism": "concept-drift", "because": [1, 2]}, "facts": {}},
    "refused": {"line": "wait 1h", "op": "wait", "args": {"duration": 3600.0}, "facts": {}, "error": "not now"},
    "error": {"line": "lok", "op": "", "args": {}, "facts": {}, "error": "unknown command 'lok'"},
    "clock": {"to_s": 120.0},
}
LEFT_OUT = object()


def journal_of(kind: str, **changed: Any) -> MemoryJournal:
    """A journal with one row of `kind` as a drill writes it, but for the fields that are changed or left out."""
    journal = MemoryJournal({"session": "units-7-1", "scenario": "units", "seed": 7})
    whole = {"took_s": 60.0, "phase": "investigating", "observation": None, "error": None, "messages": [], **STEPS[kind], **changed}
    payload = {name: value for name, value in whole.items() if value is not LEFT_OUT}
    journal.append(at_s=60.0, wall="", actor="me", role="on-call", kind=kind, payload=payload)
    return journal


def refusal(journal: MemoryJournal) -> str:
    with pytest.raises(ContentError) as caught:
        checked_steps(journal.rows(), "out.jsonl")
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("kind", STEPS)
def test_a_row_as_a_drill_writes_it_passes(kind: str) -> None:
    rows = journal_of(kind).rows()
    assert checked_steps(rows, "out.jsonl") == steps_of(rows)


def test_whatever_a_drill_wrote_passes(drill: Drill) -> None:
    looks = [name for name, command in registry().items() if command.kind == "look" and not any(p.required for p in command.params)]
    assert len(looks) > 20
    for line in (*looks, "no such command", "declare nowhere nothing-wrong", *drill.incident.drawn.reference):
        if not drill.closed:
            drill.submit(line)
    assert drill.closed
    rows = drill.journal.rows()
    assert checked_steps(rows, "out.jsonl") == steps_of(rows)


AT = {"name": "at", "unit": "time"}


@pytest.mark.parametrize(
    ("kind", "changed", "said"),
    [
        ("look", {"line": "no such command"}, "payload.line: unknown command 'no'"),
        ("look", {"op": "features age"}, "payload.op: does not say what the step's line says"),
        ("look", {"op": ""}, "payload.op: does not say what the step's line says"),
        ("look", {"op": LEFT_OUT}, "payload.op: is missing"),
        ("look", {"args": {"view": "x"}}, "payload.args: does not say what the step's line says"),
        ("look", {"args": ["expect"]}, "payload.args: an object is wanted here"),
        ("look", {"took_s": LEFT_OUT}, "payload.took_s: is missing"),
        ("look", {"took_s": ""}, "payload.took_s: a number of seconds is wanted here"),
        ("look", {"took_s": -1.0}, "payload.took_s: is no time that a command takes"),
        ("look", {"took_s": 1e12}, "payload.took_s: is no time that a command takes"),
        ("look", {"took_s": 10**400}, "payload.took_s: a number of seconds is wanted here"),
        ("look", {"phase": "asleep"}, "payload.phase: 'asleep' is no phase of a drill"),
        ("look", {"facts": [1]}, "payload.facts: an object is wanted here"),
        ("look", {"facts": {"age_s": 10**400}}, "payload.facts.age_s: a number or a text is wanted here"),
        ("look", {"facts": {"age_s": 1.0}}, "payload.facts: are not those of the observation"),
        ("look", {"observation": None}, "payload.observation: Input should be an object"),
        ("look", {"observation": {**SHOWN, "text": [1]}}, "payload.observation.text.0: Input should be a valid string"),
        ("look", {"observation": {**SHOWN, "colour": "red"}}, "payload.observation: is no whole observation"),
        ("look", {"observation": {**SHOWN, "tables": [{"title": "", "columns": [], "rows": [[1]]}]}}, "payload.observation: is no whole observation"),
        ("look", {"observation": {**SHOWN, "tables": [{"title": "", "columns": [AT], "rows": [[1e300]]}]}}, "payload.observation: holds a time centuries away"),
        ("look", {"observation": {**SHOWN, "series": [{"name": "", "unit": "", "at_s": [1e300], "values": [1.0]}]}}, "payload.observation: holds a time centuries away"),
        ("look", {"error": "no"}, "payload.error: says why"),
        ("move", {"line": "alerts", "op": "alerts", "args": {"expect": None}}, "kind: alerts is a look, not a move"),
        ("word", {"args": {"mechanism": "concept-drift", "because": [1.0, 2.0]}}, "payload.args: does not say what the step's line says"),
        ("word", {"args": {"mechanism": "concept-drift", "because": [True, 2]}}, "payload.args: does not say what the step's line says"),
        ("word", {"facts": {"age_s": 1.0}}, "payload.observation: only a look or a move shows something"),
        ("refused", {"args": {"duration": "1h"}}, "payload.args: does not say what the step's line says"),
        ("refused", {"error": ""}, "payload.error: says why"),
        ("error", {"op": "declare"}, "payload.op: is empty"),
        ("error", {"args": {"mechanism": "concept-drift"}}, "payload.args: is empty"),
        ("clock", {"to_s": LEFT_OUT}, "payload.to_s: is no time of this drill"),
        ("clock", {"to_s": True}, "payload.to_s: is no time of this drill"),
        ("clock", {"to_s": 1e300}, "payload.to_s: is no time of this drill"),
    ],
)
def test_a_row_that_no_drill_writes_is_one_line_with_its_place(kind: str, changed: dict[str, Any], said: str) -> None:
    assert refusal(journal_of(kind, **changed)).startswith(f"out.jsonl: step 1 {said}")


def test_a_time_after_the_worlds_end_is_told() -> None:
    rows = journal_of("look").rows()
    assert len(checked_steps(rows, "out.jsonl", latest_s=60.0)) == 1
    with pytest.raises(ContentError, match=r"step 1 at_s: is no time of this drill"):
        checked_steps(rows, "out.jsonl", latest_s=29.0)

"""Journals whose chain holds and whose rows no drill wrote: one line that names the step and the field, whatever is read from them."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from console.home import sessions
from console.host.closing import regrade
from grader.debrief import debrief_text
from grader.harm_chart import harm_chart
from scenarios.journal import MemoryJournal, Row, export
from scenarios.sessions import Stored
from simulator.errors import ContentError

if TYPE_CHECKING:
    from conftest import Hotseat

    from grader.evidence import Evidence

ID = "the-quiet-store-3-1"
SCRIPT = b"""alerts
features age --expect "old rows"
no such command
pipelines repoint nowhere
hypothesis feature-store/online/card_velocity stale-materialisation --because 2
rule-out concept-drift --because 1
registry rollback
update --impact "5000 USD" --status identified --eta 30m
declare feature-store/online/card_velocity stale-materialisation --because 1,2
action-item data-age --on card_velocity --for 1h
resolve
"""
LOOK, ERROR, REFUSED, MOVE, DECLARE, RESOLVE, GRADING, SCORECARD = 2, 3, 4, 7, 9, 11, 13, 14
KINDS = ["look", "error", "refused", "move", "word", "word", "grading", "scorecard"]
LEFT_OUT = object()


_PLAYED: list[Row] = []


@pytest.fixture
def rows(hotseat: Hotseat, replayed_at_once: Evidence) -> list[Row]:
    """A drill with a step of each kind, closed and graded on another machine; played once for all tests here."""
    if not _PLAYED:
        assert hotseat("run", "the-quiet-store", "--seed", "3", "--script", "-", "--json", stdin=SCRIPT).status in (0, 1)
        _PLAYED.extend(sessions().resolve(ID).rows)
        sessions().path(ID).unlink()
    return list(_PLAYED)


def rechained(rows: list[Row], payloads: dict[int, dict[str, Any]]) -> list[Row]:
    """The same rows with some payloads replaced, by step, in a chain that holds."""
    journal = MemoryJournal(payloads.get(0, rows[0].payload))
    for row in rows[1:]:
        journal.append(at_s=row.at_s, wall=row.wall, actor=row.actor, role=row.role, kind=row.kind, payload=payloads.get(row.step, row.payload))
    return journal.rows()


def put(whole: dict[str, Any], place: tuple[str | int, ...], new: object) -> dict[str, Any]:
    """A copy of `whole` with another value at `place`, or with none."""
    out = copy.deepcopy(whole)
    at: Any = out
    for name in place[:-1]:
        at = at[name]
    if new is LEFT_OUT:
        del at[place[-1]]
    else:
        at[place[-1]] = new
    return out


def told(hotseat: Hotseat, rows: list[Row], tmp_path: Path, home: Path) -> str:
    """The one line that each of the commands which read a session from a file says about it."""
    file = tmp_path / "foreign.jsonl"
    file.write_text("".join(export(rows)), encoding="utf-8")
    lines = []
    for command in (("grade", "--json"), ("grade",), ("debrief",), ("debrief", "--html", str(tmp_path / "page.html")), ("sessions", "import")):
        ran = hotseat(*command, str(file))
        assert (ran.status, ran.out) == (2, ""), command
        lines += ran.err.splitlines()
    assert lines == [lines[0]] * 5
    assert not list(home.glob("sessions/*"))
    assert not (tmp_path / "page.html").exists()
    return lines[0].removeprefix(f"hotseat: {file}: ")


@pytest.mark.parametrize(
    ("step", "changed", "said"),
    [
        (LOOK, {"args": ["view"]}, "payload.args: an object is wanted here"),
        (LOOK, {"args": "view"}, "payload.args: an object is wanted here"),
        (LOOK, {"args": {"view": 3, "expect": None}}, "payload.args: does not say what the step's line says"),
        (LOOK, {"op": 3}, "payload.op: a text is wanted here"),
        (LOOK, {"op": "no such command"}, "payload.op: does not say what the step's line says"),
        (LOOK, {"line": "no such command", "op": "no such command"}, "payload.line: unknown command 'no'"),
        (LOOK, {"line": None}, "payload.line: is missing"),
        (LOOK, {"facts": [1, 2]}, "payload.facts: an object is wanted here"),
        (LOOK, {"facts": {"age_s": [1]}}, "payload.facts.age_s: a number or a text is wanted here"),
        (LOOK, {"observation": []}, "payload.observation: "),
        (LOOK, {"took_s": 1e308}, "payload.took_s: is no time that a command takes"),
        (LOOK, {"phase": "asleep"}, "payload.phase: 'asleep' is no phase of a drill"),
        (ERROR, {"op": "declare"}, "payload.op: is empty"),
        (REFUSED, {"args": {}}, "payload.args: does not say what the step's line says"),
        (MOVE, {"op": "alerts"}, "payload.op: does not say what the step's line says"),
        (DECLARE, {"args": {"component": 1, "mechanism": 2, "because": "all"}}, "payload.args: does not say what the step's line says"),
        (RESOLVE, {"args": {"summary": {}}}, "payload.args: does not say what the step's line says"),
        (SCORECARD, {"scorecard": [81.5]}, "payload.scorecard: an object is wanted here"),
        (SCORECARD, {"scorecard": {"score": "high"}}, "payload.scorecard.score: a number is wanted here"),
    ],
)
def test_a_row_that_no_drill_wrote_is_one_line_and_nothing_is_taken_in(
    hotseat: Hotseat, rows: list[Row], tmp_path: Path, home: Path, step: int, changed: dict[str, Any], said: str
) -> None:
    foreign = rechained(rows, {step: {**rows[step].payload, **changed}})
    assert told(hotseat, foreign, tmp_path, home).startswith(f"step {step} {said}")


@pytest.mark.parametrize(
    ("where", "new", "said"),
    [
        (("looks",), 3, ".looks: this is not what a closing writes: Input should be a valid"),
        (("looks", 0, "excludes"), [], ".looks.0.excludes: this is not"),
        (("moves", 0), {"step": 4}, ".moves.0.worth_usd: this is not"),
        (("impact",), None, ".impact: this is not"),
        (("impact", "currency"), LEFT_OUT, ": this is not what a closing writes: a field is missing or is one too many"),
        (("impact", "hour_s"), [2.0, 1.0], ".impact.hour_s: this is not what a closing writes: times go up"),
        (("impact", "actual_curve"), [], ".impact.actual_curve: this is not what a closing writes: a value for each time of hour_s is wanted"),
        (("impact", "actual_usd"), 1e308, ".impact.actual_usd: this is not what a closing writes: no closing writes a number of this size"),
        (("seed",), "3", ".seed: this is not"),
        (("resolved",), "yes", ".resolved: this is not"),
        (("start_s",), "7870800", ".start_s: this is not"),
        (("fingerprint",), LEFT_OUT, ".fingerprint: this is not"),
        (("more",), 1, ": this is not what a closing writes: a field is missing or is one too many"),
        (("variants", "nothing"), LEFT_OUT, ".variants: this is not what a closing writes: no place of the candidate 'nothing' is named"),
    ],
)
def test_evidence_that_no_closing_wrote_is_one_line_and_nothing_is_taken_in(
    hotseat: Hotseat, rows: list[Row], tmp_path: Path, home: Path, where: tuple[str | int, ...], new: object, said: str
) -> None:
    foreign = rechained(rows, {GRADING: put(rows[GRADING].payload, ("evidence", *where), new)})
    assert told(hotseat, foreign, tmp_path, home).startswith(f"step {GRADING} payload.evidence{said}")


def test_the_rows_of_a_drill_are_taken_in_as_they_are(hotseat: Hotseat, rows: list[Row], tmp_path: Path) -> None:
    assert [rows[step].kind for step in (LOOK, ERROR, REFUSED, MOVE, DECLARE, RESOLVE, GRADING, SCORECARD)] == KINDS
    file = tmp_path / "exported.jsonl"
    file.write_text("".join(export(rechained(rows, {}))), encoding="utf-8")
    assert hotseat("sessions", "import", str(file)).out == f"{ID}\n"
    assert sessions().resolve(ID).rows == rows


def test_an_open_session_is_taken_in_without_evidence(hotseat: Hotseat, rows: list[Row], tmp_path: Path) -> None:
    file = tmp_path / "open.jsonl"
    file.write_text("".join(export(rows[:RESOLVE])), encoding="utf-8")
    assert hotseat("sessions", "import", str(file)).status == 0
    assert "is not graded yet" in hotseat("grade", ID).err


def test_a_journal_does_not_choose_which_file_of_this_machine_is_read(hotseat: Hotseat, rows: list[Row], tmp_path: Path) -> None:
    (tmp_path / "private.yml").write_text("secret: words\n")
    file = tmp_path / "foreign.jsonl"
    file.write_text("".join(export(rechained(rows, {0: {**rows[0].payload, "scenario": str(tmp_path / "private.yml")}}))), encoding="utf-8")
    ran = hotseat("debrief", str(file))
    assert (ran.status, ran.err) == (0, f"no reference runbook: {file}: step 0 payload.scenario: a packaged scenario is wanted here, or its text in the header\n")


@pytest.mark.parametrize("step", [0, LOOK, REFUSED, MOVE, DECLARE, GRADING])
def test_any_one_value_of_another_kind_is_graded_or_told_and_never_a_crash(rows: list[Row], step: int) -> None:
    lines = []
    for where in places(rows[step].payload):
        if step == 0 and where[0] in ("session", "scenario", "seed"):  # without these there is no chain
            continue
        for new in (LEFT_OUT, None, True, 10**400, 5e-324, "text", [], {"a": 1}):
            foreign = rechained(rows, {step: put(rows[step].payload, where, new)})
            try:
                card, steps, evidence = regrade(Stored(foreign, foreign[0].payload), "out.jsonl")
            except ContentError as problem:
                lines.append(str(problem))
            else:
                json.dumps(card.to_json(), allow_nan=False)
                debrief_text(card, steps, evidence, ())
                harm_chart(steps, evidence)
    assert len(lines) > 10
    assert all(line.startswith(f"out.jsonl: step {step} ") and "\n" not in line for line in lines)


def places(value: Any, place: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Where a value lies in nested objects and lists; of a list the first alone, and of what is shown or said only the whole."""
    if place:
        yield place
    if isinstance(value, dict) and place[:1] not in (("observation",), ("messages",)):
        for name in value:
            yield from places(value[name], (*place, name))
    if isinstance(value, list) and value:
        yield from places(value[0], (*place, 0))

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from console.home import sessions
from scenarios.journal import Journal, MemoryJournal, Row, export

if TYPE_CHECKING:
    from conftest import Hotseat

    from grader.evidence import Evidence
    from scenarios.incident import Incident

ID = "the-quiet-store-3-1"


def run(hotseat: Hotseat, script: bytes = b"alerts\nresolve\n") -> dict[str, Any]:
    ran = hotseat("run", "the-quiet-store", "--seed", "3", "--script", "-", "--json", stdin=script)
    card: dict[str, Any] = json.loads(ran.out.splitlines()[-1])["scorecard"]
    return card


def rewritten(rows: list[Row], tmp_path: Path, **changed: Any) -> Path:
    """An export with a valid chain in which some fields of the payload of the rows of one kind are others."""
    journal = MemoryJournal(rows[0].payload)
    for row in rows[1:]:
        payload = {**row.payload, **changed[row.kind]} if row.kind in changed else row.payload
        journal.append(at_s=row.at_s, wall=row.wall, actor=row.actor, role=row.role, kind=row.kind, payload=payload)
    file = tmp_path / "rewritten.jsonl"
    file.write_text("".join(export(journal.rows())), encoding="utf-8")
    return file


def test_a_grade_is_the_scorecard_that_the_run_printed(hotseat: Hotseat, replayed_at_once: Evidence) -> None:
    card = run(hotseat)
    ran = hotseat("grade", ID, "--json")
    assert (ran.status, json.loads(ran.out), ran.err) == (0, card, "")


def test_a_grade_builds_no_world_and_writes_nothing(hotseat: Hotseat, replayed_at_once: Evidence, monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    run(hotseat)
    before = (home / "sessions" / f"{ID}.journal").read_bytes()
    monkeypatch.delattr("scenarios.incident.incident")
    assert hotseat("grade", ID, "--json").status == 0
    assert (home / "sessions" / f"{ID}.journal").read_bytes() == before


def test_a_debrief_is_text_or_one_html_file(hotseat: Hotseat, replayed_at_once: Evidence, tmp_path: Path) -> None:
    run(hotseat)
    ran = hotseat("debrief", ID)
    assert ran.status == 0
    assert "pipelines repoint card_velocity" in ran.out
    page = tmp_path / "debrief.html"
    assert hotseat("debrief", ID, "--html", str(page)).status == 0
    assert "<html" in page.read_text(encoding="utf-8")


def test_an_html_file_that_cannot_be_written_is_one_line(hotseat: Hotseat, replayed_at_once: Evidence, tmp_path: Path) -> None:
    run(hotseat)
    ran = hotseat("debrief", ID, "--html", str(tmp_path / "no" / "where.html"))
    assert (ran.status, ran.out) == (2, "")
    assert "cannot be written: No such file" in ran.err


def test_an_open_session_has_no_grade_and_says_how_to_go_on(hotseat: Hotseat, world: Incident) -> None:
    assert hotseat("play", "the-quiet-store", "--seed", "3", stdin=b"alerts\n").status == 0
    ran = hotseat("grade", ID, "--json")
    assert (ran.status, ran.out) == (2, "")
    assert ran.err == f"hotseat: session {ID} is not graded yet; hotseat play --resume {ID} goes on with it\n"


@pytest.mark.parametrize("written", [None, {}, [], {"looks": 3}, "text"])
def test_evidence_that_no_closing_wrote_is_refused_with_its_place(hotseat: Hotseat, replayed_at_once: Evidence, tmp_path: Path, written: object) -> None:
    run(hotseat)
    file = rewritten(sessions().resolve(ID).rows, tmp_path, grading={"evidence": written})
    ran = hotseat("grade", str(file), "--json")
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith(f"hotseat: {file}: step 4 payload.evidence")
    assert len(ran.err.splitlines()) == 1


def test_a_role_that_nobody_has_is_refused(hotseat: Hotseat, replayed_at_once: Evidence, tmp_path: Path) -> None:
    run(hotseat)
    rows = sessions().resolve(ID).rows
    rows[0].payload["role"] = ["king"]
    ran = hotseat("grade", str(rewritten(rows, tmp_path)))
    assert (ran.status, ran.out) == (2, "")
    assert "step 0 payload.role: one of platform, model, generalist is wanted here" in ran.err


@pytest.mark.parametrize(
    ("changed", "place"),
    [
        ({"look": {"line": "no such command", "op": "no such command"}}, "step 1 payload.line"),
        ({"look": {"args": {"view": "x"}}}, "step 1 payload.args"),
        ({"look": {"op": "features age"}}, "step 1 payload.op"),
        ({"look": {"took_s": 1e12}}, "step 1 payload.took_s"),
        ({"look": {"took_s": -1.0}}, "step 1 payload.took_s"),
        ({"look": {"phase": "asleep"}}, "step 1 payload.phase"),
    ],
)
def test_steps_that_no_drill_wrote_are_not_played_again(hotseat: Hotseat, replayed_at_once: Evidence, tmp_path: Path, changed: dict[str, Any], place: str) -> None:
    run(hotseat)
    file = rewritten(sessions().resolve(ID).rows, tmp_path, **changed)
    ran = hotseat("replay", str(file), "--json")
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.splitlines()[-1].startswith(f"hotseat: {file}: {place}: ")


def test_a_scenario_that_was_changed_since_is_not_replayed_but_still_graded(hotseat: Hotseat, replayed_at_once: Evidence, monkeypatch: pytest.MonkeyPatch) -> None:
    import content

    card = run(hotseat)
    plain = content.read
    monkeypatch.setattr(content, "read", lambda *parts: plain(*parts) + ("\n# changed" if parts[0] == "scenarios" else ""))
    ran = hotseat("replay", ID)
    assert ran.status == 2
    assert "was changed after this session" in ran.err
    assert json.loads(hotseat("grade", ID, "--json").out) == card
    assert "no reference runbook: the scenario the-quiet-store was changed" in hotseat("debrief", ID).err


def test_a_session_that_another_process_holds_is_told(hotseat: Hotseat, world: Incident) -> None:
    hotseat("play", "the-quiet-store", "--seed", "3", stdin=b"alerts\n")
    journal: Journal = sessions().open(ID)
    try:
        ran = hotseat("play", "--resume", ID)
    finally:
        journal.close()
    assert (ran.status, ran.out) == (2, "")
    assert ran.err == f"hotseat: session {ID} is open elsewhere; close it there first\n"

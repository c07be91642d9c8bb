from __future__ import annotations

import json
import random
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from console.home import sessions

if TYPE_CHECKING:
    from conftest import Hotseat

    from grader.evidence import Evidence

ID = "the-quiet-store-3-1"


@pytest.fixture
def played(hotseat: Hotseat, replayed_at_once: Evidence) -> str:
    """A stored session, closed and graded."""
    assert hotseat("run", "the-quiet-store", "--seed", "3", "--script", "-", "--json", stdin=b"alerts\nfeatures age\nresolve\n").status == 0
    return ID


@pytest.fixture
def exported(hotseat: Hotseat, played: str, tmp_path: Path) -> Path:
    file = tmp_path / "exported.jsonl"
    assert hotseat("sessions", "export", played, str(file)).status == 0
    return file


def test_no_sessions_are_an_empty_list(hotseat: Hotseat) -> None:
    ran = hotseat("sessions", "list", "--json")
    assert (ran.status, json.loads(ran.out), ran.err) == (0, {"sessions": []}, "")
    assert hotseat("sessions", "list").out == ""


def test_a_session_is_listed_with_its_state_and_score(hotseat: Hotseat, played: str) -> None:
    (listed,) = json.loads(hotseat("sessions", "list", "--json").out)["sessions"]
    assert (listed["session"], listed["scenario"], listed["seed"], listed["state"], listed["steps"]) == (ID, "the-quiet-store", 3, "closed", 6)
    assert isinstance(listed["score"], (int, float))
    assert ID in hotseat("sessions", "list").out


def test_an_export_is_json_lines_with_kind_and_op(exported: Path) -> None:
    rows = [json.loads(line) for line in exported.read_text().splitlines()[1:]]
    assert [(row["kind"], row.get("op")) for row in rows] == [
        ("header", None),
        ("look", "alerts"),
        ("look", "features age"),
        ("word", "resolve"),
        ("closed", None),
        ("grading", None),
        ("scorecard", None),
    ]


def test_a_session_goes_to_another_machine_and_is_graded_the_same_there(hotseat: Hotseat, exported: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    here = hotseat("grade", ID, "--json").out
    monkeypatch.setenv("HOTSEAT_HOME", str(tmp_path / "another"))
    ran = hotseat("sessions", "import", str(exported), "--json")
    assert (ran.status, json.loads(ran.out)) == (0, {"session": ID})
    assert hotseat("grade", ID, "--json").out == here
    assert hotseat("grade", str(exported), "--json").out == here
    assert hotseat("sessions", "verify", ID).status == 0


def test_verify_names_the_head(hotseat: Hotseat, played: str) -> None:
    ran = hotseat("sessions", "verify", played, "--json")
    assert json.loads(ran.out) == {"session": ID, "ok": True, "steps": 6, "head": sessions().resolve(ID).rows[-1].hash}


def test_a_cut_export_is_refused_with_file_line_and_field(hotseat: Hotseat, exported: Path, tmp_path: Path) -> None:
    data = exported.read_bytes()
    cut = tmp_path / "cut.jsonl"
    for length in (0, 10, len(data) // 2, len(data) - 2, data.rindex(b"\n", 0, -1) + 1):
        cut.write_bytes(data[:length])
        ran = hotseat("sessions", "import", str(cut), "--json")
        assert (ran.status, ran.out) == (2, "")
        assert ran.err.startswith(f"hotseat: {cut}:")
        assert len(ran.err.splitlines()) == 1


def test_any_flipped_bit_of_an_export_is_found(hotseat: Hotseat, exported: Path, tmp_path: Path) -> None:
    data = bytearray(exported.read_bytes())
    draw = random.Random(5)
    file = tmp_path / "flipped.jsonl"
    for _ in range(25):
        at, bit = draw.randrange(len(data) - 1), 1 << draw.randrange(8)
        data[at] ^= bit
        file.write_bytes(data)
        data[at] ^= bit
        ran = hotseat("sessions", "verify", str(file))
        assert ran.status == 1, f"bit {bit} of byte {at}"
        assert "Traceback" not in ran.err
        assert hotseat("grade", str(file)).status == 2


def test_a_journal_whose_bytes_were_changed_falls_through_verify(hotseat: Hotseat, played: str, home: Path) -> None:
    path = home / "sessions" / f"{ID}.journal"
    data = path.read_bytes()
    path.write_bytes(data.replace(b"features age", b"features agf"))
    ran = hotseat("sessions", "verify", ID, "--json")
    assert ran.status == 1
    assert json.loads(ran.out)["ok"] is False
    assert json.loads(ran.out)["problem"] in ran.err


def test_neither_a_session_nor_a_file_is_bad_usage(hotseat: Hotseat) -> None:
    for arguments in ("sessions verify nothing", "sessions export nothing x", "grade nothing", "debrief nothing", "replay nothing", "play --resume nothing"):
        ran = hotseat(*arguments.split())
        assert (ran.status, ran.out) == (2, "")
        assert len(ran.err.splitlines()) == 1


def test_a_file_of_another_kind_is_no_session(hotseat: Hotseat, tmp_path: Path) -> None:
    file = tmp_path / "readme.txt"
    file.write_text("hello\n")
    ran = hotseat("sessions", "import", str(file))
    assert (ran.status, ran.err) == (2, f"hotseat: {file}:1: text: is no line of JSON\n")

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conftest import Hotseat

    from grader.evidence import Evidence
    from scenarios.incident import Incident

ID = "the-quiet-store-3-1"
WORD = ("--met", "yes", "--reason", "they said it aloud", "--by", "Ada")


@pytest.fixture
def card(hotseat: Hotseat, replayed_at_once: Evidence) -> dict[str, Any]:
    ran = hotseat("run", "the-quiet-store", "--seed", "3", "--script", "-", "--json", stdin=b"alerts\nresolve\n")
    shown: dict[str, Any] = json.loads(ran.out.splitlines()[-1])["scorecard"]
    return shown


def test_the_grade_stays_and_shows_the_word_beside_it(hotseat: Hotseat, card: dict[str, Any]) -> None:
    ran = hotseat("overrule", ID, "diagnosis.cause", *WORD, "--json")
    assert (ran.status, ran.err) == (0, "")
    again = json.loads(hotseat("grade", ID, "--json").out)
    assert json.loads(ran.out) == again
    assert (again["score"], again["mode"], card["mode"]) == (card["score"], "practice", "practice")
    assert again["reviewed"]["score"] > card["score"]
    assert next(f for f in again["findings"] if f["rubric"] == "diagnosis.cause")["overruled"]["by"] == "Ada"
    shown = hotseat("grade", ID).out
    assert "reviewed by Ada: " in shown
    assert "mode practice: Played on a machine of the learner's with nobody watching" in shown
    assert "Ada overruled the finding above (met): they said it aloud" in " ".join(hotseat("debrief", ID).out.split())


def test_export_import_and_verify_keep_it(hotseat: Hotseat, card: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert hotseat("overrule", ID, "diagnosis.cause", *WORD).status == 0
    before, file = hotseat("grade", ID, "--json").out, tmp_path / "out.jsonl"
    assert hotseat("sessions", "export", ID, str(file)).status == 0
    monkeypatch.setenv("HOTSEAT_HOME", str(tmp_path / "elsewhere"))
    assert hotseat("sessions", "import", str(file)).status == 0
    assert hotseat("sessions", "verify", ID).status == 0
    assert hotseat("grade", ID, "--json").out == before


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("nobody-1-1", "diagnosis.cause", *WORD), "there is no session nobody-1-1"),
        ((ID, "no.such", *WORD), "this session has no finding 'no.such'"),
        ((ID, "diagnosis.cause", "--met", "perhaps", *WORD[2:]), "--met is yes or no, not 'perhaps'"),
        ((ID, "diagnosis.cause", "--met", "no", *WORD[2:]), "diagnosis.cause is not met already, as the machine found"),
        ((ID, "diagnosis.cause", "--met", "yes", "--reason", "", "--by", "Ada"), "--reason takes a text"),
        ((ID, "diagnosis.cause", "--met", "yes", "--reason", "why"), "--by"),
    ],
)
def test_bad_input_is_one_line_and_nothing_is_written(hotseat: Hotseat, card: dict[str, Any], arguments: tuple[str, ...], line: str, home: Path) -> None:
    before = hotseat("sessions", "verify", ID).out
    ran = hotseat("overrule", *arguments)
    assert (ran.status, ran.out, len(ran.err.splitlines())) == (2, "", 1)
    assert line in ran.err
    assert hotseat("sessions", "verify", ID).out == before


def test_a_session_that_is_not_graded_has_nothing_to_overrule(hotseat: Hotseat, world: Incident) -> None:
    hotseat("play", "the-quiet-store", "--seed", "3", stdin=b"alerts\n")
    ran = hotseat("overrule", ID, "diagnosis.cause", *WORD)
    assert (ran.status, ran.out) == (2, "")
    assert "is not graded yet" in ran.err

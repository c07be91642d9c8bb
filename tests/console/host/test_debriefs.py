from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from console.home import sessions
from console.host.debriefs import debrief_of, export_html, shown
from console.host.messages import Debriefed, decoded_event, encoded
from console.host.shown import Debrief
from grader.scorecard import grade
from scenarios.sessions import Stored
from simulator.errors import HotseatError, Refused, UsageError
from tests.grader.scenes import START_S, Scene, control_reference, reference

if TYPE_CHECKING:
    from conftest import Hotseat

    from grader.evidence import Evidence
    from scenarios.incident import Incident

ID = "the-quiet-store-3-1"


@pytest.fixture
def stored(hotseat: Hotseat, replayed_at_once: Evidence) -> Stored:
    """A graded session of two steps."""
    hotseat("run", "the-quiet-store", "--seed", "3", "--script", "-", "--json", stdin=b"alerts\nresolve\n")
    return sessions().resolve(ID)


def debrief(scene: Scene, **more: object) -> Debrief:
    steps, evidence = scene.done(**more)
    return shown(grade(steps, evidence, session="s-1"), steps, evidence, ("alerts",))


def test_a_debrief_is_that_of_the_grade_without_a_world(stored: Stored, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr("scenarios.incident.incident")
    found = debrief_of(stored, ID)
    score = next(row.payload["scorecard"]["score"] for row in stored.rows if row.kind == "scorecard")
    assert (found.session, found.title, found.score, found.passed) == (ID, "the-quiet-store", score, False)
    assert found.report.title == "Debrief: the-quiet-store, seed 3"
    assert "pipelines repoint card_velocity" in found.report.reference
    assert [(mark.step, mark.kind, mark.line) for mark in found.marks] == [(1, "look", "alerts"), (2, "word", "resolve")]


def test_the_curves_are_what_was_lost_since_the_page_as_it_was_left_first() -> None:
    found = debrief(reference())
    assert [curve.name for curve in found.curves] == ["as you left it", "had nobody done anything", "with the reference runbook"]
    for curve in found.curves:
        assert (curve.at_s[0], curve.usd[0]) == (START_S, 0.0)
        assert len(curve.at_s) == len(curve.usd)
    left, nothing, _ = (curve.usd[-1] for curve in found.curves)
    assert left < nothing


def test_where_nothing_was_lost_there_is_no_curve() -> None:
    assert debrief(control_reference()).curves == ()


def test_a_declared_cause_has_a_mark_of_its_own() -> None:
    kinds = {mark.line.split()[0]: mark.kind for mark in debrief(reference()).marks}
    assert (kinds["declare"], kinds["hypothesis"]) == ("declare", "word")


def test_a_debrief_crosses_to_the_screen_as_it_is() -> None:
    found = debrief(reference())
    assert decoded_event(encoded(Debriefed(debrief=found))) == Debriefed(debrief=found)


def test_text_of_a_foreign_journal_is_made_plain() -> None:
    steps, evidence = reference().done()
    steps = [replace(step, line=f"{step.line} \x1b[2J\u202e") for step in steps]
    found = shown(grade(steps, evidence, session="s\x07-1"), steps, replace(evidence, impact=replace(evidence.impact, currency="U\nSD")), ())
    texts = (found.session, found.currency, *(mark.line for mark in found.marks))
    assert all(text.isprintable() for text in texts)


def test_a_session_that_is_not_graded_has_no_debrief_and_no_page(hotseat: Hotseat, world: Incident, tmp_path: Path) -> None:
    hotseat("play", "the-quiet-store", "--seed", "3", stdin=b"alerts\n")
    with pytest.raises(Refused, match="is not graded yet"):
        debrief_of(sessions().resolve(ID), ID)
    with pytest.raises(Refused, match="is not graded yet"):
        export_html(ID, str(tmp_path / "page.html"))
    assert list(tmp_path.glob("page*")) == []


def test_a_scenario_that_was_changed_since_takes_only_the_model_runbook(stored: Stored, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    import content

    plain = content.read
    monkeypatch.setattr(content, "read", lambda *parts: plain(*parts) + ("\n# changed" if parts[0] == "scenarios" else ""))
    found = debrief_of(stored, ID)
    assert found.report.reference == ()
    assert [step.line for step in found.report.own] == ["alerts", "resolve"]
    assert "no reference runbook: the scenario the-quiet-store was changed" in capsys.readouterr().err


def test_a_page_is_written_whole_and_its_full_path_told(stored: Stored, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    for file in ("page.html", "~/page.html", str(tmp_path / "page.html")):
        assert export_html(ID, file) == str(tmp_path / "page.html")
        page = (tmp_path / "page.html").read_text(encoding="utf-8")
        assert page.startswith("<!doctype html>")
        assert page.rstrip().endswith("</html>")
    assert export_html(stored, "page.html") == str(tmp_path / "page.html")
    assert (tmp_path / "page.html").read_text(encoding="utf-8") == page
    assert [file.name for file in tmp_path.glob("page*")] == ["page.html"]


def test_a_page_takes_the_place_of_a_page_and_of_nothing_else(stored: Stored, tmp_path: Path) -> None:
    page, notes = tmp_path / "page.HTML", tmp_path / "notes.md"
    page.write_text("old", encoding="utf-8")
    notes.write_text("mine", encoding="utf-8")
    export_html(stored, str(page))
    assert page.read_text(encoding="utf-8") != "old"
    with pytest.raises(Refused, match=r"notes\.md is there and is no HTML file"):
        export_html(stored, str(notes))
    assert notes.read_text(encoding="utf-8") == "mine"
    with pytest.raises(Refused, match="is a folder"):
        export_html(stored, str(tmp_path))


def test_a_page_that_cannot_be_written_leaves_the_one_before(stored: Stored, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = tmp_path / "page.html"
    page.write_text("old", encoding="utf-8")

    def refused(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", refused)
    with pytest.raises(HotseatError, match="cannot be written: No space left on device"):
        export_html(stored, str(page))
    assert page.read_text(encoding="utf-8") == "old"
    assert [file.name for file in tmp_path.glob("page*")] == ["page.html"]


@pytest.mark.parametrize(
    ("file", "problem", "said"),
    [
        ("", UsageError, "needs the name of a file"),
        (" ", UsageError, "needs the name of a file"),
        ("x\0.html", UsageError, "needs the name of a file"),
        ("/nowhere/at/all/page.html", HotseatError, "No such file or directory"),
        ("a" * 300 + ".html", HotseatError, "File name too long"),
        ("\ud800.html", HotseatError, "signs that no file name can have"),
    ],
)
def test_a_name_that_no_file_can_have_is_one_line(stored: Stored, file: str, problem: type[HotseatError], said: str) -> None:
    with pytest.raises(problem, match=said) as caught:
        export_html(stored, file)
    assert len(str(caught.value).splitlines()) == 1

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from console.home import sessions

if TYPE_CHECKING:
    from conftest import Hotseat

    from grader.evidence import Evidence
    from scenarios.incident import Incident

SCRIPT = b"""# a mixed bag
alerts
nonsense here
features age --view
wait soon
registry rollback --to v9999
sql
declare feature-store/online stale-materialisation --because 1
"""


def lines_of(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_every_line_of_a_script_is_answered_and_the_last_line_is_the_scorecard(hotseat: Hotseat, replayed_at_once: Evidence) -> None:
    ran = hotseat("run", "the-quiet-store", "--seed", "3", "--script", "-", "--json", stdin=SCRIPT + b"resolve\nalerts\n")
    assert ran.status == 0
    *replies, last = lines_of(ran.out)
    assert [r["line"] for r in replies] == [
        "alerts",
        "nonsense here",
        "features age --view",
        "wait soon",
        "registry rollback --to v9999",
        "sql",
        "declare feature-store/online stale-materialisation --because 1",
        "resolve",
    ]
    assert [r["line"] for r in replies if "error" in r] == ["nonsense here", "features age --view", "wait soon", "registry rollback --to v9999", "sql"]
    look = replies[0]
    assert (look["op"], look["args"], look["took"], look["kind"]) == ("alerts", {"expect": None}, 60.0, "look")
    assert look["observation"]["facts"]["state.missed-fraud-high"] == "firing"
    assert last["session"] == "the-quiet-store-3-1"
    assert last["scorecard"]["session"] == "the-quiet-store-3-1"
    assert 0 <= last["scorecard"]["score"] <= 100


def test_a_refused_move_costs_a_minute_and_a_line_that_is_not_understood_costs_nothing(hotseat: Hotseat, replayed_at_once: Evidence) -> None:
    ran = hotseat("run", "the-quiet-store", "--seed", "3", "--script", "-", "--json", stdin=SCRIPT)
    took = {r["line"]: r["took"] for r in lines_of(ran.out)[:-1]}
    assert took["registry rollback --to v9999"] == 60.0
    assert took["nonsense here"] == 0.0


def test_a_script_without_resolve_is_graded_as_it_stands(hotseat: Hotseat, replayed_at_once: Evidence) -> None:
    ran = hotseat("run", "the-quiet-store", "--seed", "3", "--script", "-", "--json", stdin=b"alerts\n")
    assert ran.status == 0
    stored = sessions().resolve("the-quiet-store-3-1")
    assert [row.kind for row in stored.rows] == ["header", "look", "closed", "grading", "scorecard"]
    assert stored.rows[2].payload == {"resolved": False}
    assert lines_of(ran.out)[-1]["scorecard"] == stored.rows[-1].payload["scorecard"]


def test_words_that_are_no_steps_for_a_person_are_none_in_a_script(hotseat: Hotseat, replayed_at_once: Evidence) -> None:
    script = b"help features age\nalerts\njournal\nshow 1\nfeatures age\ndeclare feature-store/online stale-materialisation --because 1 2\nquit\nalerts\n"
    ran = hotseat("run", "the-quiet-store", "--seed", "3", "--script", "-", "--json", stdin=script)
    *replies, last = lines_of(ran.out)
    assert [(r["line"], r["kind"]) for r in replies if r["kind"] == "aside"] == [("help features age", "aside"), ("journal", "aside"), ("show 1", "aside")]
    assert all((r["op"], r["args"], r["took"], r["observation"]) == (r["line"].split()[0], {}, 0.0, None) for r in replies if r["kind"] == "aside")
    assert "Alerts" in replies[3]["text"]
    assert [(row.step, row.kind) for row in sessions().resolve("the-quiet-store-3-1").rows[1:4]] == [(1, "look"), (2, "look"), (3, "word")]
    assert replies[-1]["args"]["because"] == [1, 2]
    assert last["session"] == "the-quiet-store-3-1"


def test_lines_after_the_end_are_counted(hotseat: Hotseat, replayed_at_once: Evidence, tmp_path: Path) -> None:
    script = tmp_path / "script"
    script.write_text("alerts\nexit\nalerts\nresolve\n")
    ran = hotseat("run", "the-quiet-store", "--seed", "3", "--script", str(script))
    assert "2 lines after exit: not played" in ran.err.splitlines()
    assert sessions().resolve("the-quiet-store-3-1").rows[2].payload == {"resolved": False}


def test_an_empty_script_is_a_drill_in_which_nothing_was_done(hotseat: Hotseat, replayed_at_once: Evidence) -> None:
    ran = hotseat("run", "the-quiet-store", "--seed", "3", "--script", "-", "--json")
    assert (ran.status, len(lines_of(ran.out))) == (0, 1)


def test_each_line_is_printed_after_its_row_is_in_the_journal(hotseat: Hotseat, replayed_at_once: Evidence, monkeypatch: pytest.MonkeyPatch) -> None:
    import console.cli.run

    known = []

    def watch(document: dict[str, Any]) -> None:
        if "line" in document:
            rows = sessions().resolve("the-quiet-store-3-1").rows
            known.append((document["line"], rows[-1].payload["line"]))

    monkeypatch.setattr(console.cli.run, "print_json", watch)
    hotseat("run", "the-quiet-store", "--seed", "3", "--script", "-", "--json", stdin=b"alerts\nwhat\nresolve\n")
    assert known == [("alerts", "alerts"), ("what", "what"), ("resolve", "resolve")]


def test_role_level_actor_and_scenario_stand_in_the_header(hotseat: Hotseat, replayed_at_once: Evidence) -> None:
    hotseat("run", "the-quiet-store", "--seed", "3", "--script", "-", "--role", "platform", "--level", "mid", stdin=b"resolve\n")
    header = sessions().resolve("the-quiet-store-3-1").header
    assert (header["scenario"], header["seed"], header["role"], header["level"], header["actor"], header["mode"]) == ("the-quiet-store", 3, "platform", "mid", "script", "practice")


def test_a_reference_player_plays_through_the_same_door(hotseat: Hotseat, replayed_at_once: Evidence) -> None:
    ran = hotseat("run", "the-quiet-store", "--seed", "3", "--player", "do-nothing", "--json")
    assert ran.status == 0
    assert [r["line"] for r in lines_of(ran.out)[:-1]] == ["wait 1h", "resolve"]
    assert all(row.wall for row in sessions().resolve("the-quiet-store-3-1").rows if row.kind == "word")


def test_plain_output_shows_briefing_replies_and_score(hotseat: Hotseat, replayed_at_once: Evidence) -> None:
    ran = hotseat("run", "the-quiet-store", "--seed", "3", "--script", "-", stdin=b"alerts\nwhat\nresolve\n")
    assert ran.status == 0
    assert "missed-fraud-high is firing" in ran.out
    assert "! firing" in ran.out
    assert "! not understood: unknown command 'what'" in ran.out
    assert "Score" in ran.out
    assert "hotseat debrief the-quiet-store-3-1" in ran.out
    assert "\x1b" not in ran.out


def test_a_scenario_file_of_ones_own_is_kept_with_the_session(hotseat: Hotseat, replayed_at_once: Evidence, tmp_path: Path) -> None:
    import content

    text = content.read("scenarios", "the-quiet-store.yaml").replace("name: the-quiet-store", "name: my-own")
    file = tmp_path / "my-own.yaml"
    file.write_text(text)
    ran = hotseat("run", str(file), "--seed", "3", "--script", "-", "--json", stdin=b"resolve\n")
    assert ran.status == 0
    assert sessions().resolve("my-own-3-1").header["scenario_text"] == text


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("the-quiet-store", "--seed", "3"), "say who plays: either --script FILE (or --script -) or --player NAME"),
        (("the-quiet-store", "--seed", "3", "--script", "-", "--player", "reference"), "say who plays"),
        (("the-quiet-store", "--seed", "3", "--player", "nobody"), "there is no player 'nobody'; there are reference"),
        (("the-quiet-store", "--seed", "-3", "--script", "-"), "a seed is a whole number from 0 on, not -3"),
        (("the-quiet-store", "--seed", "x", "--script", "-"), "Invalid value for '--seed'"),
        (("the-quiet-store", "--script", "-"), "Missing option '--seed'"),
        (("the-loud-store", "--seed", "3", "--script", "-"), "there is no scenario 'the-loud-store'; did you mean the-quiet-store?"),
        (("nothing.yaml", "--seed", "3", "--script", "-"), "nothing.yaml cannot be read: no such file"),
        (("the-quiet-store", "--seed", "3", "--script", "/nowhere/script"), "/nowhere/script: the script cannot be read: no such file"),
        (("the-quiet-store", "--seed", "3", "--script", "-", "--role", "king"), "there is no role 'king'; there are platform, model, generalist"),
        (("the-quiet-store", "--seed", "3", "--script", "-", "--level", "top"), "there is no level 'top'"),
    ],
)
def test_what_cannot_be_played_is_one_line_and_status_2(hotseat: Hotseat, world: Incident, home: Path, arguments: tuple[str, ...], complaint: str) -> None:
    ran = hotseat("run", *arguments, "--json")
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith(f"hotseat: {complaint}")
    assert len(ran.err.splitlines()) == 1
    assert not home.exists()


def test_a_script_that_is_no_text_is_refused_before_anything_is_built(hotseat: Hotseat, tmp_path: Path, home: Path) -> None:
    script = tmp_path / "script"
    script.write_bytes(b"alerts\n\xff\xfe\n")
    ran = hotseat("run", "the-quiet-store", "--seed", "3", "--script", str(script))
    assert (ran.status, ran.out, ran.err) == (2, "", f"hotseat: {script}:2:1: is no text in UTF-8\n")
    assert not home.exists()


def test_a_disk_that_fills_up_ends_the_run_with_a_way_to_go_on(hotseat: Hotseat, world: Incident, monkeypatch: pytest.MonkeyPatch) -> None:
    from scenarios.journal import Journal
    from simulator.errors import HotseatError

    append = Journal.append

    def failing(self: Journal, **row: Any) -> Any:
        if row["payload"].get("line") == "features age":
            raise HotseatError("the disk is full")
        return append(self, **row)

    monkeypatch.setattr(Journal, "append", failing)
    ran = hotseat("run", "the-quiet-store", "--seed", "3", "--script", "-", "--json", stdin=b"alerts\nfeatures age\nresolve\n")
    assert ran.status == 2
    assert [r["line"] for r in lines_of(ran.out)] == ["alerts"]
    assert ran.err.splitlines()[1:] == ["session the-quiet-store-3-1 stays as it is; hotseat play --resume the-quiet-store-3-1 goes on with it", "hotseat: the disk is full"]


def test_mistakes_in_a_scenario_file_are_told_with_their_lines(hotseat: Hotseat, tmp_path: Path) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text("format_version: 1\nname: bad\ntitle: 3\n")
    ran = hotseat("run", str(file), "--seed", "3", "--script", "-")
    assert (ran.status, ran.out) == (2, "")
    assert all(line.startswith(f"hotseat: {file}:") for line in ran.err.splitlines())


def test_a_state_folder_that_cannot_be_written_is_one_line(hotseat: Hotseat, world: Incident, home: Path) -> None:
    home.write_text("a file where the folder should be")
    ran = hotseat("run", "the-quiet-store", "--seed", "3", "--script", "-", stdin=b"resolve\n")
    assert ran.status == 2
    assert ran.err.splitlines()[-1].startswith(f"hotseat: {home / 'sessions'}: cannot be created")

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from scenarios.faults.library import FAULTS
from scenarios.library import all_scenarios, find_scenario
from scenarios.taxonomy import MECHANISMS
from scenarios.vocabulary import packaged_vocabulary
from scenarios.words import registry

if TYPE_CHECKING:
    from conftest import Hotseat


def document(hotseat: Hotseat, *arguments: str, status: int = 0) -> dict[str, Any]:
    ran = hotseat(*arguments, "--json")
    assert ran.status == status
    found: dict[str, Any] = json.loads(ran.out)
    return found


def test_scenarios_are_listed_with_what_a_learner_may_know(hotseat: Hotseat) -> None:
    listed = document(hotseat, "scenarios", "list")["scenarios"]
    assert [s["name"] for s in listed] == [s.name for s in all_scenarios()]
    assert set(listed[0]) - {"measured"} == {"name", "title", "system", "difficulty", "roles", "levels", "competencies", "minutes"}
    assert listed[0]["title"] in hotseat("scenarios", "list").out


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What a calibration found about one scenario, which has not changed since."""
    about = {"passed": 9, "played": 16, "share": 0.5625, "interval": [0.2988, 0.8025], "difficulty": {"value": -0.93, "low": -2.79, "high": 0.93}, "current": True}
    monkeypatch.setattr("grader.calibration.measured.measured_of", lambda name, system: about if name == "the-quiet-store" else None)
    return about


def test_what_was_measured_about_a_scenario_is_shown_where_it_was(hotseat: Hotseat, measured: dict[str, Any]) -> None:
    listed = {s["name"]: s for s in document(hotseat, "scenarios", "list")["scenarios"]}
    assert listed["the-quiet-store"]["measured"] == measured
    assert "measured" not in listed["the-busy-season"]
    table = hotseat("scenarios", "list").out
    assert "9 of 16" in table
    told = "measured: 9 of 16 drills of simulated engineers passed, difficulty -0.93 (-2.79 to 0.93)"
    assert told in hotseat("scenarios", "show", "the-quiet-store").out.replace("measured:\n  ", "measured: ")
    assert "measured" not in hotseat("scenarios", "show", "the-busy-season").out
    measured["current"] = False
    assert "the scenario has changed since" in hotseat("scenarios", "show", "the-quiet-store").out


def test_neither_the_list_nor_a_scenario_shown_names_a_cause(hotseat: Hotseat) -> None:
    shown = hotseat("scenarios", "list").out + hotseat("scenarios", "list", "--json").out
    for scenario in all_scenarios():
        shown += hotseat("scenarios", "show", scenario.name, "--json").out + hotseat("scenarios", "show", scenario.name, "--seed", "3").out
    # The bare words of statistics are competencies too; a cause is named by its fault's id or its mechanism.
    told = [word for word in (*FAULTS, *MECHANISMS) if word in shown and word not in ("data-drift", "concept-drift")]
    assert told == []


def test_the_answers_are_for_authors_and_need_a_seed(hotseat: Hotseat) -> None:
    ran = hotseat("scenarios", "show", "the-quiet-store", "--answers")
    assert (ran.status, ran.err) == (2, "hotseat: the answers depend on the seed; add --seed N\n")
    shown = document(hotseat, "scenarios", "show", "the-quiet-store", "--answers", "--seed", "3")
    assert shown["cause"] == [{"component": "feature-store/online/card_velocity", "mechanism": "stale-materialisation", "params": {"view": "card_velocity"}}]
    assert shown["differential"][-1] == "nothing"
    assert "pipelines repoint card_velocity" in shown["reference"]
    assert shown["horizon_s"] == 14 * 86_400.0


def test_a_control_drill_has_the_answer_that_nothing_is_wrong(hotseat: Hotseat) -> None:
    control = next(s.name for s in all_scenarios() if s.is_control)
    shown = document(hotseat, "scenarios", "show", control, "--answers", "--seed", "3")
    assert shown["cause"] == [{"component": "none", "mechanism": "nothing-wrong", "params": {}}]


def test_checks_tell_each_seed_and_a_failure_is_status_1(hotseat: Hotseat, monkeypatch: pytest.MonkeyPatch) -> None:
    def check(scenario: Any, seeds: Any) -> dict[str, Any]:
        checks = [{"name": "the page fires", "ok": seed != 2, "detail": "found by simulation", "seed": seed} for seed in seeds]
        return {"name": scenario.name, "seeds": list(seeds), "checks": checks, "ok": all(c["ok"] for c in checks)}

    monkeypatch.setattr("grader.check.check_scenario", check)
    found = document(hotseat, "scenarios", "check", "the-quiet-store", "--seeds", "1..2", status=1)
    assert found["scenarios"][0]["seeds"] == [1, 2]
    assert [c["ok"] for c in found["scenarios"][0]["checks"]] == [True, False]
    assert hotseat("scenarios", "check", "the-quiet-store", "--seeds", "1").status == 0
    plain = hotseat("scenarios", "check", "the-quiet-store", "--seeds", "1..2")
    assert "! not sound" in plain.out
    assert "! failed" in plain.out


def test_a_new_scenario_is_a_file_without_mistakes(hotseat: Hotseat, tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    for fault in FAULTS.values():
        said = ("--title", "Mine: a test", "--fault", fault.id, "--alert", "missed-fraud-high", "--covers", "sys.feature-store")
        ran = hotseat("scenarios", "new", "mine", *said, "--out", str(file), "--json")
        assert (ran.status, json.loads(ran.out)) == (0, {"name": "mine", "file": str(file)})
        scenario = find_scenario(str(file), packaged_vocabulary())
        assert (scenario.title, scenario.fault_ids) == ("Mine: a test", (fault.id,))
        assert {possible.name for possible in scenario.differential} == {"nothing", *FAULTS}
        file.unlink()


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("mine",), "a new scenario needs --title, --fault, --alert"),
        (("mine", "--title", "t", "--fault", "unit-chang", "--alert", "missed-fraud-high"), "there is no fault 'unit-chang'; did you mean unit-change?"),
        (("mine", "--title", "t", "--fault", "unit-change", "--alert", "none"), "there is no alert 'none'"),
        (("mine", "--title", "t", "--fault", "unit-change", "--alert", "missed-fraud-high", "--system", "ads"), "there is no system 'ads'"),
        (("Not A Name", "--title", "t", "--fault", "unit-change", "--alert", "missed-fraud-high", "--covers", "a"), "'Not A Name' is no name for a scenario"),
        (("mine", "--title", "t", "--fault", "unit-change", "--alert", "missed-fraud-high", "--covers", "a", "--onset", "2d"), "'2d' is no range of times; write 12h..36h"),
        (("mine", "--title", " ", "--fault", "unit-change", "--alert", "missed-fraud-high"), "a new scenario needs --title"),
        (("mine", "--title", "t", "--fault", "unit-change", "--alert", "missed-fraud-high", "--covers", "a"), "mine.yaml:11:10: covers.0: there is no competency a;"),
        (("mine", "--title", "a\x1b[2J", "--fault", "unit-change", "--alert", "missed-fraud-high"), "mine.yaml:5:8: title: holds the invisible character U+001B"),
        (("mine", "--title", "t", "--fault", "unit-change", "--alert", "missed-fraud-high", "--out", "mine"), "mine does not end in .yaml"),
    ],
)
def test_a_new_scenario_that_cannot_be_is_one_line_and_writes_nothing(
    hotseat: Hotseat, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], complaint: str
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = hotseat("scenarios", "new", *arguments)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith(f"hotseat: {complaint}")
    assert len(ran.err.splitlines()) == 1
    assert list(tmp_path.glob("mine*")) == []


def test_a_new_scenario_overwrites_nothing(hotseat: Hotseat, tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("precious")
    ran = hotseat("scenarios", "new", "mine", "--title", "t", "--fault", "unit-change", "--alert", "missed-fraud-high", "--out", str(file))
    assert (ran.status, ran.err, file.read_text()) == (2, f"hotseat: {file} exists already; give another --out\n", "precious")


def test_operations_faults_and_rubric_are_listed_whole(hotseat: Hotseat) -> None:
    commands = document(hotseat, "operations")["commands"]
    assert [c["name"] for c in commands] == list(registry())
    assert {c["kind"] for c in commands} == {"look", "move", "word"}
    assert {"name", "type", "unit", "default", "help"} <= set(commands[0]["params"][0])
    assert [f["id"] for f in document(hotseat, "faults")["faults"]] == list(FAULTS)
    rules = document(hotseat, "rubric")["rules"]
    assert set(rules[0]) == {"id", "competency", "flag", "dimension", "stage"}
    for command in ("operations", "faults", "rubric"):
        plain = hotseat(command)
        assert plain.status == 0
        assert max(map(len, plain.out.splitlines())) <= 120


def test_an_uncovered_competency_is_status_1(hotseat: Hotseat, monkeypatch: pytest.MonkeyPatch) -> None:
    found = {"competencies": [{"id": "sys.a", "needs": ["live"], "covered": {"live": ["x"]}, "ok": True}]}
    monkeypatch.setattr("grader.competencies.coverage", lambda: found)
    assert document(hotseat, "competencies") == found
    found["competencies"].append({"id": "sys.b", "needs": ["live"], "covered": {"live": []}, "ok": False})
    assert document(hotseat, "competencies", status=1) == found
    assert "! missing" in hotseat("competencies").out

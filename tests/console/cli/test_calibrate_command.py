from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from console.cli.calibration_progress import shown_progress
from grader.calibrate import Progress
from grader.calibration.results import ResultsFile
from grader.calibration.versions import versions

if TYPE_CHECKING:
    from conftest import Hotseat

SCENARIO = "the-quiet-store"


def run(seed: int, player: str, score: float, **other: Any) -> dict[str, Any]:
    known = {"scenario": SCENARIO, "system": "card-fraud", "control": False, "retraining_mends": False, "red_flags": [], "versions": versions(SCENARIO, player)}
    return {**known, "seed": seed, "player": player, "score": score, "passed": score >= 60, "graded": player in ("reference", "competent", "novice"), **other}


@pytest.fixture
def results(tmp_path: Path) -> Callable[..., Path]:
    def write(*runs: dict[str, Any]) -> Path:
        path = tmp_path / "results.jsonl"
        with ResultsFile(path) as file:
            for one in runs:
                file.append(one)
        return path

    return write


def test_a_report_tells_scores_and_bounds_without_playing(hotseat: Hotseat, results: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grader.calibrate.calibrate", None)
    file = results(run(1, "reference", 96.5), run(2, "reference", 91.5), run(1, "random", 4.0), run(2, "random", 6.0))
    ran = hotseat("calibrate", "--report", str(file))
    assert ran.status == 0
    lines = [line.split() for line in ran.out.splitlines()]
    assert [SCENARIO, "reference", "2", "94", "91.5", "96.5", "2", "of", "2"] in lines
    assert [SCENARIO, "random", "2", "5", "4", "6", "0", "of", "2"] in lines
    assert "Intervals: share of cells that hold, exact binomial (Clopper-Pearson), 95 %." in ran.out
    document = json.loads(hotseat("calibrate", "--report", str(file), "--json").out)
    assert {p["name"]: p["value"] for p in document["properties"]}["reference, lowest score"] == 91.5


def test_a_report_on_part_of_a_file(hotseat: Hotseat, results: Callable[..., Path]) -> None:
    file = results(run(1, "reference", 96.5), run(2, "reference", 71.5), run(1, "random", 4.0))
    whole = hotseat("calibrate", "--report", str(file))
    assert whole.status == 1
    assert "  Missed: reference, lowest score: the-quiet-store, seed 2: 71.5.\n" in whole.out
    part = hotseat("calibrate", "--report", str(file), "--seeds", "1", "--players", "reference", "--json")
    assert part.status == 0
    assert [(r["seed"], r["player"]) for r in json.loads(part.out)["runs"]] == [(1, "reference")]
    assert hotseat("calibrate", "--report", str(file), "--seeds", "9").err == f"hotseat: {file} holds no such drill\n"


def test_a_report_on_several_versions_says_so(hotseat: Hotseat, results: Callable[..., Path]) -> None:
    file = results(run(1, "random", 4.0), run(2, "random", 4.0, versions={**versions(SCENARIO, "random"), "program": "0.0.1"}))
    assert hotseat("calibrate", "--report", str(file)).err == "these drills differ in program: what they say is about no one version\n"


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (("--scheduler", "tcp://127.0.0.1:1"), "--scheduler is for --backend dask"),
        (("--report", "a", "--out", "b"), "--report plays nothing"),
        (("--report", "no-such-file"), "no-such-file cannot be read: no such file or directory"),
    ],
)
def test_options_that_do_not_go_together(hotseat: Hotseat, options: tuple[str, ...], complaint: str) -> None:
    ran = hotseat("calibrate", *options)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith(f"hotseat: {complaint}")


def test_difficulty_is_written_beside_the_scenarios(hotseat: Hotseat, results: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import content

    path = content.path
    monkeypatch.setattr(content, "path", lambda *parts: path(*parts) if parts else tmp_path)
    file = results(*(run(seed, player, score) for seed in (1, 2) for player, score in (("competent", 80.0), ("novice", 40.0))))
    ran = hotseat("calibrate", "--report", str(file), "--write")
    written = tmp_path / "calibration" / "card-fraud.yaml"
    assert ran.err == f"wrote {written}\n"
    assert "  the-quiet-store:\n" in written.read_text()


def step(done: int, of: int = 200, held: int = 0, **one: Any) -> Progress:
    return Progress(done, of, held, run(3, "lucky", 23.5, **one) if done > held else None)


class Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


def test_a_bar_is_drawn_anew_and_leaves_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "200")
    terminal, clock = Terminal(), iter([0.0, 60.0, 600.0, 6000.0])
    with shown_progress(terminal, lambda: next(clock)) as progress:
        progress(step(0))
        progress(step(100, held=50))
        progress(step(200))
    drawn = terminal.getvalue().split("\r\x1b[K")
    assert drawn[1] == "░" * 24 + " 0 of 200 drills"
    assert drawn[2] == "█" * 12 + "░" * 12 + " 100 of 200 drills, 50 from the file, about 20 min left, the-quiet-store seed 3 lucky 23.5"
    assert drawn[3] == "█" * 24 + " 200 of 200 drills, in 1 h 40 min, the-quiet-store seed 3 lucky 23.5"
    assert drawn[4] == "200 of 200 drills, in 1 h 40 min, the-quiet-store seed 3 lucky 23.5\n"


def test_a_name_cannot_draw_on_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    terminal = Terminal()
    with shown_progress(terminal) as progress:
        progress(step(1, scenario="\x1b[31mred"))
    assert "\x1b[31m" not in terminal.getvalue()


def test_where_no_terminal_is_there_are_some_plain_lines(capsys: pytest.CaptureFixture[str]) -> None:
    with shown_progress(io.StringIO()) as progress:
        for done in range(1001):
            progress(step(done, of=1000))
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 51
    assert lines[0] == "0 of 1000 drills"
    assert lines[-1] == "1000 of 1000 drills, in 0 s, the-quiet-store seed 3 lucky 23.5"
    assert not any("\x1b" in line or "\r" in line for line in lines)


@pytest.mark.usefixtures("replayed_at_once")
def test_a_calibration_keeps_each_drill_and_plays_none_twice(hotseat: Hotseat, tmp_path: Path) -> None:
    out = tmp_path / "results.jsonl"
    command = ("calibrate", "--scenarios", SCENARIO, "--players", "do-nothing,lucky", "--seeds", "3", "--out", str(out), "--json")
    ran = hotseat(*command)
    first = json.loads(ran.out)
    assert [(r["scenario"], r["seed"], r["player"], r["system"]) for r in first["runs"]] == [(SCENARIO, 3, name, "card-fraud") for name in ("do-nothing", "lucky")]
    assert len(out.read_text().splitlines()) == 2
    again = hotseat(*command)
    assert json.loads(again.out) == first
    assert again.err.splitlines()[0] == "2 of 2 drills, 2 from the file"
    assert json.loads(hotseat("calibrate", "--report", str(out), "--json").out) == first

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cheap_play import row

from grader.calibration.results import ResultsFile, read_results, versions_apart
from grader.calibration.runs import Run
from grader.calibration.versions import _player, program, versions
from simulator.errors import UsageError


def kept(scenario: str = "the-quiet-store", seed: int = 1, score: float = 5.0, **other: str) -> Run:
    return {**row(scenario, seed, "random", score), "versions": {**versions("the-quiet-store", "random"), **other}}


def written(path: Path, *runs: Run) -> Path:
    with ResultsFile(path) as file:
        for run in runs:
            file.append(run)
    return path


def test_a_row_is_in_the_file_before_the_next_is_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    with ResultsFile(path) as file:
        file.append(kept())
        assert read_results(path) == [kept()]


def test_the_latest_row_of_a_drill_counts(tmp_path: Path) -> None:
    path = written(tmp_path / "r.jsonl", kept(score=5.0), kept(seed=2), kept(score=7.0))
    assert [(r["seed"], r["score"]) for r in read_results(path)] == [(1, 7.0), (2, 5.0)]


def test_a_line_cut_short_is_left_out_and_written_over(tmp_path: Path) -> None:
    path = written(tmp_path / "r.jsonl", kept(), kept(seed=2))
    path.write_bytes(path.read_bytes()[:-9])
    assert [r["seed"] for r in read_results(path)] == [1]
    written(path, kept(seed=3))
    assert [r["seed"] for r in read_results(path)] == [1, 3]


def test_two_calibrations_do_not_write_to_one_file(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    with ResultsFile(path), pytest.raises(UsageError, match="is being written by another calibration"):
        ResultsFile(path)
    written(path, kept())
    assert len(read_results(path)) == 1


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda line: "[]", ":2: no line of a results file of format 1"),
        (lambda line: "{", ":2: no line of a results file$"),
        (lambda line: json.dumps(json.loads(line) | {"format": 2}), ":2: no line of a results file of format 1"),
        (lambda line: json.dumps(json.loads(line) | {"score": "high"}), ":2: score: missing, or not what it should be"),
    ],
)
def test_a_line_that_is_none_is_told_by_its_number(change: object, complaint: str, tmp_path: Path) -> None:
    path = written(tmp_path / "r.jsonl", kept(), kept(seed=2))
    first, second = path.read_text().splitlines()
    path.write_text(f"{first}\n{change(second)}\n")  # type: ignore[operator]
    with pytest.raises(UsageError, match=complaint):
        read_results(path)


def test_a_file_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read: no such file"):
        read_results(tmp_path / "none.jsonl")
    with pytest.raises(UsageError, match="cannot be written"):
        ResultsFile(tmp_path / "no" / "r.jsonl")


def test_rows_of_several_versions_are_told_apart() -> None:
    assert versions_apart([kept(), kept(seed=2)]) == []
    assert versions_apart([kept(), kept(seed=2, program="0.0.9", noise="x")]) == ["program", "noise"]
    of_another_text = {**versions("the-quiet-store", "random"), "scenario": "x"}
    assert versions_apart([kept(), {**kept(seed=2), "versions": of_another_text}]) == ["scenario"]
    assert versions_apart([kept(), {**kept("the-new-schema"), "versions": of_another_text}]) == []
    of_another_policy = {**versions("the-quiet-store", "random"), "player": "x"}
    assert versions_apart([kept(), {**kept(seed=2), "versions": of_another_policy}]) == ["player"]
    assert versions_apart([kept(), {**kept(seed=2), "player": "lucky", "versions": of_another_policy}]) == []


def test_a_player_rests_on_its_own_code() -> None:
    digests = {player: versions("the-quiet-store", player) for player in ("random", "do-nothing", "shotgun", "lucky", "novice", "competent")}
    assert digests["random"] == digests["do-nothing"]
    assert digests["shotgun"] == digests["lucky"]
    assert digests["novice"] == digests["competent"]
    assert {name for name, digest in digests["random"].items() if digest != digests["novice"][name]} == {"player"}
    assert len({digest["player"] for digest in digests.values()}) == 3


@pytest.mark.parametrize(("file", "players"), [("skill.py", {"novice"}), ("player.py", {"random", "lucky"}), ("library.py", set())])
def test_a_player_rests_on_what_its_code_uses(monkeypatch: pytest.MonkeyPatch, file: str, players: set[str]) -> None:
    """Of all players only those of the policy have habits; the others type lines that are there before they begin."""
    read = Path.read_text
    before = {player: _player.__wrapped__(player) for player in ("random", "lucky", "novice")}
    monkeypatch.setattr(Path, "read_text", lambda self, *args, **kwargs: read(self, *args, **kwargs) + ("#" if self.name == file else ""))
    assert {player for player, digest in before.items() if digest != _player.__wrapped__(player)} == players


def test_versions_differ_by_scenario_and_only_there() -> None:
    one, other = versions("the-quiet-store", "random"), versions("the-new-schema", "random")
    assert one["scenario"] != other["scenario"]
    assert {k: v for k, v in one.items() if k != "scenario"} == {k: v for k, v in other.items() if k != "scenario"}
    assert one["program"] == program()

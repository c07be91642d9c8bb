from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import product
from multiprocessing import Pipe
from pathlib import Path

import pytest
from cheap_play import LOG, SCENARIOS, STOP_AFTER, cheap

from grader.calibrate import Progress, _groups, calibrate
from grader.calibration.runs import Run, key_of
from grader.calibration.versions import versions
from grader.calibration.workers import _sent
from simulator.errors import HotseatError, UsageError

PLAYERS, SEEDS = ("reference", "random"), (1, 2, 3)
ALL = sorted(product(SCENARIOS, SEEDS, PLAYERS))


def played_lines(log: Path) -> list[str]:
    return log.read_text().splitlines() if log.exists() else []


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "log"
    monkeypatch.setenv(LOG, str(file))
    return file


def test_runs_are_in_order_and_carry_their_versions() -> None:
    found = calibrate(SCENARIOS[::-1], PLAYERS, (3, 1, 2), play=cheap)
    assert [key_of(r) for r in found["runs"]] == list(product(sorted(SCENARIOS), SEEDS, PLAYERS))
    assert all(r["versions"] == versions(r["scenario"], r["player"]) for r in found["runs"])


def test_progress_counts_every_drill() -> None:
    steps: list[Progress] = []
    calibrate(SCENARIOS, PLAYERS, SEEDS, play=cheap, progress=steps.append)
    assert [(s.done, s.of, s.held) for s in steps] == [(n, 12, 0) for n in range(13)]
    assert steps[0].run is None
    assert {key_of(s.run) for s in steps if s.run} == set(ALL)


def test_what_is_in_the_file_is_not_played_again(tmp_path: Path, log: Path) -> None:
    out = tmp_path / "results.jsonl"
    first = calibrate(SCENARIOS, PLAYERS, (1, 2), play=cheap, out=out)
    assert len(played_lines(log)) == 8
    assert calibrate(SCENARIOS, PLAYERS, (1, 2), play=cheap, out=out) == first
    assert len(played_lines(log)) == 8
    wider = calibrate(SCENARIOS, (*PLAYERS, "lucky"), SEEDS, play=cheap, out=out)
    assert len(played_lines(log)) == 18
    assert wider["runs"] == calibrate(SCENARIOS, (*PLAYERS, "lucky"), SEEDS, play=cheap)["runs"]


@pytest.mark.parametrize("name", ["program", "rubric", "scenario", "noise"])
def test_a_drill_of_another_version_is_played_again_and_replaced(name: str, tmp_path: Path, log: Path) -> None:
    out = tmp_path / "results.jsonl"
    calibrate(SCENARIOS, PLAYERS, (1,), play=cheap, out=out)
    lines = [json.loads(line) for line in out.read_text().splitlines()]
    lines[0]["versions"][name] = "another"
    lines[0]["score"] = 1.0
    out.write_text("".join(json.dumps(line) + "\n" for line in lines))
    again = calibrate(SCENARIOS, PLAYERS, (1,), play=cheap, out=out)
    assert len(played_lines(log)) == 5
    assert 1.0 not in [r["score"] for r in again["runs"]]


def test_a_crash_costs_only_what_was_being_played(tmp_path: Path) -> None:
    out = tmp_path / "results.jsonl"
    taken: list[str] = []

    def crashing(scenario: str, seed: int, players: Sequence[str]) -> Iterator[Run]:
        for run in cheap(scenario, seed, players):
            if len(taken) == 5:
                raise RuntimeError("power cut")
            taken.append(run["player"])
            yield run

    with pytest.raises(RuntimeError, match="power cut"):
        calibrate(SCENARIOS, PLAYERS, SEEDS, play=crashing, out=out)
    assert len(out.read_text().splitlines()) == 5
    # A line that was being written when the power went.
    with out.open("a") as file:
        file.write('{"format": 1, "scenario": "the-qu')
    steps: list[Progress] = []
    found = calibrate(SCENARIOS, PLAYERS, SEEDS, play=cheap, out=out, progress=steps.append)
    assert (steps[0].held, len(steps)) == (5, 8)
    assert found == calibrate(SCENARIOS, PLAYERS, SEEDS, play=cheap)
    assert len(out.read_text().splitlines()) == 12


def test_workers_find_what_one_process_finds(tmp_path: Path) -> None:
    alone = calibrate(SCENARIOS, PLAYERS, SEEDS, play=cheap)
    assert calibrate(SCENARIOS, PLAYERS, SEEDS, play=cheap, jobs=2) == alone


def test_a_worker_that_dies_leaves_what_it_had_finished_and_the_next_run_goes_on(tmp_path: Path, log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out, players = tmp_path / "results.jsonl", (*PLAYERS, "lucky", "do-nothing")
    monkeypatch.setenv(STOP_AFTER, "3")
    with pytest.raises(HotseatError, match="a worker process ended with status 9"):
        calibrate(SCENARIOS[:1], players, (1,), play=cheap, out=out, jobs=2)
    assert len(out.read_text().splitlines()) == 3
    monkeypatch.delenv(STOP_AFTER)
    steps: list[Progress] = []
    found = calibrate(SCENARIOS[:1], players, (1,), play=cheap, out=out, progress=steps.append, jobs=2)
    assert steps[0].held == 3
    assert [r["player"] for r in found["runs"]] == list(players)
    assert len(played_lines(log)) == 4


def test_what_other_workers_had_sent_is_kept_when_one_dies() -> None:
    ours, theirs = Pipe()
    for message in ({"player": "random"}, None, {"player": "lucky"}):
        theirs.send(message)
    theirs.close()
    assert list(_sent(ours)) == [{"player": "random"}, {"player": "lucky"}]


@pytest.mark.parametrize(("jobs", "groups"), [(1, [4, 4, 4, 4, 4, 4, 4, 4]), (2, [4, 4, 4, 4, 4, 4, 4, 4]), (3, [2] * 16), (None, [2] * 16)])
def test_a_worker_takes_a_whole_seed_where_there_are_seeds_enough(jobs: int | None, groups: list[int]) -> None:
    todo = list(product(SCENARIOS, range(8), PLAYERS))
    found = _groups(todo, jobs)
    assert [sum(len(players) for _, _, players in group) for group in found] == groups
    assert sorted((scenario, seed, player) for group in found for scenario, seed, players in group for player in players) == sorted(todo)


def test_rows_of_a_worker_with_another_program_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grader.calibrate.versions", lambda scenario, player: {"program": "another"})
    with pytest.raises(HotseatError, match="another version of the program"):
        calibrate(SCENARIOS, PLAYERS, (1,), play=cheap)


def test_without_dask_one_line_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "distributed", None)
    with pytest.raises(HotseatError, match=r"pip install 'hotseat\[dask\]'"):
        calibrate(SCENARIOS, PLAYERS, (1,), play=cheap, backend="dask")


def test_dask_finds_what_one_process_finds() -> None:
    pytest.importorskip("distributed")
    alone = calibrate(SCENARIOS, PLAYERS, SEEDS, play=cheap)
    assert calibrate(SCENARIOS, PLAYERS, SEEDS, play=cheap, backend="dask", jobs=1) == alone


def test_no_scheduler_at_an_address_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr("grader.calibration.dask_workers.CONNECT_S", 0.5)
    with pytest.raises(HotseatError, match=r"no Dask scheduler answers at tcp://127\.0\.0\.1:9"):
        calibrate(SCENARIOS, PLAYERS, (1,), play=cheap, backend="dask", scheduler="tcp://127.0.0.1:9")


def test_a_file_that_is_no_results_file_is_refused_and_kept(tmp_path: Path) -> None:
    out = tmp_path / "notes.txt"
    out.write_text("my notes\n")
    with pytest.raises(UsageError, match=r"notes\.txt:1: no line of a results file"):
        calibrate(SCENARIOS, PLAYERS, (1,), play=cheap, out=out)
    assert out.read_text() == "my notes\n"

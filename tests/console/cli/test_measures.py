from __future__ import annotations

import json
import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest

from console.bench.row import BenchRow

if TYPE_CHECKING:
    from conftest import Hotseat


@pytest.fixture
def benches(monkeypatch: pytest.MonkeyPatch) -> dict[str, BenchRow]:
    """Two benches that measure nothing."""
    rows = {"journal": BenchRow("append", 1.5, "ms", "fsync", 1.0, 1.5, 3.0, True), "sql": BenchRow("query", 9.0, "ms", "DuckDB", 5.0, 1.8, 1.3, False)}
    for name, row in rows.items():
        module = ModuleType(f"console.bench.{name}")
        module.run = lambda row=row: [row]  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, f"console.bench.{name}", module)
    return rows


def test_a_bench_that_meets_its_target_is_done(hotseat: Hotseat, benches: dict[str, BenchRow]) -> None:
    ran = hotseat("bench", "journal", "--json")
    assert (ran.status, json.loads(ran.out)) == (0, {"benches": [benches["journal"].to_json()]})
    assert "+ ok" in hotseat("bench", "journal").out


def test_a_missed_target_is_status_1(hotseat: Hotseat, benches: dict[str, BenchRow]) -> None:
    ran = hotseat("bench", "journal", "sql", "--json")
    assert ran.status == 1
    assert [row["ok"] for row in json.loads(ran.out)["benches"]] == [True, False]
    assert "! missed" in hotseat("bench", "sql").out


def test_an_unknown_bench_is_told_with_those_that_exist(hotseat: Hotseat) -> None:
    ran = hotseat("bench", "speed")
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith("hotseat: there is no bench 'speed'; there are ")
    assert "row" not in ran.err.split()


def test_calibration_hands_its_choices_on_and_tells_a_violated_property(hotseat: Hotseat, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    found = {
        "runs": [{"scenario": "the-quiet-store", "seed": 1, "player": "random", "score": 12.5, "passed": False, "root_cause_credit": 0.0, "harm_avoided": None}],
        "properties": [{"name": "random", "value": 12.5, "target": "at most 20", "ok": True}],
    }

    def calibrate(*arguments: Any, **options: Any) -> dict[str, Any]:
        asked.append((*arguments, options["backend"], options["jobs"]))
        return found

    monkeypatch.setattr("grader.calibrate.calibrate", calibrate)
    ran = hotseat("calibrate", "--scenarios", "the-quiet-store", "--players", "random,lucky", "--seeds", "1..2", "--jobs", "2", "--json")
    assert (ran.status, json.loads(ran.out)) == (0, found)
    assert asked == [(["the-quiet-store"], ["random", "lucky"], (1, 2), "local", 2)]
    found["properties"][0]["ok"] = False
    plain = hotseat("calibrate")
    assert plain.status == 1
    assert "! violated" in plain.out


@pytest.mark.parametrize(
    ("option", "complaint"),
    [
        ("--players=me", "there is no player 'me'"),
        ("--scenarios=no", "there is no scenario 'no'"),
        ("--backend=ray", "there is no backend 'ray'"),
        ("--seeds=x", "'x' names no seeds"),
    ],
)
def test_an_unknown_choice_is_one_line(hotseat: Hotseat, option: str, complaint: str) -> None:
    ran = hotseat("calibrate", option)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith(f"hotseat: {complaint}")

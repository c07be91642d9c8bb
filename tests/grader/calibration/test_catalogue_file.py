from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from cheap_play import SCENARIOS, row

import content
from grader.calibration import measured
from grader.calibration.catalogue import calibration_file
from grader.calibration.measured import measured_of
from grader.calibration.runs import Run
from grader.calibration.versions import versions
from simulator.errors import UsageError


def kept(scenario: str, seed: int, player: str, score: float, **other: Any) -> Run:
    return {**row(scenario, seed, player, score), "versions": versions(scenario, player), **other}


def some_runs() -> list[Run]:
    """The novice passes the first scenario on every second seed and the second never; the competent always."""
    return [
        kept(scenario, seed, player, 80.0 if player != "novice" or (scenario == SCENARIOS[0] and seed % 2) else 40.0)
        for scenario in SCENARIOS
        for seed in range(1, 11)
        for player in ("reference", "competent", "novice", "lucky")
    ]


@pytest.fixture
def packaged(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """Calibration files that exist for the length of a test, by name."""
    files: dict[str, str] = {}
    read, names = content.read, content.names
    monkeypatch.setattr(content, "read", lambda *parts: files[parts[1]] if parts[0] == "calibration" else read(*parts))
    monkeypatch.setattr(content, "names", lambda folder: tuple(files) if folder == "calibration" else names(folder))
    measured._packaged.cache_clear()
    yield files
    measured._packaged.cache_clear()


def test_the_file_says_who_was_measured_how_often_and_on_what() -> None:
    document = yaml.safe_load(calibration_file("card-fraud", some_runs()))
    assert (document["players"], document["seeds"]) == (["competent", "novice"], list(range(1, 11)))
    assert set(document["versions"]) == {"program", "rubric", "noise"}
    first, second = (document["scenarios"][name] for name in SCENARIOS)
    assert (first["passed"], first["played"], first["share"]) == (15, 20, 0.75)
    assert (second["passed"], second["played"]) == (10, 20)
    assert first["difficulty"]["value"] < second["difficulty"]["value"]
    for entry in (first, second):
        for name in ("difficulty", "discrimination"):
            assert entry[name]["low"] < entry[name]["value"] < entry[name]["high"]
        assert entry["interval"][0] < entry["share"] < entry["interval"][1]


def test_the_same_runs_give_the_same_file() -> None:
    assert calibration_file("card-fraud", some_runs()) == calibration_file("card-fraud", some_runs()[::-1])


def test_without_a_skilled_player_nothing_is_written() -> None:
    with pytest.raises(UsageError, match="no player with a skill of their own"):
        calibration_file("card-fraud", [r for r in some_runs() if r["player"] in ("reference", "lucky")])


def test_runs_of_several_versions_are_not_mixed() -> None:
    runs = some_runs()
    runs[0] = {**runs[0], "versions": {**runs[0]["versions"], "program": "another"}}
    with pytest.raises(UsageError, match="differ in program"):
        calibration_file("card-fraud", runs)


def test_the_catalogue_reads_what_was_written(packaged: dict[str, str]) -> None:
    assert measured_of(SCENARIOS[0], "card-fraud") is None
    packaged["card-fraud.yaml"] = calibration_file("card-fraud", some_runs())
    measured._packaged.cache_clear()
    found = measured_of(SCENARIOS[0], "card-fraud")
    assert found is not None
    assert (found["passed"], found["played"], found["current"]) == (15, 20, True)
    assert measured_of("the-busy-season", "card-fraud") is None


def test_a_scenario_that_changed_since_says_so(packaged: dict[str, str]) -> None:
    text = calibration_file("card-fraud", some_runs())
    packaged["card-fraud.yaml"] = text.replace(versions(SCENARIOS[0], "novice")["scenario"], "0" * 12)
    changed, same = (measured_of(name, "card-fraud") for name in SCENARIOS)
    assert changed is not None
    assert same is not None
    assert (changed["current"], same["current"]) == (False, True)

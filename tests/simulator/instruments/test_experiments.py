from __future__ import annotations

from collections.abc import Callable

import pytest

from simulator.durations import DAY_S, HOUR_S
from simulator.observation import Observation
from simulator.world import World

Seen = Callable[[World, str], Observation]


def test_a_version_agrees_with_itself_in_everything(base_world: World, seen: Seen) -> None:
    facts = seen(base_world, "models compare v7 v7").facts
    assert facts["correlation"] == pytest.approx(1.0)
    assert facts["disagree"] == 0.0
    assert {name.removesuffix(".a") for name in facts if name.endswith(".a")} == {name.removesuffix(".b") for name in facts if name.endswith(".b")}
    assert all(facts[name] == facts[name.removesuffix("a") + "b"] for name in facts if name.endswith(".a"))


def test_two_good_versions_are_close_and_not_the_same(base_world: World, seen: Seen) -> None:
    facts = seen(base_world, "models compare v2 champion").facts
    assert 0.9 < float(facts["correlation"]) < 1.0
    assert 0.0 < float(facts["disagree"]) < 0.1
    assert float(facts["auc_on_warnings.a"]) > 0.8


def test_runs_have_the_status_and_metrics_of_what_happened(base_world: World, seen: Seen) -> None:
    shown = seen(base_world, "experiments --last 60d")
    runs = base_world.log.of("train", 0.0, base_world.now_s)
    names = [column.name for column in shown.tables[0].columns]
    rows = [dict(zip(names, row, strict=True)) for row in shown.tables[0].rows]
    assert len(rows) == len(runs) == shown.facts["runs"]
    assert shown.facts["failed"] == sum(run.state == "failed" for run in runs)
    for row in rows:
        if row["status"] == "FINISHED":
            version = base_world.registry.get(str(row["version"]))
            assert (row["auc"], row["rows"], row["join"]) == (version.metrics["auc"], version.rows, version.join)
            assert (row["window_h"], row["label_age_h"]) == (28 * 24, 21 * 24)
        else:
            assert (row["status"], row["version"], row["auc"]) == ("FAILED", None, None)
            assert row["reason"]


def test_a_run_under_way_is_running(fork: Callable[..., World], seen: Seen) -> None:
    world = fork()
    world.orchestrator.run_now("train", "manual", {"who": "you"})
    world.advance(60 * DAY_S - HOUR_S / 10)
    shown = seen(world, "experiments --last 1h")
    assert shown.facts == {"runs": 1.0, "failed": 0.0, "running": 1.0}
    assert shown.tables[0].rows[0][1:3] == ("RUNNING", "manual")

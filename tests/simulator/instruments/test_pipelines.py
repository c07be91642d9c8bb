from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from simulator.durations import DAY_S, HOUR_S, MINUTE_S
from simulator.errors import Refused
from simulator.observation import Observation
from simulator.platform.runs import TaskInstance
from simulator.timeline import Edit
from simulator.world import World

Seen = Callable[[World, str], Observation]
DAY_60_S = 60 * DAY_S


@pytest.fixture(scope="module")
def old_path(later: Callable[..., World]) -> World:
    """A day and a half after a view's partitions moved away from the path that the job reads."""
    moved = [
        Edit(DAY_60_S, "materialise.read_path/card_velocity", "2025-layout", "data-platform", "partitions moved"),
        Edit(DAY_60_S, "source.schema_version/devices", "8", "mobile-sdk", "schema 8"),
        Edit(DAY_60_S + DAY_S, "source.null_rate/devices.session_seconds", 0.4, "mobile-sdk", "beta of the kit"),
        Edit(DAY_60_S + DAY_S, "pipeline.paused/train", True, "fraud-ml", "freeze"),
    ]
    return later(moved, 1.5 * DAY_S)


def test_the_list_tells_state_age_and_pause_of_every_dag(old_path: World, seen: Seen) -> None:
    shown = seen(old_path, "pipelines list")
    assert [row[0] for row in shown.tables[0].rows] == ["features", "labels", "drift", "train"]
    assert (shown.facts["paused.train"], shown.facts["paused.features"]) == ("yes", "no")
    ended = max(r.end_s for r in old_path.log.runs.values() if r.dag == "labels" and r.state == "success" and r.end_s is not None)
    assert shown.facts["success_age_s.labels"] == pytest.approx(old_path.now_s - ended, rel=1e-5)


def test_runs_of_a_day_are_counted_by_state_and_type(old_path: World, seen: Seen) -> None:
    shown = seen(old_path, "pipelines runs features --last 24h")
    started = [r for r in old_path.log.runs.values() if r.dag == "features" and r.start_s >= old_path.now_s - DAY_S]
    assert len(shown.tables[0].rows) == len(started) == 24
    assert shown.facts["runs.success"] == sum(r.state == "success" for r in started)
    assert shown.facts["runs.scheduled"] == 24
    assert shown.facts["failed_share"] == sum(r.state == "failed" for r in started) / 24


def test_a_manual_run_of_one_task_shows_the_rows_of_that_task(fork: Callable[..., World], seen: Seen) -> None:
    world = fork()
    world.orchestrator.run_now("features", "backfill", {"view": "merchant_risk"}, ("materialise",))
    world.advance(world.now_s + 30 * MINUTE_S)
    shown = seen(world, "pipelines runs features --last 1h")
    backfills = [row for row in shown.tables[0].rows if row[1] == "backfill"]
    loaded = next(t for t in world.log.tasks if t.run_id.startswith("backfill"))
    assert (shown.facts["runs.backfill"], len(backfills)) == (1.0, 1)
    assert backfills[0][6] == loaded.rows_out == loaded.detail["merchant_risk"]


def test_a_run_under_way_has_no_duration_and_no_rows(fork: Callable[..., World], seen: Seen) -> None:
    world = fork()
    world.orchestrator.run_now("features", "manual")
    world.advance(world.now_s + MINUTE_S)
    shown = seen(world, "pipelines runs features --last 1h")
    assert shown.facts["runs.running"] == 1.0
    assert shown.tables[0].rows[-1][2:7:2] == ("running", None, None)
    assert seen(world, "pipelines list").facts["last_state.features"] == "running"


def test_tasks_show_green_loads_with_no_rows(old_path: World, seen: Seen) -> None:
    shown = seen(old_path, "pipelines tasks features --task materialise")
    assert {row[3] for row in shown.tables[0].rows} == {"success"}
    assert shown.facts["rows.card_velocity"] == 0.0
    assert float(shown.facts["rows.merchant_risk"]) > 0
    assert all("card_velocity 0" in str(row[8]) for row in shown.tables[0].rows)


def test_rows_of_a_daily_view_are_those_of_its_last_due_load_though_it_lies_before_the_span(old_path: World, seen: Seen) -> None:
    shown = seen(old_path, "pipelines tasks features --last 1h")
    due = [t for t in old_path.log.tasks if t.task == "materialise" and "card_profile" in t.detail]
    assert due[-1].end_s < old_path.now_s - HOUR_S
    assert shown.facts["rows.card_profile"] == due[-1].detail["card_profile"]


def test_tries_that_failed_are_counted_with_their_reason(fork: Callable[..., World], seen: Seen) -> None:
    world = fork()
    world.log.tasks.append(TaskInstance("r", "features", "ingest", 1, "up_for_retry", world.now_s - 60, world.now_s, None, None, {"reason": "worker lost its heartbeat"}))
    shown = seen(world, "pipelines tasks features --last 1h")
    assert shown.facts["tasks.up_for_retry"] == 1.0
    assert "reason worker lost its heartbeat" in [row[8] for row in shown.tables[0].rows]


def test_what_training_reported_is_among_the_facts(base_world: World, seen: Seen) -> None:
    facts = seen(base_world, "pipelines tasks train --last 8d").facts
    newest = base_world.registry.versions[-1]
    assert facts["auc.gate"] == newest.metrics["auc"]
    assert (facts["join.build_frame"], facts["version.register"]) == ("point-in-time", newest.name)


def test_checks_measure_empty_values_volume_and_schema(old_path: World, base_world: World, seen: Seen) -> None:
    bad, good = seen(old_path, "pipelines checks").facts, seen(base_world, "pipelines checks").facts
    assert float(bad["nulls.session_seconds"]) == pytest.approx(0.4, abs=0.1)
    assert (bad["failed_checks"], bad["warned_checks"]) == (6.0, 6.0)
    assert (bad["schema_version.devices"], good["schema_version.devices"]) == ("8", "7")
    assert (good["nulls.session_seconds"], good["failed_checks"], good["warned_checks"]) == (0.0, 0.0, 0.0)


def test_the_volume_check_compares_with_the_same_hour_of_last_week(base_world: World, seen: Seen) -> None:
    ingests = {t.run_id: t.rows_out for t in base_world.log.tasks if t.task == "ingest" and t.state == "success"}
    runs = [r for r in base_world.log.runs.values() if r.dag == "features" and r.run_id in ingests]
    newest = max(runs, key=lambda r: r.logical_s)
    week_before = next(r for r in runs if r.logical_s == newest.logical_s - 7 * DAY_S)
    now, then = ingests[newest.run_id], ingests[week_before.run_id]
    assert now is not None
    assert then is not None
    assert seen(base_world, "pipelines checks").facts["volume_ratio"] == pytest.approx(now / then, rel=1e-5)


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("pipelines runs nightly", "features, labels, drift, train"),
        ("pipelines tasks labels --task build", "ingest_chargebacks, join_labels, publish_labels"),
        ("pipelines runs drift --last 5s", "15m"),
    ],
)
def test_an_unknown_name_or_span_is_refused_with_what_there_is(base_world: World, line: str, named: str, seen: Seen) -> None:
    with pytest.raises(Refused, match=named):
        seen(base_world, line)


LINES = ("pipelines list", "pipelines runs train --last 8d", "pipelines tasks features", "pipelines checks")


@pytest.mark.parametrize("line", LINES)
def test_a_look_changes_nothing_and_shows_the_same_twice(old_path: World, line: str, seen_twice: Seen) -> None:
    first = seen_twice(old_path, line)
    assert all(isinstance(v, str) or np.isfinite(v) for v in first.facts.values())

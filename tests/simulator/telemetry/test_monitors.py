from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import yaml

import content
from simulator.dataplane.features import VIEWS
from simulator.durations import DAY_S, HOUR_S, MINUTE_S
from simulator.errors import ContentError
from simulator.platform.dags import DAG
from simulator.platform.runs import TaskInstance
from simulator.spec import load_system
from simulator.telemetry.alerts import AlertStatus
from simulator.telemetry.monitors import Reading, component_readings, grace_s, rule_reading, rules_now
from simulator.telemetry.signals import read_signal
from simulator.timeline import Edit
from simulator.world import World

NOON_S = 60 * DAY_S + 12 * HOUR_S
"""Five minutes before the features DAG starts, and after the daily ones are done."""


def readings(world: World) -> dict[str, Reading]:
    world.settle()
    return component_readings(world, rules_now(world))


def states(world: World) -> dict[str, str]:
    return {name: reading.state for name, reading in readings(world).items()}


def test_a_quiet_system_is_ok_wherever_something_watches(fork: Callable[..., World]) -> None:
    world = fork()
    world.advance(NOON_S)
    unwatched = {part.id for row in world.spec.map for part in row if not part.monitors}
    found = readings(world)
    assert unwatched == {"payments", "devices", "chargebacks"}
    assert {name for name, reading in found.items() if reading.state == "none"} == unwatched
    assert {reading for name, reading in found.items() if name not in unwatched} == {Reading("ok", "")}


def test_a_store_whose_job_finds_no_rows_is_ok_for_its_monitors(fork: Callable[..., World]) -> None:
    old = [Edit(60 * DAY_S, f"materialise.read_path/{view.name}", "v1", "data-platform", "moved") for view in VIEWS]
    world = fork(old)
    world.advance(NOON_S + DAY_S)
    assert states(world)["online-store"] == "ok"
    assert read_signal(world, "data_age_s/card_velocity", [world.settled_s])[0] > DAY_S  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("state", "silenced", "expected"),
    [
        ("firing", False, Reading("firing", "timeouts-high: 0.0312 > 0.02")),
        ("pending", False, Reading("pending", "timeouts-high: 0.0312 > 0.02")),
        ("inactive", False, Reading("ok", "")),
        ("firing", True, Reading("silenced", "timeouts-high is silenced")),
        ("inactive", True, Reading("silenced", "timeouts-high is silenced")),
    ],
)
def test_a_rule_says_what_it_reads_unless_somebody_silenced_it(base_world: World, state: Any, silenced: bool, expected: Reading) -> None:
    rule = next(rule for rule in base_world.spec.alerts if rule.name == "timeouts-high")
    assert rule_reading(AlertStatus(rule, state, 0.0312, rule.threshold, None, silenced)) == expected


def test_the_worst_that_any_monitor_says_counts(base_world: World) -> None:
    status = {found.rule.name: found for found in rules_now(base_world)}
    status["decline-rate-high"] = replace(status["decline-rate-high"], silenced=True)
    assert component_readings(base_world, list(status.values()))["decisions"].state == "silenced"
    status["missed-fraud-high"] = replace(status["missed-fraud-high"], state="firing", value=140.0)
    assert component_readings(base_world, list(status.values()))["decisions"] == Reading("firing", "missed-fraud-high: 140 > 130")


def test_a_run_under_way_shows_where_it_is(fork: Callable[..., World]) -> None:
    world = fork()
    world.advance(NOON_S + 5 * MINUTE_S + 1)
    assert states(world)["ingest"] == "running"
    run = next(reversed(world.log.runs.values()))
    while len(world.log.tasks_of(run.run_id)) < 2:
        world.advance(world.now_s + 5)
    found = states(world)
    assert (found["ingest"], found["validate"], found["build"]) == ("ok", "ok", "running")
    world.advance(world.now_s + 30 * MINUTE_S)
    assert "running" not in states(world).values()


def test_a_failed_task_and_those_that_waited_for_it(fork: Callable[..., World]) -> None:
    world = fork()
    world.advance(NOON_S)
    for task, state in (("build", "failed"), ("publish", "upstream_failed")):
        world.log.tasks.append(TaskInstance("r", "features", task, 1, state, world.now_s, world.now_s, None, None))  # type: ignore[arg-type]
    world.advance(NOON_S + 4 * MINUTE_S)
    found = readings(world)
    assert found["validate"].state == "ok"
    assert found["build"] == Reading("failed", "features.build failed 4m ago")
    assert found["offline-store"] == Reading("late", "features.publish did not run 4m ago: a task before it failed")


def test_a_paused_dag_is_late_once_its_next_run_should_have_ended(fork: Callable[..., World]) -> None:
    world = fork([Edit(NOON_S, "pipeline.paused/features", True, "you", "held")])
    world.advance(NOON_S)
    ended = max(task.end_s for task in world.log.tasks if task.dag == "features" and task.task == "build")
    world.advance(ended + HOUR_S + grace_s(DAG["features"]))
    assert states(world)["build"] == "ok"
    world.advance(world.now_s + 1)
    assert readings(world)["build"] == Reading("late", "features.build last succeeded 82.4m ago; features is paused")


def test_every_rule_of_the_packaged_system_has_a_place_on_its_map() -> None:
    spec = load_system("card-fraud")
    watching = {monitor for row in spec.map for part in row for monitor in part.monitors}
    assert {rule.name for rule in spec.alerts} <= watching


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ([{"id": "store", "monitors": ["store-on-fire"]}], "map.store.monitors: there is no alert rule and no task 'store-on-fire'"),
        ([{"id": "store", "monitors": ["features.wish"]}], "map.store.monitors: there is no alert rule and no task 'features.wish'"),
        ([{"id": "store", "monitors": ["wishes.build"]}], "map.store.monitors: there is no alert rule and no task 'wishes.build'"),
        ([{"id": "ingest"}], "map.ingest: two components are called this"),
        ([{"label": "no id"}], "'id'"),
        (["ingest"], "systems/card-fraud.yaml"),
    ],
)
def test_a_map_with_a_mistake_is_refused(monkeypatch: pytest.MonkeyPatch, row: list[Any], complaint: str) -> None:
    document = yaml.safe_load(content.read("systems", "card-fraud.yaml"))
    document["map"].append(row)
    monkeypatch.setattr("simulator.spec.content.read", lambda *parts: yaml.safe_dump(document))
    with pytest.raises(ContentError) as raised:
        load_system.__wrapped__("card-fraud")
    assert complaint in str(raised.value)


def test_a_component_is_called_by_its_label_or_else_its_id() -> None:
    labels = {part.id: part.label for row in load_system("card-fraud").map for part in row}
    assert (labels["label-join"], labels["online-store"]) == ("join", "online store")

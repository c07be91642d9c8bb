from __future__ import annotations

from collections.abc import Callable

import numpy as np

from simulator.durations import HOUR_S, MINUTE_S
from simulator.observation import Observation
from simulator.timeline import Edit
from simulator.world import World

Fork = Callable[..., World]
Do = Callable[[World, str], Observation]


def data_age_s(world: World, view: str = "card_velocity") -> float:
    return world.now_s - world.levers[f"online.event_time_s/{view}"].number_at(world.now_s)


def staleness(world: World, since_s: float) -> float:
    """How little the served value of a view has to do with the one that the warehouse has for the same payments, 0 to 1."""
    world.settle()
    served, offline = (np.log(world.rows.numbers(f"{side}.txn_count_1h", since_s, world.settled_s)) for side in ("served", "offline"))
    return 1.0 - float(np.corrcoef(served, offline)[0, 1])


def test_a_backfill_brings_fresh_rows_after_the_repoint_and_not_before(fork: Fork, do: Do) -> None:
    wrong = fork()
    wrong = fork([Edit(wrong.now_s, "materialise.read_path/card_velocity", "snapshot-31", "data-platform", "partitions moved")])
    wrong.advance(wrong.now_s + 12 * HOUR_S)

    do(wrong, "pipelines backfill materialise --view card_velocity")
    wrong.advance(wrong.now_s + 20 * MINUTE_S)
    assert data_age_s(wrong) > 12 * HOUR_S
    stale = staleness(wrong, wrong.now_s - HOUR_S)

    do(wrong, "pipelines repoint card_velocity")
    wrong.advance(wrong.now_s + 5 * MINUTE_S)
    assert data_age_s(wrong) > 12 * HOUR_S

    do(wrong, "pipelines backfill materialise --view card_velocity")
    wrong.advance(wrong.now_s + 20 * MINUTE_S)
    assert data_age_s(wrong) < 2 * HOUR_S
    loaded_s = wrong.levers["online.job_end_s/card_velocity"].number_at(wrong.now_s)
    wrong.advance(wrong.now_s + HOUR_S)
    assert staleness(wrong, loaded_s) < 0.5 * stale


def test_a_dry_run_reads_rows_and_succeeds_and_the_store_stays_as_old_as_it_was(fork: Fork, do: Do) -> None:
    world = fork()
    do(world, "pipelines dry-run card_velocity on")
    before = world.levers["online.event_time_s/card_velocity"].number_at(world.now_s)
    started_s = world.now_s
    world.advance(started_s + 6 * HOUR_S)
    loads = [t for t in world.log.tasks if t.task == "materialise" and t.start_s > started_s]
    assert loads
    assert all(t.state == "success" and t.detail["card_velocity"] == 0 and (t.rows_in or 0) > (t.rows_out or 0) for t in loads)
    assert world.levers["online.event_time_s/card_velocity"].number_at(world.now_s) == before
    assert world.levers["online.job_end_s/card_velocity"].number_at(world.now_s) > started_s
    do(world, "pipelines dry-run card_velocity off")
    do(world, "pipelines backfill materialise --view card_velocity")
    world.advance(world.now_s + 20 * MINUTE_S)
    assert data_age_s(world) < 2 * HOUR_S


def test_a_backfill_runs_the_materialise_task_alone_and_loads_only_its_view(fork: Fork, do: Do) -> None:
    world = fork()
    before = data_age_s(world, "merchant_risk")
    do(world, "pipelines backfill materialise --view card_profile")
    world.advance(world.now_s + 12 * MINUTE_S)
    (run,) = [run for run in world.log.runs.values() if run.run_type == "backfill"]
    (task,) = world.log.tasks_of(run.run_id)
    assert (run.state, task.task, list(task.detail)) == ("success", "materialise", ["card_profile"])
    assert data_age_s(world, "merchant_risk") == before + 12 * MINUTE_S


def test_a_triggered_dag_runs_all_its_tasks_now(fork: Fork, do: Do) -> None:
    world = fork()
    do(world, "pipelines trigger labels")
    world.advance(world.now_s + HOUR_S)
    (run,) = [run for run in world.log.runs.values() if run.run_type == "manual"]
    assert (run.dag, run.state) == ("labels", "success")
    assert [task.task for task in world.log.tasks_of(run.run_id)] == ["ingest_chargebacks", "join_labels", "publish_labels"]


def test_a_paused_dag_starts_no_run_until_it_is_resumed(fork: Fork, do: Do) -> None:
    world = fork()
    do(world, "pipelines pause features")
    start_s = world.now_s
    world.advance(start_s + 3 * HOUR_S)
    assert world.log.of("features", start_s, world.now_s) == []
    do(world, "pipelines resume features")
    world.advance(start_s + 5 * HOUR_S)
    assert len(world.log.of("features", start_s, world.now_s)) == 2

"""Training jobs inside a world: the runs around them, what is recorded, and worlds that fork."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
import pytest

from simulator.dataplane.transform import INPUTS
from simulator.durations import DAY_S, HOUR_S, MINUTE_S, WEEK_S
from simulator.platform.dags import DAG, TRANSIENT_FAILURE
from simulator.platform.model_size import LARGE
from simulator.platform.runs import DagRun, TaskInstance
from simulator.streams import stream
from simulator.telemetry.monitors import component_readings, rules_now
from simulator.telemetry.signals import read_signal
from simulator.timeline import Edit
from simulator.world import Checkpoint, World

Fork = Callable[..., World]
WEEKLY_S = 63 * DAY_S + 3 * HOUR_S
"""The first weekly training after the quiet moment."""
NO_ROOM = Edit(60 * DAY_S, "pool.max/train-spot", 1.0, "cloud", "quota cut")


def calm(world: World) -> World:
    """The world without reclaims by chance."""
    world.pull("pool.reclaims_per_hour/train-spot", 0.0, "cloud", "quiet times")
    return world


def reclaims(per_hour: float, at_s: float = 60 * DAY_S) -> Edit:
    return Edit(at_s, "pool.reclaims_per_hour/train-spot", per_hour, "cloud", "busy times")


def training_runs_since(world: World, since_s: float) -> list[DagRun]:
    return [run for run in world.log.runs.values() if run.dag == "train" and run.start_s >= since_s]


def fits_of(world: World, run_id: str) -> list[TaskInstance]:
    return [task for task in world.log.tasks_of(run_id) if task.task == "fit"]


def test_a_fit_that_nothing_disturbs_takes_the_length_that_its_stream_says(base_world: World) -> None:
    compared = 0
    for run in training_runs_since(base_world, 14 * DAY_S):
        noise = stream(base_world.seed, f"dag.train.{run.run_type}", int(run.start_s // MINUTE_S) + 1)
        tasks = {(task.task, task.try_number): task for task in base_world.log.tasks_of(run.run_id)}
        for task in DAG["train"].tasks[:2]:
            for attempt in range(1, 4):
                length, luck = task.minutes * MINUTE_S * float(np.exp(0.25 * noise.standard_normal())), float(noise.random())
                found = tasks[task.name, attempt]
                if task.name == "fit" and not found.detail:
                    assert found.end_s == found.start_s + length
                    compared += 1
                if luck >= TRANSIENT_FAILURE:
                    break
    assert compared >= 4


def test_a_weekly_training_costs_about_240_dollars(base_world: World) -> None:
    weeks = [sum(job.usd for job in base_world.log.jobs.values() if job.run_id == run.run_id) for run in training_runs_since(base_world, 14 * DAY_S)]
    assert len(weeks) == 7
    assert np.mean(weeks) == pytest.approx(240.0, abs=4.0)
    assert sum(weeks) == pytest.approx(sum(usd for _, what, usd in base_world.charges if what == "training"))


def test_a_training_that_loses_nodes_says_so_and_registers_the_same_candidate_later(fork: Fork) -> None:
    quiet, busy = calm(fork()), fork([reclaims(8.0)])
    for world in (quiet, busy):
        world.advance(WEEKLY_S + 12 * HOUR_S)
    one, other = (training_runs_since(world, WEEKLY_S)[0] for world in (quiet, busy))
    assert (one.state, other.state) == ("success", "success")
    late_s = (other.end_s or 0.0) - (one.end_s or 0.0)
    detail = fits_of(busy, other.run_id)[-1].detail
    assert fits_of(quiet, one.run_id)[-1].detail == {}
    assert float(detail["reclaims"]) > 0
    assert late_s > 60.0
    first, second = (world.registry.versions[-1] for world in (quiet, busy))
    assert first.scorer.digest() == second.scorer.digest()
    assert second.created_s - first.created_s == pytest.approx(late_s)
    lengths = [[task.end_s - task.start_s for task in world.log.tasks_of(run.run_id) if task.task not in ("fit",)] for world, run in ((quiet, one), (busy, other))]
    assert lengths[0] == pytest.approx(lengths[1], abs=1e-6)


def test_a_world_with_disturbed_training_run_through_and_one_forked_after_it_are_identical(quiet: Checkpoint) -> None:
    edits = [reclaims(6.0), Edit(60 * DAY_S, "training.checkpoint_s", 900.0, "fraud-ml", "")]
    through = World(quiet.spec, quiet.seed, edits, start=quiet)
    through.advance(64 * DAY_S - 300.0)
    moment = through.checkpoint()
    assert moment is not None
    assert moment.log.jobs == through.log.jobs
    forked = World(quiet.spec, quiet.seed, start=moment)
    for world in (through, forked):
        world.advance(71 * DAY_S)
    assert sum(job.reclaims for job in through.log.jobs.values()) > 3
    assert (forked.log.jobs, forked.log.job_events, forked.charges) == (through.log.jobs, through.log.job_events, through.charges)
    assert forked.digest() == through.digest()


def test_a_pull_and_an_edit_known_before_have_the_same_training(quiet: Checkpoint) -> None:
    at_s = WEEKLY_S + HOUR_S
    pulls: Iterable[tuple[str, float | str]] = (("training.checkpoint_s", 60.0), ("pool.reclaims_per_hour/train-spot", 3.0), ("pool.market/train-spot", "on-demand"))
    sparse = [reclaims(20.0), Edit(60 * DAY_S, "training.checkpoint_s", 7200.0, "fraud-ml", "")]
    known = World(quiet.spec, quiet.seed, [*sparse, *(Edit(at_s, lever, value, "x", "") for lever, value in pulls)], start=quiet)
    pulled = World(quiet.spec, quiet.seed, sparse, start=quiet)
    pulled.advance(at_s)
    assert pulled.jobs.under_way()
    for lever, value in pulls:
        pulled.pull(lever, value, "x", "")
    for world in (known, pulled):
        world.advance(WEEKLY_S + 5 * HOUR_S)
    assert known.log.job_events == pulled.log.job_events
    assert known.log.jobs == pulled.log.jobs


def test_while_a_training_run_is_under_way_the_next_is_queued_and_starts_when_it_ends(fork: Fork) -> None:
    world = calm(fork())
    first, second = (world.orchestrator.run_now("train", "manual") for _ in range(2))
    assert [world.log.runs[id].state for id in (first, second)] == ["running", "queued"]
    asked_s = world.now_s
    world.advance(asked_s + 10 * MINUTE_S)
    assert component_readings(world, rules_now(world))["training"].why == "train.build_frame is running"
    world.advance(asked_s + 3 * HOUR_S)
    one, other = world.log.runs[first], world.log.runs[second]
    assert (one.state, other.state, one.start_s) == ("success", "success", asked_s)
    assert other.start_s == one.end_s


def test_a_weekly_training_without_room_is_shown_as_running_and_holds_up_the_next(fork: Fork) -> None:
    world = fork([NO_ROOM])
    world.advance(WEEKLY_S + HOUR_S)
    assert component_readings(world, rules_now(world))["training"].why == "train.fit is running"
    world.advance(WEEKLY_S + WEEK_S + HOUR_S)
    assert component_readings(world, rules_now(world))["training"].state == "firing"
    stuck, due = training_runs_since(world, WEEKLY_S)
    assert [(job.run_id, job.state) for job in world.jobs.under_way()] == [(stuck.run_id, "queued")]
    assert (stuck.state, due.state) == ("running", "queued")
    assert world.checkpoint() is None
    world.pull("pool.max/train-spot", 4.0, "you", "")
    world.advance(world.now_s + 3 * HOUR_S)
    assert [world.log.runs[run.run_id].state for run in (stuck, due)] == ["success", "success"]


def test_a_stopped_job_fails_its_run_and_lets_the_queued_one_start(fork: Fork) -> None:
    world = fork([NO_ROOM])
    world.advance(WEEKLY_S + 2 * HOUR_S)
    queued = world.orchestrator.run_now("train", "manual")
    (job,) = world.jobs.under_way()
    world.jobs.stop(job.id)
    world.advance(world.now_s + 5 * MINUTE_S)
    assert world.log.runs[job.run_id].state == "failed"
    states = {task.task: task.state for task in world.log.tasks_of(job.run_id)}
    assert (states["fit"], states["evaluate"], states["promote"]) == ("failed", "upstream_failed", "upstream_failed")
    assert fits_of(world, job.run_id)[-1].detail == {"reason": "stopped by hand"}
    assert (world.log.runs[queued].state, world.log.runs[queued].start_s) == ("running", world.now_s - 5 * MINUTE_S)


def test_the_age_of_training_goes_on_while_a_run_is_stuck_and_falls_when_one_succeeds(fork: Fork) -> None:
    world = fork([NO_ROOM])
    world.advance(WEEKLY_S + 8 * HOUR_S)
    world.pull("pool.max/train-spot", 4.0, "you", "")
    world.advance(WEEKLY_S + 12 * HOUR_S)
    world.settle()
    before, stuck, after = read_signal(world, "training_age_ratio", np.array([WEEKLY_S, WEEKLY_S + 8 * HOUR_S, WEEKLY_S + 12 * HOUR_S]))
    assert before < 1.0
    assert stuck > 1.04
    assert after < 0.03
    assert read_signal(world, "training_age_ratio", np.array([HOUR_S])).tolist() == pytest.approx([np.nan], nan_ok=True)


def test_the_lost_share_of_training_is_of_its_node_time_in_eight_days(fork: Fork) -> None:
    sparse, none = fork([reclaims(10.0), Edit(60 * DAY_S, "training.checkpoint_s", 86_400.0, "fraud-ml", "")]), calm(fork())
    until_s = WEEKLY_S + 6 * HOUR_S
    for world in (sparse, none):
        world.advance(until_s)
        world.settle()
    assert read_signal(none, "training_lost_ratio", np.array([until_s])).tolist() == [0.0]
    (lost,) = read_signal(sparse, "training_lost_ratio", np.array([until_s]))
    events = [event for event in sparse.log.job_events if until_s - 8 * DAY_S < event.at_s <= until_s]
    assert len({event.job for event in events}) == 2
    assert lost == pytest.approx(sum(2 * event.lost_s for event in events) / sum(event.node_s for event in events))
    assert lost > 0.3


def test_the_interruptions_of_training_are_the_nodes_that_jobs_lost_in_a_day(fork: Fork) -> None:
    sparse, none = fork([reclaims(10.0)]), calm(fork())
    for world in (sparse, none):
        world.advance(WEEKLY_S + 2 * DAY_S)
        world.settle()
    at_s = WEEKLY_S + np.array([0.0, 6 * HOUR_S, 2 * DAY_S])
    lost = [event.at_s for event in sparse.log.job_events if event.kind == "reclaimed"]
    found = read_signal(sparse, "training_interruptions_24h", at_s)
    assert found.tolist() == [sum(end_s - DAY_S < reclaimed_s <= end_s for reclaimed_s in lost) for end_s in at_s.tolist()]
    assert found[1] > found[0] == 0.0
    assert read_signal(none, "training_interruptions_24h", at_s).tolist() == [0.0, 0.0, 0.0]


def test_a_large_model_takes_longer_to_fit_and_its_version_carries_what_it_costs_to_serve(fork: Fork) -> None:
    standard, large = calm(fork()), calm(fork([Edit(60 * DAY_S - 500.0, "training.size", "large", "fraud-ml", "")]))
    for world in (standard, large):
        world.advance(60 * DAY_S)
        world.orchestrator.run_now("train", "manual")
        world.advance(60 * DAY_S + 4 * HOUR_S)
    one, other = (world.registry.versions[-1] for world in (standard, large))
    assert (one.name, one.size, other.name, other.size) == ("v9", "standard", "v9", "large")
    assert other.created_s - one.created_s > 20 * MINUTE_S
    for lever, value in LARGE.serving:
        assert large.levers[f"{lever}/v9"].at(large.now_s) == value
        assert standard.levers[f"{lever}/v9"].edits == ()
    assert other.scorer.bends.shape == (len(LARGE.knots), len(INPUTS))
    assert other.commit != one.commit
    assert abs(other.metrics["auc"] - one.metrics["auc"]) < 0.02
    assert (one.rows, one.positives) == (other.rows, other.positives)


def gpu_nodes(world: World) -> int:
    world.settle()
    fleet = world.service.fleet_now()
    assert fleet is not None
    return sum(node.pool == "gpu" for node in fleet.nodes)


def test_training_on_the_serving_pool_keeps_serving_from_growing_until_it_ends(fork: Fork) -> None:
    world = fork([Edit(60 * DAY_S - 500.0, "training.pool", "gpu", "fraud-ml", "")])
    world.orchestrator.run_now("train", "manual")
    world.advance(60 * DAY_S + HOUR_S)
    (job,) = world.jobs.under_way()
    assert (job.pool, job.state, world.jobs.held("gpu")) == ("gpu", "running", 2)
    world.pull("serving.replicas/model-server", 8.0, "you", "grow")
    world.advance(60 * DAY_S + 1.5 * HOUR_S)
    assert gpu_nodes(world) == 2
    world.jobs.stop(job.id)
    world.advance(60 * DAY_S + 2 * HOUR_S)
    assert gpu_nodes(world) == 4


def test_serving_on_the_whole_quota_keeps_training_from_starting_until_it_shrinks(fork: Fork) -> None:
    world = fork([Edit(60 * DAY_S - 500.0, "training.pool", "gpu", "fraud-ml", "")])
    world.pull("serving.replicas/model-server", 8.0, "you", "grow")
    world.advance(60 * DAY_S)
    world.orchestrator.run_now("train", "manual")
    world.advance(60 * DAY_S + 2 * HOUR_S)
    (job,) = world.jobs.under_way()
    assert (job.state, gpu_nodes(world)) == ("queued", 4)
    world.pull("serving.replicas/model-server", 3.0, "you", "shrink")
    world.advance(60 * DAY_S + 3 * HOUR_S)
    assert (world.jobs.under_way()[0].state, world.jobs.held("gpu"), gpu_nodes(world)) == ("running", 2, 2)


def test_reading_a_world_on_the_way_changes_no_training(fork: Fork) -> None:
    edits = [
        Edit(60 * DAY_S - 500.0, "training.pool", "gpu", "fraud-ml", ""),
        Edit(60 * DAY_S - 400.0, "serving.replicas/model-server", 8.0, "ml-platform", ""),
        Edit(60 * DAY_S + 1.2 * HOUR_S, "serving.replicas/model-server", 3.0, "ml-platform", ""),
        Edit(60 * DAY_S, "pipeline.trigger/train", "again", "fraud-ml", ""),
    ]
    read, lazy = fork(edits), fork(edits)
    for step in range(20):
        read.advance(60 * DAY_S + step * 777.0)
        read.settle()
    for world in (read, lazy):
        world.advance(60 * DAY_S + 5 * HOUR_S)
    assert any(event.kind == "queued" for event in lazy.log.job_events)
    assert read.log.job_events == lazy.log.job_events
    assert read.digest() == lazy.digest()

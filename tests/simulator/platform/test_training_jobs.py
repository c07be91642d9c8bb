from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.durations import HOUR_S
from simulator.timeline import Edit
from tests.simulator.platform.job_stage import BIG, FLEET, SMALL, TRAINING, Stage, hazard


@given(start_s=st.floats(0.0, 1e7), work_s=st.floats(60.0, 6000.0))
@settings(max_examples=60)
def test_a_job_that_nothing_disturbs_ends_to_the_bit_at_its_start_plus_its_usual_length(start_s: float, work_s: float) -> None:
    stage = Stage(edits=[hazard(0.0)], start_s=start_s)
    stage.start(work_s=work_s, asked_s=start_s - 200.0)
    stage.env.run()
    job = stage.job()
    assert (job.state, job.end_s, stage.ended) == ("finished", start_s + work_s, {"run": True})
    assert (job.starts, job.reclaims, job.lost_s, job.waited_s) == (1, 0, 0.0, 0.0)
    assert job.usd == pytest.approx(2 * work_s / HOUR_S * BIG.spot_usd_per_hour, rel=1e-6)


@given(
    seed=st.integers(0, 10_000),
    per_hour=st.floats(0.0, 12.0),
    every_s=st.floats(30.0, 2000.0),
    work_s=st.floats(200.0, 2500.0),
    provision_s=st.floats(1.0, 600.0),
    asked_s=st.floats(-400.0, 0.0),
)
@settings(max_examples=80)
def test_the_time_of_a_job_is_its_work_and_what_it_lost_and_its_restarts_and_its_waits(
    seed: int, per_hour: float, every_s: float, work_s: float, provision_s: float, asked_s: float
) -> None:
    stage = Stage(seed, [hazard(per_hour), Edit(0.0, "training.checkpoint_s", every_s, "x", ""), Edit(0.0, "pool.provision_s/spot", provision_s, "x", "")])
    stage.start(work_s=work_s, asked_s=asked_s)
    stage.env.run(until=40 * HOUR_S)
    job = stage.job()
    now = stage.env.now if job.end_s is None else job.end_s
    in_state = now - job.since_s if job.end_s is None else 0.0
    assert now - job.created_s == pytest.approx(job.worked_s + job.lost_s + job.restarted_s + job.waited_s + in_state, abs=1e-6)
    assert job.worked_s == pytest.approx(job.base_s * job.pace, rel=1e-9, abs=1e-6)
    lost = [event.lost_s for event in stage.log.job_events if event.kind == "reclaimed"]
    assert all(0.0 <= each <= every_s + TRAINING.checkpoint_cost_s for each in lost)
    assert (len(lost), sum(lost)) == (job.reclaims, pytest.approx(job.lost_s, abs=1e-6))
    assert job.restarted_s <= TRAINING.restart_s * max(job.reclaims, 1) + 1e-6
    assert job.node_s <= 2 * (now - job.created_s) + 1e-6
    assert sum(usd for _, usd in stage.charged) == pytest.approx(job.usd) == pytest.approx(job.node_s / HOUR_S * BIG.spot_usd_per_hour)
    if job.end_s is not None:
        assert job.base_s == work_s
        assert job.node_s >= 2 * (job.worked_s + job.lost_s + job.restarted_s) - 1e-6


@pytest.mark.parametrize("restart_s", [0.0, 120.0])
def test_without_checkpoints_the_mean_time_to_completion_is_the_closed_form_for_exponential_failures(restart_s: float) -> None:
    """A job that starts over at each failure of rate h takes e^(hR) (e^(hW) - 1) / h in the mean, with restarts of R that may fail as well."""
    at_once = replace(FLEET, pools=(replace(FLEET.pools[0], provision_s=1e-6), FLEET.pools[1]))
    training = replace(TRAINING, checkpoint_s=80_000.0, checkpoint_cost_s=0.0, restart_s=restart_s)
    work_s, per_hour = 1800.0, 2.0
    lengths = []
    for seed in range(500):
        stage = Stage(seed, [hazard(per_hour)], at_once, training)
        stage.start(work_s=work_s)
        stage.env.run()
        lengths.append(stage.env.now)
    h = 2 * per_hour / HOUR_S
    expected = math.exp(h * restart_s) * math.expm1(h * work_s) / h
    ended = np.array(lengths)
    assert abs(ended.mean() - expected) < 3.0 * ended.std(ddof=1) / math.sqrt(len(ended))


def test_more_reclaims_than_checkpoints_keep_a_job_from_its_end_and_more_checkpoints_let_it_through() -> None:
    sparse, dense = (Stage(3, [hazard(15.0), Edit(0.0, "training.checkpoint_s", every, "x", "")]) for every in (7200.0, 120.0))
    for stage in (sparse, dense):
        stage.start()
        stage.env.run(until=9 * HOUR_S)
    assert (sparse.job().end_s, dense.job().state) == (None, "finished")
    assert sparse.job().base_s == 0.0
    assert sparse.job().lost_s > 3 * dense.job().lost_s


def test_saving_more_often_makes_an_undisturbed_job_longer_and_saving_less_often_shorter() -> None:
    ends = []
    for every in (60.0, 300.0, 3600.0):
        stage = Stage(edits=[hazard(0.0), Edit(0.0, "training.checkpoint_s", every, "x", "")])
        stage.start(work_s=1200.0)
        stage.env.run()
        ends.append(stage.env.now)
    assert ends == pytest.approx([1200.0 * 2.0 / 1.2, 1200.0, 1200.0 * (1 + 60 / 3600) / 1.2])


def test_a_changed_checkpoint_interval_counts_from_the_next_start() -> None:
    stage = Stage(5, [hazard(6.0)])
    stage.start(work_s=3000.0)
    stage.env.run(until=1.0)
    stage.pull("training.checkpoint_s", 60.0)
    first = next(event.at_s for event in stage.log.job_events if event.kind == "running")
    assert (first, stage.job().checkpoint_s) == (0.0, 300.0)
    stage.env.run()
    assert stage.job().reclaims > 0
    assert stage.job().checkpoint_s == 60.0


def test_a_pool_that_buys_on_demand_loses_no_node_after_the_next_start() -> None:
    stage = Stage(3, [hazard(20.0), Edit(0.0, "training.checkpoint_s", 7200.0, "x", "")])
    stage.start()
    stage.env.run(until=2 * HOUR_S)
    before = stage.job().reclaims
    assert stage.job().end_s is None
    stage.pull("pool.market/spot", "on-demand")
    stage.env.run()
    job = stage.job()
    assert (job.state, job.market) == ("finished", "on-demand")
    assert job.reclaims <= before + 1
    assert stage.env.now < 2 * HOUR_S + 1200.0 + 1200.0


def test_a_moved_job_works_on_fewer_cards_for_longer_and_tells_the_fleet_what_it_holds() -> None:
    stage = Stage(3, [hazard(20.0), Edit(0.0, "training.checkpoint_s", 7200.0, "x", "")])
    stage.start(work_s=1200.0)
    stage.env.run(until=HOUR_S)
    stage.pull("training.pool", "gpu")
    stage.env.run()
    job = stage.job()
    started = max(event.at_s for event in stage.log.job_events if event.kind == "running")
    pace = (1 + 60 / 7200) / 1.2 * BIG.gpus / SMALL.gpus
    assert (job.pool, job.state) == ("gpu", "finished")
    assert stage.env.now - started == pytest.approx(1200.0 * pace)
    held = stage.levers["pool.training/gpu"].edits
    assert [(edit.value, edit.who) for edit in held] == [(2.0, "train DAG"), (0.0, "train DAG")]
    assert (held[1].at_s, started - held[0].at_s) == (stage.env.now, pytest.approx(150.0 + 60.0))
    assert [(edit.at_s, edit.value) for edit in stage.levers["pool.training/spot"].edits] == [(0.0, 2.0), (held[0].at_s, 0.0)]


def test_a_job_waits_while_services_and_the_quota_leave_no_room_for_all_its_nodes() -> None:
    stage = Stage(edits=[Edit(0.0, "training.pool", "gpu", "x", "")], serving=3)
    stage.start(work_s=100.0)
    stage.env.run(until=1000.0)
    assert (stage.job().state, stage.charged) == ("queued", [])
    stage.serving = 2
    stage.env.run(until=1201.0)
    assert stage.job().state == "provisioning"
    stage.env.run()
    assert stage.env.now == pytest.approx(1200.0 + 150.0 + 800.0)
    assert (stage.job().waited_s, stage.job().restarted_s) == (pytest.approx(1350.0), 0.0)


def test_a_quota_that_was_known_to_change_and_one_that_is_pulled_then_are_the_same() -> None:
    known = Stage(edits=[Edit(0.0, "pool.max/spot", 1.0, "x", ""), Edit(777.7, "pool.max/spot", 2.0, "x", "")])
    pulled = Stage(edits=[Edit(0.0, "pool.max/spot", 1.0, "x", "")])
    for stage in (known, pulled):
        stage.start()
    pulled.env.run(until=777.7)
    pulled.pull("pool.max/spot", 2.0)
    for stage in (known, pulled):
        stage.env.run()
    assert known.job() == pulled.job()
    assert known.job().waited_s == pytest.approx(777.7 + 150.0)


def test_nodes_that_are_asked_for_late_are_waited_for() -> None:
    stage = Stage(edits=[hazard(0.0)])
    stage.start(work_s=1000.0, asked_s=-30.0)
    stage.env.run()
    assert (stage.env.now, stage.job().waited_s) == (1120.0, 120.0)
    assert stage.job().node_s == pytest.approx(2000.0)


def test_two_jobs_hold_nodes_of_their_own_and_a_third_waits_for_the_first_to_end() -> None:
    stage = Stage(8, [hazard(4.0)])
    for run, work_s in (("a", 1500.0), ("b", 4000.0), ("c", 100.0)):
        stage.start(run, work_s)
    stage.env.run(until=600.0)
    assert [stage.job(run).state == "queued" for run in "abc"] == [False, False, True]
    stage.env.run()
    begun = {run: min(event.at_s for event in stage.log.job_events if event.job == f"{run}#1" and event.kind == "running") for run in "abc"}
    assert begun["c"] >= min(stage.job("a").end_s or 0.0, stage.job("b").end_s or 0.0) > begun["b"] == 0.0
    struck = {run: [event.at_s for event in stage.log.job_events if event.job == f"{run}#1" and event.kind == "reclaimed"] for run in "ab"}
    assert struck["a"]
    assert struck["b"]
    assert not set(struck["a"]) & set(struck["b"])


def test_a_stopped_job_gives_its_nodes_back_at_once_and_comes_to_nothing() -> None:
    stage = Stage(edits=[hazard(0.0), Edit(0.0, "training.pool", "gpu", "x", "")])
    stage.start()
    stage.env.run(until=500.0)
    stage.jobs.stop("run#1")
    stage.env.run()
    job = stage.job()
    assert (stage.ended, job.state, job.end_s) == ({"run": False}, "stopped", 500.0)
    assert job.lost_s == pytest.approx(500.0 % 360.0)
    assert stage.levers["pool.training/gpu"].at(500.0) == 0.0
    assert stage.charged == [(500.0, pytest.approx(1000.0 / HOUR_S * SMALL.usd_per_hour))]


def test_a_queued_job_can_be_stopped() -> None:
    stage = Stage(edits=[Edit(0.0, "pool.max/spot", 1.0, "x", "")])
    stage.start()
    stage.env.run(until=50.0)
    stage.jobs.stop("run#1")
    stage.env.run(until=51.0)
    assert (stage.ended, stage.job().waited_s, stage.jobs.under_way()) == ({"run": False}, 50.0, [])


def test_nodes_out_of_reach_cut_a_job_off_until_they_are_back() -> None:
    stage = Stage(edits=[hazard(0.0), Edit(400.0, "pool.lost/spot", 3.0, "x", ""), Edit(1000.0, "pool.lost/spot", 0.0, "x", "")])
    stage.start(work_s=1000.0)
    stage.env.run(until=500.0)
    assert (stage.job().state, stage.job().base_s, stage.job().lost_s) == ("queued", pytest.approx(360.0), pytest.approx(40.0))
    stage.env.run()
    assert stage.env.now == pytest.approx(1000.0 + 150.0 + 60.0 + 640.0)


def test_money_that_lost_work_burnt_is_charged_when_it_is_lost() -> None:
    stage = Stage(2, [hazard(8.0)])
    stage.start(work_s=2400.0)
    stage.env.run()
    reclaimed = [event for event in stage.log.job_events if event.kind == "reclaimed"]
    assert reclaimed
    assert {(event.at_s, event.usd) for event in reclaimed if event.usd} <= set(stage.charged)
    assert reclaimed[0].usd == pytest.approx(2 * reclaimed[0].at_s / HOUR_S * BIG.spot_usd_per_hour)


def test_a_run_pays_for_its_frame_once_whatever_becomes_of_its_job() -> None:
    stage = Stage(edits=[hazard(0.0)], training=replace(TRAINING, run_usd=200.0))
    stage.start(work_s=3600.0)
    stage.env.run()
    assert stage.charged == [(3600.0, pytest.approx(200.0 + 2 * BIG.spot_usd_per_hour))]

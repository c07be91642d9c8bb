"""Benign changes: each pulls declared levers within their ranges, and none of those that only a fault pulls."""

from __future__ import annotations

from itertools import product

import pytest

from scenarios.decoys import BENIGN, PARAMS, edits_of
from scenarios.draw import DrawnDecoy
from scenarios.forms import Scalar
from simulator.catalogue import LEVERS
from simulator.durations import DAY_S
from simulator.levers import Levers
from simulator.spec import load_system

AT_S = 60 * DAY_S


def corners(name: str) -> list[dict[str, Scalar]]:
    ends: list[tuple[Scalar, ...]] = [p.choices or (p.low, p.high) for p in BENIGN[name].params]
    return [dict(zip(PARAMS[name], values, strict=True)) for values in product(*ends)]


@pytest.mark.parametrize("name", sorted(BENIGN))
def test_every_edit_is_of_a_declared_lever_within_its_range_and_not_before_its_time(name: str) -> None:
    levers = Levers(LEVERS)
    for params in corners(name):
        edits = edits_of(DrawnDecoy(name, AT_S, params))
        assert edits[0].at_s == AT_S
        for edit in edits:
            assert edit.at_s >= AT_S
            levers.declared(edit.lever).check(edit.value)


@pytest.mark.parametrize("name", sorted(BENIGN))
def test_no_benign_change_pulls_a_lever_that_only_harms(name: str) -> None:
    harmful = {
        "online.slowdown",
        "pool.lost",
        "nature.drift",
        "labels.join_loss",
        "source.unit_factor",
        "training.join",
        "training.snapshot_s",
        "pipeline.dry_run",
        "callers.attempts",
        "autoscaler.signal/model-server",
        "training.size",
    }
    pulled = [e.lever for params in corners(name) for e in edits_of(DrawnDecoy(name, AT_S, params))]
    assert harmful.isdisjoint(pulled)
    assert harmful.isdisjoint(lever.partition("/")[0] for lever in pulled)


def test_an_autoscaler_that_is_written_out_as_it_is_stays_as_it_is() -> None:
    standard = load_system("card-fraud").fleet.deployment("feature-server").autoscaler
    written = {e.lever.partition("/")[0].partition(".")[2]: e.value for e in edits_of(DrawnDecoy("autoscaler-as-code", AT_S, {}))}
    assert written == {"kind": standard.kind, "signal": standard.signal, "target": standard.target, "min": standard.min, "max": standard.max}


def test_callers_that_pause_longer_still_try_once() -> None:
    assert [e.lever for e in edits_of(DrawnDecoy("client-release", AT_S, {}))] == ["callers.backoff_ms"]


def test_what_lasts_for_hours_ends() -> None:
    upgrade = edits_of(DrawnDecoy("node-pool-upgrade", AT_S, {"pool": "gpu", "nodes": 3, "hours": 6}))
    assert [(e.at_s - AT_S, e.value) for e in upgrade] == [(0.0, 3.0), (6 * 3600.0, -1.0)]


def test_a_dag_that_is_paused_for_some_minutes_runs_again() -> None:
    pause = edits_of(DrawnDecoy("brief-pause", AT_S, {"minutes": 30}))
    assert [(e.at_s - AT_S, e.value) for e in pause] == [(0.0, True), (1800.0, False)]


def test_a_machine_that_is_kept_for_a_demo_goes_and_its_budget_stays_until_a_whole_day_has_passed_without_it() -> None:
    kept = edits_of(DrawnDecoy("kept-machine", AT_S, {"hours": 24, "usd": 2400}))
    machine = [(e.at_s - AT_S, e.value) for e in kept if e.lever == "pool.min/train-spot"]
    budget = [(e.at_s - AT_S, e.value) for e in kept if e.lever == "budget.daily_usd/fraud-ml"]
    assert machine == [(0.0, 1.0), (DAY_S, -1.0)]
    assert budget == [(0.0, 2400.0), (3 * DAY_S, 0.0)]

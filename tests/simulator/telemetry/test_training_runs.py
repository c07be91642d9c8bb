from __future__ import annotations

from simulator.durations import DAY_S
from simulator.telemetry.training_runs import training_runs
from simulator.world import World


def test_a_finished_run_names_the_version_that_it_registered(base_world: World) -> None:
    found = training_runs(base_world, 0.0)
    versions = {run.run_id: run.version for run in found if run.status == "FINISHED"}
    assert versions == {v.run_id: v.name for v in base_world.registry.versions if v.created_s > 0}
    assert all(run.end_s is not None and run.end_s > run.start_s for run in found)


def test_a_failed_run_has_its_reason_and_no_metrics(base_world: World) -> None:
    failed = [run for run in training_runs(base_world, 0.0) if run.status == "FAILED"]
    assert failed
    assert {run.reason for run in failed} == {"not enough rows with mature labels"}
    assert all(not run.metrics and run.version is None for run in failed)


def test_the_span_is_of_starts(base_world: World) -> None:
    assert all(run.start_s >= 40 * DAY_S for run in training_runs(base_world, 40 * DAY_S))
    assert len(training_runs(base_world, 40 * DAY_S)) == 3

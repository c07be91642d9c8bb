from __future__ import annotations

from collections.abc import Callable

import pytest

from simulator.durations import DAY_S, HOUR_S
from simulator.observation import Observation
from simulator.timeline import Edit
from simulator.world import World

Seen = Callable[[World, str], Observation]
WEEKLY_S = 63 * DAY_S + 3 * HOUR_S


def test_training_that_runs_through_shows_its_newest_job_as_finished(base_world: World, seen: Seen) -> None:
    shown = seen(base_world, "train jobs")
    facts = shown.facts
    assert (facts["state"], facts["under_way"], facts["reclaims"], facts["done_share"], facts["lost_share"]) == ("finished", 0.0, 0.0, 1.0, 0.0)
    assert (facts["pool"], facts["market"], facts["checkpoint_every_s"]) == ("train-spot", "spot", 300.0)
    assert facts["usd"] == pytest.approx(240.0, abs=12.0)
    assert "unsaved_s" not in facts
    assert [row[2] for row in shown.tables[1].rows] == ["finished", "running"]


def test_training_that_loses_its_nodes_over_and_over_shows_what_is_lost(fork: Callable[..., World], seen_twice: Seen) -> None:
    edits = [Edit(60 * DAY_S, "pool.reclaims_per_hour/train-spot", 12.0, "cloud", ""), Edit(60 * DAY_S, "training.checkpoint_s", 7200.0, "fraud-ml", "")]
    world = fork(edits)
    world.advance(WEEKLY_S + 6 * HOUR_S)
    shown = seen_twice(world, "train jobs --last 12h")
    facts = shown.facts
    (job,) = world.jobs.under_way()
    assert facts["under_way"] == 1.0
    assert facts["reclaims"] == job.reclaims > 20
    assert float(facts["starts"]) > 10
    assert float(facts["lost_share"]) > 0.25
    assert float(facts["done_share"]) < 1.0
    assert facts["checkpoint_every_s"] == 7200.0
    assert float(facts["age_ratio.training"]) > 1.0
    assert facts["usd"] == pytest.approx(job.usd, rel=1e-5)
    assert len(shown.tables[1].rows) == 40


def test_a_queued_job_has_no_pool_and_no_cost_yet(fork: Callable[..., World], seen: Seen) -> None:
    world = fork([Edit(60 * DAY_S, "pool.max/train-spot", 1.0, "cloud", "quota cut")])
    world.advance(WEEKLY_S + 2 * HOUR_S)
    shown = seen(world, "train jobs --last 3h")
    row = dict(zip((column.name for column in shown.tables[0].columns), shown.tables[0].rows[0], strict=True))
    assert (row["state"], row["pool"], row["reclaims"], row["cost so far"], row["since checkpoint"]) == ("queued", None, 0, 0.0, None)
    assert (shown.facts["state"], shown.facts["usd"], "lost_share" in shown.facts) == ("queued", 0.0, False)

from __future__ import annotations

from collections.abc import Callable

import pytest

from simulator.durations import DAY_S, HOUR_S
from simulator.errors import Refused
from simulator.observation import Observation
from simulator.timeline import Edit, Value
from simulator.world import World

Fork = Callable[..., World]
Do = Callable[[World, str], Observation]
Pulled = Callable[[World], dict[str, Value]]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("train checkpoints --every 10m", {"training.checkpoint_s": 600.0}),
        ("train pool gpu", {"training.pool": "gpu"}),
        ("train size large", {"training.size": "large"}),
    ],
)
def test_a_move_on_training_jobs_pulls_its_lever_and_no_other(fork: Fork, do: Do, pulled: Pulled, line: str, expected: dict[str, Value]) -> None:
    world = fork()
    do(world, line)
    assert pulled(world) == expected


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("train checkpoints --every 5m", "every 5m already"),
        ("train checkpoints --every 1s", "every 10s at the most"),
        ("train checkpoints --every 2d", "training.checkpoint_s takes"),
        ("train pool cpu", "no GPUs"),
        ("train pool train-spot", "train-spot already"),
        ("train pool attic", "no node pool attic; there are"),
        ("train size standard", "standard models already"),
        ("train stop", "no training job is under way"),
    ],
)
def test_a_refused_move_on_training_jobs_says_why_and_pulls_nothing(fork: Fork, do: Do, pulled: Pulled, line: str, reason: str) -> None:
    world = fork()
    with pytest.raises(Refused, match=reason):
        do(world, line)
    assert pulled(world) == {}


def test_sparser_checkpoints_say_what_saving_costs(fork: Fork, do: Do) -> None:
    said = do(fork(), "train checkpoints --every 1h")
    assert said.text[:2] == ("Work between checkpoints: 5m -> 60m.", "Saving takes 2% of a job's time then, 17% before.")


def test_a_pool_with_fewer_cards_says_that_a_fit_takes_longer_and_who_runs_there_too(fork: Fork, do: Do) -> None:
    text = " ".join(do(fork(), "train pool gpu").text)
    assert "8 times as long" in text
    assert "model-server runs there too" in text


def test_stopping_a_stuck_job_frees_the_way_for_the_next_run(fork: Fork, do: Do) -> None:
    world = fork([Edit(60 * DAY_S, "pool.max/train-spot", 1.0, "cloud", "quota cut")])
    world.advance(63 * DAY_S + 6 * HOUR_S)
    assert "Queued manual__train__" in do(world, "train start").text[0]
    do(world, "train pool gpu")
    (stuck,) = world.jobs.under_way()
    assert do(world, "train stop").facts["stopped"] == 1.0
    world.advance(world.now_s + 5 * HOUR_S)
    runs = [run for run in world.log.runs.values() if run.dag == "train" and run.start_s > 63 * DAY_S]
    assert [(run.run_type, run.state) for run in runs] == [("scheduled", "failed"), ("manual", "success")]
    assert world.log.jobs[stuck.id].state == "stopped"
    assert list(world.log.jobs.values())[-1].pool == "gpu"

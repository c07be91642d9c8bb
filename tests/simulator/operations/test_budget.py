from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from simulator.commands import looks_and_moves, parse
from simulator.durations import HOUR_S
from simulator.errors import Refused
from simulator.observation import Observation
from simulator.telemetry.signals import read_signal
from simulator.timeline import Value
from simulator.world import World

Fork = Callable[..., World]
Do = Callable[[World, str], Observation]


@pytest.mark.parametrize(
    ("lines", "daily", "shown"),
    [(["budget set ml-platform --daily 40"], 40.0, 40.0), (["budget set ml-platform --daily 40", "budget set ml-platform --daily 0"], 0.0, 25.0)],
)
def test_it_sets_the_budget_of_one_team_and_zero_puts_the_standard_back(
    fork: Fork, do: Do, pulled: Callable[[World], dict[str, Value]], lines: list[str], daily: float, shown: float
) -> None:
    world = fork()
    seen = [do(world, line) for line in lines]
    assert pulled(world) == {"budget.daily_usd/ml-platform": daily}
    assert seen[-1].facts == {"budget_usd.ml-platform": shown}


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("budget set checkout --daily 5", "no team checkout has a budget; there are fraud-ml, data-platform, ml-platform"),
        ("budget set ml-platform --daily 25", "ml-platform may spend USD 25 a day already"),
        ("budget set ml-platform --daily 0", "ml-platform may spend USD 25 a day already"),
        ("budget set ml-platform --daily -5", "budget.daily_usd takes a number from 0"),
    ],
)
def test_a_refused_budget_says_why_and_changes_nothing(fork: Fork, do: Do, pulled: Callable[[World], dict[str, Value]], line: str, reason: str) -> None:
    world = fork()
    with pytest.raises(Refused) as raised:
        do(world, line)
    assert reason in str(raised.value)
    assert pulled(world) == {}


def test_what_is_used_of_it_follows_and_what_is_spent_does_not(fork: Fork, do: Do) -> None:
    world, left = fork(), fork()
    do(world, "budget set ml-platform --daily 50")
    for each in (world, left):
        each.advance(each.now_s + HOUR_S)
    at_s = np.array([world.settled_s])
    assert read_signal(world, "budget_used/ml-platform", at_s)[0] == pytest.approx(float(read_signal(left, "budget_used/ml-platform", at_s)[0]) / 2)
    assert world.service.fleet_windows(0.0, world.settled_s).pools["gpu"].nodes.tolist() == left.service.fleet_windows(0.0, left.settled_s).pools["gpu"].nodes.tolist()


def test_it_is_a_move_on_cost_that_can_be_taken_back() -> None:
    command = parse("budget set fraud-ml --daily 5", looks_and_moves()).command
    assert (command.kind, command.group, command.blast, command.reversible, command.covers) == ("move", "cost", "narrow", True, ("sys.gpu-cost",))

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from simulator.dataplane.windows import ServiceWindows
from simulator.durations import DAY_S, HOUR_S, MINUTE_S
from simulator.observation import Observation
from simulator.world import World

Fork = Callable[..., World]
Do = Callable[[World, str], Observation]

NOON_S = 60 * DAY_S + 12 * HOUR_S


def windows_after(world: World, line: str, do: Do, minutes: int = 30) -> ServiceWindows:
    """Service windows of the span after a line was typed at noon, or after nothing was."""
    world.advance(NOON_S)
    start_s = world.settled_s
    if line:
        do(world, line)
    world.advance(start_s + minutes * MINUTE_S)
    return world.service.windows(start_s, world.settled_s)


def test_fewer_replicas_make_answers_slower_and_more_make_them_quicker(fork: Fork, do: Do) -> None:
    slow, usual, quick = (windows_after(fork(), line, do).p99_ms.mean() for line in ("serving scale feature-server 1", "", "serving scale feature-server 6"))
    assert slow > 1.2 * usual
    assert quick < 0.9 * usual


def test_a_rolling_restart_costs_time_only_while_it_lasts(fork: Fork, do: Do) -> None:
    restarted, left = (windows_after(fork(), line, do) for line in ("serving restart feature-server", ""))
    assert restarted.p99_ms[0] > 1.3 * left.p99_ms[0]
    assert np.array_equal(restarted.p99_ms[-2:], left.p99_ms[-2:])


def test_a_fetch_timeout_below_the_fetch_itself_fills_nearly_every_payment_with_defaults(fork: Fork, do: Do) -> None:
    world = fork()
    windows = windows_after(world, "serving timeout --fetch 5", do)
    assert windows.default_filled.sum() > 0.95 * windows.answered.sum()
    world.settle()
    assert world.rows.column("default_filled", world.settled_s - 20 * MINUTE_S, world.settled_s).mean() > 0.9


def test_another_transform_in_serving_changes_scores_of_the_same_payments(fork: Fork, do: Do) -> None:
    skewed, usual = fork(), fork()
    start_s = usual.now_s
    do(skewed, "serving transform t4")
    for world in (skewed, usual):
        world.advance(start_s + HOUR_S)
        world.settle()
    scores, paid = ([world.rows.numbers(name, start_s, world.settled_s) for world in (skewed, usual)] for name in ("score", "paid"))
    assert np.array_equal(paid[0], paid[1])
    assert np.mean(np.abs(scores[0] - scores[1]) > 0.1 * scores[1]) > 0.5


def test_a_higher_threshold_declines_fewer_payments(fork: Fork, do: Do) -> None:
    lenient, usual = fork(), fork()
    start_s = usual.now_s
    do(lenient, "threshold set 0.5")
    for world in (lenient, usual):
        world.advance(start_s + 2 * HOUR_S)
        world.settle()
    declined = [int((~world.rows.column("approved", start_s, world.settled_s).astype(bool)).sum()) for world in (lenient, usual)]
    assert declined[0] < 0.7 * declined[1]

from __future__ import annotations

from collections.abc import Callable

import pytest

from simulator.dataplane.rows import Column, RowPlane
from simulator.durations import DAY_S, HOUR_S, WEEK_S
from simulator.telemetry.harm import KnownHarm, known_harm
from simulator.telemetry.money_known import known_loss, usual_warning_share
from simulator.timeline import Edit
from simulator.world import World

PAGE_S = 60 * DAY_S


def after(world: World, hours: float) -> World:
    world.advance(PAGE_S + hours * HOUR_S)
    world.settle()
    return world


def test_at_the_page_nothing_is_known_to_be_lost(base_world: World) -> None:
    assert known_harm(base_world, PAGE_S).usd == 0.0


def slowed(fork: Callable[..., World], since_s: float, until_s: float) -> World:
    """A world in which callers wait in vain for a while; what it decides is what it would have decided."""
    who = "data-platform"
    return fork([Edit(since_s, "serving.slowdown/model-server", 40.0, who, "slow"), Edit(until_s, "serving.slowdown/model-server", 1.0, who, "as before")])


def above(slow: World, calm: World, since_s: float) -> float:
    """What callers without an answer and nodes cost from `since_s` more in one world than in the other."""
    late, usual = (known_loss(world, since_s, world.settled_s) for world in (slow, calm))
    assert late.unserved > 1000
    assert usual.unserved == 0
    return 0.6 * late.unserved + late.platform_usd - usual.platform_usd


def test_callers_without_an_answer_and_the_nodes_that_came_for_them_cost_what_the_system_says(fork: Callable[..., World]) -> None:
    slow, calm = after(slowed(fork, PAGE_S, PAGE_S + DAY_S), 2), after(fork(), 2)
    assert known_harm(calm, PAGE_S).usd > 0
    assert known_harm(slow, PAGE_S).usd - known_harm(calm, PAGE_S).usd == pytest.approx(above(slow, calm, PAGE_S))


def test_the_formula_by_hand(fork: Callable[..., World]) -> None:
    world = after(fork([Edit(PAGE_S, "decision.threshold", 0.01, "you", "stricter")]), 3)

    def cost(weeks: int) -> tuple[float, float, float]:
        since, until = PAGE_S - weeks * WEEK_S, world.settled_s - weeks * WEEK_S
        loss = known_loss(world, since, until)
        spent = float((world.rows.numbers("weight", since, until) * world.rows.numbers("paid", since, until)).sum())
        share = usual_warning_share(world, PAGE_S - 8 * WEEK_S, PAGE_S - 4 * WEEK_S)
        assert share
        follows = (loss.warned_usd + 20.0 * loss.warned) / share + 0.025 * loss.declined_usd + 4.0 * loss.declined
        return follows, 0.6 * loss.unserved + loss.platform_usd, spent

    now, then = cost(0), [cost(k) for k in (1, 2, 3, 4)]
    usual = sum(follows * now[2] / spent + other for follows, other, spent in then) / 4
    assert now[0] + now[1] > usual
    assert known_harm(world, PAGE_S).usd == pytest.approx(now[0] + now[1] - usual)


def test_the_rate_is_that_of_the_last_six_hours(fork: Callable[..., World]) -> None:
    slow, calm = after(slowed(fork, PAGE_S + HOUR_S, PAGE_S + 2 * HOUR_S), 2), after(fork(), 2)
    usual = known_harm(calm, PAGE_S).per_min_usd
    assert usual > 0
    assert known_harm(slow, PAGE_S).per_min_usd - usual == pytest.approx(above(slow, calm, PAGE_S) / 360)
    # Callers of the spell's last seconds give up after its end.
    assert known_harm(after(slow, 9), PAGE_S).per_min_usd == known_harm(after(calm, 9), PAGE_S).per_min_usd


def test_a_long_incident_is_held_against_weeks_before_its_page(fork: Callable[..., World]) -> None:
    """With the week right before as part of the usual, the second week of a loss would look like less of one."""
    drift = Edit(PAGE_S, "nature.drift", 1.0, "fraudsters", "adapted")
    slow, calm = after(slowed(lambda edits: fork([*edits, drift]), PAGE_S, PAGE_S + 99 * DAY_S), 24 * 10), after(fork([drift]), 24 * 10)
    assert known_harm(calm, PAGE_S).usd > 0
    assert known_harm(slow, PAGE_S).usd - known_harm(calm, PAGE_S).usd == pytest.approx(above(slow, calm, PAGE_S))


def test_under_the_usual_nothing_is_lost(fork: Callable[..., World]) -> None:
    world = after(fork([Edit(PAGE_S, "decision.threshold", 0.99, "you", "all pass")]), 1)
    assert known_loss(world, PAGE_S, world.settled_s).declined == 0
    assert known_harm(world, PAGE_S).usd == 0.0


def test_without_weeks_to_compare_with_nothing_is_said(base_world: World) -> None:
    assert known_harm(base_world, 3 * DAY_S) == KnownHarm(0.0, 0.0)


def test_nothing_is_read_that_only_the_truth_knows(base_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    read: set[str] = set()
    column = RowPlane.column

    def noted(self: RowPlane, name: str, since_s: float, until_s: float) -> Column:
        read.add(name)
        return column(self, name, since_s, until_s)

    monkeypatch.setattr(RowPlane, "column", noted)
    known_harm(base_world, PAGE_S - DAY_S)
    assert "warning_at_s" in read
    assert not read & {"probability", "fraud"}

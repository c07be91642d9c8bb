from __future__ import annotations

from collections.abc import Callable

import pytest

from simulator.durations import DAY_S, HOUR_S
from simulator.observation import Observation
from simulator.timeline import Edit
from simulator.world import World

Seen = Callable[[World, str], Observation]


def test_lines_are_in_order_and_counted_in_full(base_world: World, seen: Seen) -> None:
    shown = seen(base_world, "logs --last 30d")
    times = [int(row[0] or 0) for row in shown.tables[1].rows]
    assert len(times) == 200
    assert times == sorted(times)
    assert float(shown.facts["lines"]) > 1000
    assert sum(float(shown.facts[f"level.{level}"]) for level in ("info", "warning", "error")) == shown.facts["lines"]
    assert sum(float(n) for fact, n in shown.facts.items() if fact.startswith("logger.")) == shown.facts["lines"]


def test_a_level_leaves_out_what_is_below_it(base_world: World, seen: Seen) -> None:
    shown = seen(base_world, "logs --last 60d --level warning")
    levels = [row[1] for row in shown.tables[1].rows]
    assert "info" not in levels
    assert "level.info" not in shown.facts
    retries = sum(task.state == "up_for_retry" for task in base_world.log.tasks)
    assert sum("up for retry" in str(row[3]) for row in shown.tables[1].rows) == retries > 0


def test_grep_finds_text_in_any_case(base_world: World, seen: Seen) -> None:
    shown = seen(base_world, 'logs --last 2h --grep "MATERIALISE card_velocity"')
    assert [str(row[3]).split(":")[0] for row in shown.tables[1].rows] == ["materialise card_velocity"] * int(float(shown.facts["lines"]))
    assert shown.facts["lines"] == 2.0
    assert seen(base_world, "logs --grep zzz").text == ("No line matches.",)


@pytest.mark.parametrize(("slowdown", "level"), [(1.0, None), (9.0, "error")])
def test_fallbacks_are_logged_when_there_are_more_than_a_few(fork: Callable[..., World], seen: Seen, slowdown: float, level: str | None) -> None:
    world = fork([Edit(60 * DAY_S - 600.0, "online.slowdown", slowdown, "data-platform", "moved")])
    world.advance(60 * DAY_S + HOUR_S / 3)
    lines = [row for row in seen(world, "logs --last 20m").tables[1].rows if row[2] == "feature-client"]
    assert {row[1] for row in lines} == ({level} if level else set())
    assert all("default features" in str(row[3]) for row in lines)


def test_the_audit_log_is_in_it_with_both_values(fork: Callable[..., World], seen: Seen) -> None:
    world = fork()
    world.pull("decision.threshold", 0.3, "you", "fewer declines")
    world.advance(60 * DAY_S)
    before = f"{world.levers['decision.threshold'].at(0.0):g}"
    texts = [row[3] for row in seen(world, "logs --last 30m").tables[1].rows if row[2] == "audit"]
    assert texts == [f"you changed decision.threshold from {before} to 0.3: fewer declines"]

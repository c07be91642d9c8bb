from __future__ import annotations

from collections.abc import Callable

import pytest

from simulator.durations import DAY_S, MINUTE_S
from simulator.observation import Observation
from simulator.timeline import Edit
from simulator.world import World

Seen = Callable[[World, str], Observation]
Later = Callable[..., World]
DAY_60_S = 60 * DAY_S
SLOW = Edit(DAY_60_S, "serving.slowdown/model-server", 40.0, "ml-platform", "slow")


def test_in_calm_every_first_try_is_answered(base_world: World, seen_twice: Seen) -> None:
    facts = seen_twice(base_world, "callers").facts
    assert (facts["retry_ratio"], facts["unserved_ratio"], facts["rejected_ratio"], facts["lost_ratio"], facts["late_ratio"]) == (0.0,) * 5
    assert facts["first_per_s"] == facts["offered_per_s"]
    assert facts["goodput_ratio"] == pytest.approx(1.0, abs=0.01)


def test_tries_again_raise_what_is_offered_over_what_is_answered(later: Later, seen_twice: Seen) -> None:
    world = later([SLOW, Edit(DAY_60_S, "callers.attempts", 3.0, "checkout", "flag")], 30 * MINUTE_S)
    shown = seen_twice(world, "callers --last 15m")
    facts = {name: float(value) for name, value in shown.facts.items()}
    windows = world.service.windows(world.settled_s - 15 * MINUTE_S, world.settled_s)
    assert facts["offered_per_s"] == pytest.approx(facts["first_per_s"] * (1.0 + facts["retry_ratio"]), rel=1e-4)
    assert facts["goodput_per_s"] == pytest.approx(float(windows.answered.sum()) / 900.0, rel=1e-4)
    assert facts["unserved_ratio"] > 0.2
    assert facts["worst_retry_ratio"] >= facts["retry_ratio"]
    assert facts["change.offered_per_s"] > 1.5 * facts["change.first_per_s"]
    assert [len(table.rows) for table in shown.tables] == [9, 3]
    assert [series.name for series in shown.series] == ["offered", "goodput"]


def test_their_policy_is_not_in_the_look_and_their_team_tells_it(later: Later, seen_twice: Seen) -> None:
    world = later([Edit(DAY_60_S, "callers.attempts", 4.0, "checkout", "resilience flag"), Edit(DAY_60_S, "callers.budget", 0.1, "checkout", "resilience flag")], 10 * MINUTE_S)
    assert not {"attempts", "backoff_ms", "budget"} & set(seen_twice(world, "callers").facts)
    told = seen_twice(world, "ask checkout policy")
    assert dict(told.facts) == {"attempts": 4.0, "backoff_ms": 200.0, "budget": 0.1}
    assert told.text == ("callers: 4 attempts, a pause of 200 ms before the second, doubled before each further one; at most 0.1 tries again per first try over a minute",)
    assert seen_twice(world, "ask checkout").text == ("Fri 04 Sep 00:00: resilience flag",)


def test_what_a_full_queue_turns_away_is_told_apart_from_what_came_too_late(later: Later, seen_twice: Seen) -> None:
    facts = seen_twice(later([SLOW, Edit(DAY_60_S, "serving.queue_limit/model-server", 1.0, "you", "shed")], 30 * MINUTE_S), "callers").facts
    assert float(facts["rejected_ratio"]) > 0.2
    assert float(facts["rejected_ratio"]) + float(facts["late_ratio"]) + float(facts["goodput_ratio"]) == pytest.approx(1.0, abs=0.05)

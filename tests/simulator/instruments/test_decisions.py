from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from simulator.durations import DAY_S, HOUR_S
from simulator.errors import Refused
from simulator.observation import Observation
from simulator.timeline import Edit
from simulator.world import World

Seen = Callable[[World, str], Observation]


def test_shares_are_of_payments_by_weight(base_world: World, seen: Seen) -> None:
    facts = seen(base_world, "decisions").facts
    weight, approved, paid = (base_world.rows.numbers(name, 59 * DAY_S, 60 * DAY_S) for name in ("weight", "approved", "paid"))
    assert facts["payments"] == pytest.approx(float(weight.sum()), rel=1e-5)
    assert facts["declined"] == pytest.approx(1.0 - float(np.average(approved, weights=weight)), rel=1e-5)
    assert facts["amount_mean"] == pytest.approx(float(np.average(paid, weights=weight)), rel=1e-5)


@pytest.mark.parametrize("by", ["channel", "region", "version"])
def test_segments_are_parts_of_the_whole(base_world: World, seen: Seen, by: str) -> None:
    shown = seen(base_world, f"decisions --by {by}")
    now = [row for row in shown.tables[0].rows if row[1] == "now"]
    assert sum(float(row[2] or 0.0) for row in now[1:]) == pytest.approx(float(now[0][2] or 0.0), rel=1e-4)
    assert sum(float(row[9] or 0.0) for row in now[1:]) == pytest.approx(float(now[0][9] or 0.0), rel=1e-4)


def test_a_unit_error_in_one_channel_shows_in_that_channel_only(fork: Callable[..., World], seen: Seen) -> None:
    world, calm = fork([Edit(60 * DAY_S - 600.0, "source.unit_factor/payments.amount.app", 0.01, "payments", "cents")]), fork()
    for each in (world, calm):
        each.advance(60 * DAY_S + 3 * HOUR_S)
    line = "decisions --last 3h --by channel"
    facts, usual = seen(world, line).facts, seen(calm, line).facts
    assert float(facts["mean_score.app"]) < 0.8 * float(usual["mean_score.app"])
    assert {fact: facts[fact] for fact in usual if fact.endswith((".web", ".marketplace"))} == {fact: usual[fact] for fact in usual if fact.endswith((".web", ".marketplace"))}
    assert facts["amount_mean.app"] == usual["amount_mean.app"]


def test_less_than_an_hour_is_refused(base_world: World, seen: Seen) -> None:
    with pytest.raises(Refused, match="at least 1h"):
        seen(base_world, "decisions --last 5m")

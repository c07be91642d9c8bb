from __future__ import annotations

from collections.abc import Callable

import pytest

from simulator.durations import DAY_S, HOUR_S, WEEK_S
from simulator.errors import Refused
from simulator.observation import Observation
from simulator.timeline import Edit
from simulator.world import World

Seen = Callable[[World, str], Observation]


@pytest.fixture(scope="module")
def generous(later: Callable[..., World]) -> World:
    """A day after nearly everything began to be approved."""
    return later([Edit(60 * DAY_S, "decision.threshold", 0.95, "you", "no declines")], DAY_S)


def test_replicas_cost_their_hours_and_training_its_charge(base_world: World, seen: Seen) -> None:
    shown = seen(base_world, "cost --last 7d")
    spec = base_world.spec.service
    per_day = 24 * sum(s.replicas * s.cost_per_replica_hour for s in (spec.feature_server, spec.model_server))
    assert shown.facts["replica_usd_per_day"] == pytest.approx(per_day, rel=1e-4)
    charged = [usd for at_s, _, usd in base_world.charges if 53 * DAY_S <= at_s < 60 * DAY_S]
    assert shown.facts["training_usd"] == sum(charged)
    predictions = float(base_world.service.windows(53 * DAY_S, 60 * DAY_S).answered.sum())
    assert shown.facts["per_1000_usd"] == pytest.approx(1000 * (7 * per_day + sum(charged)) / predictions, rel=1e-4)
    assert len(shown.tables[0].rows) == 7


def test_twice_the_replicas_show_in_the_change(fork: Callable[..., World], seen: Seen) -> None:
    world = fork([Edit(60 * DAY_S, f"serving.replicas/{name}", count, "you", "more") for name, count in (("feature-server", 4.0), ("model-server", 6.0))])
    world.advance(60 * DAY_S + HOUR_S)
    assert seen(world, "cost --last 1h").facts["change.replica_usd"] == pytest.approx(2.0, rel=1e-3)


def test_impact_is_what_came_in_beside_what_is_usual(generous: World, base_world: World, seen: Seen) -> None:
    shown, calm = seen(generous, "impact").facts, seen(base_world, "impact").facts
    assert float(shown["ratio.fraud_usd"]) > 1.5
    assert float(shown["ratio.declined_usd"]) < 0.1
    assert 0.5 < float(calm["ratio.fraud_usd"]) < 1.5
    assert calm["ratio.declined_usd"] == pytest.approx(1.0, abs=0.2)


def test_fraud_is_estimated_from_warnings_by_their_usual_share(base_world: World, seen: Seen) -> None:
    facts = seen(base_world, "impact").facts
    fee = base_world.spec.money.fraud_fee_usd
    assert facts["fraud_usd"] == pytest.approx((float(facts["warned_usd"]) + float(facts["warned"]) * fee) / float(facts["warning_share"]), rel=1e-4)
    weight, paid, approved = (base_world.rows.numbers(name, 59 * DAY_S, 60 * DAY_S) for name in ("weight", "paid", "approved"))
    assert facts["declined_usd"] == pytest.approx(float((weight * paid * (1 - approved)).sum()), rel=1e-5)
    before = next(row[4] for row in seen(base_world, "impact").tables[0].rows if row[0] == "warned usd")
    at_s = base_world.rows.numbers("warning_at_s", 59 * DAY_S - WEEK_S - 8 * DAY_S, 60 * DAY_S - WEEK_S)
    inside = (at_s > 59 * DAY_S - WEEK_S) & (at_s <= 60 * DAY_S - WEEK_S)
    w, p = (base_world.rows.numbers(name, 59 * DAY_S - WEEK_S - 8 * DAY_S, 60 * DAY_S - WEEK_S)[inside] for name in ("weight", "paid"))
    assert before == pytest.approx(float((w * p).sum()), rel=1e-5)


@pytest.mark.parametrize("line", ["cost --last 1m", "impact --last 1m"])
def test_spans_under_an_hour_are_refused(base_world: World, seen: Seen, line: str) -> None:
    with pytest.raises(Refused):
        seen(base_world, line)

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


NODES_USD_PER_DAY = 24 * (2 * 0.192 + 2 * 0.805)


def test_nodes_cost_their_hours_and_training_its_charge(base_world: World, seen: Seen) -> None:
    shown = seen(base_world, "cost --last 7d")
    assert shown.facts["nodes_usd_per_day"] == pytest.approx(NODES_USD_PER_DAY, rel=1e-4)
    charged = sum(usd for at_s, _, usd in base_world.charges if 53 * DAY_S <= at_s < 60 * DAY_S)
    assert shown.facts["training_usd"] == pytest.approx(charged, rel=1e-5)
    predictions = float(base_world.service.windows(53 * DAY_S, 60 * DAY_S).answered.sum())
    assert shown.facts["per_1000_usd"] == pytest.approx(1000 * (7 * NODES_USD_PER_DAY + charged) / predictions, rel=1e-4)
    assert shown.facts["predictions_per_day"] == pytest.approx(predictions / 7, rel=1e-5)
    assert shown.facts["change.usd"] == pytest.approx(1.0, abs=0.01)


def test_the_bill_of_a_day_is_out_a_day_after_its_end(base_world: World, seen: Seen) -> None:
    days = seen(base_world, "cost --last 3d").tables[0].rows
    assert [(row[0], row[5], row[6]) for row in days] == [
        (57 * DAY_S, "bill", 59 * DAY_S),
        (58 * DAY_S, "bill", 60 * DAY_S),
        (59 * DAY_S, "estimate", 61 * DAY_S),
    ]


@pytest.mark.parametrize("by", ["resource", "team", "use", "model"])
def test_however_it_is_split_it_is_the_same_money(base_world: World, seen: Seen, by: str) -> None:
    shown = seen(base_world, f"cost --last 5d --by {by}")
    whole = 5 * float(shown.facts["nodes_usd_per_day"]) + float(shown.facts["training_usd"])
    amounts = [float(row[1]) for row in shown.tables[0].rows if isinstance(row[1], float)]
    assert sum(amounts) == pytest.approx(whole, abs=0.02)


def test_a_team_is_shown_with_its_budget(fork: Callable[..., World], seen: Seen) -> None:
    world = fork([Edit(60 * DAY_S - 300.0, "budget.daily_usd/fraud-ml", 10.0, "you", "less")])
    world.advance(60 * DAY_S)
    shown = seen(world, "cost --by team --last 1d")
    assert {row[0]: row[4] for row in shown.tables[0].rows} == {"fraud-ml": 10.0, "ml-platform": 25.0, "data-platform": 15.0}
    assert shown.facts["budget_used.fraud-ml"] == pytest.approx(0.75 * 2 * 24 * 0.805 / 10.0, rel=1e-3)
    assert shown.facts["budget_used.ml-platform"] == pytest.approx(0.25 * NODES_USD_PER_DAY / 25.0, rel=1e-3)


def test_a_version_costs_by_its_predictions(base_world: World, seen: Seen) -> None:
    shown = seen(base_world, "cost --by model --last 21d")
    rows = {str(row[0]): row for row in shown.tables[0].rows}
    assert len(rows) > 3
    for version in set(rows) - {"no model's own"}:
        _, usd, _, thousands, per_1000 = rows[version]
        assert isinstance(usd, float)
        assert isinstance(thousands, float)
        assert per_1000 == pytest.approx(usd / thousands, rel=1e-4) == shown.facts[f"per_1000_usd.{version}"]


def test_a_calm_world_has_no_anomalies(base_world: World, seen: Seen) -> None:
    assert seen(base_world, "cost anomalies").facts == {"anomalies": 0.0}


def test_nodes_that_nobody_needed_are_an_anomaly_of_their_pool_and_its_team(later: Callable[..., World], seen: Seen) -> None:
    world = later([Edit(60 * DAY_S, "pool.min/gpu", 4.0, "you", "room")], DAY_S)
    shown = seen(world, "cost anomalies")
    (resource, team) = shown.tables[0].rows
    assert (resource[:2], team[:2]) == (("resource", "gpu/on-demand"), ("team", "ml-platform"))
    assert resource[4] == pytest.approx(2 * 24 * 0.805, rel=0.02)
    assert isinstance(resource[6], int)
    assert 60 * DAY_S < resource[6] <= 60 * DAY_S + 2 * HOUR_S
    assert (resource[7], shown.facts["anomalies"]) == ("over", 2.0)
    under = seen(world, "cost anomalies --usd 1000")
    assert (under.facts["anomalies"], [row[7] for row in under.tables[0].rows]) == (0.0, ["under", "under"])


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

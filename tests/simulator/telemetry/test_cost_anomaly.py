from __future__ import annotations

import numpy as np
import pytest

from simulator.durations import DAY_S, HOUR_S, WEEK_S
from simulator.nature.population import Floats
from simulator.telemetry.billing import Bill
from simulator.telemetry.cost_anomaly import Anomaly, anomalies, usual

DAYS = 42


def bill(usd_by_hour: dict[str, Floats]) -> Bill:
    """A bill by the hour over DAYS days, in which each resource is a team's of the same name."""
    return Bill(np.arange(DAYS * 24) * HOUR_S, HOUR_S, usd_by_hour, usd_by_hour, usd_by_hour, {}, {})


def flat(usd: float) -> Floats:
    return np.full(DAYS * 24, usd)


def training(day_of_week: int) -> Floats:
    """USD 240 at three in the morning of one day a week."""
    hours = np.arange(DAYS * 24)
    return np.where((hours // 24 % 7 == day_of_week) & (hours % 24 == 3), 240.0, 0.0)


def test_a_day_is_expected_to_cost_what_the_same_day_of_the_week_did() -> None:
    cost = flat(1.0) + training(4)
    at_s = np.arange(36, 43) * DAY_S
    days = usual(bill({"all": cost}).end_s, cost, at_s)
    assert days.expected.tolist() == days.actual.tolist()
    assert sorted(set(days.actual.tolist())) == [24.0, 264.0]


def test_the_expectation_is_the_median_so_that_one_bad_week_moves_it_little() -> None:
    cost = flat(1.0)
    for weeks, usd in ((1, 9.0), (2, 2.0), (3, 1.0), (4, 1.0)):
        day = DAYS - 1 - 7 * weeks
        cost[day * 24 : day * 24 + 24] = usd
    days = usual(bill({"all": cost}).end_s, cost, np.array([DAYS * DAY_S]))
    assert days.expected[0] == pytest.approx((1.0 + 2.0) / 2 * 24)
    assert days.most[0] == pytest.approx(9.0 * 24)
    assert days.actual[0] == pytest.approx(24.0)


def test_with_less_than_two_weeks_before_nothing_is_expected() -> None:
    cost = flat(1.0)
    at_s = np.array([2 * WEEK_S, 2 * WEEK_S + DAY_S - HOUR_S, 2 * WEEK_S + DAY_S])
    assert np.isnan(usual(bill({"all": cost}).end_s, cost, at_s).expected).tolist() == [True, True, False]


def test_an_anomaly_has_its_impact_and_its_beginning() -> None:
    cost = flat(2.0)
    cost[-5:] += 10.0
    found = anomalies(bill({"gpu/on-demand": cost, "cpu/on-demand": flat(1.0)}), DAYS * DAY_S)
    assert found == tuple(Anomaly(dimension, "gpu/on-demand", 98.0, 48.0, DAYS * DAY_S - 4 * HOUR_S) for dimension in ("resource", "team"))
    assert found[0].impact_usd == pytest.approx(50.0)
    assert found[0].impact_share == pytest.approx(50.0 / 48.0)


def test_the_same_training_a_day_early_is_one_and_on_its_day_is_none() -> None:
    assert not anomalies(bill({"training": training((DAYS - 1) % 7)}), DAYS * DAY_S)
    early = training(0)
    early[-24 + 3] = 240.0
    (found, _) = anomalies(bill({"training": early}), DAYS * DAY_S)
    assert (found.expected_usd, found.impact_usd, found.impact_share) == (0.0, 240.0, None)


def test_the_largest_impact_comes_first_within_its_dimension() -> None:
    one, two = flat(1.0), flat(1.0)
    one[-1], two[-1] = 5.0, 9.0
    assert [(a.dimension, a.name) for a in anomalies(bill({"one": one, "two": two}), DAYS * DAY_S)] == [
        ("resource", "two"),
        ("resource", "one"),
        ("team", "two"),
        ("team", "one"),
    ]


@pytest.mark.parametrize(
    ("actual", "expected", "over"),
    [(130.0, 100.0, True), (110.0, 100.0, False), (1030.0, 1000.0, False), (30.0, 0.0, True), (20.0, 0.0, False), (125.0, 100.0, True)],
)
def test_both_thresholds_have_to_be_reached(actual: float, expected: float, over: bool) -> None:
    assert Anomaly("team", "fraud-ml", actual, expected, 0.0).over(25.0, 0.2) is over

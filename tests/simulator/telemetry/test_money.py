from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from simulator.durations import DAY_S, HOUR_S
from simulator.telemetry.money import impact_by_hour, impact_usd
from simulator.timeline import Edit
from simulator.world import World


def test_the_total_is_the_stated_sum(base_world: World) -> None:
    since, until = 56 * DAY_S, 57 * DAY_S
    money, rows = base_world.spec.money, base_world.rows
    weight, paid, p, approved = (rows.numbers(name, since, until) for name in ("weight", "paid", "probability", "approved"))
    expected = 0.0
    for w, usd, chance, through in zip(weight, paid, p, approved, strict=True):
        expected += w * (chance * (usd + money.fraud_fee_usd) if through else (1 - chance) * (money.margin * usd + money.decline_usd))
    windows = base_world.service.windows(since, until)
    expected += float(windows.unserved.sum()) * money.timeout_usd + 24 * (2 * 0.192 + 2 * 0.805)
    expected += sum(usd for at_s, _, usd in base_world.charges if since <= at_s < until)
    assert impact_usd(base_world, since, until) == pytest.approx(expected, rel=1e-9)


def test_training_is_charged_in_its_hour(base_world: World) -> None:
    at_s, _, usd = base_world.charges[-1]
    hours, cost = impact_by_hour(base_world, at_s - HOUR_S, at_s + HOUR_S)
    base_world.charges.remove((at_s, "training", usd))
    try:
        without = impact_by_hour(base_world, at_s - HOUR_S, at_s + HOUR_S)[1]
    finally:
        base_world.charges.append((at_s, "training", usd))
    assert np.flatnonzero(cost - without).tolist() == [np.flatnonzero(hours == at_s // HOUR_S * HOUR_S)[0]]
    assert (cost - without).sum() == pytest.approx(usd)


def test_hours_add_up_to_the_total_however_the_span_is_cut(base_world: World) -> None:
    since, middle, until = 58 * DAY_S + 1234.0, 59 * DAY_S + 300.0, 60 * DAY_S - 17.0
    hours, usd = impact_by_hour(base_world, since, until)
    assert hours[0] == 58 * DAY_S
    assert hours[-1] == 60 * DAY_S - HOUR_S
    assert float(usd.sum()) == pytest.approx(impact_usd(base_world, since, until))
    assert impact_usd(base_world, since, middle) + impact_usd(base_world, middle, until) == pytest.approx(impact_usd(base_world, since, until), rel=1e-9)


def test_nothing_is_charged_for_what_is_not_settled(base_world: World) -> None:
    assert impact_usd(base_world, 60 * DAY_S, 61 * DAY_S) == 0.0
    assert impact_by_hour(base_world, 60 * DAY_S, 60 * DAY_S + 2 * HOUR_S)[1].tolist() == [0.0, 0.0]
    assert impact_usd(base_world, 59 * DAY_S, 61 * DAY_S) == impact_usd(base_world, 59 * DAY_S, 60 * DAY_S)


@pytest.mark.parametrize(
    ("lever", "value"),
    [("decision.threshold", 0.9), ("decision.threshold", 0.01), ("online.withheld/card_velocity", True), ("serving.replicas/model-server", 40.0)],
)
def test_a_worse_setting_costs_more(fork: Callable[..., World], lever: str, value: float | bool) -> None:
    """By common random numbers the two worlds differ in nothing else."""
    usual, worse = fork(), fork([Edit(60 * DAY_S - 600.0, lever, value, "you", "try")])
    for world in (usual, worse):
        world.advance(60 * DAY_S + HOUR_S)
    span = (60 * DAY_S - 600.0, 60 * DAY_S + HOUR_S)
    assert impact_usd(worse, *span) > impact_usd(usual, *span)

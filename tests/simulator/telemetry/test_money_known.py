from __future__ import annotations

import pytest

from simulator.durations import DAY_S, HOUR_S
from simulator.telemetry.money_known import costs_by_day, known_loss, usual_warning_share
from simulator.world import World


def test_days_are_calendar_days_and_their_ends_may_be_in_part(base_world: World) -> None:
    days = costs_by_day(base_world, 57 * DAY_S + 12 * HOUR_S, 60 * DAY_S)
    assert days.start_s.tolist() == [57 * DAY_S, 58 * DAY_S, 59 * DAY_S]
    assert days.replica_usd[0] == pytest.approx(days.replica_usd[1] / 2)
    assert days.predictions[2] == base_world.service.windows(59 * DAY_S, 60 * DAY_S).answered.sum()


def test_before_the_world_nothing_is_paid(base_world: World) -> None:
    assert len(costs_by_day(base_world, -3 * DAY_S, 0.0).start_s) == 0
    assert costs_by_day(base_world, -3 * DAY_S, DAY_S).start_s.tolist() == [0.0]


def test_a_warning_counts_once_in_the_span_in_which_it_came(base_world: World) -> None:
    whole = known_loss(base_world, 56 * DAY_S, 58 * DAY_S)
    parts = [known_loss(base_world, since, since + DAY_S) for since in (56 * DAY_S, 57 * DAY_S)]
    assert whole.warned == pytest.approx(sum(part.warned for part in parts))
    assert whole.warned_usd == pytest.approx(sum(part.warned_usd for part in parts))
    assert whole.declined_usd == pytest.approx(sum(part.declined_usd for part in parts))
    assert whole.warned > 0


def test_the_usual_share_is_of_amounts_that_were_charged_back(base_world: World) -> None:
    share = usual_warning_share(base_world, 4 * DAY_S, 32 * DAY_S)
    assert share is not None
    rows = base_world.rows
    fraud, approved, warned, reported, weight, paid = (rows.numbers(n, 4 * DAY_S, 32 * DAY_S) for n in ("fraud", "approved", "warning_at_s", "chargeback_at_s", "weight", "paid"))
    lost = weight * paid * fraud * approved * (reported <= base_world.now_s - DAY_S)
    assert share == pytest.approx(float((lost * (warned < 60 * DAY_S)).sum() / lost.sum()), abs=0.03)
    assert usual_warning_share(base_world, 59.99 * DAY_S, 60 * DAY_S) is None

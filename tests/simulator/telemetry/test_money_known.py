from __future__ import annotations

import pytest

from simulator.durations import DAY_S, HOUR_S
from simulator.telemetry.money_known import known_loss, usual_warning_share
from simulator.world import World


def test_the_platform_costs_its_nodes_and_what_was_charged(base_world: World) -> None:
    at_s = base_world.charges[-1][0]
    calm, with_training = known_loss(base_world, 58 * DAY_S, 59 * DAY_S), known_loss(base_world, at_s - HOUR_S, at_s + HOUR_S)
    nodes = 2 * 0.192 + 2 * 0.805
    assert calm.platform_usd == pytest.approx(24 * nodes)
    assert with_training.platform_usd > 2 * nodes
    assert calm.unserved == base_world.service.windows(58 * DAY_S, 59 * DAY_S).timed_out.sum()


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

from __future__ import annotations

import numpy as np
import pytest

from simulator.catalogue import LEVERS
from simulator.durations import DAY_S, HOUR_S
from simulator.levers import Levers
from simulator.nature import population
from simulator.nature.population import payments, within_period
from simulator.streams import stream
from simulator.timeline import Edit


@pytest.mark.parametrize("period_s", [HOUR_S, 3 * HOUR_S, DAY_S])
def test_the_place_within_a_period_is_the_remainder_to_the_bit(period_s: float) -> None:
    ends = np.arange(-400, 6_000) * period_s
    at_s = np.concatenate([stream(1, "test.times").uniform(-14 * DAY_S, 400 * DAY_S, 100_000), ends, np.nextafter(ends, -np.inf), np.nextafter(ends, np.inf), [-1e-9, 5e-324]])
    assert (within_period(at_s, period_s).view(np.int64) == (at_s % period_s).view(np.int64)).all()


def test_a_campaign_adds_payments_and_changes_no_other() -> None:
    calm, busy = Levers(LEVERS), Levers(LEVERS, [Edit(10 * DAY_S + 7.5 * HOUR_S, "nature.campaign", 0.3, "marketing", "sale")])
    span = (10 * DAY_S + 5 * HOUR_S, 10 * DAY_S + 11 * HOUR_S)
    without, with_it = payments(3, calm, *span), payments(3, busy, *span)
    assert with_it.is_campaign.sum() > 100
    assert with_it.at_s[with_it.is_campaign].min() >= 10 * DAY_S + 7.5 * HOUR_S
    assert (with_it.at_s[~with_it.is_campaign] == without.at_s).all()
    assert (with_it.amount[~with_it.is_campaign] == without.amount).all()
    assert (with_it.lag2[:, ~with_it.is_campaign] == without.lag2).all()


def test_of_the_days_drawn_the_latest_are_kept_and_those_of_another_seed_go_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(population, "_DRAWN", {})
    monkeypatch.setattr(population, "_KEPT_DAYS", 3)
    for day in range(5):
        population.day_draws(1, day, campaign=False)
    assert [day for _, day, _ in population._DRAWN] == [2, 3, 4]
    early, late = population.day_draws(1, 0, campaign=False), population.day_draws(1, 4, campaign=False)
    assert [day for _, day, _ in population._DRAWN] == [2, 3, 4]
    assert population.day_draws(1, 4, campaign=False) is late
    assert np.array_equal(population.day_draws(1, 0, campaign=False).now, early.now)
    population.day_draws(2, 0, campaign=False)
    assert [(seed, day) for seed, day, _ in population._DRAWN] == [(1, 3), (1, 4), (2, 0)]

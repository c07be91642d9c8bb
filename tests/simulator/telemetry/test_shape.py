from __future__ import annotations

import numpy as np
import pytest

from simulator.durations import DAY_S, HOUR_S
from simulator.telemetry.shape import shape

HOURS = np.arange(48) * HOUR_S


def test_a_flat_line_has_neither_slope_nor_step() -> None:
    found = shape(HOURS, np.full(48, 3.0))
    assert (found.now, found.mean, found.low, found.high, found.slope_per_day, found.step) == (3.0, 3.0, 3.0, 3.0, 0.0, 0.0)


def test_a_step_is_found_where_it_is() -> None:
    where = 30
    found = shape(HOURS, np.where(np.arange(48) < where, 1.0, 2.0))
    mean = (where + 2.0 * (48 - where)) / 48
    assert found.step == pytest.approx(1.0 / mean, abs=1e-6)
    assert shape(HOURS, -np.where(np.arange(48) < where, 1.0, 2.0)).step == pytest.approx(-1.0 / mean, abs=1e-6)


def test_a_slope_is_a_share_of_the_mean_per_day() -> None:
    found = shape(HOURS, 10.0 + 2.0 * HOURS / DAY_S)
    assert found.slope_per_day == pytest.approx(2.0 / (10.0 + 2.0 * 23.5 / 24), abs=1e-6)


def test_a_single_spike_at_the_end_is_no_step() -> None:
    values = np.ones(48)
    values[-1] = 100.0
    assert shape(HOURS, values).step == pytest.approx((100.0 + 4.0) / 5.0 / values.mean() - 1.0 / values.mean(), abs=1e-6)


def test_what_is_missing_is_left_out() -> None:
    found = shape(HOURS[:5], np.array([1.0, np.nan, 3.0, np.nan, np.nan]))
    assert (found.now, found.mean, found.slope_per_day, found.step) == (3.0, 2.0, None, None)
    assert shape(HOURS[:2], np.array([np.nan, np.nan])).now is None
    assert shape(HOURS[:4], np.zeros(4)).step is None

from __future__ import annotations

import numpy as np
import pytest

from simulator.dataplane.windows import WINDOW_S
from simulator.durations import DAY_S, HOUR_S
from simulator.errors import Refused
from simulator.telemetry.metrics import checked_metric, metric_help, metric_names, metric_unit, read_metric
from simulator.world import World


def test_every_metric_can_be_read_at_any_settled_time(base_world: World) -> None:
    at = np.array([50 * DAY_S, 60 * DAY_S])
    for name in metric_names():
        values = read_metric(base_world, name, at, HOUR_S)
        assert values.shape == (2,), name
        assert not np.isnan(values).all(), name
        assert metric_help(name)
        assert isinstance(metric_unit(name), str)
        assert len(read_metric(base_world, name, at[:0], HOUR_S)) == 0


def test_a_measure_is_the_mean_of_the_windows_of_its_step(base_world: World) -> None:
    value = read_metric(base_world, "service.requests", np.array([60 * DAY_S]), HOUR_S)[0]
    assert value == pytest.approx(float(base_world.service.windows(60 * DAY_S - HOUR_S, 60 * DAY_S).requests.mean()))
    last = read_metric(base_world, "service.requests", np.array([60 * DAY_S]), WINDOW_S)[0]
    assert last == base_world.service.windows(60 * DAY_S - WINDOW_S, 60 * DAY_S).requests[0]


@pytest.mark.parametrize("name", ["", "psi", "psi/colour", "service.", "requests"])
def test_a_name_without_a_metric_is_refused(name: str) -> None:
    with pytest.raises(Refused, match="there are"):
        checked_metric(name)

"""The table of replicas and nodes: its columns, what is counted, and what stands in calm."""

from __future__ import annotations

from dataclasses import fields
from typing import get_type_hints

import numpy as np
import pytest

from simulator.catalogue import LEVERS
from simulator.dataplane.fleet_windows import POOL_MEASURES, SERVICE_MEASURES, Census, FleetWindows, columns_of, desired_column, fleet_row, resting_rows
from simulator.dataplane.settings import InForce
from simulator.fleet.events import FleetEvent
from simulator.fleet.state import FleetState
from simulator.levers import Levers
from simulator.spec import load_system

SPEC = load_system("card-fraud")
SETTING = InForce(SPEC.service, Levers(LEVERS), SPEC.fleet).fleet_at(0.0)
assert SETTING is not None
REST = FleetState.standard(SETTING)


def test_rows_come_back_as_columns_by_service_and_by_pool() -> None:
    rows = np.arange(2.0 * columns_of(SPEC.fleet)).reshape(2, -1)
    found = FleetWindows.from_rows(SPEC.fleet, np.array([0, 300]), rows)
    assert list(found.services) == ["feature-server", "model-server"]
    assert list(found.pools) == ["cpu", "gpu", "train-spot"]
    flat = [getattr(part, f.name) for part in (*found.services.values(), *found.pools.values()) for f in fields(part)]
    assert np.array_equal(np.stack(flat, axis=1), rows)
    assert np.array_equal(found.services["model-server"].desired, rows[:, desired_column(1)])
    assert set(get_type_hints(type(found.pools["gpu"]))) == set(POOL_MEASURES)


def test_in_calm_everything_is_ready_and_every_node_is_paid_for() -> None:
    busy = {"feature-server": np.array([0.2, 0.4]), "model-server": np.array([0.3, 0.5])}
    found = FleetWindows.from_rows(SPEC.fleet, np.array([0, 300]), resting_rows(SETTING, {"feature-server": 2, "model-server": 3}, 2, busy))
    feature, model, gpu = found.services["feature-server"], found.services["model-server"], found.pools["gpu"]
    assert [part.tolist() for part in (model.ready, model.placed, model.desired, model.pending, model.starting)] == [[3.0, 3.0]] * 3 + [[0.0, 0.0]] * 2
    assert gpu.on_demand_s.tolist() == [600.0, 600.0]
    assert gpu.nodes.tolist() == [2.0, 2.0]
    assert found.pools["train-spot"].spot_s.tolist() == [0.0, 0.0]
    assert model.gpu.tolist() == [0.3, 0.5]
    assert model.cpu == pytest.approx([0.045, 0.075])
    assert feature.gpu.tolist() == [0.0, 0.0]
    assert feature.cpu == pytest.approx([0.06, 0.12])


def test_spans_are_weighted_by_their_length_and_events_counted_where_they_belong() -> None:
    before = Census.of(REST, SETTING)
    more = before._replace(ready=(2, 4), placed=(2, 5), on_demand=(2, 3, 0))
    events = [
        FleetEvent(10.0, "pod-oom", "model-server", "m-1", "", 0, "lost"),
        FleetEvent(20.0, "pod-crashed", "feature-server", "f-1", "", 0, "rerouted"),
        FleetEvent(30.0, "node-lost", "gpu", "gpu-1", ""),
        FleetEvent(30.0, "node-ready", "gpu", "gpu-2", ""),
    ]
    row = fleet_row(SETTING, REST, [(before, 100.0), (more, 200.0)], events, {"model-server": 0.5})
    assert len(row) == columns_of(SPEC.fleet)
    found = FleetWindows.from_rows(SPEC.fleet, np.array([0]), np.array([row]))
    model = found.services["model-server"]
    assert model.ready[0] == pytest.approx(11 / 3)
    assert model.placed[0] == pytest.approx(13 / 3)
    assert (model.crashed[0], model.oom_killed[0]) == (1.0, 1.0)
    assert found.services["feature-server"].crashed[0] == 1.0
    assert found.pools["gpu"].on_demand_s[0] == 800.0
    assert found.pools["gpu"].reclaimed[0] == 1.0
    assert found.pools["cpu"].reclaimed[0] == 0.0


def test_every_measure_has_its_place() -> None:
    assert SERVICE_MEASURES[:3] == ("ready", "placed", "desired")
    assert columns_of(SPEC.fleet) == 2 * len(SERVICE_MEASURES) + 3 * len(POOL_MEASURES)
    assert columns_of(None) == 0

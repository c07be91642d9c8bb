from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from simulator.dataplane.features import FEATURES
from simulator.durations import DAY_S, HOUR_S
from simulator.telemetry.tables import MOST_PREDICTIONS, table_names, tables, version
from simulator.world import World


def _table(world: World, name: str) -> dict[str, np.ndarray]:  # type: ignore[type-arg]
    found = tables(world)(name)
    assert found is not None
    return {column: np.asarray(values) for column, values in found.items()}


@pytest.mark.parametrize("name", table_names())
def test_columns_of_a_table_are_of_one_length(base_world: World, name: str) -> None:
    lengths = {len(values) for values in _table(base_world, name).values()}
    assert len(lengths) == 1
    assert (lengths == {0}) == (name in ("alerts", "fleet_events"))


def test_there_is_no_other_table(base_world: World) -> None:
    assert tables(base_world)("probability") is None


def test_predictions_hold_thirty_days_and_no_truth(base_world: World) -> None:
    found = _table(base_world, "predictions")
    assert 30 * DAY_S <= found["at_s"][0] < 30 * DAY_S + HOUR_S
    assert len(found["at_s"]) <= MOST_PREDICTIONS
    assert set(FEATURES) < set(found)
    assert not set(found) & {"probability", "fraud", "chargeback_at_s", "join_mark"}
    assert float(found["sample_weight"].sum()) == pytest.approx(float(base_world.rows.numbers("weight", 30 * DAY_S, 60 * DAY_S).sum()), rel=0.01)


def test_a_label_is_null_until_it_is_known_or_mature(base_world: World) -> None:
    found = _table(base_world, "predictions")
    young = found["at_s"] > 60 * DAY_S - 21 * DAY_S
    declined = ~found["approved"]
    assert np.isnan(found["label"][declined]).all()
    assert set(np.unique(found["label"][young & ~np.isnan(found["label"])])) == {1.0}
    assert not np.isnan(found["label"][~young & ~declined]).any()
    known = found["label"] == 1.0
    assert np.array_equal(known, ~np.isnan(found["label_at"]))
    assert np.nanmax(found["label_at"]) <= base_world.now_s
    assert np.nanmax(found["warning_at"]) <= base_world.now_s


def test_labels_are_what_arrived_and_an_unjoined_one_has_no_payment(base_world: World) -> None:
    found = _table(base_world, "labels")
    assert np.all(np.diff(found["arrived_at_s"]) >= 0)
    assert found["arrived_at_s"].max() <= base_world.now_s
    waiting = ~found["joined"]
    assert 0 < waiting.sum() < len(waiting)
    assert np.isnan(found["payment_at_s"][waiting]).all()
    assert np.all(found["joined_at_s"][~waiting] > found["arrived_at_s"][~waiting])


def test_features_hold_the_age_of_each_view_by_hour(base_world: World) -> None:
    found = _table(base_world, "features")
    mine = found["view"] == "card_velocity"
    assert mine.sum() == 30 * 24
    assert found["data_age_s"][mine].max() <= 2 * HOUR_S


def test_the_tables_of_windows_say_what_the_windows_say(base_world: World) -> None:
    service, fleet = _table(base_world, "service"), _table(base_world, "fleet")
    windows = base_world.service.windows(base_world.settled_s - DAY_S, base_world.settled_s)
    assert service["unserved"][-288:].tolist() == windows.unserved.tolist()
    assert len(service["start_s"]) == 14 * 288
    mine = fleet["name"] == "model-server"
    assert set(fleet["ready"][mine].tolist()) == {3.0}
    assert np.isnan(fleet["nodes"][mine]).all()
    assert set(fleet["nodes"][fleet["name"] == "gpu"].tolist()) == {2.0}


def test_events_of_replicas_are_rows(fork: Callable[..., World]) -> None:
    world = fork()
    world.pull("serving.replicas/model-server", 4.0, "you", "more")
    world.advance(60 * DAY_S)
    found = _table(world, "fleet_events")
    assert "pod-ready" in found["kind"].tolist()
    assert set(found["place"].tolist()) <= {"model-server", "gpu"}


def test_the_lines_of_the_bill_add_up_by_every_split(base_world: World) -> None:
    lines, days = _table(base_world, "cost_lines"), _table(base_world, "costs")
    whole = float(days["node_usd"].sum() + days["training_usd"].sum())
    for split in ("resource", "team", "use"):
        assert float(lines["usd"][lines["split"] == split].sum()) == pytest.approx(whole)


def test_the_version_differs_whenever_something_could(base_world: World, fork: Callable[..., World]) -> None:
    world = fork()
    seen = [version(base_world), version(world)]
    world.pull("decision.threshold", 0.3, "you", "try")
    seen.append(version(world))
    world.orchestrator.run_now("features", "manual")
    seen.append(version(world))
    world.advance(world.now_s + 1.0)
    seen.append(version(world))
    assert len(dict.fromkeys(seen)) == len(seen)
    assert version(world) == seen[-1]
    assert version(base_world) == seen[0]

from __future__ import annotations

from collections.abc import Callable

import pytest

from simulator.dataplane.windows import WINDOW_S
from simulator.durations import DAY_S, HOUR_S, MINUTE_S
from simulator.observation import Observation
from simulator.timeline import Edit
from simulator.world import World

Seen = Callable[[World, str], Observation]
Later = Callable[..., World]
DAY_60_S = 60 * DAY_S


def test_in_calm_it_reads_less_than_its_target_and_decides_nothing(base_world: World, seen_twice: Seen) -> None:
    shown = seen_twice(base_world, "autoscaler")
    facts = shown.facts
    assert (facts["kind.model-server"], facts["signal.model-server"], facts["target.model-server"]) == ("hpa", "gpu", 0.75)
    assert (facts["desired.model-server"], facts["ready.model-server"], facts["min.model-server"], facts["changes_1h.model-server"]) == (3.0, 3.0, 3.0, 0.0)
    fleet = base_world.service.fleet_windows(DAY_60_S - WINDOW_S, DAY_60_S)
    assert facts["reading.model-server"] == pytest.approx(float(fleet.services["model-server"].gpu[0]), rel=1e-4)
    assert facts["reading.feature-server"] == pytest.approx(float(fleet.services["feature-server"].cpu[0]), rel=1e-4)
    assert shown.text == ("No autoscaler decided anything in the last 6h.",)
    assert {series.name for series in shown.series} == {f"{what}.{service}" for what in ("desired", "ready") for service in ("feature-server", "model-server")}


def test_decisions_are_told_with_what_was_seen_newest_first(later: Later, seen_twice: Seen) -> None:
    world = later([Edit(DAY_60_S + HOUR_S, "autoscaler.target/model-server", 0.1, "ml-platform", "headroom")], 90 * MINUTE_S)
    shown = seen_twice(world, "autoscaler --last 1h")
    decided = shown.tables[1].rows
    assert decided
    assert {row[1] for row in decided} == {"model-server"}
    assert shown.facts["changes_1h.model-server"] == float(sum(row[2] in ("scaled-up", "scaled-down") for row in decided))
    assert float(shown.facts["desired.model-server"]) > 3.0
    times = [float(row[0] or 0) for row in decided]
    assert times == sorted(times, reverse=True)


def test_a_pinned_service_says_so(later: Later, seen_twice: Seen) -> None:
    facts = seen_twice(later([Edit(DAY_60_S, "serving.replicas/model-server", 4.0, "you", "more")], 20 * MINUTE_S), "autoscaler").facts
    assert (facts["kind.model-server"], facts["desired.model-server"], facts["ready.model-server"]) == ("pinned", 4.0, 4.0)


@pytest.mark.parametrize(("signal", "low", "high"), [("rate", 1.0, 20.0), ("concurrency", 0.05, 2.0)])
def test_requests_are_read_per_ready_replica(later: Later, seen_twice: Seen, signal: str, low: float, high: float) -> None:
    world = later([Edit(DAY_60_S, "autoscaler.signal/feature-server", signal, "you", "try")], 10 * MINUTE_S)
    facts = seen_twice(world, "autoscaler").facts
    assert facts["signal.feature-server"] == signal
    assert low < float(facts["reading.feature-server"]) < high
    if signal == "rate":
        windows = world.service.windows(world.settled_s - WINDOW_S, world.settled_s)
        assert facts["reading.feature-server"] == pytest.approx(float(windows.requests[0]) / WINDOW_S / 2, rel=1e-4)

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from simulator.dataplane.windows import STAGES
from simulator.durations import DAY_S, HOUR_S, WEEK_S
from simulator.errors import Refused
from simulator.observation import Observation
from simulator.timeline import Edit
from simulator.world import Checkpoint, World

Seen = Callable[[World, str], Observation]


@pytest.fixture(scope="module")
def slow_store(quiet: Checkpoint) -> World:
    """Half an hour, request by request, with an online store that takes four times as long."""
    world = World(quiet.spec, quiet.seed, [Edit(quiet.at_s, "online.slowdown", 4.0, "data-platform", "moved")], start=quiet, exact_from_s=quiet.at_s)
    world.advance(60 * DAY_S + HOUR_S / 3)
    return world


def test_status_shows_what_is_in_force(fork: Callable[..., World], seen: Seen) -> None:
    world = fork()
    world.pull("serving.replicas/feature-server", 5.0, "you", "more")
    world.pull("serving.release", "r42", "you", "newer")
    world.pull("serving.fetch_timeout_ms", 400.0, "you", "shorter")
    world.pull("serving.queue_limit/model-server", 12.0, "you", "shed")
    shown = seen(world, "serving status")
    facts = shown.facts
    assert (facts["replicas.feature-server"], facts["replicas.model-server"]) == (2.0, 3.0), "new replicas have to start first"
    assert (facts["desired.feature-server"], facts["desired.model-server"]) == (5.0, 3.0)
    assert [row[5] for row in shown.tables[0].rows] == [None, 12]
    assert (facts["release"], facts["fetch_timeout_ms"], facts["request_timeout_ms"]) == ("r42", 400.0, world.spec.service.request_timeout_ms)
    assert facts["transform"] == world.levers["transform.serving"].at(world.now_s)


def test_status_shows_the_replicas_that_came(fork: Callable[..., World], seen: Seen) -> None:
    world = fork()
    world.pull("serving.replicas/feature-server", 5.0, "you", "more")
    world.advance(60 * DAY_S)
    assert seen(world, "serving status").facts["replicas.feature-server"] == 5.0


def test_status_sums_up_the_last_three_windows(slow_store: World, seen: Seen) -> None:
    facts = seen(slow_store, "serving status").facts
    windows = slow_store.service.windows(slow_store.settled_s - 900.0, slow_store.settled_s)
    assert len(windows.start_s) == 3
    assert facts["request_rate"] == pytest.approx(float(windows.requests.sum()) / 900.0, rel=1e-5)
    assert facts["default_fill_ratio"] == pytest.approx(float(windows.default_filled.sum() / windows.requests.sum()), rel=1e-5)
    assert facts["utilisation.feature-server"] == pytest.approx(float(windows.feature_server_utilisation.mean()), rel=1e-5)


def test_latency_names_the_stage_that_grew(slow_store: World, seen: Seen) -> None:
    facts = seen(slow_store, "serving latency --last 15m").facts
    assert float(facts["change.mean.fetch_compute"]) > 2.0
    assert float(facts["change.mean.fetch_queue"]) > 3.0
    assert facts["change.mean.model_compute"] == pytest.approx(1.0, abs=0.1)
    assert float(facts["p99_ms.total"]) > 900.0


def test_latency_averages_the_windows_of_the_span(base_world: World, seen: Seen) -> None:
    shown = seen(base_world, "serving latency --last 6h")
    windows = base_world.service.windows(60 * DAY_S - 6 * HOUR_S, 60 * DAY_S)
    before = base_world.service.windows(60 * DAY_S - 6 * HOUR_S - WEEK_S, 60 * DAY_S - WEEK_S)
    assert shown.facts["p99_ms.total"] == pytest.approx(float(windows.p99_ms.mean()), rel=1e-5)
    assert shown.facts["worst_p99_ms.total"] == pytest.approx(float(windows.p99_ms.max()), rel=1e-5)
    assert shown.facts["change.p99.total"] == pytest.approx(float(windows.p99_ms.mean() / before.p99_ms.mean()), rel=1e-5)


def test_stages_of_a_trace_add_up(slow_store: World, seen: Seen) -> None:
    shown = seen(slow_store, "traces --last 20m --n 30")
    rows = shown.tables[0].rows
    assert len(rows) == 30
    assert [row[0] for row in rows] == sorted(int(row[0] or 0) for row in rows)
    for row in rows:
        assert sum(float(cell or 0.0) for cell in row[1:5]) == pytest.approx(float(row[5] or 0.0), rel=1e-3)
    assert sum(float(shown.facts[f"share.{stage}"]) for stage in STAGES) == pytest.approx(1.0, rel=1e-3)
    assert shown.facts["on_defaults"] == float(np.count_nonzero([row[7] for row in rows]))


@pytest.mark.parametrize("line", ["traces --n 0", "traces --n 51", "traces --last 1m", "serving latency --last 1m"])
def test_spans_and_numbers_without_sense_are_refused(base_world: World, seen: Seen, line: str) -> None:
    with pytest.raises(Refused):
        seen(base_world, line)

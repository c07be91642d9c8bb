"""Looks at the model, the service, money and the audit log change nothing, and know neither the truth nor the future."""

from __future__ import annotations

import json
from collections.abc import Callable

import numpy as np
import pytest

from simulator.dataplane.rows import Chunk
from simulator.durations import DAY_S
from simulator.observation import Observation
from simulator.telemetry.audit import audited
from simulator.timeline import Edit
from simulator.world import World

LINES = (
    "alerts",
    "alerts rules",
    "alerts history --last 3d",
    "metrics list",
    "metrics show missed_fraud_per_10k --last 3d --against last-week",
    "metrics show service.fetch_queue_p99_ms",
    "models list",
    "models show champion",
    "models compare v7 v8",
    "models served",
    "experiments",
    "performance mature --weeks 2",
    "performance early --days 6",
    "performance estimate",
    "performance segments",
    "calibration",
    "decisions --by region",
    "impact",
    "cost",
    "cost --by team",
    "cost --by model --last 3w",
    "cost anomalies",
    "predictions --n 50 --last 12h",
    "serving status",
    "serving latency",
    "traces",
    "nodes",
    "gpu",
    "autoscaler",
    "callers",
    "logs --last 2d",
    "changes --last 30d",
    "config diff",
    "sql SELECT count(*) AS n, sum(label) AS fraud, sum(label_at) AS at, count(warning_at) AS warned FROM predictions",
    "sql SELECT count(*) AS n, sum(arrived_at_s) AS came, sum(joined_at_s) AS joined FROM labels",
    "sql SELECT count(*) AS n FROM changes",
    "sql SELECT name, avg(ready) AS ready FROM fleet WHERE kind = 'service' GROUP BY name",
)
LATER = (
    ("alias.champion", "v1"),
    ("transform.serving", "t4"),
    ("labels.rejoin", "all"),
    ("labels.key_mapping", True),
    ("decision.threshold", 0.5),
    ("alert.silenced/timeouts-high", True),
    ("serving.replicas/model-server", 9.0),
    ("serving.restart/model-server", "now"),
    ("serving.per_gpu/model-server", 4.0),
    ("autoscaler.target/model-server", 0.1),
    ("pool.max/gpu", 9.0),
    ("callers.attempts", 5.0),
    ("budget.daily_usd/fraud-ml", 10.0),
    ("nature.campaign", 0.3),
    ("pipeline.paused/features", True),
)


@pytest.fixture(scope="module")
def before(base_world: World, seen: Callable[[World, str], Observation]) -> dict[str, Observation]:
    return {line: seen(base_world, line) for line in LINES}


@pytest.mark.parametrize("line", LINES)
def test_a_look_gives_plain_data_and_a_handful_of_facts(before: dict[str, Observation], line: str) -> None:
    shown = before[line]
    assert Observation.from_json(json.loads(json.dumps(shown.to_json()))) == shown
    assert 1 <= len(shown.facts) <= (len(audited()) if line.startswith("changes") else 36)
    assert all(isinstance(value, (str, float)) for value in shown.facts.values())


def test_looks_change_nothing_and_say_the_same_again(base_world: World, before: dict[str, Observation], seen: Callable[[World, str], Observation]) -> None:
    digest, runs = base_world.digest(), dict(base_world.log.runs)
    assert {line: seen(base_world, line) for line in LINES} == before
    assert base_world.digest() == digest
    assert base_world.log.runs == runs


def test_what_somebody_will_do_later_shows_nowhere(fork: Callable[..., World], before: dict[str, Observation], seen: Callable[[World, str], Observation]) -> None:
    world = fork([Edit(60 * DAY_S + 1.0, lever, value, "somebody", "later") for lever, value in LATER])
    world.advance(60 * DAY_S)
    for line in LINES:
        assert seen(world, line) == before[line], line


def test_the_truth_and_what_arrives_later_show_nowhere(fork: Callable[..., World], before: dict[str, Observation], seen: Callable[[World, str], Observation]) -> None:
    world = fork()
    world.advance(60 * DAY_S)
    world.settle()
    world.rows.chunks[:] = [_without_hindsight(chunk, world.now_s) for chunk in world.rows.chunks]
    for line in LINES:
        assert seen(world, line) == before[line], line


def _without_hindsight(chunk: Chunk, now_s: float) -> Chunk:
    """The chunk with the truth turned round and arrivals after now left out."""
    columns = {name: chunk.part(name, slice(None)) for name in chunk.columns}
    columns["probability"] = 1.0 - columns["probability"].astype(np.float64)
    columns["fraud"] = ~columns["fraud"].astype(bool)
    for name in ("chargeback_at_s", "warning_at_s"):
        at_s = columns[name].astype(np.float64)
        columns[name] = np.where(at_s <= now_s, at_s, np.inf)
    return Chunk(chunk.since_s, chunk.until_s, columns)

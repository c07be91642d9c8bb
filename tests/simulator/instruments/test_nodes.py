from __future__ import annotations

from collections.abc import Callable

import pytest

from simulator.durations import DAY_S, HOUR_S, MINUTE_S
from simulator.errors import Refused
from simulator.observation import Observation
from simulator.timeline import Edit
from simulator.world import World

Seen = Callable[[World, str], Observation]
Later = Callable[..., World]
DAY_60_S = 60 * DAY_S


def test_in_calm_every_replica_has_its_place_and_nothing_happened(base_world: World, seen_twice: Seen) -> None:
    shown = seen_twice(base_world, "nodes")
    assert {name: shown.facts[name] for name in ("nodes.cpu", "nodes.gpu", "nodes.train-spot", "quota.gpu", "training.train-spot")} == {
        "nodes.cpu": 2.0,
        "nodes.gpu": 2.0,
        "nodes.train-spot": 0.0,
        "quota.gpu": 4.0,
        "training.train-spot": 0.0,
    }
    assert [row[2:9] for row in shown.tables[1].rows] == [(2, 2, 0, 0, 0, 0, 0), (3, 3, 0, 0, 0, 0, 0)]
    assert [row[4] for row in shown.tables[2].rows] == ["1 feature-server", "1 feature-server", "2 model-server", "1 model-server"]
    assert shown.tables[3].rows == ()
    assert shown.text == ("No replica and no node came or went in the last 6h.",)


def test_replicas_that_wait_are_shown_with_what_they_wait_for(later: Later, seen_twice: Seen) -> None:
    edits = [
        Edit(DAY_60_S, "pool.max/gpu", 3.0, "you", "quota"),
        Edit(DAY_60_S, "pool.training/gpu", 1.0, "train DAG", "job"),
        Edit(DAY_60_S, "serving.replicas/model-server", 6.0, "you", "more"),
    ]
    shown = seen_twice(later(edits, 30 * MINUTE_S), "nodes --last 1h")
    assert (shown.facts["pending.model-server"], shown.facts["training.gpu"]) == (2.0, 1.0)
    assert shown.tables[1].rows[1][-1] == "no room: the quota of gpu is 3 nodes, 1 of them held by training"
    assert "pod-pending" in [row[1] for row in shown.tables[3].rows]


def test_a_node_on_its_way_is_what_replicas_wait_for(later: Later, seen_twice: Seen) -> None:
    edits = [Edit(DAY_60_S, "pool.provision_s/gpu", 1200.0, "cloud", "slow"), Edit(DAY_60_S, "serving.replicas/model-server", 6.0, "you", "more")]
    shown = seen_twice(later(edits, 10 * MINUTE_S), "nodes")
    assert (shown.facts["pending.model-server"], shown.facts["provisioning.gpu"]) == (2.0, 1.0)
    assert shown.tables[1].rows[1][-1] == "waits for 1 node that is being provisioned"


def test_events_are_newest_first_and_nodes_that_were_lost_are_counted(later: Later, seen_twice: Seen) -> None:
    world = later([Edit(DAY_60_S + 60.0, "pool.lost/gpu", 1.0, "nature", "rack")], HOUR_S)
    shown = seen_twice(world, "nodes --last 2h")
    assert (shown.facts["reclaimed.gpu"], shown.facts["crashed.model-server"]) == (1.0, 2.0)
    times = [float(row[0] or 0) for row in shown.tables[3].rows]
    assert times == sorted(times, reverse=True)
    assert {row[1] for row in shown.tables[3].rows} >= {"node-lost", "pod-crashed", "node-asked", "node-ready", "pod-ready"}
    assert len(shown.facts) <= 36


def test_a_span_without_sense_is_refused(base_world: World, seen_twice: Seen) -> None:
    with pytest.raises(Refused):
        seen_twice(base_world, "nodes --last 1m")

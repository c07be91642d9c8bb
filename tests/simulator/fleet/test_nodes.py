"""The life of a node: asked for within the quota, paid until it is gone, lost, reclaimed, replaced and given back."""

from __future__ import annotations

from simulator.fleet.state import FleetState
from simulator.fleet.steps import advance, next_event_s
from tests.simulator.fleet.fleets import CALM, DRAW, FETCH, MODEL, STANDARD, run, setting, told


def test_beyond_the_quota_pods_are_pending_and_say_so_once() -> None:
    state, events = run(CALM, setting({"serving.replicas/model-server": 10.0}), 0.0, 1000.0)
    assert len(state.ready(MODEL)) == 8
    assert told(events, "pod-pending") == [(0.0, "pod-pending", "model-server-10"), (0.0, "pod-pending", "model-server-11")]
    assert next(event.text for event in events if event.kind == "pod-pending") == "model-server-10 is pending: no node of gpu has room, and its quota of 4 nodes is used up"


def test_nodes_that_training_holds_are_not_there_for_serving() -> None:
    orders = setting({"serving.replicas/model-server": 6.0, "pool.training/gpu": 2.0})
    state, events = run(CALM, orders, 0.0, 1000.0)
    assert (len(state.ready(MODEL)), told(events, "node-asked")) == (4, [])
    assert "quota of 4 nodes is used up, 2 of them held by training" in next(event.text for event in events if event.kind == "pod-pending")
    # As soon as training gives them back, a node is asked for.
    state, events = run(state, setting({"serving.replicas/model-server": 6.0}), 1000.0, 1300.0)
    assert told(events) == [
        (1000.0, "node-asked", "gpu-4"),
        (1150.0, "node-ready", "gpu-4"),
        (1216.33, "pod-ready", "model-server-6"),
        (1216.33, "pod-ready", "model-server-7"),
    ]
    assert len(state.ready(MODEL)) == 6


def test_a_pool_asks_for_its_fewest_nodes() -> None:
    _, events = run(CALM, setting({"pool.min/gpu": 4.0, "pool.provision_s/gpu": 40.0}), 0.0, 100.0)
    assert told(events) == [(0.0, "node-asked", "gpu-4"), (0.0, "node-asked", "gpu-5"), (40.0, "node-ready", "gpu-4"), (40.0, "node-ready", "gpu-5")]


def test_an_empty_node_above_the_fewest_is_given_back_after_ten_minutes() -> None:
    six, _ = run(CALM, setting({"serving.replicas/model-server": 6.0}), 0.0, 300.0)
    three = setting({"serving.replicas/model-server": 3.0})
    state, events = run(six, three, 300.0, 2000.0)
    assert told(events, "node-removed") == [(900.0, "node-removed", "gpu-4")]
    assert (state.nodes, state.pods) == (CALM.nodes, CALM.pods)
    # Who needs it before stops the clock.
    waiting, _ = run(six, three, 300.0, 800.0)
    again, events = run(waiting, setting({"serving.replicas/model-server": 6.0}), 800.0, 2000.0)
    assert (told(events, "node-removed", "node-asked"), len(again.ready(MODEL))) == ([], 6)


def test_a_pool_that_may_keep_fewer_gives_back_only_empty_nodes() -> None:
    state, events = run(CALM, setting({"pool.min/gpu": 0.0, "pool.min/cpu": 0.0}), 0.0, 5000.0)
    assert (state, events) == (CALM, [])


def test_a_node_out_of_reach_takes_its_pods_with_it_and_is_replaced() -> None:
    state, events = run(CALM, setting({"pool.lost/gpu": 1.0}), 0.0, 1000.0)
    assert told(events) == [
        (0.0, "node-lost", "gpu-2"),
        (0.0, "pod-crashed", "model-server-2"),
        (0.0, "pod-crashed", "model-server-3"),
        (0.0, "node-asked", "gpu-4"),
        (23.0, "pod-ready", "model-server-5"),
        (150.0, "node-ready", "gpu-4"),
        (216.33, "pod-ready", "model-server-6"),
    ]
    assert [(event.replica, event.fate) for event in events if event.leaves] == [(0, "lost"), (0, "lost")]
    assert state.ready(MODEL) == (4, 5, 6)
    # Back in reach means nothing to those who were replaced; out of reach again costs another node.
    later, events = advance(state, STANDARD, 1000.0, DRAW)
    assert events == ()
    assert told(list(advance(later, setting({"pool.lost/gpu": 1.0}), 1100.0, DRAW)[1]), "node-lost") == [(1100.0, "node-lost", "gpu-3")]


def test_requests_at_a_lost_feature_server_find_another_one() -> None:
    _, events = advance(CALM, setting({"pool.lost/cpu": 1.0}), 0.0, DRAW)
    assert [(event.subject, event.replica, event.fate) for event in events if event.leaves] == [("feature-server-0", 0, "rerouted")]


def test_a_reclaimed_node_takes_no_pods_and_serves_until_its_notice_is_over() -> None:
    orders = setting({"pool.market/gpu": "spot", "pool.reclaims_per_hour/gpu": 2.0})
    state, events = run(FleetState.standard(orders), orders, 0.0, 2400.0)
    notice = next(event for event in events if event.kind == "node-reclaimed")
    gone = next(event for event in events if event.kind == "node-gone" and event.subject == notice.subject)
    stopped = [event for event in events if event.at_s == gone.at_s and event.leaves]
    assert gone.at_s == notice.at_s + 120.0
    assert notice.text == f"the cloud takes {notice.subject} back in 120 s"
    assert stopped
    assert {event.fate for event in stopped} == {"drains"}
    assert not [event for event in events if event.kind == "pod-ready" and notice.at_s < event.at_s <= gone.at_s and event.text.endswith(notice.subject)]
    assert [event.kind for event in events if event.at_s == notice.at_s] == ["node-reclaimed", "node-asked"]
    assert all(node.slot < 4 for node in state.nodes)


def test_a_pool_that_goes_over_to_spot_replaces_its_nodes_one_after_the_other() -> None:
    state, events = run(CALM, setting({"pool.market/gpu": "spot"}), 0.0, 3000.0)
    assert told(events, "node-asked", "node-ready", "node-drained", "node-gone") == [
        (0.0, "node-asked", "gpu-4"),
        (150.0, "node-ready", "gpu-4"),
        (150.0, "node-drained", "gpu-2"),
        (270.0, "node-gone", "gpu-2"),
        (270.0, "node-asked", "gpu-5"),
        (420.0, "node-ready", "gpu-5"),
        (420.0, "node-drained", "gpu-3"),
        (540.0, "node-gone", "gpu-3"),
    ]
    assert [node.market for node in state.nodes if node.pool == "gpu"] == ["spot", "spot"]
    serving, fewest = 3, 3
    for event in events:
        serving += event.joins - event.leaves
        fewest = min(fewest, serving)
    assert (fewest, serving) == (3, 3)


def test_a_pool_at_its_quota_that_changes_its_market_first_gives_a_node_up() -> None:
    state, events = run(CALM, setting({"pool.market/gpu": "spot", "pool.max/gpu": 2.0}), 0.0, 3000.0)
    assert told(events, "node-drained", "node-gone", "node-asked")[:3] == [(0.0, "node-drained", "gpu-2"), (120.0, "node-gone", "gpu-2"), (120.0, "node-asked", "gpu-4")]
    assert [node.market for node in state.nodes if node.pool == "gpu"] == ["spot", "spot"]
    assert len(state.ready(MODEL)) == 3


def test_pods_of_the_feature_server_have_a_node_each() -> None:
    state, events = run(CALM, setting({"serving.replicas/feature-server": 4.0}), 0.0, 200.0)
    assert told(events, "pod-ready") == [(86.0, "pod-ready", "feature-server-5"), (86.0, "pod-ready", "feature-server-6")]
    assert len({pod.node for pod in state.of(FETCH)}) == 4
    assert next_event_s(state, setting({"serving.replicas/feature-server": 4.0})) == float("inf")

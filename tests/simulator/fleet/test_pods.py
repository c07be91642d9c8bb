"""The life of a pod, to the second: placed, pulled, loaded, ready; crashed, replaced, stopped."""

from __future__ import annotations

import pytest

from simulator.fleet.state import FleetState
from simulator.fleet.steps import advance, next_event_s
from tests.simulator.fleet.fleets import CALM, DRAW, FETCH, MODEL, STANDARD, run, setting, told

LARGE = {"serving.model_gb/model-server": 7.0, "serving.batch_max/model-server": 8.0}
"""A model with which a card of 24 GB holds two replicas and not three."""


def test_in_calm_nothing_is_ever_due_and_nothing_happens() -> None:
    assert next_event_s(CALM, STANDARD) == float("inf")
    assert advance(CALM, STANDARD, 0.0, DRAW) == (CALM, ())
    assert CALM.later(300.0) == CALM


def test_the_standard_fleet_is_two_feature_servers_and_three_model_servers() -> None:
    assert [[(pod.name, pod.node, pod.card) for pod in CALM.of(service)] for service in (FETCH, MODEL)] == [
        [("feature-server-0", 0, -1), ("feature-server-1", 1, -1)],
        [("model-server-2", 2, 0), ("model-server-3", 2, 0), ("model-server-4", 3, 0)],
    ]
    assert (CALM.ready(FETCH), CALM.ready(MODEL)) == ((0, 1), (2, 3, 4))
    assert [(node.name, node.state) for node in CALM.nodes] == [("cpu-0", "ready"), ("cpu-1", "ready"), ("gpu-2", "ready"), ("gpu-3", "ready")]


def test_a_pod_on_a_node_with_the_image_only_loads_its_model_and_warms_up() -> None:
    state, events = run(CALM, setting({"serving.replicas/model-server": 4.0}), 0.0, 600.0)
    # 1.5 GB at 0.5 GB/s and 20 s.
    assert told(events) == [(0.0, "scaled-up", ""), (23.0, "pod-ready", "model-server-5")]
    assert state.ready(MODEL) == (2, 3, 4, 5)
    assert events[-1].joins
    assert (events[-1].replica, events[-1].fate) == (3, "")


def test_a_pod_without_room_waits_for_a_node_and_then_for_its_image() -> None:
    state, events = run(CALM, setting({"serving.replicas/model-server": 6.0}), 0.0, 600.0)
    # The node joins after 150 s, 6.5 GB at 0.15 GB/s are 43.33 s, loading takes 23 s; the second pod on the node waits for the same pull.
    assert told(events)[1:] == [
        (0.0, "node-asked", "gpu-4"),
        (23.0, "pod-ready", "model-server-5"),
        (150.0, "node-ready", "gpu-4"),
        (216.33, "pod-ready", "model-server-6"),
        (216.33, "pod-ready", "model-server-7"),
    ]
    assert state.ready(MODEL) == (2, 3, 4, 5, 6, 7)


def test_who_is_scaled_down_goes_at_once_and_drains_the_youngest_first() -> None:
    five, _ = run(CALM, setting({"serving.replicas/model-server": 5.0}), 0.0, 600.0)
    assert [(pod.id, pod.node) for pod in five.of(MODEL)] == [(2, 2), (3, 2), (4, 3), (5, 3), (6, 4)]
    state, events = advance(five, setting({"serving.replicas/model-server": 2.0}), 600.0, DRAW)
    assert [(event.subject, event.replica, event.fate) for event in events if event.leaves] == [
        ("model-server-6", 4, "drains"),
        ("model-server-5", 3, "drains"),
        ("model-server-4", 2, "drains"),
    ]
    assert state.ready(MODEL) == (2, 3)


def test_a_pod_that_has_not_started_is_stopped_before_one_that_serves() -> None:
    starting, _ = run(CALM, setting({"serving.replicas/model-server": 6.0}), 0.0, 100.0)
    state, events = advance(starting, setting({"serving.replicas/model-server": 4.0}), 100.0, DRAW)
    assert [(event.subject, event.replica, event.fate) for event in events if event.kind == "pod-stopped"] == [("model-server-7", -1, ""), ("model-server-6", -1, "")]
    assert state.ready(MODEL) == (2, 3, 4, 5)


def test_a_new_replica_is_last_in_the_order_of_the_data_plane_even_where_its_pod_is_older() -> None:
    packed = {"serving.per_gpu/model-server": 4.0}
    state, _ = run(CALM, setting({**packed, **LARGE}), 0.0, 40.0)
    assert [(pod.id, pod.phase) for pod in state.of(MODEL)] == [(2, "ready"), (3, "ready"), (5, "backoff")]
    # The one that crashed at 34 s has room at its next start, at 44 s; another one started before, and on it goes.
    state, events = run(state, setting({**packed, "serving.replicas/model-server": 4.0}), 40.0, 400.0)
    assert told(events, "pod-ready")[:2] == [(63.0, "pod-ready", "model-server-6"), (67.0, "pod-ready", "model-server-5")]
    assert state.ready(MODEL)[:2] == (6, 5)


@pytest.mark.parametrize(
    ("pulled", "need_gb"),
    [({}, 4.0), ({"serving.model_gb/model-server": 7.0}, 9.5), ({"serving.batch_max/model-server": 8.0}, 4.35), (LARGE, 9.85), ({"model.size_gb/v1": 3.5}, 6.0)],
)
def test_a_replica_takes_more_card_memory_with_a_larger_model_and_larger_batches(pulled: dict[str, float], need_gb: float) -> None:
    assert setting(pulled).deployment(MODEL).gpu_memory_gb == pytest.approx(need_gb)


def test_a_pod_that_finds_too_little_memory_never_serves_and_backs_off_twice_as_long_each_time() -> None:
    _, events = run(CALM, setting({"serving.per_gpu/model-server": 4.0, **LARGE}), 0.0, 1300.0)
    kills = [event for event in events if event.kind == "pod-oom"]
    # Loading takes 7 / 0.5 + 20 s; the third on the card comes up at 34 s, then after 10, 20, 40, 80, 160 and 300 s more.
    assert [event.at_s for event in kills] == [34.0, 78.0, 132.0, 206.0, 320.0, 514.0, 848.0, 1182.0]
    assert {(event.subject, event.replica, event.fate) for event in kills} == {("model-server-5", -1, "")}
    assert kills[0].text == "model-server-5 on gpu-2: CUDA out of memory on a card of 24 GB; back-off 10 s"


def test_where_the_replicas_of_a_card_outgrow_it_the_youngest_is_killed_with_its_requests() -> None:
    state, events = advance(CALM, setting({"serving.model_gb/model-server": 10.0}), 0.0, DRAW)
    # 12.5 GB each: two on a card of 24 GB are too many, one is not.
    assert [(event.kind, event.subject, event.replica, event.fate) for event in events] == [("pod-oom", "model-server-3", 1, "lost")]
    assert state.ready(MODEL) == (2, 4)
    after, _ = run(state, STANDARD, 5.0, 700.0)
    assert after.ready(MODEL) == (2, 4, 3)
    # Ten minutes after it was ready again (10 + 23 s) its crash is forgotten.
    assert [pod.restarts for pod in run(state, STANDARD, 5.0, 632.0)[0].of(MODEL)] == [0, 0, 1]
    assert [pod.restarts for pod in run(state, STANDARD, 5.0, 633.0)[0].of(MODEL)] == [0, 0, 0]


def test_a_new_image_rolls_out_one_replica_at_a_time_where_cards_are_scarce() -> None:
    state, events = run(CALM, setting({"serving.image_gb/model-server": 12.0}), 0.0, 600.0)
    # 80 s for the image on a new node, 23 s to load; on a node that has it 23 s.
    assert told(events) == [
        (0.0, "pod-stopped", "model-server-4"),
        (103.0, "pod-ready", "model-server-5"),
        (103.0, "pod-stopped", "model-server-3"),
        (206.0, "pod-ready", "model-server-6"),
        (206.0, "pod-stopped", "model-server-2"),
        (229.0, "pod-ready", "model-server-7"),
    ]
    assert state.ready(MODEL) == (5, 6, 7)


def test_a_new_image_comes_before_the_old_one_goes_where_there_is_room() -> None:
    state, events = run(CALM, setting({"serving.image_gb/feature-server": 1.5}), 0.0, 600.0)
    # A node of its own for the one more: 75 s, 10 s for the image, 5 s to start. Then room for the next is there.
    assert told(events)[:4] == [(0.0, "node-asked", "cpu-4"), (75.0, "node-ready", "cpu-4"), (90.0, "pod-ready", "feature-server-5"), (90.0, "pod-stopped", "feature-server-1")]
    assert state.ready(FETCH) == (5, 6)
    fewest = 2
    for event in events:
        fewest = min(fewest, 2 + sum((e.joins - e.leaves) for e in events[: events.index(event) + 1]))
    assert fewest == 2


def test_taking_back_the_packing_mends_a_card_that_was_too_full() -> None:
    broken, _ = run(CALM, setting({"serving.per_gpu/model-server": 4.0, **LARGE}), 0.0, 1000.0)
    assert len(broken.ready(MODEL)) == 2
    mended, _ = run(broken, setting(LARGE), 1000.0, 1200.0)
    assert sorted((pod.phase, pod.node) for pod in mended.of(MODEL)) == [("ready", 2), ("ready", 2), ("ready", 3)]


def test_the_standard_state_of_other_orders_is_steady_too() -> None:
    for pulled in ({"serving.replicas/model-server": 7.0}, {"serving.per_gpu/model-server": 1.0}, {"pool.min/gpu": 4.0}, {"serving.replicas/model-server": 20.0}):
        orders = setting(pulled)
        state = FleetState.standard(orders)
        assert next_event_s(state, orders) == float("inf")
        assert advance(state, orders, 0.0, DRAW) == (state, ())
    assert len(state.ready(MODEL)) == 8
    assert sum(pod.phase == "pending" for pod in state.pods) == 12

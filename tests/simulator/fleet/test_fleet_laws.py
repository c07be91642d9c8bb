"""What holds for every fleet, whatever is pulled and however often: conservation, room, canonical states, cuts that change nothing."""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.fleet.clock import SYNC_S, on_tick
from simulator.fleet.events import FleetEvent
from simulator.fleet.in_force import FleetSetting
from simulator.fleet.readings import Tick
from simulator.fleet.reclaims import Draw
from simulator.fleet.state import FleetState
from simulator.fleet.steps import advance, follow, next_event_s
from simulator.timeline import Value
from tests.simulator.fleet.fleets import CALM, FETCH, MODEL, run, setting

pulls = st.fixed_dictionaries(
    {},
    optional={
        "serving.replicas/model-server": st.integers(0, 12).map(float),
        "serving.replicas/feature-server": st.integers(0, 9).map(float),
        "serving.per_gpu/model-server": st.integers(1, 5).map(float),
        "serving.model_gb/model-server": st.sampled_from([0.0, 4.0, 9.0, 25.0]),
        "serving.image_gb/model-server": st.sampled_from([0.0, 2.0, 14.0]),
        "pool.market/gpu": st.sampled_from(["", "spot"]),
        "pool.reclaims_per_hour/gpu": st.sampled_from([-1.0, 4.0, 40.0]),
        "pool.min/gpu": st.integers(0, 4).map(float),
        "pool.max/gpu": st.integers(0, 5).map(float),
        "pool.training/gpu": st.integers(0, 4).map(float),
        "pool.lost/gpu": st.integers(0, 3).map(float),
        "pool.provision_s/gpu": st.sampled_from([0.0, 20.0, 700.0]),
        "autoscaler.kind/model-server": st.sampled_from(["", "off", "kpa"]),
        "autoscaler.min/model-server": st.integers(0, 4).map(float),
        "autoscaler.max/model-server": st.integers(1, 10).map(float),
    },
)
spans = st.lists(st.tuples(pulls, st.floats(0.1, 900.0).map(on_tick)), min_size=1, max_size=5)
loads = st.lists(st.one_of(st.just(0.0), st.floats(0.0, 1.0)), min_size=1, max_size=30)

Pulled = dict[str, Value]


def lived(story: list[tuple[Pulled, float]], seed: int = 5) -> list[tuple[FleetState, FleetSetting, list[FleetEvent]]]:
    """States and what happened on the way to each, where orders change from span to span; on one clock."""
    state, now_s, seen = CALM, 0.0, []
    for pulled, length_s in story:
        orders = setting(pulled)
        state, events = run(state, orders, now_s, now_s + length_s, Draw(seed, 0.0))
        now_s += length_s
        seen.append((state, orders, events))
    return seen


@settings(max_examples=60, deadline=None)
@given(spans)
def test_replicas_pods_and_nodes_are_conserved(story: list[tuple[Pulled, float]]) -> None:
    before = CALM
    for state, _, events in lived(story):
        kinds = Counter(event.kind for event in events)
        for service in (FETCH, MODEL):
            mine = [event for event in events if event.place == service]
            serving = len(before.ready(service))
            for event in mine:
                if event.joins:
                    assert event.replica == serving
                if event.leaves:
                    assert 0 <= event.replica < serving
                serving += event.joins - event.leaves
            assert serving == len(state.ready(service))
        assert len(state.nodes) == len(before.nodes) + kinds["node-asked"] - kinds["node-gone"] - kinds["node-lost"] - kinds["node-removed"]
        assert state.next_node == before.next_node + kinds["node-asked"]
        assert len({pod.id for pod in state.pods}) == len(state.pods)
        assert all(pod.id < state.next_pod for pod in state.pods)
        before = state


@settings(max_examples=60, deadline=None)
@given(spans)
def test_what_is_asked_for_is_there_or_on_its_way_and_fits(story: list[tuple[Pulled, float]]) -> None:
    most = 2
    for state, orders, _ in lived(story):
        model, gpu = orders.deployment(MODEL), orders.pool("gpu")
        most = max(most, model.per_gpu)
        draining = [node.id for node in state.nodes if node.state == "draining"]
        for deployment in orders.deployments:
            staying = [pod for pod in state.of(deployment.service) if pod.node not in draining]
            assert len(staying) >= state.memory(deployment.service).desired - 1
            assert len(staying) <= state.memory(deployment.service).desired + max(state.memory(deployment.service).desired, 3) // 3
        for node in state.nodes:
            machine, there = orders.pool(node.pool).machine, [pod for pod in state.pods if pod.node == node.id]
            assert sum(orders.deployment(pod.service).cpus for pod in there) <= machine.cpus + 1e-9
            assert sum(orders.deployment(pod.service).memory_gb for pod in there) <= machine.memory_gb + 1e-9
            for card in range(machine.gpus):
                sharing = [pod for pod in there if pod.card == card]
                assert len(sharing) <= most
                assert sum(pod.phase == "ready" for pod in sharing) * model.gpu_memory_gb <= machine.gpu_memory_gb + 1e-9
            assert there == [] or node.state != "provisioning"
        assert sorted({node.slot for node in state.nodes if node.pool == "gpu"}) == sorted(node.slot for node in state.nodes if node.pool == "gpu")
        asked = [node for node in state.nodes if node.pool == "gpu" and node.state == "provisioning"]
        assert not asked or len([node for node in state.nodes if node.pool == "gpu"]) <= max(5, gpu.max_nodes)


@settings(max_examples=60, deadline=None)
@given(spans, st.floats(0.0, 4000.0).map(on_tick), st.floats(0.0, 4000.0).map(on_tick))
def test_states_are_canonical_under_shifts_of_the_clock(story: list[tuple[Pulled, float]], one_s: float, other_s: float) -> None:
    for state, _, _ in lived(story):
        assert state.later(one_s).later(other_s) == state.later(one_s + other_s)
        assert state.later(one_s).later(-one_s) == state
        assert hash(state.later(0.0)) == hash(state)


@settings(max_examples=60, deadline=None)
@given(spans, st.integers(0, 2**32))
def test_a_run_on_a_clock_that_is_set_anew_at_each_cut_is_the_same_run(story: list[tuple[Pulled, float]], seed: int) -> None:
    state, start_s = CALM, 0.0
    for (pulled, length_s), (whole, _, events) in zip(story, lived(story, seed), strict=True):
        orders, found = setting(pulled), []
        for part_s in (on_tick(length_s / 3), on_tick(length_s) - on_tick(length_s / 3)):
            state, happened = run(state, orders, 0.0, part_s, Draw(seed, start_s))
            found += [(event.at_s + start_s, event.kind, event.subject, event.replica, event.fate) for event in happened]
            state, start_s = state.later(part_s), start_s + part_s
        assert found == [(event.at_s, event.kind, event.subject, event.replica, event.fate) for event in events]
        assert state == whole.later(start_s)


@settings(max_examples=60, deadline=None)
@given(spans)
def test_again_at_the_same_moment_nothing_happens(story: list[tuple[Pulled, float]]) -> None:
    now_s = 0.0
    for (_, length_s), (state, orders, _) in zip(story, lived(story), strict=True):
        now_s += length_s
        again, events = advance(state, orders, now_s, Draw(5, 0.0))
        assert (again, events) == (state, ())
        assert next_event_s(state, orders) > now_s


@settings(max_examples=60, deadline=None)
@given(spans)
def test_left_alone_every_fleet_comes_to_rest_at_what_its_quota_allows(story: list[tuple[Pulled, float]]) -> None:
    """With the levers back and hands off, pinned at the standard counts, two hours later all is as it should be."""
    state = lived(story)[-1][0]
    calm = setting({"serving.replicas/model-server": 3.0, "serving.replicas/feature-server": 2.0})
    now_s = sum(length_s for _, length_s in story)
    rested, _ = run(state, calm, now_s, now_s + 7200.0, Draw(5, 0.0))
    assert (len(rested.ready(FETCH)), len(rested.ready(MODEL))) == (2, 3)
    assert {pod.template for pod in rested.of(MODEL)} == {(6.5, 2)}
    assert next_event_s(rested, calm) == float("inf")
    assert {node.market for node in rested.nodes} == {"on-demand"}


@settings(max_examples=40, deadline=None)
@given(loads, pulls)
def test_autoscalers_keep_their_bounds_whatever_they_read(shares: list[float], pulled: Pulled) -> None:
    orders = setting({**pulled, "serving.replicas/model-server": 0.0, "serving.replicas/feature-server": 0.0})
    scaler = orders.deployment(MODEL).autoscaler
    state, draw, ticks = FleetState.standard(orders), Draw(5, 0.0), []
    for k, share in enumerate(shares, start=1):
        ready = len(state.ready(MODEL))
        ticks.append(Tick(busy_s=share * ready * SYNC_S, replica_s=ready * SYNC_S, concurrency=share * 400.0, arrivals=share * 100.0, waiting=float(not ready)))
        now_s = k * SYNC_S
        while next_event_s(state, orders) <= now_s:
            state, _ = advance(state, orders, max(next_event_s(state, orders), now_s - SYNC_S), draw)
        state, events = follow(state, orders, now_s, {MODEL: ticks[-20:]})
        if events:
            state, _ = advance(state, orders, now_s, draw)
        if scaler.kind != "off":
            assert scaler.min <= state.memory(MODEL).desired <= scaler.max
        assert state.memory(FETCH).desired == 2


@settings(max_examples=100, deadline=None)
@given(loads, st.sampled_from(["hpa", "kpa"]), st.sampled_from([0.0, 45.0, 300.0]), st.one_of(st.just(1), st.integers(1, 8)))
def test_looks_on_a_clock_that_is_set_anew_each_time_are_the_same_looks(shares: list[float], kind: str, window_s: float, replicas: int) -> None:
    orders = setting({"autoscaler.kind/model-server": kind, "autoscaler.window_s/model-server": window_s, "autoscaler.min/model-server": 1.0 if kind == "hpa" else 0.0})
    whole = anew = FleetState.standard(orders, {MODEL: replicas})
    ticks = [Tick(busy_s=share * replicas * SYNC_S, replica_s=replicas * SYNC_S, concurrency=(share - 0.3) * 900.0 if share > 0.3 else 0.0) for share in shares]
    for k in range(1, len(ticks) + 1):
        whole, events = follow(whole, orders, k * SYNC_S, {MODEL: ticks[:k]})
        anew, again = follow(anew, orders, SYNC_S, {MODEL: ticks[:k]})
        anew = anew.later(SYNC_S)
        assert anew == whole.later(k * SYNC_S)
        assert [(event.kind, event.place, event.text) for event in again] == [(event.kind, event.place, event.text) for event in events]

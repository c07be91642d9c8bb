"""Autoscalers over time: what they remember between looks, and what they then ask for."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from simulator.fleet.clock import SYNC_S
from simulator.fleet.events import FleetEvent
from simulator.fleet.in_force import FleetSetting
from simulator.fleet.readings import Tick, panic_ticks, per_replica, stable_ticks, ticks_kept, total
from simulator.fleet.state import FleetState
from simulator.fleet.steps import follow
from tests.simulator.fleet.fleets import CALM, FETCH, MODEL, STANDARD, run, setting

KPA = {"autoscaler.kind/model-server": "kpa", "autoscaler.target/model-server": 10.0, "autoscaler.max/model-server": 8.0}


def busy(share: float, replicas: int = 3) -> Tick:
    return Tick(busy_s=share * replicas * SYNC_S, replica_s=replicas * SYNC_S)


def looks(state: FleetState, orders: FleetSetting, ticks: Sequence[Tick], carried_out: bool = True) -> tuple[FleetState, list[int], list[FleetEvent]]:
    """A look after each of `ticks` of the model server; the count asked for after each. Pods follow, and are ready, unless `carried_out` is off."""
    counts, events = [], []
    for k in range(1, len(ticks) + 1):
        state, decided = follow(state, orders, k * SYNC_S, {MODEL: ticks[max(0, k - ticks_kept(orders)) : k]})
        counts.append(state.memory(MODEL).desired)
        events += decided
        if decided and carried_out:
            memories = state.memories
            state = FleetState.standard(orders, {memory.service: memory.desired for memory in memories})
            state = FleetState(state.nodes, state.pods, memories, state.lost, state.next_node, state.next_pod)
    return state, counts, events


def test_in_calm_a_look_changes_nothing_and_is_not_remembered() -> None:
    state, counts, events = looks(CALM, STANDARD, [busy(share) for share in (0.46, 0.2, 0.64, 0.7, 0.05)])
    assert (state, counts, events) == (CALM, [3] * 5, [])


def test_a_reading_is_the_mean_of_the_last_minute_per_ready_replica() -> None:
    model = STANDARD.deployment(MODEL)
    ticks = [busy(1.0), busy(0.5), busy(0.5, replicas=1), Tick()]
    assert per_replica(model, "gpu", ticks) == (3 * 1.0 + 3 * 0.5 + 0.5) / 7
    assert per_replica(model, "cpu", ticks) == 5.0 * 0.15 / 7
    assert per_replica(model, "gpu", [Tick()]) is None
    waiting = [Tick(replica_s=30.0, concurrency=6.0, arrivals=150.0), Tick(replica_s=60.0, concurrency=12.0, arrivals=300.0)]
    assert (total("concurrency", waiting), total("rate", waiting)) == (9.0, 15.0)
    assert (per_replica(model, "concurrency", waiting), per_replica(model, "rate", waiting)) == (3.0, 5.0)


def test_the_window_of_a_kpa_is_a_minute_and_its_panic_window_a_tenth_but_at_least_one_tick() -> None:
    assert [(stable_ticks(window_s), panic_ticks(window_s)) for window_s in (0.0, 30.0, 60.0, 300.0, 600.0)] == [(1, 1), (2, 1), (4, 1), (20, 2), (40, 4)]
    assert ticks_kept(setting(KPA | {"autoscaler.window_s/model-server": 300.0})) == 20


def test_an_hpa_goes_up_at_once_as_far_as_one_period_allows() -> None:
    # All busy: ceil(3 / 0.75) = 4, then ceil(4 / 0.75) = 6, then 8, its most.
    _, counts, events = looks(CALM, STANDARD, [busy(1.0)] * 4)
    assert counts == [4, 6, 8, 8]
    assert [(event.at_s, event.kind, event.place) for event in events] == [(15.0, "scaled-up", MODEL), (30.0, "scaled-up", MODEL), (45.0, "scaled-up", MODEL)]
    assert events[0].text == "model-server from 3 to 4 replicas: gpu 1 per replica, target 0.75"


def test_pods_on_their_way_keep_an_hpa_from_asking_again() -> None:
    state, _ = follow(CALM, STANDARD, 15.0, {MODEL: [busy(1.0)]})
    state, _ = run(state, STANDARD, 15.0, 15.0)
    after, events = follow(state, STANDARD, 30.0, {MODEL: [busy(1.0)]})
    # 3 ready with 4 of work for 4 pods: on target.
    assert (after.memory(MODEL).desired, events) == (4, ())


def test_an_hpa_goes_down_to_the_largest_count_of_the_last_five_minutes() -> None:
    ticks = [busy(1.0)] * 2 + [busy(0.6, 6)] * 4 + [busy(0.3, 6)] * 24
    _, counts, events = looks(CALM, STANDARD, ticks)
    # Over the last minute: 6 is recommended up to 75 s, 5 up to 105 s, 4 at 120 s, 3 from then on; each holds for 300 s.
    assert counts[:2] == [4, 6]
    assert counts[2:24] == [6] * 22
    assert [(event.at_s, event.text[:37]) for event in events[2:]] == [
        (375.0, "model-server from 6 to 5 replicas: gp"),
        (405.0, "model-server from 5 to 4 replicas: gp"),
        (420.0, "model-server from 4 to 3 replicas: gp"),
    ]


def test_an_autoscaler_without_memory_starts_from_the_count_of_now() -> None:
    state = FleetState.standard(STANDARD, {MODEL: 6})
    _, counts, events = looks(state, STANDARD, [busy(0.1, 6)] * 21)
    assert counts == [6] * 20 + [3]
    assert [(event.at_s, event.kind) for event in events] == [(315.0, "scaled-down")]


def test_a_stabilisation_of_nothing_lets_an_hpa_go_down_at_once() -> None:
    orders = setting({"autoscaler.window_s/model-server": 0.0})
    _, counts, _ = looks(FleetState.standard(orders, {MODEL: 6}), orders, [busy(0.1, 6)])
    assert counts == [3]


@given(st.lists(st.floats(0.0, 1.0), min_size=1, max_size=60))
def test_an_hpa_never_goes_below_what_it_recommended_in_its_window(shares: list[float]) -> None:
    """With what was read only at each look: as in a world where pods take for ever to start, the ready ones stay three."""
    from simulator.fleet.autoscaling import hpa_desired

    state, counts, _ = looks(CALM, STANDARD, [busy(share) for share in shares], carried_out=False)
    raw = []
    for k in range(1, len(shares) + 1):
        window = shares[max(0, k - 4) : k]
        before = counts[k - 2] if k > 1 else 3
        # The pods of the state are three, so the rule sees three ready ones and the count that was asked for before.
        raw.append(hpa_desired(before, sum(window) / len(window), 0.75, 3))
        assert counts[k - 1] >= min(max(raw[-20:]), 8)
    assert all(3 <= count <= 8 for count in counts)
    assert list(state.memory(MODEL).recommendations) == sorted(state.memory(MODEL).recommendations, key=lambda made: (made[0], -made[1]))


def test_a_pinned_count_is_left_alone_and_memory_goes() -> None:
    hot, _ = follow(CALM, STANDARD, 15.0, {MODEL: [busy(1.0)]})
    assert hot.memory(MODEL).recommendations == ((15.0, 4),)
    pinned = setting({"serving.replicas/model-server": 4.0})
    after, events = follow(hot, pinned, 30.0, {MODEL: [busy(1.0)]})
    assert (after.memory(MODEL).desired, after.memory(MODEL).recommendations, events) == (4, (), ())


def test_new_bounds_hold_at_the_next_look() -> None:
    for pulled, count in (({"autoscaler.max/model-server": 1.0}, 1), ({"autoscaler.min/model-server": 5.0}, 5)):
        state, _ = follow(CALM, setting(pulled), 15.0, {})
        assert state.memory(MODEL).desired == count


def test_an_autoscaler_that_follows_cpu_leaves_a_busy_card_alone() -> None:
    _, counts, _ = looks(CALM, setting({"autoscaler.signal/model-server": "cpu", "autoscaler.target/model-server": 0.75}), [busy(1.0)] * 8)
    assert counts == [3] * 8


def load(concurrency: float, waiting: float = 0.0) -> Tick:
    return Tick(replica_s=45.0, concurrency=concurrency, waiting=waiting)


def test_a_kpa_follows_the_stable_window() -> None:
    orders = setting(KPA | {"autoscaler.min/model-server": 1.0})
    # At 7 for each replica; means of the minute are 21, 24, 28, 30, 26 and 20.5.
    _, counts, events = looks(CALM, orders, [load(21.0), load(27.0), load(36.0), load(36.0), load(5.0), load(5.0)])
    assert counts == [3, 4, 4, 5, 4, 3]
    assert [event.kind for event in events] == ["scaled-up", "scaled-up", "scaled-down", "scaled-down"]


def test_a_kpa_panics_on_one_tick_goes_up_at_once_and_not_down_for_a_stable_window() -> None:
    orders = setting(KPA | {"autoscaler.min/model-server": 1.0})
    ticks = [load(18.0)] * 3 + [load(49.0)] + [load(0.7)] * 7
    _, counts, events = looks(CALM, orders, ticks)
    # 49 are 7 of 7, more than twice 3: panic at 60 s. The first look more than 60 s later, at 135 s, leaves it; then at most half go at a look.
    assert counts == [3, 3, 3, 7, 7, 7, 7, 7, 3, 1, 1]
    assert [(event.at_s, event.kind) for event in events] == [
        (60.0, "panic-entered"),
        (60.0, "scaled-up"),
        (135.0, "panic-left"),
        (135.0, "scaled-down"),
        (150.0, "scaled-down"),
    ]


def test_a_kpa_goes_to_zero_a_grace_period_after_an_empty_stable_window_and_comes_back_for_who_waits() -> None:
    orders = setting(KPA | {"autoscaler.min/model-server": 0.0})
    one = FleetState.standard(orders, {MODEL: 1})
    ticks = [load(2.0)] + [load(0.0)] * 8 + [load(0.0, waiting=1.0)]
    _, counts, events = looks(one, orders, ticks)
    # The stable window is empty from 75 s on; 30 s later none is left.
    assert counts == [1, 1, 1, 1, 1, 1, 0, 0, 0, 1]
    assert [(event.at_s, event.kind) for event in events] == [(105.0, "scaled-down"), (150.0, "scaled-up")]


def test_each_service_has_its_own_autoscaler() -> None:
    state, events = follow(CALM, STANDARD, 15.0, {MODEL: [busy(0.4)], FETCH: [Tick(busy_s=30.0, replica_s=30.0)]})
    # Two feature servers without a pause burn 0.3 of their processors.
    assert (state, events) == (CALM, ())
    low = setting({"autoscaler.target/feature-server": 0.15})
    state, events = follow(CALM, low, 15.0, {MODEL: [busy(0.4)], FETCH: [Tick(busy_s=30.0, replica_s=30.0)]})
    assert [(memory.service, memory.desired) for memory in state.memories] == [(FETCH, 4), (MODEL, 3)]
    assert [(event.kind, event.place) for event in events] == [("scaled-up", FETCH)]

"""Laws of the fleet under the service: replicas follow demand with their lag, nothing is lost uncounted, and neither cut nor fork changes a bit."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.catalogue import LEVERS
from simulator.dataplane import exact, history
from simulator.dataplane.service import ServicePlane
from simulator.dataplane.staffing import Staffing
from simulator.dataplane.windows import COLUMN, MEASURES, WINDOW_S
from simulator.levers import Levers
from simulator.nature.traffic import Traffic
from simulator.spec import load_system
from simulator.timeline import Edit, Value

Pull = tuple[float, str, Value]
NOON_S = 43_200.0
SCALING: tuple[Pull, ...] = (
    (NOON_S, "autoscaler.min/model-server", 1.0),
    (NOON_S + 1200.0, "nature.campaign", 1.5),
    (NOON_S + 2100.0, "pool.lost/gpu", 1.0),
    (NOON_S + 4800.0, "nature.campaign", 0.0),
)
"""The model server may go down to one replica, then a campaign comes, a node is lost, and demand falls again."""
OVER_S = NOON_S + 7200.0


def plane(*pulls: Pull, exact_from_s: float = NOON_S, seed: int = 3) -> ServicePlane:
    """The service of card-fraud with its fleet, without a world around it."""
    spec, levers = load_system("card-fraud"), made(pulls)
    return ServicePlane(seed, spec.service, levers, Traffic(seed, spec.traffic, levers), exact_from_s, spec.fleet, spec.callers)


def made(pulls: Iterable[Pull]) -> Levers:
    return Levers(LEVERS, [Edit(at_s, lever, value, "test", "") for at_s, lever, value in pulls])


def shown(of: ServicePlane, until_s: float = OVER_S) -> tuple[list[np.ndarray], list[object]]:
    """All numbers and events up to a moment."""
    windows = of.windows(0.0, until_s)
    return [*(getattr(windows, name) for name in MEASURES), of.fleet_table(0.0, until_s)], [*of.fleet_events(0.0, until_s), of.fleet_now()]


def assert_same(one: ServicePlane, other: ServicePlane, until_s: float = OVER_S) -> None:
    (numbers, events), (others, other_events) = shown(one, until_s), shown(other, until_s)
    for left, right in zip(numbers, others, strict=True):
        assert np.array_equal(left, right, equal_nan=True)
    assert events == other_events


EXACT_FROM = st.sampled_from((0.0 + NOON_S - 900.0, NOON_S + 1800.0, float("inf")))


@settings(max_examples=12, deadline=None)
@given(st.lists(st.floats(NOON_S - 600.0, OVER_S), max_size=6), EXACT_FROM)
def test_settling_in_any_pieces_is_settling_at_once(cuts: list[float], exact_from_s: float) -> None:
    pieces = plane(*SCALING, exact_from_s=exact_from_s)
    for cut in cuts:
        pieces.settle(cut)
    assert_same(pieces, plane(*SCALING, exact_from_s=exact_from_s))


@settings(max_examples=12, deadline=None)
@given(st.integers(0, int(OVER_S - NOON_S) // 300), st.booleans(), EXACT_FROM)
def test_a_fork_is_a_run_through(window: int, ahead: bool, exact_from_s: float) -> None:
    at_s = NOON_S + window * WINDOW_S
    parent = plane(*(pull for pull in SCALING if pull[0] < at_s), exact_from_s=exact_from_s)
    parent.settle(OVER_S if ahead else at_s)
    assert_same(parent.fork(at_s, made(SCALING)), plane(*SCALING, exact_from_s=exact_from_s))


def test_a_history_in_the_middle_of_a_change_becomes_exact_where_a_fork_asks_for_it() -> None:
    past = plane(*SCALING, exact_from_s=float("inf"))
    past.settle(OVER_S)
    for at_s in (NOON_S, NOON_S + 1500.0, NOON_S + 2400.0):
        assert_same(past.fork(at_s, made(SCALING), exact_from_s=at_s), plane(*SCALING, exact_from_s=at_s))


def test_worlds_that_share_outcomes_show_what_each_shows_alone() -> None:
    worlds = [SCALING[:count] for count in range(len(SCALING) + 1)]
    exact.outcome.cache_clear()
    together = [shown(plane(*pulls)) for pulls in worlds]
    for pulls, (numbers, events) in zip(worlds, together, strict=True):
        exact.outcome.cache_clear()
        alone, alone_events = shown(plane(*pulls))
        assert all(np.array_equal(left, right, equal_nan=True) for left, right in zip(numbers, alone, strict=True))
        assert events == alone_events


@pytest.mark.parametrize("pulls", [(), SCALING], ids=["calm", "scaling"])
def test_looks_that_are_left_out_would_have_changed_nothing(pulls: tuple[Pull, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    quick = plane(*pulls)
    quick.settle(OVER_S)
    exact.outcome.cache_clear()
    monkeypatch.setattr(Staffing, "_content", lambda *_: False)
    thorough = plane(*pulls)
    numbers, events = shown(thorough)
    quick_numbers, quick_events = shown(quick)
    assert all(np.array_equal(left, right, equal_nan=True) for left, right in zip(numbers, quick_numbers, strict=True))
    assert events == quick_events
    exact.outcome.cache_clear()


def test_orders_that_concern_no_service_cut_time_and_change_no_bit() -> None:
    elsewhere = tuple((NOON_S + at_s, "pool.training/train-spot", nodes) for at_s, nodes in ((400.0, 2.0), (1307.0, 1.0), (2400.0, 0.0), (2955.5, 2.0)))
    for exact_from_s in (NOON_S, float("inf")):
        assert_same(plane(*SCALING, *elsewhere, exact_from_s=exact_from_s), plane(*SCALING, exact_from_s=exact_from_s))


def test_every_request_is_answered_or_counted_among_those_that_were_not() -> None:
    retrying = ((NOON_S, "callers.attempts", 3.0), (NOON_S + 1200.0, "serving.queue_limit/model-server", 4.0))
    seen = plane(*SCALING, *retrying, exact_from_s=0.0).windows(0.0, OVER_S)
    assert np.array_equal(np.cumsum(seen.requests), np.cumsum(seen.answered + seen.timed_out) + seen.in_flight)
    assert (seen.rejected + seen.lost <= seen.timed_out).all()
    assert (seen.unserved <= seen.timed_out).all()
    assert min(seen.retries.sum(), seen.rejected.sum(), seen.lost.sum(), seen.unserved.sum()) > 0


def test_replicas_come_and_go_one_by_one_and_none_is_forgotten() -> None:
    scaled = plane(*SCALING)
    ready = {"feature-server": 2, "model-server": 3}
    for event in scaled.fleet_events(0.0, OVER_S):
        if event.joins:
            assert event.replica == ready[event.place]
            ready[event.place] += 1
        elif event.leaves:
            assert event.replica < ready[event.place]
            ready[event.place] -= 1
    state = scaled.fleet_now()
    assert state is not None
    assert {service: len(state.ready(service)) for service in ready} == ready
    for service in ready:
        last = scaled.fleet_windows(OVER_S - WINDOW_S, OVER_S).services[service]
        assert last.desired == [len(state.ready(service)) + last.starting[0] + last.pending[0]]


def test_node_seconds_are_those_of_all_nodes_together() -> None:
    scaled = plane(*SCALING)
    windows = scaled.fleet_windows(NOON_S, OVER_S)
    here, changes = 2, []
    for event in scaled.fleet_events(NOON_S, OVER_S):
        if event.place == "gpu" and event.kind in ("node-ready", "node-removed", "node-lost", "node-gone"):
            changes.append((event.at_s, 1 if event.kind == "node-ready" else -1))
    assert len(changes) >= 3
    total = 0.0
    for (since_s, step), (until_s, _) in pairwise([(NOON_S, 0), *changes, (OVER_S, 0)]):
        here += step
        total += here * (until_s - since_s)
    assert windows.pools["gpu"].on_demand_s.sum() == pytest.approx(total, rel=1e-5)
    assert windows.pools["gpu"].spot_s.sum() == 0.0
    assert windows.pools["cpu"].on_demand_s.tolist() == [2 * WINDOW_S] * len(windows.start_s)


def test_another_autoscaler_meets_the_same_requests() -> None:
    scaled, fixed = plane(*SCALING).windows(0.0, OVER_S), plane(*SCALING[1:], (NOON_S, "autoscaler.kind/model-server", "off")).windows(0.0, OVER_S)
    assert np.array_equal(scaled.requests, fixed.requests)
    assert not np.array_equal(scaled.mean_ms, fixed.mean_ms, equal_nan=True)


def test_an_autoscaler_that_follows_gpus_scales_up_under_a_campaign_with_the_lag_of_pods_and_nodes() -> None:
    low, campaign_s = (NOON_S, "autoscaler.min/model-server", 1.0), NOON_S + 1200.0
    followed = plane(low, (campaign_s, "nature.campaign", 1.5))
    events = [event for event in followed.fleet_events(campaign_s, OVER_S) if event.place in ("model-server", "gpu")]
    first = {kind: next(event.at_s for event in events if event.kind == kind) for kind in ("scaled-up", "pod-ready", "node-asked", "node-ready")}
    assert 15.0 <= first["scaled-up"] - campaign_s <= 60.0
    assert first["scaled-up"] % 15.0 == 0.0
    # 1.5 GB of model at 0.5 GB/s and 20 s of warming up, on a node that has the image.
    assert first["pod-ready"] - first["scaled-up"] == pytest.approx(23.0)
    assert first["node-ready"] - first["node-asked"] == pytest.approx(150.0)
    on_new_node = [event.at_s for event in events if event.kind == "pod-ready" and event.at_s > first["node-ready"]]
    # There the image has to be pulled first: 6.5 GB at 0.15 GB/s.
    assert on_new_node[0] - first["node-ready"] == pytest.approx(6.5 / 0.15 + 23.0, abs=0.01)
    seen = followed.windows(NOON_S, OVER_S)
    assert seen.timed_out.sum() > 500
    assert seen.timed_out[6:].sum() == 0
    assert seen.model_server_utilisation[-1] < 0.75 * 1.1


def test_an_autoscaler_that_follows_the_processor_of_a_service_on_gpus_never_notices() -> None:
    blind = plane((NOON_S, "autoscaler.min/model-server", 1.0), (NOON_S, "autoscaler.signal/model-server", "cpu"), (NOON_S + 1200.0, "nature.campaign", 1.5))
    assert not [event for event in blind.fleet_events(NOON_S, OVER_S) if event.kind == "scaled-up"]
    replicas = blind.fleet_windows(OVER_S - 3600.0, OVER_S).services["model-server"]
    assert replicas.gpu.min() > 0.99
    assert replicas.cpu.max() < 0.2
    assert blind.windows(OVER_S - 3600.0, OVER_S).timed_out.min() > 1000


@pytest.mark.parametrize("after_s", [0.0, 12.0])
@pytest.mark.parametrize("replicas", [1.0, 5.0])
def test_bounds_that_leave_one_number_are_brought_about_whenever_they_are_set(after_s: float, replicas: float) -> None:
    bound = plane(*((NOON_S + after_s, f"autoscaler.{which}/model-server", replicas) for which in ("max", "min")))
    bound.settle(NOON_S + 3600.0)
    assert len(bound.fleet_now().ready("model-server")) == replicas


def test_replicas_set_by_hand_come_with_their_lag_and_the_autoscaler_leaves_them_alone() -> None:
    pinned = plane((NOON_S + 100.0, "serving.replicas/model-server", 5.0), (NOON_S + 1300.0, "nature.campaign", 2.0))
    replicas = pinned.fleet_windows(NOON_S, OVER_S).services["model-server"]
    assert 3.0 < replicas.ready[0] < 5.0
    assert replicas.ready[2:].tolist() == [5.0] * (len(replicas.ready) - 2)
    assert pinned.windows(NOON_S, OVER_S).replica_cost[-1] == pytest.approx((2 * 0.31 + 5 * 0.62) / 12, rel=1e-5)


def test_a_change_in_history_is_served_exactly_until_the_service_has_come_to_rest() -> None:
    slow: tuple[Pull, ...] = ((NOON_S + 100.0, "serving.slowdown/model-server", 3.0), (NOON_S + 3700.0, "serving.slowdown/model-server", 1.0))
    past, present = plane(*slow, exact_from_s=float("inf")), plane(*slow)
    rows, others = (of.windows(NOON_S, NOON_S + 900.0) for of in (past, present))
    for name in MEASURES:
        assert np.array_equal(getattr(rows, name), getattr(others, name), equal_nan=True), name
    events = past.fleet_events(NOON_S, NOON_S + 900.0)
    assert events == present.fleet_events(NOON_S, NOON_S + 900.0)
    assert {event.kind for event in events} >= {"scaled-up", "pod-ready"}
    # At rest with more replicas, as long as the model is slow, and back to three after that.
    assert past.fleet_windows(NOON_S + 2400.0, NOON_S + 3600.0).services["model-server"].ready.min() >= 4.0
    assert past.fleet_windows(OVER_S - 600.0, OVER_S).services["model-server"].ready.tolist() == [3.0, 3.0]


def test_a_history_with_many_exact_windows_goes_on_without_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "MOST_EXACT", 6)
    slow = ((NOON_S + 100.0, "online.slowdown", 9.0), (NOON_S + 3600.0, "serving.replicas/model-server", 5.0))
    short, pieces = plane(*slow, exact_from_s=float("inf")), plane(*slow, exact_from_s=float("inf"))
    for until_s in np.arange(NOON_S, OVER_S, 700.0):
        pieces.settle(until_s)
    assert_same(short, pieces)
    monkeypatch.undo()
    whole = plane(*slow, exact_from_s=float("inf"))
    for name in ("default_filled", "answered", "mean_ms", "feature_server_utilisation"):
        values = [getattr(of.windows(NOON_S + 3000.0, OVER_S), name).mean() for of in (short, whole)]
        assert values[0] == pytest.approx(values[1], rel=0.1), name
    assert short.fleet_windows(NOON_S, OVER_S).services["model-server"].ready[-1] == 5.0


def test_history_and_exact_windows_hold_the_same_replicas_through_a_day() -> None:
    pulls = ((600.0, "autoscaler.min/model-server", 1.0), (600.0, "autoscaler.target/model-server", 0.3))
    past, present = (plane(*pulls, exact_from_s=from_s).fleet_windows(0.0, 86_400.0).services["model-server"].ready for from_s in (float("inf"), 0.0))
    assert past.min() >= 1.0
    assert np.unique(np.round(past)).size >= 3
    assert past.mean() == pytest.approx(present.mean(), rel=0.1)
    assert (np.abs(past - present) < 1.01).mean() > 0.95


def test_columns_of_a_row_are_named_in_order() -> None:
    row = plane().windows(NOON_S, NOON_S + WINDOW_S)
    assert tuple(COLUMN) == MEASURES
    assert [getattr(row, name)[0] for name in MEASURES[-4:]] == [0.0, 0.0, 0.0, 0.0]

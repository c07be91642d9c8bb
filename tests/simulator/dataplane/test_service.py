"""The service plane: conservation, what its levers do, sharing between worlds, forks and traces."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from simulator.dataplane import exact
from simulator.dataplane.service import ServicePlane
from simulator.dataplane.stations import ServiceSpec, StationSpec
from simulator.dataplane.windows import MEASURES, WINDOW_S, ServiceWindows
from simulator.levers import Levers

Made = Callable[..., ServicePlane]
NOON_S = 43_200.0
SLOW = (NOON_S + 700.0, "serving.slowdown/model-server", 5.0)
CURE = (NOON_S + 2000.5, "serving.replicas/model-server", 8.0)


def same(one: ServiceWindows, other: ServiceWindows) -> bool:
    return all(np.array_equal(getattr(one, name), getattr(other, name), equal_nan=True) for name in ("start_s", *MEASURES))


def test_every_request_that_arrived_was_answered_or_timed_out_or_is_in_flight(plane: Made) -> None:
    seen = plane(SLOW, CURE, (NOON_S + 2600.0, "online.slowdown", 9.0)).windows(0.0, NOON_S + 3600.0)
    assert np.array_equal(np.cumsum(seen.requests), np.cumsum(seen.answered + seen.timed_out) + seen.in_flight)
    assert seen.timed_out.sum() > 100
    assert (seen.default_filled <= seen.answered).all()
    assert seen.requests.sum() == plane().traffic.arrivals(0.0, NOON_S + 3600.0).size


def test_a_quiet_service_takes_the_sum_of_its_means(plane: Made) -> None:
    spec = ServiceSpec(StationSpec(20, 35.0, 0.0), StationSpec(20, 60.0, 0.0, "shortest"), 250.0, 2000.0)
    seen = plane((0.0, "nature.campaign", -0.9), spec=spec).windows(0.0, 3600.0)
    assert seen.p50_ms == pytest.approx(95.0, abs=1e-3)
    assert seen.model_queue_ms.max() == 0.0


def test_stage_means_add_up_to_the_whole(plane: Made) -> None:
    seen = plane(SLOW).windows(NOON_S, NOON_S + 3600.0)
    stages = seen.fetch_queue_ms + seen.fetch_compute_ms + seen.model_queue_ms + seen.model_compute_ms
    assert stages == pytest.approx(seen.mean_ms, rel=1e-4)
    assert (seen.p50_ms <= seen.p95_ms).all()
    assert (seen.p95_ms <= seen.p99_ms).all()


def test_a_slow_model_server_times_callers_out_until_replicas_are_added(plane: Made) -> None:
    seen = plane(SLOW, CURE, exact_from_s=NOON_S).windows(NOON_S, NOON_S + 3600.0)
    assert seen.timed_out[:2].sum() == 0
    assert (seen.timed_out[3:6] > 0.1 * seen.requests[3:6]).all()
    assert seen.timed_out[8:].sum() < 0.01 * seen.requests[8:].sum()
    assert seen.model_server_utilisation[4] > 0.9
    assert seen.replica_cost[4] == pytest.approx((0.5 + 2 * 1.0) / 12, rel=1e-5)
    assert seen.replica_cost[-1] == pytest.approx((0.5 + 8 * 1.0) / 12, rel=1e-5)


def test_a_slow_store_fills_defaults_and_hardly_slows_the_answer_beyond_the_fetch_timeout(plane: Made) -> None:
    world = plane((NOON_S, "online.slowdown", 12.0), exact_from_s=NOON_S)
    seen = world.windows(NOON_S, NOON_S + 3000.0)
    share = world.default_fill_share(np.array([NOON_S + 1.0, NOON_S + 1600.0]))
    assert share == pytest.approx(seen.default_filled[[0, 5]] / seen.answered[[0, 5]])
    assert share.min() > 0.7
    assert seen.timed_out.sum() == 0
    assert seen.fetch_queue_p99_ms.max() <= 250.0


def test_a_longer_fetch_timeout_trades_defaults_for_time(plane: Made) -> None:
    slow = (NOON_S, "online.slowdown", 2.5)
    short, long = (plane(slow, (NOON_S, "serving.fetch_timeout_ms", ms), exact_from_s=NOON_S).windows(NOON_S, NOON_S + 3000.0) for ms in (150.0, 1500.0))
    assert short.default_filled.sum() > 2 * long.default_filled.sum()
    assert short.mean_ms.mean() < long.mean_ms.mean()


def test_a_rolling_restart_is_felt_while_it_lasts(plane: Made) -> None:
    spec = ServiceSpec(StationSpec(3, 35.0), StationSpec(2, 140.0, restart_s=150.0), 250.0, 5000.0)
    calm, restarted = (plane(*pulls, exact_from_s=NOON_S, spec=spec).windows(NOON_S, NOON_S + 1200.0) for pulls in ((), ((NOON_S + 300.0, "serving.restart/model-server", "r1"),)))
    assert restarted.p99_ms[1] > 2 * calm.p99_ms[1]
    assert restarted.p50_ms[3] == calm.p50_ms[3]
    assert np.array_equal(restarted.replica_cost, calm.replica_cost)


def test_a_lever_pulled_to_where_it_stands_changes_no_bit(plane: Made) -> None:
    untouched = plane(SLOW, exact_from_s=NOON_S).windows(NOON_S, NOON_S + 2400.0)
    pulled = plane(SLOW, (NOON_S + 1000.1, "online.slowdown", 1.0), (NOON_S + 1234.5, "serving.replicas/model-server", 2.0), exact_from_s=NOON_S)
    assert same(pulled.windows(NOON_S, NOON_S + 2400.0), untouched)


def test_results_shared_between_worlds_are_those_that_each_computes_alone(plane: Made) -> None:
    worlds = [(), (SLOW,), (SLOW, CURE), (CURE,)]
    exact.outcome.cache_clear()
    together = [plane(*pulls, exact_from_s=NOON_S).windows(NOON_S, NOON_S + 3600.0) for pulls in worlds]
    shared = exact.outcome.cache_info().hits
    assert shared > 0
    for pulls, seen in zip(worlds, together, strict=True):
        exact.outcome.cache_clear()
        assert same(plane(*pulls, exact_from_s=NOON_S).windows(NOON_S, NOON_S + 3600.0), seen)


def test_worlds_meet_again_once_the_fault_is_gone(plane: Made) -> None:
    exact.outcome.cache_clear()
    calm, hurt = plane(exact_from_s=NOON_S), plane(SLOW, (NOON_S + 1500.0, "serving.slowdown/model-server", 1.0), exact_from_s=NOON_S)
    last = (NOON_S + 6000.0, NOON_S + 9000.0)
    expected = calm.windows(*last)
    computed = exact.outcome.cache_info().misses
    assert same(hurt.windows(*last), expected)
    assert exact.outcome.cache_info().misses - computed < 15


def test_a_world_run_through_and_one_forked_on_the_way_are_identical(plane: Made, levers: Callable[..., Levers]) -> None:
    for exact_from_s in (0.0, NOON_S - 600.0, NOON_S + 450.0, np.inf):
        before = plane(exact_from_s=exact_from_s)
        before.settle(NOON_S + 1200.0)
        forked = before.fork(NOON_S + 650.0, levers(SLOW))
        through = plane(SLOW, exact_from_s=exact_from_s)
        assert same(forked.windows(0.0, NOON_S + 3000.0), through.windows(0.0, NOON_S + 3000.0))
        assert same(before.windows(0.0, NOON_S + 3000.0), plane(exact_from_s=exact_from_s).windows(0.0, NOON_S + 3000.0)), "the parent is untouched"


def test_history_built_once_becomes_exact_from_the_fork_on(plane: Made, levers: Callable[..., Levers]) -> None:
    history = plane(exact_from_s=np.inf)
    history.settle(NOON_S)
    forked = history.fork(NOON_S, levers(SLOW), exact_from_s=NOON_S)
    assert same(forked.windows(0.0, NOON_S + 1800.0), plane(SLOW, exact_from_s=NOON_S).windows(0.0, NOON_S + 1800.0))
    with pytest.raises(ValueError, match="cannot become exact"):
        history.fork(NOON_S, levers(), exact_from_s=NOON_S - 3600.0)


def test_reading_often_and_reading_once_show_the_same(plane: Made) -> None:
    often, once = plane(SLOW, exact_from_s=NOON_S), plane(SLOW, exact_from_s=NOON_S)
    for until_s in np.arange(NOON_S - 5000.0, NOON_S + 3000.0, 433.0):
        often.windows(until_s - 900.0, until_s)
        often.traces(until_s - 600.0, until_s, 3)
    assert same(often.windows(0.0, NOON_S + 3000.0), once.windows(0.0, NOON_S + 3000.0))


def test_only_complete_windows_are_shown(plane: Made) -> None:
    seen = plane(exact_from_s=NOON_S).windows(NOON_S - 610.0, NOON_S + 899.0)
    assert seen.start_s.tolist() == [NOON_S - 600.0, NOON_S - 300.0, NOON_S, NOON_S + 300.0]
    assert plane().windows(100.0, 200.0).start_s.size == 0


def test_a_window_without_requests_measures_nothing(plane: Made) -> None:
    seen = plane((0.0, "nature.campaign", -1.0)).windows(0.0, 2 * WINDOW_S)
    assert seen.requests.tolist() == [0.0, 0.0]
    assert np.isnan(seen.p99_ms).all()
    assert seen.model_server_utilisation.tolist() == [0.0, 0.0]


def test_traces_are_requests_of_the_span_whose_stages_add_up(plane: Made) -> None:
    world = plane(SLOW, (NOON_S, "online.slowdown", 3.0), exact_from_s=NOON_S)
    traces = world.traces(NOON_S - 3600.0, NOON_S + 2400.0, 200)
    assert traces.at_s.size == 200
    assert (np.diff(traces.at_s) >= 0).all()
    assert np.isin(traces.at_s, world.traffic.arrivals(NOON_S - 10.0, NOON_S + 2400.0)).all()
    assert traces.fetch_queue_ms + traces.fetch_compute_ms + traces.model_queue_ms + traces.model_compute_ms == pytest.approx(traces.total_ms, rel=1e-4)
    assert traces.total_ms[~traces.answered] == pytest.approx(2000.0)
    assert (traces.fetch_queue_ms + traces.fetch_compute_ms)[traces.default_filled] == pytest.approx(250.0, rel=1e-4)
    assert traces.default_filled.any()
    assert not traces.answered.all()
    assert world.traces(0.0, NOON_S, 10).at_s.size == 0


def test_fewer_traces_are_some_of_the_more(plane: Made) -> None:
    world = plane(exact_from_s=NOON_S)
    few, many = (world.traces(NOON_S, NOON_S + 1200.0, n).at_s for n in (20, 300))
    assert np.isin(few, many).all()


def test_unknown_times_have_no_share_of_defaults(plane: Made) -> None:
    assert plane().default_fill_share(np.array([10.0, 200.0])).tolist() == [0.0, 0.0]
    assert plane().default_fill_share(np.empty(0)).size == 0

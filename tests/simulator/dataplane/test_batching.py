"""Dynamic batching on cases done by hand, its loop in both forms, and at the model server among all else that it does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from simulator.dataplane import surfaces
from simulator.dataplane.batch_kernel import batches
from simulator.dataplane.batching import BatchBacklog, Batching, serve_in_batches
from simulator.dataplane.queues import CALL, Backlog, on_ticks
from simulator.dataplane.service import ServicePlane
from simulator.dataplane.settings import InForce
from simulator.dataplane.stations import (
    ANSWERED,
    AT,
    END,
    FETCH_COMPUTE,
    FETCH_QUEUE,
    FILLED,
    MODEL_COMPUTE,
    MODEL_QUEUE,
    REACH,
    Passed,
    Passing,
    ServiceSpec,
    Setting,
    Station,
    StationSpec,
    pass_through,
)
from simulator.dataplane.windows import MEASURES
from simulator.levers import Levers
from simulator.nature.traffic import Requests, TrafficSpec
from simulator.streams import stream

Made = Callable[..., ServicePlane]
SHOWN = [AT, END, ANSWERED, FILLED, FETCH_QUEUE, FETCH_COMPUTE, MODEL_QUEUE, MODEL_COMPUTE]


def _array(*values: float) -> np.ndarray:
    return np.array(values, dtype=np.float64)


def test_a_full_batch_is_taken_at_once_and_another_after_the_delay() -> None:
    served = serve_in_batches(_array(0, 1, 2, 3), _array(1, 1, 1, 1), BatchBacklog.idle(2), Batching(3, 5.0, 2.0))
    assert served.wait_s.tolist() == [2.0, 1.0, 0.0, 5.0]
    assert served.took_s.tolist() == [5.0, 5.0, 5.0, 3.0]
    assert served.backlog == BatchBacklog((7.0, 11.0))
    assert served.work_s == 8.0


def test_a_replica_that_gets_free_after_the_delay_takes_at_once_what_is_there() -> None:
    served = serve_in_batches(_array(0, 1, 2, 9), _array(1, 1, 1, 1), BatchBacklog.idle(1), Batching(8, 0.5, 5.0))
    assert served.wait_s.tolist() == [0.5, 5.5, 4.5, 4.5]
    assert served.took_s.tolist() == [6.0, 7.0, 7.0, 6.0]


def test_a_batch_of_the_preferred_size_is_taken_at_once_by_an_idle_replica_and_a_larger_one_where_more_wait() -> None:
    served = serve_in_batches(_array(0, 1, 2, 3, 4, 9), _array(1, 1, 1, 1, 1, 1), BatchBacklog.idle(1), Batching(3, 5.0, 2.0, prefer=2))
    assert served.wait_s.tolist() == [1.0, 0.0, 3.0, 2.0, 1.0, 5.0]
    assert served.took_s.tolist() == [4.0, 4.0, 5.0, 5.0, 5.0, 3.0]


def test_those_who_come_at_the_same_moment_are_in_the_batch_beyond_its_preferred_size() -> None:
    served = serve_in_batches(_array(0, 0, 0, 0), _array(1, 1, 1, 1), BatchBacklog.idle(1), Batching(3, 5.0, 2.0, prefer=1))
    assert served.wait_s.tolist() == [0.0, 0.0, 0.0, 5.0]


def test_those_who_are_too_many_for_a_batch_are_first_in_the_next() -> None:
    served = serve_in_batches(_array(0, 0, 0, 0, 0), _array(1, 1, 1, 1, 1), BatchBacklog.idle(1), Batching(2, 0.0, 1.0))
    assert served.wait_s.tolist() == [0.0, 0.0, 3.0, 3.0, 6.0]


def test_a_caller_gives_up_at_its_deadline_and_is_in_no_batch() -> None:
    served = serve_in_batches(_array(0, 1, 2), _array(1, 1, 1), BatchBacklog((4.0,)), Batching(3, 9.0, 2.0), deadline_s=_array(20, 3, 20))
    assert served.left.tolist() == [False, True, False]
    assert served.wait_s.tolist() == [9.0, 2.0, 7.0]
    assert served.took_s.tolist() == [4.0, 0.0, 4.0]


def test_when_the_oldest_gives_up_the_delay_counts_from_the_next() -> None:
    served = serve_in_batches(_array(0, 3), _array(1, 1), BatchBacklog.idle(1), Batching(3, 5.0, 0.0), deadline_s=_array(4, 90))
    assert served.left.tolist() == [True, False]
    assert served.wait_s.tolist() == [4.0, 5.0]


def test_a_batch_taken_at_the_deadline_still_has_the_caller() -> None:
    served = serve_in_batches(_array(0, 3), _array(1, 1), BatchBacklog.idle(1), Batching(2, 5.0, 0.0), deadline_s=_array(3, 90))
    assert served.left.tolist() == [False, False]
    assert served.wait_s.tolist() == [3.0, 0.0]


def test_what_is_undecided_at_the_end_of_a_span_waits_for_the_next() -> None:
    first = serve_in_batches(_array(0, 1, 2), _array(1, 1, 1), BatchBacklog.idle(1), Batching(4, 5.0, 2.0), deadline_s=_array(50, 2.5, 50), until_s=3.0)
    assert first.waiting.tolist() == [True, False, True]
    assert first.left.tolist() == [False, True, False]
    assert first.work_s == 0.0
    after = first.backlog.later(3.0)
    assert after.table.tolist() == [[-3.0, -1.0], [1.0, 1.0], [47.0, 47.0]]
    second = serve_in_batches(_array(1.5), _array(1), after, Batching(4, 5.0, 2.0))
    assert second.wait_s.tolist() == [5.0, 3.0, 0.5]
    assert second.took_s.tolist() == [5.0, 5.0, 5.0]
    assert second.backlog.later(10.0) == BatchBacklog.idle(1)


def test_arguments_that_do_not_belong_together_are_refused() -> None:
    with pytest.raises(ValueError, match="do not belong together"):
        serve_in_batches(_array(0, 1), _array(1), BatchBacklog.idle(1), Batching(4, 5.0, 2.0))
    with pytest.raises(ValueError, match="do not belong together"):
        serve_in_batches(_array(0), _array(1), BatchBacklog.idle(1), Batching(4, 5.0, 2.0), deadline_s=_array(1, 2))
    for wrong in ((0, 0.0, 0.0), (257, 0.0, 0.0), (4, -1.0, 0.0), (4, 0.0, -1.0), (4, 0.0, 0.0, -1), (4, 0.0, 0.0, 257)):
        with pytest.raises(ValueError, match="1 to 256 requests"):
            Batching(*wrong)
    with pytest.raises(ValueError, match="batch_share"):
        StationSpec(1, 40.0, batch_share=1.5)


@pytest.mark.parametrize("patience", ["none", "each"])
@pytest.mark.parametrize("replicas", [1, 3, 16])
@pytest.mark.parametrize("until_s", [np.inf, 60.0])
@pytest.mark.parametrize("enough", [5, 12])
def test_compiled_and_plain_loop_agree_to_the_bit(replicas: int, patience: str, until_s: float, enough: int) -> None:
    n = 700
    draw = stream(replicas, "test.batching")
    arrive, item = np.cumsum(draw.standard_exponential(n)) / (4.0 * replicas), draw.standard_exponential(n) * 0.25
    deadline, stride = {"none": (_array(np.inf), 0), "each": (arrive + draw.standard_exponential(n) * 1.5, 1)}[patience]
    results = []
    for form in (batches, batches.python):
        free, wait, took, left = np.zeros(replicas), np.zeros(n), np.zeros(n), np.zeros(n, dtype=np.bool_)
        head, work_s = form(arrive, item, deadline, stride, 0.5, enough, 12, 0.3, until_s, free, wait, took, left)
        results.append((head, work_s, free, wait, took, left))
    for compiled, plain in zip(*results, strict=True):
        assert np.array_equal(compiled, plain)
    assert np.unique(results[0][4]).size > 10
    assert results[0][5].any() == (patience == "each")


@pytest.mark.parametrize("prefer", [0, 3])
def test_long_spans_are_served_in_calls_without_a_seam(prefer: int) -> None:
    n = 2 * CALL + 17
    draw = stream(5, "test.long-batching")
    arrive, item = on_ticks(np.cumsum(draw.standard_exponential(n)) / 3.0), on_ticks(draw.standard_exponential(n) * 0.25)
    deadline, free = arrive + on_ticks(draw.standard_exponential(n) * 6.0), np.zeros(2)
    served = serve_in_batches(arrive, item, BatchBacklog.idle(2), Batching(5, 2.0, 1.0, prefer), deadline_s=deadline)
    wait, took, left = np.empty(n), np.empty(n), np.zeros(n, dtype=np.bool_)
    head, work_s = batches(arrive, item, deadline, 1, 1.0, prefer or 5, 5, 2.0, np.inf, free, wait, took, left)
    assert head == n
    assert np.array_equal(served.wait_s, wait)
    assert np.array_equal(served.took_s, took)
    assert np.array_equal(served.left, left)
    assert served.work_s == work_s
    assert 0 < left.sum() < n


def setting(batching: Batching | None, replicas: int = 1, shape: float = 0.0, share: float = 0.5, fetch_timeout_s: float = 8.0, request_timeout_s: float = 16.0) -> Setting:
    model = Station(replicas, replicas, 0.5, shape, "shared", 1.0)
    if batching:
        model = replace(model, batching=batching, batch_share=share)
    return Setting(Station(2, 2, 0.25, shape, "shared", 1.0), model, fetch_timeout_s, request_timeout_s)


def requests(*at_s: float) -> Requests:
    ones = np.ones(len(at_s))
    return Requests(np.array(at_s, dtype=np.float64), ones, ones, ones * 0.0, ones * 0.0, ones * 0.0)


def shown(passed: Passed, *rows: int) -> list[list[float]]:
    return [passed.ended[row].tolist() for row in rows]


def test_requests_of_one_batch_end_together_and_their_stages_add_up() -> None:
    here = setting(Batching(8, 0.5, 0.25))
    passed = pass_through(requests(0.0, 0.25), Passing.nothing(here), here, 10.0)
    assert shown(passed, REACH, MODEL_QUEUE, MODEL_COMPUTE, END, ANSWERED) == [[0.25, 0.5], [0.5, 0.25], [0.75, 0.75], [1.5, 1.5], [1, 1]]
    assert passed.model_busy_s == 0.75


def test_a_member_whose_answer_comes_after_its_deadline_timed_out_there() -> None:
    here = setting(Batching(8, 0.5, 0.25), request_timeout_s=1.375)
    passed = pass_through(requests(0.0, 0.25), Passing.nothing(here), here, 10.0)
    assert shown(passed, ANSWERED, END, MODEL_QUEUE, MODEL_COMPUTE) == [[0, 1], [1.375, 1.5], [0.5, 0.25], [0.625, 0.75]]


def test_a_caller_gives_up_while_its_batch_fills() -> None:
    here = setting(Batching(8, 5.0, 0.25), request_timeout_s=1.375)
    passed = pass_through(requests(0.0, 0.25), Passing.nothing(here), here, 10.0)
    assert shown(passed, ANSWERED, END, MODEL_QUEUE, MODEL_COMPUTE) == [[0, 0], [1.375, 1.625], [1.125, 1.125], [0.0, 0.0]]
    assert passed.model_busy_s == 0.0


def _many(n: int, gap_s: float) -> Requests:
    draw = stream(2, "test.batch-stretches")
    at_s = on_ticks(np.cumsum(draw.standard_exponential(n)) * gap_s)
    return Requests(at_s, draw.standard_exponential(n), draw.standard_exponential(n), draw.random(n), draw.random(n), draw.random(n))


def _in_stretches(all_of: Requests, edges: list[float], settings: list[Setting]) -> tuple[np.ndarray, Passing, float]:
    """What ended, on the clock of the first stretch, in order of arrival."""
    passing, ended, busy_s = Passing.nothing(settings[0]), [], 0.0
    for (start, end), here in zip(pairwise(edges), settings, strict=True):
        passed = pass_through(all_of.picked((all_of.at_s >= start) & (all_of.at_s < end)).on_clock(start), passing, here, end - start)
        passing = passed.passing
        table = passed.ended.copy()
        table[[AT, END]] += start
        ended.append(table[SHOWN])
        busy_s += passed.model_busy_s
    together = np.concatenate(ended, axis=1)
    return together[:, np.argsort(together[0], kind="stable")], passing, busy_s


@pytest.mark.parametrize("most", [2, 6, 64])
@pytest.mark.parametrize("delay_s", [0.0, 0.25, 2.0])
def test_stretches_of_any_length_give_the_same_requests_to_the_bit(most: int, delay_s: float) -> None:
    here = setting(Batching(most, delay_s, 0.25), 1, 0.7, 0.4, 0.625, 3.0)
    all_of = _many(400, 0.13)
    until_s = float(all_of.at_s[-1]) + 20.0
    whole, after, busy_s = _in_stretches(all_of, [0.0, until_s], [here])
    for edges in ([0.0, 0.5, 0.5 + 2**-24, 30.0, 30.25, 31.0, until_s], [0.0, 7.25, 8.0, 8.5, 9.0, until_s]):
        ended, passing, busy = _in_stretches(all_of, edges, [here] * (len(edges) - 1))
        assert np.array_equal(ended, whole)
        assert passing == after
        assert busy == busy_s
    assert whole.shape[1] == 400
    assert 0 < whole[2].sum() <= 400


@pytest.mark.parametrize("routing", ["random", "round-robin", "shared", "shortest"])
def test_switched_on_and_off_in_mid_life_it_loses_nobody(routing: str) -> None:
    batched = setting(Batching(16, 4.0, 0.25), 2, 0.7, request_timeout_s=6.0)
    alone = setting(None, 2, 0.7, request_timeout_s=6.0)
    alone = replace(alone, model=replace(alone.model, routing=routing))
    all_of = _many(300, 0.22)
    edges = [0.0, 10.0, 11.0, 25.0, 26.5, 40.0, float(all_of.at_s[-1]) + 20.0]
    ended, passing, _ = _in_stretches(all_of, edges, [batched, alone, batched, alone, batched, alone])
    assert np.array_equal(ended[0], all_of.at_s)
    assert passing == replace(Passing.nothing(alone), model=passing.model)
    assert (ended[1] - ended[0] <= 6.0).all()
    assert ended[4:].sum(axis=0) == pytest.approx(ended[1] - ended[0], abs=1e-12)


def test_those_who_wait_as_batching_ends_are_served_one_after_the_other_at_once() -> None:
    batched, alone = setting(Batching(8, 5.0, 0.25)), setting(None)
    ended, _, _ = _in_stretches(requests(0.0, 0.25), [0.0, 1.0, 9.0], [batched, alone])
    assert ended.tolist() == [[0.0, 0.25], [1.5, 2.0], [1, 1], [0, 0], [0, 0], [0.25, 0.25], [0.75, 1.0], [0.5, 0.5]]


def test_those_who_wait_are_in_the_system() -> None:
    here = setting(Batching(8, 5.0, 0.25))
    passed = pass_through(requests(0.0, 0.25), Passing.nothing(here), here, 1.0)
    assert passed.ended.shape[1] == 0
    assert passed.passing.in_system == 2


SPEC = ServiceSpec(StationSpec(1, 40.0), StationSpec(3, 60.0, batch_share=0.2), 250.0, 2000.0)


def test_the_levers_set_it_and_a_batch_of_at_most_one_is_none(levers: Callable[..., Levers]) -> None:
    on = ((10.0, "serving.batch_max/model-server", 32.0), (10.0, "serving.batch_delay_ms/model-server", 500.0))
    read = InForce(SPEC, levers(*on, (20.0, "serving.slowdown/model-server", 5.0), (30.0, "serving.batch_max/model-server", 1.0), (40.0, "serving.batch_max/model-server", 0.0)))
    assert read.changes(0.0, 300.0) == [10.0, 20.0, 30.0, 40.0]
    assert read.at(10.0).model.batching == Batching(32, 0.5, float(on_ticks(_array(0.8 * 0.06))[0]))
    assert read.at(20.0).model.batching == Batching(32, 0.5, float(on_ticks(_array(0.8 * 0.3))[0]))
    assert read.at(30.0).model == read.at(40.0).model
    assert read.at(40.0).model.batching is None
    assert read.at(10.0).fetch == InForce(SPEC, levers()).at(10.0).fetch


def test_delay_alone_changes_nothing(levers: Callable[..., Levers]) -> None:
    pulled = levers((10.0, "serving.batch_delay_ms/model-server", 500.0), (10.0, "serving.batch_max/feature-server", 32.0))
    assert InForce(SPEC, pulled).at(10.0) == InForce(SPEC, levers()).at(10.0)


def test_capacity_is_that_of_full_batches() -> None:
    station = replace(Station(3, 3, 0.06, 1.0, "shared", 0.0), batching=Batching(10, 0.1, 0.048), batch_share=0.2)
    assert surfaces.capacity_per_s(station) == pytest.approx(3 * 10 / (0.048 + 10 * 0.012))
    assert surfaces.capacity_per_s(replace(station, batching=None)) == 3 / 0.06


@pytest.mark.parametrize(("most", "delay_ms"), [(32.0, 100.0), (8.0, 0.0)])
def test_history_agrees_with_exact_windows_of_the_same_hours(plane: Made, most: float, delay_ms: float) -> None:
    spec = ServiceSpec(StationSpec(12, 35.0), StationSpec(2, 60.0), 250.0, 2000.0)
    pulls = ((0.0, "serving.batch_max/model-server", most), (0.0, "serving.batch_delay_ms/model-server", delay_ms))
    calm, exact = (plane(*pulls, exact_from_s=t, spec=spec, traffic=TrafficSpec(70.0)).windows(3600.0, 5 * 3600.0) for t in (np.inf, 3600.0))
    for name in ("requests", "mean_ms", "p50_ms", "p95_ms", "p99_ms", "model_queue_ms", "model_compute_ms", "model_server_utilisation"):
        assert getattr(calm, name).mean() == pytest.approx(getattr(exact, name).mean(), rel=0.03), name
    assert exact.timed_out.sum() == calm.timed_out.sum() == 0


def test_batches_carry_what_one_at_a_time_cannot(plane: Made) -> None:
    traffic = TrafficSpec(50.0)
    spec = ServiceSpec(StationSpec(12, 35.0), StationSpec(2, 60.0), 250.0, 2000.0)
    alone, batched = (plane(*pulls, spec=spec, traffic=traffic).windows(600.0, 1800.0) for pulls in ((), ((0.0, "serving.batch_max/model-server", 16.0),)))
    assert (alone.timed_out > 0.2 * alone.requests).all()
    assert batched.timed_out.sum() == 0
    assert (batched.model_compute_ms > 1.5 * 60.0).all()


def test_a_delay_longer_than_steady_waits_is_no_timeout_in_history(plane: Made) -> None:
    pulls = ((0.0, "serving.batch_max/model-server", 256.0), (0.0, "serving.batch_delay_ms/model-server", 8000.0), (0.0, "serving.request_timeout_ms", 60_000.0))
    calm, exact = (plane(*pulls, exact_from_s=t, traffic=TrafficSpec(8.0)).windows(3600.0, 3 * 3600.0) for t in (np.inf, 3600.0))
    assert calm.timed_out.sum() == exact.timed_out.sum() == 0
    assert calm.mean_ms.mean() == pytest.approx(exact.mean_ms.mean(), rel=0.05)


def test_batches_longer_than_a_stretch_are_measured_all_the_same() -> None:
    model = replace(Station(64, 64, 0.11, 1.0, "shared", 0.0), batching=Batching(256, 10.0, 0.08), batch_share=0.25)
    here = Setting(Station(200, 200, 0.07, 1.0, "shared", 0.0), model, 0.9, 3.0)
    for load in (0, surfaces.LOADS.size - 1):
        assert np.isfinite(surfaces.rung(here, load).mean).all()
        assert np.isfinite(surfaces.rung(here, load).deviation).all()


def test_every_request_is_accounted_for_while_batching_goes_on_and_off(plane: Made) -> None:
    pulls = (
        (1000.0, "serving.batch_max/model-server", 16.0),
        (1000.0, "serving.batch_delay_ms/model-server", 900.0),
        (1700.5, "serving.slowdown/model-server", 9.0),
        (2300.25, "serving.batch_max/model-server", 0.0),
        (3000.75, "serving.batch_max/model-server", 4.0),
        (3300.0, "serving.replicas/model-server", 1.0),
    )
    seen = plane(*pulls).windows(0.0, 4500.0)
    assert np.array_equal(np.cumsum(seen.requests), np.cumsum(seen.answered + seen.timed_out) + seen.in_flight)
    assert seen.timed_out.sum() > 0
    traces = plane(*pulls).traces(0.0, 4500.0, 500)
    stages = traces.fetch_queue_ms + traces.fetch_compute_ms + traces.model_queue_ms + traces.model_compute_ms
    assert stages == pytest.approx(traces.total_ms, rel=1e-4)


def test_a_batching_lever_pulled_to_where_it_stands_changes_no_bit(plane: Made) -> None:
    on = ((0.0, "serving.batch_max/model-server", 16.0), (0.0, "serving.batch_delay_ms/model-server", 200.0))
    pulled = plane(*on, (1234.5, "serving.batch_max/model-server", 16.0), (1300.1, "serving.batch_delay_ms/model-server", 200.0)).windows(0.0, 2400.0)
    untouched = plane(*on).windows(0.0, 2400.0)
    assert all(np.array_equal(getattr(pulled, name), getattr(untouched, name)) for name in MEASURES)


def test_a_backlog_is_a_value() -> None:
    assert {BatchBacklog((0.0, 1.0)).later(1.0): "idle"}[BatchBacklog.idle(2)] == "idle"
    assert BatchBacklog.holding((2.0, 1.0), _array(0.5), _array(0.1), _array(3.0)) == BatchBacklog((1.0, 2.0), _array(0.5, 0.1, 3.0).tobytes())
    assert BatchBacklog((1.0, 2.0)).work_s == Backlog((1.0, 2.0)).work_s == 3.0

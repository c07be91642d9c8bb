"""Response surfaces say of calm windows what the exact queues would have said."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from simulator.dataplane import surfaces
from simulator.dataplane.service import ServicePlane
from simulator.dataplane.windows import MEASURES
from simulator.nature.traffic import TrafficSpec

Made = Callable[..., ServicePlane]
DAY_S = 86_400.0


def test_history_agrees_with_exact_windows_of_the_same_days(plane: Made) -> None:
    calm, exact = (plane(exact_from_s=t).windows(DAY_S, 3 * DAY_S) for t in (np.inf, DAY_S))
    closeness = {"requests": 0.005, "mean_ms": 0.01, "p50_ms": 0.01, "p95_ms": 0.015, "p99_ms": 0.02, "feature_server_utilisation": 0.01, "model_server_utilisation": 0.01}
    for name, near in closeness.items():
        assert getattr(calm, name).mean() == pytest.approx(getattr(exact, name).mean(), rel=near), name
    for name in ("p50_ms", "p95_ms", "p99_ms", "mean_ms", "fetch_queue_ms", "model_queue_ms"):
        assert np.corrcoef(getattr(calm, name), getattr(exact, name))[0, 1] > 0.85, name
        assert getattr(calm, name).std() == pytest.approx(getattr(exact, name).std(), rel=0.15), name


def test_sampling_noise_of_history_is_as_large_as_that_of_exact_windows(plane: Made) -> None:
    steady = TrafficSpec(8.0)
    calm, exact = (plane(exact_from_s=t, traffic=steady).windows(DAY_S, 3 * DAY_S) for t in (np.inf, DAY_S))
    for name in ("requests", "p50_ms", "p95_ms", "p99_ms", "mean_ms", "fetch_compute_p99_ms", "model_queue_ms", "model_server_utilisation"):
        assert getattr(calm, name).std() == pytest.approx(getattr(exact, name).std(), rel=0.3), name
        assert np.unique(getattr(calm, name)).size > 100, name


def test_a_saturated_service_times_out_alike_in_history_and_exactly(plane: Made) -> None:
    pull = (0.0, "serving.slowdown/model-server", 6.0)
    calm, exact = (plane(pull, exact_from_s=t).windows(DAY_S / 2, DAY_S / 2 + 7200.0) for t in (np.inf, DAY_S / 2))
    assert (exact.timed_out / exact.requests).mean() > 0.3
    assert (calm.timed_out / calm.requests).mean() == pytest.approx((exact.timed_out / exact.requests).mean(), rel=0.05)
    assert calm.p95_ms.mean() == pytest.approx(exact.p95_ms.mean(), rel=0.05)
    assert calm.model_server_utilisation.min() > 0.95


def test_a_slow_store_fills_defaults_alike_in_history_and_exactly(plane: Made) -> None:
    pull = (0.0, "online.slowdown", 2.6)
    calm, exact = (plane(pull, exact_from_s=t).windows(DAY_S / 2, DAY_S / 2 + 7200.0) for t in (np.inf, DAY_S / 2))
    share = (exact.default_filled / exact.answered).mean()
    assert share > 0.1
    assert (calm.default_filled / calm.answered).mean() == pytest.approx(share, rel=0.1)


def test_history_does_not_depend_on_how_often_it_is_settled(plane: Made) -> None:
    pulls = ((30_000.0, "serving.slowdown/model-server", 4.0), (30_000.0, "serving.request_timeout_ms", 60_000.0), (50_000.0, "serving.slowdown/model-server", 1.0))
    at_once, piecemeal = plane(*pulls, exact_from_s=np.inf), plane(*pulls, exact_from_s=np.inf)
    at_once.settle(2 * DAY_S)
    for until_s in (300.0, 29_900.0, 31_000.0, 45_000.0, 50_100.0, 90_000.0):
        piecemeal.settle(until_s)
    for name in MEASURES:
        assert np.array_equal(getattr(at_once.windows(0.0, 2 * DAY_S), name), getattr(piecemeal.windows(0.0, 2 * DAY_S), name)), name


def test_patient_callers_see_work_pile_up_and_drain(plane: Made) -> None:
    pulls = ((40_000.0, "serving.slowdown/model-server", 4.5), (0.0, "serving.request_timeout_ms", 60_000.0), (46_000.0, "serving.slowdown/model-server", 1.0))
    seen = plane(*pulls, exact_from_s=np.inf).windows(39_000.0, 48_000.0)
    before, at_the_end, after = seen.mean_ms[2], seen.mean_ms[22], seen.mean_ms[-1]
    assert at_the_end > 30_000.0
    assert after == pytest.approx(before, rel=0.2)


def test_only_the_loads_that_occur_are_measured(plane: Made) -> None:
    surfaces.rung.cache_clear()
    plane(exact_from_s=np.inf).settle(14 * DAY_S)
    assert surfaces.rung.cache_info().misses <= 8
    plane(exact_from_s=np.inf).settle(14 * DAY_S)
    assert surfaces.rung.cache_info().misses <= 8


def test_impatient_callers_try_again_alike_in_history_and_exactly(plane: Made) -> None:
    pulls = ((0.0, "serving.request_timeout_ms", 300.0), (0.0, "callers.attempts", 3.0), (0.0, "serving.slowdown/model-server", 1.5))
    calm, exact = (plane(*pulls, exact_from_s=t).windows(DAY_S / 2, DAY_S) for t in (np.inf, DAY_S / 2))
    share = (exact.retries / exact.requests).mean()
    assert share > 0.002
    assert (calm.retries / calm.requests).mean() == pytest.approx(share, rel=0.25)
    assert calm.requests.mean() == pytest.approx(exact.requests.mean(), rel=0.03)
    assert calm.unserved.sum() <= calm.timed_out.sum()
    assert (calm.answered + calm.timed_out).tolist() == calm.requests.tolist()

"""Requests are the same in every world and however time is cut; only a campaign adds to them."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.levers import Lever, Levers
from simulator.nature.traffic import CALLERS, CELL_S, Requests, Traffic, TrafficSpec, caller_shares, callers_of, cell_rates
from simulator.timeline import Edit

SPEC = TrafficSpec(8.0, daily_amplitude=0.4, peak_hour=14.0, weekly=(1.0, 1.0, 1.0, 1.0, 1.2, 0.9, 0.8), trend_per_day=0.01, ar1_sd=0.05, ar1_rho=0.9)
CAMPAIGN = Lever("nature.campaign", "number", 0.0, "company", "extra requests")


def traffic(*pulls: tuple[float, float], seed: int = 5, spec: TrafficSpec = SPEC) -> Traffic:
    return Traffic(seed, spec, Levers([CAMPAIGN], [Edit(at_s, "nature.campaign", size, "test", "") for at_s, size in pulls]))


def rows(requests: Requests) -> np.ndarray:
    return np.stack([requests.at_s, requests.fetch_mark, requests.model_mark, requests.fetch_route, requests.model_route, requests.caller])


@given(st.lists(st.floats(0.0, 2000.0), max_size=6))
def test_requests_do_not_depend_on_how_the_span_is_cut(cuts: list[float]) -> None:
    demand = traffic((700.0, 0.5), (1300.5, 0.0))
    edges = [0.0, *sorted(cuts), 2000.0]
    parts = [rows(demand.requests(a, b)) for a, b in pairwise(edges)]
    assert np.array_equal(np.concatenate(parts, axis=1), rows(demand.requests(0.0, 2000.0)))


def test_a_campaign_adds_requests_and_keeps_every_other_with_its_marks() -> None:
    calm, busy = traffic().requests(0.0, 3000.0), traffic((1000.0, 0.5), (2000.0, 0.0)).requests(0.0, 3000.0)
    kept = np.isin(busy.at_s, calm.at_s)
    assert np.array_equal(rows(busy)[:, kept], rows(calm))
    added = busy.at_s[~kept]
    assert added.min() >= 1000.0
    assert added.max() < 2000.0
    normal = np.count_nonzero((calm.at_s >= 1000.0) & (calm.at_s < 2000.0))
    assert added.size == pytest.approx(0.5 * normal, rel=0.1)


def test_a_larger_campaign_keeps_the_requests_of_a_smaller_one() -> None:
    small, large = traffic((0.0, 0.4)).arrivals(0.0, 1200.0), traffic((0.0, 2.3)).arrivals(0.0, 1200.0)
    assert np.isin(small, large).all()
    assert large.size == pytest.approx(3.3 / 1.4 * small.size, rel=0.05)


def test_demand_can_fall_to_nothing() -> None:
    assert traffic((0.0, -1.0)).arrivals(0.0, 600.0).size == 0
    half = traffic((0.0, -0.5)).arrivals(0.0, 6000.0)
    assert np.isin(half, traffic().arrivals(0.0, 6000.0)).all()


def test_arrivals_are_poisson_at_the_stated_rate() -> None:
    spec = TrafficSpec(6.0)
    cells = np.histogram(traffic(spec=spec).arrivals(0.0, 400 * CELL_S), bins=400, range=(0.0, 400 * CELL_S))[0]
    assert cells.mean() == pytest.approx(1800.0, abs=3.0 * np.sqrt(1800.0 / 400))
    assert cells.var(ddof=1) / cells.mean() == pytest.approx(1.0, abs=3.0 * np.sqrt(2.0 / 400))
    gaps = np.diff(traffic(spec=spec).arrivals(0.0, 400 * CELL_S))
    assert gaps.std() / gaps.mean() == pytest.approx(1.0, abs=0.01)


def test_arrivals_are_ascending_within_the_span_and_on_ticks() -> None:
    at_s = traffic().arrivals(100.25, 1900.75)
    assert (np.diff(at_s) >= 0).all()
    assert at_s[0] >= 100.25
    assert at_s[-1] < 1900.75
    assert np.array_equal(at_s * 2**24, np.rint(at_s * 2**24))


def test_rate_follows_hour_day_and_trend() -> None:
    spec = TrafficSpec(8.0, daily_amplitude=0.5, peak_hour=14.0, weekly=(1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.5), trend_per_day=0.01)
    hours = np.array([14.0, 2.0]) * 3600.0
    assert traffic(spec=spec).rate_per_s(hours) == pytest.approx([12.0, 4.0], rel=1e-3)
    days = np.array([0.0, 6.0, 7.0]) * 86_400.0 + 14 * 3600.0
    assert traffic(spec=spec).rate_per_s(days) / 12.0 == pytest.approx([1.0, 0.5 * np.exp(0.06), np.exp(0.07)], rel=1e-3)


def test_rate_at_a_moment_does_not_depend_on_what_else_is_asked() -> None:
    at_s = np.arange(0.0, 20 * 86_400.0, 777.0)
    whole = traffic().rate_per_s(at_s)
    assert [float(traffic().rate_per_s(at_s[i : i + 1])[0]) for i in range(0, at_s.size, 97)] == whole[::97].tolist()


def test_noise_has_the_stated_spread_and_correlation_across_midnight_too() -> None:
    spec = TrafficSpec(1.0, ar1_sd=0.1, ar1_rho=0.8)
    noise = np.log(np.stack([cell_rates(3, spec, day) for day in range(1, 400)]))
    assert noise.std() == pytest.approx(0.1, rel=0.05)
    assert np.corrcoef(noise[:, :-1].ravel(), noise[:, 1:].ravel())[0, 1] == pytest.approx(0.8, abs=0.02)
    assert np.corrcoef(noise[:-1, -1], noise[1:, 0])[0, 1] == pytest.approx(0.8, abs=0.08)


def test_expected_counts_agree_with_counts_and_see_a_campaign_within_a_cell() -> None:
    demand = traffic((450.0, 1.0), (500.0, 0.0))
    expected = demand.expected(0, 200)
    assert expected[1] / traffic().expected(1, 2)[0] == pytest.approx(1.0 + 50.0 / 300.0)
    assert demand.arrivals(0.0, 200 * CELL_S).size == pytest.approx(float(expected.sum()), abs=3.0 * np.sqrt(expected.sum()))


def test_marks_are_standard_exponential_and_uniform() -> None:
    found = rows(traffic().requests(0.0, 200 * CELL_S))
    error = 3.0 / np.sqrt(found.shape[1])
    assert found[1:3].mean(axis=1) == pytest.approx([1.0, 1.0], abs=error)
    assert found[1:3].std(axis=1) == pytest.approx([1.0, 1.0], abs=3 * error)
    assert found[3:].mean(axis=1) == pytest.approx([0.5, 0.5, 0.5], abs=error)
    assert np.abs(np.corrcoef(found[1:]) - np.eye(5)).max() < 1.5 * error


@pytest.mark.parametrize("wrong", [{"base_per_s": 0.0}, {"base_per_s": 1.0, "daily_amplitude": 1.0}, {"base_per_s": 1.0, "weekly": (1.0,)}, {"base_per_s": 1.0, "ar1_rho": 0.999}])
def test_a_spec_that_makes_no_sense_cannot_be_built(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        TrafficSpec(**wrong)  # type: ignore[arg-type]


def test_the_share_of_each_caller_falls_with_its_number_and_few_make_most_of_the_requests() -> None:
    share = caller_shares()
    assert share.size == CALLERS
    assert share.sum() == pytest.approx(1.0)
    assert share[0] == pytest.approx(0.1918, abs=1e-4)
    assert share[9] / share[0] == pytest.approx(10.0**-1.1)
    seen = np.bincount(callers_of(traffic().requests(0.0, 200 * CELL_S).caller), minlength=CALLERS)
    assert seen.size == CALLERS
    assert seen / seen.sum() == pytest.approx(share, abs=3.0 * np.sqrt(share[0] / seen.sum()))


def test_the_smallest_and_the_largest_mark_are_those_of_the_first_and_the_last_caller() -> None:
    assert callers_of(np.array([0.0, np.nextafter(1.0, 0.0)])).tolist() == [0, CALLERS - 1]

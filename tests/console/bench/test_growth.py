"""The exponent of growth, on times that are made up."""

from __future__ import annotations

import numpy as np
import pytest

from console.bench import growth
from console.bench.growth import exponent


@pytest.mark.parametrize("power", [0.0, 0.5, 1.0, 1.7, -1.0])
def test_a_power_law_is_found_whatever_its_factor(power: float) -> None:
    for factor in (1e-6, 3.0):
        assert exponent(growth.GROWTH, [factor * size**power for size in growth.GROWTH]) == pytest.approx(power, abs=1e-12)


def test_the_fit_is_that_of_least_squares() -> None:
    sizes, seconds = [1, 2, 4, 8], [0.3, 0.5, 1.3, 2.1]
    assert exponent(sizes, seconds) == pytest.approx(np.polyfit(np.log(sizes), np.log(seconds), 1)[0])


def test_a_fixed_cost_lowers_it() -> None:
    assert exponent(growth.GROWTH, [10.0 + size for size in growth.GROWTH]) < 0.7


@pytest.mark.parametrize(("sizes", "seconds"), [((1,), (1.0,)), ((2, 2), (1.0, 2.0)), ((1, 2), (0.0, 1.0)), ((0, 2), (1.0, 1.0)), ((1, 2, 4), (1.0, 2.0))])
def test_what_no_line_goes_through_is_refused(sizes: tuple[int, ...], seconds: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="two or more sizes"):
        exponent(sizes, seconds)


def test_a_row_holds_the_median_of_rounds_against_its_limit_with_a_seed_per_call(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[tuple[int, int]] = []
    clock = [0.0]

    def work(size: int, seed: int) -> None:
        calls.append((size, seed))
        clock[0] += size**2 * (50.0 if len(calls) == 3 else 1.0)  # one round is disturbed

    monkeypatch.setattr(growth, "process_time", lambda: clock[0])
    row = growth._row("growth", work, 1.05)
    assert row.figure == pytest.approx(2.0)
    assert (row.peer_figure, row.ok) == (1.05, False)
    assert row.ratio == pytest.approx(2.0 / 1.05)
    assert [size for size, _ in calls] == [1, *growth.GROWTH * growth.ROUNDS]
    assert len({seed for _, seed in calls}) == len(calls)

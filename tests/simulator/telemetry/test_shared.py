"""Figures of columns that worlds hold in common: found once, and never taken for those of other columns."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest

from simulator.durations import DAY_S, HOUR_S
from simulator.telemetry import shared as kept
from simulator.telemetry.drift import psi_many
from simulator.telemetry.drift_job import WATCHED, psi_by_day, reference_span, served_sample
from simulator.telemetry.shared import Parts, shared
from simulator.timeline import Edit
from simulator.world import World


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    kept._FOUND.clear()
    yield
    kept._FOUND.clear()


class Sums:
    """Sums of columns, and which of them were really computed."""

    def __init__(self, columns: dict[str, Parts]) -> None:
        self.columns, self.computed = columns, list[str]()

    def __call__(self, names: list[str]) -> dict[str, float]:
        self.computed += names
        return {name: float(sum(np.sum(np.asarray(array)[first:last]) for array, first, last in self.columns[name])) for name in names}


def test_only_columns_that_were_not_met_are_computed() -> None:
    a, b, c = (np.arange(4.0) + k for k in range(3))
    one = Sums({"x": [(a, None, None)], "y": [(b, None, None)]})
    assert shared("sum", 1, one.columns, one) == {"x": 6.0, "y": 10.0}
    two = Sums({"x": [(a, None, None)], "y": [(c, None, None)]})
    assert shared("sum", 1, two.columns, two) == {"x": 6.0, "y": 14.0}
    assert (one.computed, two.computed) == (["x", "y"], ["y"])
    assert list(shared("sum", 1, dict(reversed(two.columns.items())), two)) == ["y", "x"]


@pytest.mark.parametrize(("name", "seed", "column", "part"), [("other", 1, "x", (0, 3)), ("sum", 2, "x", (0, 3)), ("sum", 1, "z", (0, 3)), ("sum", 1, "x", (1, 3))])
def test_another_name_seed_column_or_part_is_another_figure(name: str, seed: int, column: str, part: tuple[int, int]) -> None:
    a = np.arange(4.0)
    first, second = Sums({"x": [(a, 0, 3)]}), Sums({column: [(a, *part)]})
    shared("sum", 1, first.columns, first)
    assert shared(name, seed, second.columns, second) == {column: float(a[slice(*part)].sum())}
    assert second.computed == [column]


def test_arrays_stay_as_long_as_their_figures() -> None:
    """Else another array could come to stand at the same address, and be taken for them."""
    for k in range(50):
        sums = Sums({"x": [(np.full(8, float(k)), None, None)]})
        assert shared("sum", 1, sums.columns, sums) == {"x": 8.0 * k}


def test_a_daily_report_is_the_same_column_by_column_as_all_at_once(fork: Callable[..., World]) -> None:
    factor = [Edit(60 * DAY_S, "source.unit_factor/payments.amount.web", 3.0, "sdk", "cents")]
    for edits in ([], factor):
        world = fork(edits)
        world.advance(61 * DAY_S + 12 * HOUR_S)
        world.settle()
        end_s, told = psi_by_day(world, world.now_s - DAY_S, world.now_s)[-1]
        day_end_s = end_s // DAY_S * DAY_S
        reference = {name: served_sample(world, name, *reference_span(world, end_s)) for name in WATCHED}
        current = {name: served_sample(world, name, day_end_s - DAY_S, day_end_s) for name in WATCHED}
        assert told == {name: result.value for name, result in psi_many(reference, current).items()}

"""Doses: a candidate is given as much of its fault as makes the page read as the true cause does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader import presentation
from grader.presentation import ALIKE, Band, Dosing, Presented, presented_as
from scenarios.draw import DrawnFault
from scenarios.faults.fault import FaultParam
from scenarios.faults.library import FAULTS, complete
from scenarios.incident import Incident

FAULT = "store-contention"
PARAM = FAULTS[FAULT].dose
assert PARAM is not None
LEAST, MOST = PARAM.reach


@dataclass
class Curve:
    """Stands for an incident whose page's quantity is a known function of the dose."""

    slope: float
    power: float
    threshold: float
    kept: dict[str, Any] = field(default_factory=dict)
    eves: dict[str, Any] = field(default_factory=dict)
    mornings: dict[str, Any] = field(default_factory=dict)
    built: int = 0

    def size(self, dose: float) -> float:
        return float(self.slope * (dose - LEAST) ** self.power)

    def slices(self, faults: Sequence[DrawnFault]) -> Iterator[None]:
        if presented_as(faults) not in self.kept:
            self.built += 1
            size = self.size(float(complete(faults[0])[cast(FaultParam, PARAM).name]))
            self.kept[presented_as(faults)] = Presented(size, size > self.threshold)
        yield


@pytest.fixture(autouse=True)
def closed_form(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presentation, "presented_slices", lambda incident, faults: incident.slices(faults))


def _found(dosing: Dosing, dose: float, share: float) -> DrawnFault | None:
    search = dosing.alike(DrawnFault(FAULT, 0.0, {cast(FaultParam, PARAM).name: dose}), share)
    while True:
        try:
            next(search)
        except StopIteration as end:
            return cast(DrawnFault | None, end.value)


@given(st.floats(0.5, 3.0), st.floats(0.1, 0.9), st.floats(LEAST, MOST), st.floats(0, 1))
def test_a_dose_within_reach_is_found_in_few_worlds(power: float, where: float, start: float, share: float) -> None:
    curve = Curve(1.0, power, threshold=1e-9)
    middle = curve.size(LEAST + where * (MOST - LEAST))
    band = Band(0.9 * middle, 1.1 * middle)
    dosing = Dosing(cast(Incident, curve), PARAM, band, tries=9)
    drawn = _found(dosing, start, share)
    assert drawn is not None
    size = curve.kept[presented_as((drawn,))].size
    assert not band.below(size)
    assert not band.above(size)
    assert curve.built <= 9


@given(st.floats(LEAST, MOST))
def test_what_no_dose_reaches_is_not_found(start: float) -> None:
    curve = Curve(1.0, 1.0, threshold=0.0)
    beyond = Band(10 * curve.size(MOST), 11 * curve.size(MOST))
    assert _found(Dosing(cast(Incident, curve), PARAM, beyond, tries=9), start, 0.5) is None


def test_a_dose_that_the_scenario_fixes_is_taken_or_left() -> None:
    curve = Curve(1.0, 1.0, threshold=0.0)
    fixed = Dosing(cast(Incident, curve), None, Band(2.0, 3.0), tries=9)
    assert _found(fixed, LEAST + 2.5, 0.5) is not None
    assert _found(fixed, LEAST + 9.0, 0.5) is None
    assert fixed.tries == 7


def test_a_size_in_the_band_that_does_not_page_asks_for_more() -> None:
    curve = Curve(1.0, 1.0, threshold=2.0)
    drawn = _found(Dosing(cast(Incident, curve), PARAM, Band(2.1, 2.2), tries=9), LEAST + 1.8, 0.5)
    assert drawn is not None
    assert curve.kept[presented_as((drawn,))].fires


def test_the_next_draw_begins_where_the_last_search_ended() -> None:
    curve = Curve(1.0, 1.0, threshold=0.0)
    dosing = Dosing(cast(Incident, curve), PARAM, Band(1.0, 1.2), tries=20)
    assert _found(dosing, MOST, 0.5) is not None
    first = curve.built
    assert _found(dosing, MOST - 0.1, 0.5) is not None
    assert curve.built <= first + 1


@given(st.floats(0.01, 100.0), st.floats(1.0, 3.0))
def test_a_band_is_wider_than_its_sizes_on_both_sides(low: float, ratio: float) -> None:
    band = Band(low, low * ratio)
    assert not band.below(low * (1 - 0.9 * ALIKE))
    assert band.below(low * (1 - 1.1 * ALIKE))
    assert not band.above(band.high * (1 + 0.9 * ALIKE))
    assert band.above(band.high * (1 + 1.1 * ALIKE))


def test_what_is_saturated_is_like_nothing_that_is_not() -> None:
    band = Band(2100.0, 2600.0, most=3000.0)
    assert not band.above(2999.0)
    assert band.above(3000.0)
    assert not Band(2100.0, 3000.0, most=3000.0).above(3000.0)


def test_sizes_below_zero_are_of_pages_that_fire_below_a_threshold() -> None:
    band = Band(-0.8, -0.6)
    assert not band.below(-0.9)
    assert band.below(-1.1)
    assert not band.above(-0.5)
    assert band.above(-0.4)

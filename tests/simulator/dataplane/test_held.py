"""Arrays that come out equal in several worlds are held once, and only those."""

from __future__ import annotations

import gc
import weakref

import numpy as np
import pytest

from simulator.catalogue import LEVERS
from simulator.dataplane.held import held_once
from simulator.dataplane.packed import packed
from simulator.dataplane.service import ServicePlane
from simulator.durations import DAY_S
from simulator.levers import Levers
from simulator.nature.traffic import Traffic
from simulator.spec import load_system
from simulator.timeline import Edit

SPAN = (901, 0.0, DAY_S)


def test_equal_bits_are_held_once_and_cannot_be_written() -> None:
    one = held_once(np.arange(5.0), *SPAN, "a")
    assert held_once(np.arange(5.0), *SPAN, "a") is one
    with pytest.raises(ValueError, match="read-only"):
        one[0] = 7.0


@pytest.mark.parametrize("other", [np.arange(5), np.arange(6.0), np.arange(5.0) + 1e-16, np.array([-0.0, 1, 2, 3, 4]), np.arange(5, dtype=np.float32)])
def test_anything_else_stays_as_it_is(other: np.ndarray) -> None:
    one = held_once(np.arange(5.0), *SPAN, "b")
    bits, kind = other.tobytes(), other.dtype
    held = held_once(other, *SPAN, "b")
    assert (held.tobytes(), held.dtype) == (bits, kind)
    assert (held is one) == (bits == one.tobytes() and kind == one.dtype)


def test_the_same_bits_of_another_seed_span_or_name_are_not_shared() -> None:
    one = held_once(np.arange(5.0), *SPAN, "c")
    for seed, since_s, until_s, name in ((902, 0.0, DAY_S, "c"), (901, 1.0, DAY_S, "c"), (901, 0.0, 2 * DAY_S, "c"), (901, 0.0, DAY_S, "d")):
        assert held_once(np.arange(5.0), seed, since_s, until_s, name) is not one


def test_missing_values_are_compared_by_their_bits() -> None:
    one = held_once(np.array([np.nan, 1.0]), *SPAN, "e")
    assert held_once(np.array([np.nan, 1.0]), *SPAN, "e") is one


def test_a_column_is_let_go_with_the_last_world_that_holds_it() -> None:
    one = held_once(np.arange(7.0), *SPAN, "f")
    held = weakref.ref(one)
    del one
    gc.collect()
    assert held() is None
    other = np.arange(7.0)
    assert held_once(other, *SPAN, "f") is other


def test_packed_columns_are_compared_by_what_they_hold() -> None:
    mostly = np.where(np.arange(100) % 20 == 3, 5.0, np.inf)
    one = held_once(packed(mostly), *SPAN, "g")
    assert held_once(packed(mostly.copy()), *SPAN, "g") is one
    assert held_once(packed(np.where(mostly == 5.0, 6.0, np.inf)), *SPAN, "g") is not one
    assert held_once(packed(np.where(mostly == 5.0, 5.0, -np.inf)), *SPAN, "g") is not one
    assert held_once(mostly, *SPAN, "g") is mostly


def test_worlds_hold_windows_of_service_once_where_their_causes_leave_the_service_alone() -> None:
    spec = load_system("card-fraud")

    def history(*edits: Edit) -> np.ndarray:
        levers = Levers(LEVERS, edits)
        plane = ServicePlane(905, spec.service, levers, Traffic(905, spec.traffic, levers), np.inf, spec.fleet, spec.callers)
        plane.settle(DAY_S)
        kept.append(plane)
        return plane._history.rows.pieces[0]

    kept: list[ServicePlane] = []
    calm = history()
    assert history(Edit(3600.0, "source.null_rate/devices.session_seconds", 0.4, "test", "")) is calm
    assert history(Edit(3600.0, "serving.slowdown/model-server", 1.5, "test", "")) is not calm

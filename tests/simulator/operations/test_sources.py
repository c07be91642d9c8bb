from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from simulator.durations import HOUR_S
from simulator.nature.population import CHANNELS
from simulator.observation import Observation
from simulator.timeline import Edit
from simulator.world import World

Fork = Callable[..., World]
Do = Callable[[World, str], Observation]

UNIT = "source.unit_factor/payments.amount.app"


@pytest.fixture
def in_cents(fork: Fork) -> World:
    """A world in which the app has sent amounts in hundredths since the quiet moment."""
    return fork([Edit(fork().now_s, UNIT, 100.0, "payments-platform", "amounts in cents")])


def served_over_warehouse(world: World, channel: str, since_s: float, until_s: float) -> NDArray[np.float64]:
    world.settle()
    mine = world.rows.column("channel", since_s, until_s) == CHANNELS.index(channel)
    served, kept = (world.rows.numbers(f"{side}.amount", since_s, until_s)[mine] for side in ("served", "offline"))
    return np.asarray(served / kept)


def test_a_conversion_undoes_a_wrong_unit_in_its_channel_from_then_on(in_cents: World, do: Do) -> None:
    start_s = in_cents.now_s
    in_cents.advance(start_s + HOUR_S)
    do(in_cents, "sources convert payments.amount --factor 0.01 --channel app")
    in_cents.advance(start_s + 2 * HOUR_S)
    assert np.allclose(served_over_warehouse(in_cents, "app", start_s, start_s + HOUR_S), 100.0, rtol=1e-4)
    assert np.allclose(served_over_warehouse(in_cents, "app", start_s + HOUR_S, in_cents.settled_s), 1.0, rtol=1e-4)
    assert np.allclose(served_over_warehouse(in_cents, "web", start_s, in_cents.settled_s), 1.0, rtol=1e-4)


def test_an_owner_restores_the_unit_hours_after_being_asked(in_cents: World, do: Do) -> None:
    asked_s = in_cents.now_s
    do(in_cents, "sources request-fix payments")
    line = in_cents.levers[UNIT]
    assert line.number_at(asked_s + 6 * HOUR_S - 1) == 100.0
    assert line.number_at(asked_s + 9 * HOUR_S) == 1.0
    assert line.edits[-1].who == "payments-platform"
    in_cents.advance(asked_s + 11 * HOUR_S)
    assert np.allclose(served_over_warehouse(in_cents, "app", asked_s + 9 * HOUR_S, in_cents.settled_s), 1.0, rtol=1e-4)


def test_a_conversion_left_in_place_is_wrong_once_the_owner_has_restored_the_unit(in_cents: World, do: Do) -> None:
    asked_s = in_cents.now_s
    do(in_cents, "sources convert payments.amount --factor 0.01 --channel app")
    do(in_cents, "sources request-fix payments")
    in_cents.advance(asked_s + 10 * HOUR_S)
    assert np.allclose(served_over_warehouse(in_cents, "app", asked_s + 9 * HOUR_S, in_cents.settled_s), 0.01, rtol=1e-4)


def test_the_answer_to_a_request_is_the_same_whether_something_is_wrong_or_not(in_cents: World, fork: Fork, do: Do) -> None:
    sound = fork()
    before = list(sound.levers.all_edits())
    assert do(sound, "sources request-fix payments").to_json() == do(in_cents, "sources request-fix payments").to_json()
    assert list(sound.levers.all_edits()) == before


def test_the_owner_of_another_source_changes_nothing_about_payments(in_cents: World, do: Do) -> None:
    before = list(in_cents.levers.all_edits())
    do(in_cents, "sources request-fix devices")
    assert list(in_cents.levers.all_edits()) == before

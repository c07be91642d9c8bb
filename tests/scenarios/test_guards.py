"""Guards: each watches a signal that exists, and an action item makes a rule of it."""

from __future__ import annotations

import pytest

from scenarios.guards import GUARDS, guard_of
from simulator.errors import UsageError
from simulator.telemetry.signals import SIGNALS


@pytest.mark.parametrize("name", sorted(GUARDS))
def test_a_guard_watches_a_signal_that_exists_at_a_place_where_it_needs_one(name: str) -> None:
    guard = GUARDS[name]
    assert guard.signal in SIGNALS
    assert guard.placed == bool(SIGNALS[guard.signal].places)


@pytest.mark.parametrize("name", sorted(GUARDS))
def test_an_action_item_becomes_a_rule_with_the_guards_bound(name: str) -> None:
    guard = GUARDS[name]
    place = SIGNALS[guard.signal].places[0] if guard.placed else None
    rule = guard_of({"guard": name, "on": place})
    assert (rule.op, rule.threshold, rule.for_s) == (guard.op, guard.default, 0.0)
    assert guard_of({"guard": name, "on": place, "limit": 7.0, "for": 600.0}).threshold == 7.0


def test_an_unknown_guard_is_answered_with_those_there_are() -> None:
    with pytest.raises(UsageError, match="'moat' is no guard; guards are rows-in-source, "):
        guard_of({"guard": "moat"})


def test_a_guard_without_its_place_is_refused_with_the_places() -> None:
    with pytest.raises(UsageError, match="action-item data-age needs --on, one of card_velocity"):
        guard_of({"guard": "data-age"})

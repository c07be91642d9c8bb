"""The model card says what the registry knows of a version."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from simulator.errors import Refused
from simulator.observation import Observation
from simulator.world import World

Seen = Callable[[World, str], Observation]


def test_the_card_is_of_the_champion_unless_another_is_named(base_world: World, seen: Seen) -> None:
    champion = base_world.levers["alias.champion"].text_at(base_world.now_s)
    assert seen(base_world, "models card").title == f"Model card of {champion}"
    assert seen(base_world, "models card v1").title == "Model card of v1"


def test_the_inputs_it_leans_on_are_the_heaviest(base_world: World, seen: Seen) -> None:
    facts = seen(base_world, "models card").facts
    shares = [value for name, value in facts.items() if name.startswith("weight_share.")]
    assert len(shares) == 3
    assert shares == sorted(shares, reverse=True)  # type: ignore[type-var]


def test_an_unknown_version_is_refused(fork: Callable[..., World], seen: Seen) -> None:
    with pytest.raises(Refused, match="v99"):
        seen(fork(), "models card v99")

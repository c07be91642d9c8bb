"""How a move pulls levers: every value is checked first, so that a refused move has changed nothing."""

from __future__ import annotations

from collections.abc import Mapping

from simulator.errors import Refused
from simulator.timeline import Value
from simulator.world import World

WHO = "you"


def change(world: World, wanted: Mapping[str, Value], why: str, *, already: str) -> dict[str, Value]:
    """Pull each lever of `wanted` that is not there yet; returns what was in force before, by lever.

    Raises:
        Refused: a value does not fit its lever, or all of them are in force (`already` says so to the learner).
    """
    for lever, value in wanted.items():
        world.levers.declared(lever).check(value)
    before = {lever: world.levers[lever].at(world.now_s) for lever in wanted}
    if before == dict(wanted):
        raise Refused(already)
    for lever, value in wanted.items():
        if before[lever] != value:
            world.pull(lever, value, WHO, why)
    return before


def arrow(before: Value, after: Value) -> str:
    """`before -> after` as a learner reads it."""
    return f"{shown(before)} -> {shown(after)}"


def shown(value: Value) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "on" if value else "off"
    return value if isinstance(value, str) else f"{value:g}"

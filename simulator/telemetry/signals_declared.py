"""How a signal is declared: `@signal` over a function that reads it enters it into `DECLARED`, in order of declaration."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from simulator.nature.population import Floats
from simulator.world import World

Reader = Callable[[World, Floats, str], Floats]


@dataclass(frozen=True, slots=True)
class Signal:
    name: str
    unit: str
    help: str
    read: Reader
    """Values at ascending times, shape [n], for a place that is empty where the signal has none; NaN where there is nothing to measure."""
    places: tuple[str, ...] = ()
    """Places that may follow the name; none means the signal has no place."""
    shown_as: tuple[str, ...] = ()
    """How facts begin that show the same quantity in looks of other names."""


DECLARED: dict[str, Signal] = {}


def signal(name: str, unit: str, text: str, places: tuple[str, ...] = (), shown_as: tuple[str, ...] = ()) -> Callable[[Reader], Reader]:
    def declare(read: Reader) -> Reader:
        DECLARED[name] = Signal(name, unit, text, read, places, shown_as)
        return read

    return declare

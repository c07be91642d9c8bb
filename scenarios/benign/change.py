"""What a benign change is: edits of levers that harm nobody, placed where attention goes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from scenarios.faults.fault import FaultParam, Params
from simulator.timeline import Edit


@dataclass(frozen=True, slots=True)
class BenignChange:
    id: str
    help: str
    params: tuple[FaultParam, ...]
    edits: Callable[[float, Params], list[Edit]]
    """(time in seconds, parameters) -> edits."""


HOURS = FaultParam("hours", "how long", low=6, high=14)

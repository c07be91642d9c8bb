"""What a reference player is: something that plays a drill through typed lines, as a person does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from scenarios.drill import Drill


@dataclass(frozen=True, slots=True)
class Player:
    name: str
    help: str
    play: Callable[[Drill], None]
    graded: bool = False
    """Whether it plays with skill; the others are null players, which must score low."""


def submit_all(drill: Drill, lines: list[str]) -> None:
    """Type `lines` until the drill is closed."""
    for line in lines:
        if drill.closed:
            return
        drill.submit(line)

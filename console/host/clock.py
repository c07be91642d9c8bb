"""A live clock for those who want one: wall time times a speed, handed to the drill in steps of a virtual minute or more."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING

from scenarios.drill import LONGEST_DRILL_S
from simulator.durations import MINUTE_S

if TYPE_CHECKING:
    from scenarios.channel import Message
    from scenarios.drill import Drill

LEAST_S = MINUTE_S
SLOWEST, FASTEST = 1.0, 3600.0


class LiveClock:
    """Measures wall time while a person thinks. `restart` after each command: what the machine needed is not the person's time."""

    def __init__(self, drill: Drill, speed: float, now: Callable[[], float] = monotonic) -> None:
        self._drill, self._speed, self._now = drill, speed, now
        self._since = now()

    def restart(self) -> None:
        self._since = self._now()

    def catch_up(self, *, least_s: float = LEAST_S) -> list[Message]:
        """Let the drill's clock follow, if it is at least `least_s` behind; what people said meanwhile."""
        wall = self._now()
        behind_s = (wall - self._since) * self._speed
        to_s = min(self._drill.now_s + behind_s, self._drill.incident.start_s + LONGEST_DRILL_S)
        if behind_s < least_s or to_s <= self._drill.now_s or self._drill.closed:
            return []
        self._since = wall
        return self._drill.tick(to_s)

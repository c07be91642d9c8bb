"""A live clock for those who want one: wall time times a speed, handed to the drill in steps of a virtual minute or more."""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from time import monotonic
from typing import TYPE_CHECKING

from scenarios.drill import LONGEST_DRILL_S
from simulator.durations import MINUTE_S
from simulator.errors import UsageError

if TYPE_CHECKING:
    from scenarios.channel import Message
    from scenarios.drill import Drill

LEAST_S = MINUTE_S
SLOWEST, FASTEST = 1.0, 3600.0


def checked_speed(speed: float) -> float:
    """Raises UsageError for a speed that no live clock runs at."""
    if not SLOWEST <= speed <= FASTEST:
        raise UsageError(f"a live clock runs at {SLOWEST:g} to {FASTEST:g} times wall time, not {speed:g}")
    return speed


class LiveClock:
    """Measures wall time while a person thinks. `restart` after each command: what the machine needed is not the person's time."""

    def __init__(self, drill: Drill, speed: float, now: Callable[[], float] = monotonic, *, paused: bool = False, most_s: float = inf) -> None:
        """`most_s` is the wall time that counts between two readings at most: a process that was stopped does not leap when it goes on."""
        self.drill = drill
        self._speed, self._paused, self._now, self._most_s = speed, paused, now, most_s
        self._since, self._owed_s = now(), 0.0

    @property
    def speed(self) -> float:
        return self._speed

    @property
    def paused(self) -> bool:
        return self._paused

    @property
    def at_end(self) -> bool:
        """Whether there is no time left that the drill could be told of."""
        return self.drill.closed or self.drill.now_s >= self._end_s

    def restart(self) -> None:
        """Forget the wall time since the last reading."""
        self._since = self._now()

    def read(self) -> None:
        """Count the wall time since the last reading; what is less than a step is kept for the next one."""
        wall = self._now()
        if not self._paused:
            self._owed_s += min(wall - self._since, self._most_s) * self._speed
        self._since = wall

    def set(self, *, speed: float, paused: bool) -> None:
        """Go on at another speed, or stand still. The time until now has counted as it was set before."""
        self.read()
        self._speed, self._paused = speed, paused

    def catch_up(self, *, least_s: float = LEAST_S) -> list[Message]:
        """Let the drill's clock follow, if it is at least `least_s` behind; what people said meanwhile.

        Raises:
            HotseatError: the step could not be journaled. The drill has to be restored; the time is still owed to it.
        """
        self.read()
        to_s = min(self.drill.now_s + self._owed_s, self._end_s)
        if self._owed_s < least_s or to_s <= self.drill.now_s or self.drill.closed:
            return []
        said = self.drill.tick(to_s)
        self._owed_s = 0.0
        return said

    @property
    def _end_s(self) -> float:
        return self.drill.incident.start_s + LONGEST_DRILL_S

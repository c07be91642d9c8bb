"""How the shown clock runs from one snapshot's time to the next: in a fraction of a second, so that time is seen to pass."""

from __future__ import annotations

PASSAGE_S = 0.4
"""Seconds of the wall clock that any passage takes, whatever the span."""


class PassingTime:
    """Where the shown clock stands. Wall times come from outside and must not run backwards."""

    def __init__(self, at_s: float) -> None:
        self._from_s = self._to_s = self._at_s = at_s
        self._began_s = 0.0

    @property
    def arrived(self) -> bool:
        """Whether the time last shown was the one it was heading for."""
        return self._at_s == self._to_s

    def go_to(self, to_s: float, wall_s: float) -> None:
        """Head for `to_s` from where the clock stands now; an earlier time, of another drill, is shown at once."""
        if to_s == self._to_s:
            return
        here = self.shown_s(wall_s)
        self._from_s, self._to_s, self._began_s = min(here, to_s), to_s, wall_s
        self._at_s = self._from_s

    def shown_s(self, wall_s: float) -> float:
        """The time to show now."""
        share = (wall_s - self._began_s) / PASSAGE_S
        if share >= 1:
            self._at_s = self._to_s
        elif self._at_s < self._to_s:
            self._at_s = min(max(self._from_s + (self._to_s - self._from_s) * share, self._at_s), self._to_s)
        return self._at_s

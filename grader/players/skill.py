"""How reliably a player does what it knows to be right: always, or by keyed draws."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from simulator.streams import stream


@dataclass(slots=True)
class Skill:
    """Draws of one habit never shift those of another."""

    seed: int
    name: str
    """Whose habits these are, and in which scenario."""
    share: float
    """How often the right thing is done, 0 to 1."""
    most_looks: int
    """Looks before it makes up its mind at the latest."""
    _asked: dict[str, int] = field(default_factory=dict)

    def does(self, habit: str) -> bool:
        """Whether the habit holds this time."""
        return self._draw(habit) < self.share

    def any_of(self, habit: str, things: Sequence[str]) -> str:
        """One of `things` by chance."""
        return things[int(self._draw(habit) * len(things))]

    def _draw(self, habit: str) -> float:
        times = self._asked.get(habit, 0)
        self._asked[habit] = times + 1
        return float(stream(self.seed, f"player.{self.name}.{habit}", times).random())

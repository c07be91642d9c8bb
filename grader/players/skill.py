"""How reliably a player does what it knows to be right: always, or as one person does whose lapses are always the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from simulator.streams import stream

_PERSON = 0
"""Seed of all habits: the same person meets every incident, so that scores over seeds differ by the incident alone."""


@dataclass(frozen=True, slots=True)
class Skill:
    """Habits that are kept or not, each drawn once for a person: who misreads one look misreads it every time."""

    name: str
    """Whose habits these are."""
    share: float
    """How many of the right things are done, 0 to 1."""
    most_looks: int
    """Looks before it makes up its mind at the latest."""

    def does(self, habit: str, of: str = "") -> bool:
        """Whether the habit holds, where it is one for each `of`: a look, an occasion."""
        return self._draw(habit, of) < self.share

    @property
    def choice(self) -> float:
        """How good something has to be to do, as a share of the best: who knows less takes the first good thing that comes to mind."""
        return self.share

    def first(self, habit: str, things: Sequence[str]) -> str:
        """The one of `things` that comes to mind first: to full skill the first, to others always the same."""
        return things[0] if self.share == 1.0 else min(things, key=lambda thing: self._draw(f"first.{habit}", thing))

    def _draw(self, habit: str, of: str) -> float:
        return float(stream(_PERSON, f"player.{self.name}.{habit}.{of}").random())

"""Every cause that can be pulled, declared once; and the timelines that hold what was pulled.

A lever is the only way to change a world from outside. Faults, decoys and operations all append edits
here; nothing else in the world can be written by them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from simulator.errors import Refused
from simulator.timeline import Edit, Timeline, Value

Audience = Literal["company", "owner", "nature"]
"""Who can know of an edit: the company's own audit log, only the team that owns the source, or nobody."""


@dataclass(frozen=True, slots=True)
class Lever:
    name: str
    kind: Literal["number", "text", "switch"]
    default: Value
    audience: Audience
    help: str
    low: float = float("-inf")
    high: float = float("inf")

    def check(self, value: Value) -> None:
        """Raises Refused where `value` is not of the lever's kind or out of its range."""
        if self.kind == "number":
            if isinstance(value, bool) or not isinstance(value, (int, float)) or not self.low <= value <= self.high:
                raise Refused(f"{self.name} takes a number from {self.low:g} to {self.high:g}, not {value!r}")
        elif self.kind == "switch":
            if not isinstance(value, bool):
                raise Refused(f"{self.name} takes on or off, not {value!r}")
        elif value is not None and not isinstance(value, str):
            raise Refused(f"{self.name} takes a text, not {value!r}")


class Levers:
    """The timelines of one world, created from the catalogue when first named. Keys are `name` or `name/place`."""

    def __init__(self, catalogue: Iterable[Lever], edits: Iterable[Edit] = ()) -> None:
        self._catalogue = {lever.name: lever for lever in catalogue}
        self._timelines: dict[str, Timeline] = {}
        self.revision = 0
        """Counts edits, so that what was read before can be told to hold still."""
        for edit in edits:
            self.add(edit)

    def declared(self, key: str) -> Lever:
        """The declaration behind `key`. Raises KeyError for a lever that does not exist."""
        return self._catalogue[key.partition("/")[0]]

    def __getitem__(self, key: str) -> Timeline:
        timeline = self._timelines.get(key)
        if timeline is None:
            timeline = self._timelines[key] = Timeline(key, self.declared(key).default)
        return timeline

    def add(self, edit: Edit) -> None:
        self.declared(edit.lever).check(edit.value)
        self[edit.lever].add(edit)
        self.revision += 1

    def copy(self) -> Levers:
        twin = Levers(self._catalogue.values())
        twin._timelines = {key: timeline.copy() for key, timeline in self._timelines.items()}
        return twin

    def places(self, name: str) -> list[str]:
        """The places of one lever that were ever edited, in order of name."""
        return sorted(key.partition("/")[2] for key, line in self._timelines.items() if key.partition("/")[0] == name and line.edits)

    def edits(self, audience: Audience, since_s: float, until_s: float) -> list[Edit]:
        """Edits that `audience` can know of in (since_s, until_s], oldest first."""
        return sorted(
            (e for key in sorted(self._timelines) if self.declared(key).audience == audience for e in self._timelines[key].edits if since_s < e.at_s <= until_s),
            key=lambda e: e.at_s,
        )

    def all_edits(self) -> Iterator[Edit]:
        for key in sorted(self._timelines):
            yield from self._timelines[key].edits

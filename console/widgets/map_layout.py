"""Where each component of the platform map stands in a given width: rows with arrows, wrapped where they are too long."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from console.host.shown import MapRow
from console.plain.style import Style, width_of
from console.untrusted import untrusted_line

_SIGNS = Style()
WRAPPED = "└▶ "
"""Before a component that goes on with the row above."""
_ARROW_WIDTH = 4
_NONE = "none"


def state_words(state: str) -> str:
    """A node's state as sign and word; `? none` where nothing watches it."""
    return f"? {state}" if state == _NONE else _SIGNS.state_sign(state) + state


@dataclass(frozen=True, slots=True)
class Place:
    """One component: its label begins at (x, y); its state stands on the next line, or behind the label."""

    id: str
    label: str
    state: str
    x: int
    y: int
    width: int
    wrapped: bool
    """Whether it goes on with the row above."""
    beneath: bool

    @property
    def height(self) -> int:
        return 2 if self.beneath else 1


@dataclass(frozen=True, slots=True)
class MapLayout:
    places: tuple[Place, ...]
    height: int

    def at(self, x: int, y: int) -> Place | None:
        """The component that covers a cell."""
        return next((place for place in self.places if place.x <= x < place.x + place.width and place.y <= y < place.y + place.height), None)

    def beside(self, id: str, step: int) -> Place:
        """The component `step` places on in reading order, none beyond the ends."""
        index = next((k for k, place in enumerate(self.places) if place.id == id), 0)
        return self.places[min(max(index + step, 0), len(self.places) - 1)]

    def above_or_below(self, id: str, direction: int) -> Place:
        """The component nearest to this one on the line above (-1) or below (1); itself where there is none."""
        here = next((place for place in self.places if place.id == id), self.places[0])
        lines = sorted({place.y for place in self.places if (place.y - here.y) * direction > 0}, key=lambda y: y * direction)
        if not lines:
            return here
        middle = here.x + here.width / 2
        return min((place for place in self.places if place.y == lines[0]), key=lambda place: abs(place.x + place.width / 2 - middle))


def laid_out(rows: Sequence[MapRow], states: Mapping[str, str], width: int, *, beneath: bool) -> MapLayout:
    """Every component in its row. States stand `beneath` their label, or behind it where lines are scarce."""
    places: list[Place] = []
    y, deep = 0, 2 if beneath else 1
    for row in rows:
        x = 0
        for k, node in enumerate(row.nodes):
            room = max(width - len(WRAPPED), 1)
            state = _cut(state_words(states.get(node.id, _NONE)), room)
            label = _cut(node.label, room if beneath else max(room - width_of(state) - 1, 1))
            wide = min(max(width_of(label), width_of(state)) if beneath else width_of(label) + 1 + width_of(state), room)
            wrapped = k > 0 and x + _ARROW_WIDTH + wide > width
            if wrapped:
                x, y = len(WRAPPED), y + deep
            elif k:
                x += _ARROW_WIDTH
            places.append(Place(node.id, label, state, x, y, wide, wrapped, beneath))
            x += wide
        if row.nodes:
            y += deep
    return MapLayout(tuple(places), y)


def _cut(text: str, room: int) -> str:
    text = untrusted_line(text)
    if width_of(text) <= room:
        return text
    while text and width_of(text) > room - 1:
        text = text[:-1]
    return text + "…"

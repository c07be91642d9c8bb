"""A hint as a drill hands it on. Who works it out is given to the drill by whoever makes it: a drill knows its cause, and a hint must not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scenarios.incident import Incident
    from scenarios.steps import Step

LEVELS = (1, 2, 3)
SENDER = "mentor"


@dataclass(frozen=True, slots=True)
class Hint:
    level: int
    """1 what kind of question is open, 2 which two explanations to tell apart, 3 which look does it."""
    price: float
    """Points of the score."""
    text: str

    def to_json(self) -> dict[str, Any]:
        return {"level": self.level, "price": self.price, "text": self.text}


Hinter = Callable[["Incident", Sequence["Step"], float], Hint]
"""(incident, steps so far, virtual time now) -> the next hint. Raises Refused where there is none to give."""

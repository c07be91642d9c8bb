"""A cause over time: a value that is piecewise constant in virtual time, with who changed it, when and why."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Value = float | str | bool | None


@dataclass(frozen=True, slots=True)
class Edit:
    """One change of one lever. Faults, decoys, operations and the platform itself all produce these."""

    at_s: float
    lever: str
    """Full key: a lever's name, then its place after a slash where it has one, as in `source.unit_factor/payments.amount`."""
    value: Value
    who: str
    why: str


class Timeline:
    """Edits of one lever in order of time; edits at the same time keep the order in which they were made."""

    __slots__ = ("_edits", "_held", "_held_times", "_held_values", "_times", "default", "lever")

    def __init__(self, lever: str, default: Value, edits: Iterable[Edit] = ()) -> None:
        self.lever, self.default = lever, default
        self._edits: list[Edit] = sorted(edits, key=lambda e: e.at_s)
        self._times: list[float] = [e.at_s for e in self._edits]
        self._held = 0
        """Edits from the first on that are in the arrays below; behind them values begin with the default."""
        self._held_times: NDArray[np.float64] = np.empty(0)
        self._held_values: NDArray[np.float64] = np.empty(0)

    def add(self, edit: Edit) -> None:
        place = bisect_right(self._times, edit.at_s)
        self._edits.insert(place, edit)
        self._times.insert(place, edit.at_s)
        self._held = min(self._held, place)

    def copy(self) -> Timeline:
        # Without sorting and empty arrays first: a fork copies hundreds of these.
        twin = Timeline.__new__(Timeline)
        twin.lever, twin.default = self.lever, self.default
        twin._edits, twin._times = self._edits.copy(), self._times.copy()
        twin._held, twin._held_times, twin._held_values = self._held, self._held_times, self._held_values
        return twin

    @property
    def edits(self) -> tuple[Edit, ...]:
        return tuple(self._edits)

    def edits_until(self, until_s: float) -> tuple[Edit, ...]:
        return tuple(self._edits[: bisect_right(self._times, until_s)])

    def at(self, at_s: float) -> Value:
        """The value in force at `at_s`; an edit is in force from its own time on."""
        place = bisect_right(self._times, at_s)
        return self._edits[place - 1].value if place else self.default

    def number_at(self, at_s: float) -> float:
        return float(self.at(at_s))  # type: ignore[arg-type]

    def text_at(self, at_s: float) -> str:
        return str(self.at(at_s))

    def numbers(self, at_s: NDArray[np.float64]) -> NDArray[np.float64]:
        """Values in force at each time of `at_s`, shape as given."""
        if not self._times:
            return np.full(np.shape(at_s), float(self.default))  # type: ignore[arg-type]
        self._hold_all()
        return np.asarray(self._held_values[np.searchsorted(self._held_times, at_s, side="right")])

    def _hold_all(self) -> None:
        """Bring the arrays up to the edits. Edits mostly come at the end, so only those since the last time are turned into numbers."""
        held = self._held
        if held == len(self._edits) and len(self._held_times) == held:
            return
        before = self._held_values[: held + 1] if held else np.array([self.default], dtype=np.float64)
        self._held_times = np.concatenate((self._held_times[:held], np.array(self._times[held:], dtype=np.float64)))
        self._held_values = np.concatenate((before, np.array([e.value for e in self._edits[held:]], dtype=np.float64)))
        self._held = len(self._edits)

    def codes(self, at_s: NDArray[np.float64]) -> tuple[NDArray[np.int64], list[Value]]:
        """Index of the value in force at each time, and the distinct values by that index."""
        distinct: list[Value] = []
        index: list[int] = []
        for value in [self.default, *(e.value for e in self._edits)]:
            if value not in distinct:
                distinct.append(value)
            index.append(distinct.index(value))
        places = np.searchsorted(np.array(self._times), at_s, side="right") if self._times else np.zeros(np.shape(at_s), dtype=np.int64)
        return np.array(index, dtype=np.int64)[places], distinct

    def next_change_after(self, at_s: float) -> float | None:
        place = bisect_right(self._times, at_s)
        return self._times[place] if place < len(self._times) else None

"""The evidence of a stored drill found again by replay, and held against what was journaled.

It is exact in the environment that it was first found in. Elsewhere numbers from NumPy may differ in their last digits, so nothing is compared there.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from grader.evidence import ADDED, Evidence
from grader.fingerprint import fingerprint
from grader.gather import gather
from grader.partner import Partner
from grader.stages import Progress, untold
from scenarios.chain import Row
from scenarios.incident import Incident

MOST_NAMED = 20
"""Fields that differ are named up to this many."""


@dataclass(frozen=True, slots=True)
class Resimulation:
    verdict: Literal["same", "different", "not comparable"]
    recorded_in: str
    """Fingerprint of the environment in which the stored evidence was found."""
    here: str
    differs: tuple[str, ...] = ()
    """Fields of the evidence that came out otherwise, with both values."""

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def resimulate(
    stored: Evidence, rows: Sequence[Row], build: Callable[[], Incident], *, progress: Progress = untold, partner: Callable[[], Partner | None] = lambda: None
) -> Resimulation:
    """Gather the evidence of `rows` again where it can be compared; `build` is asked for the incident only then, and `partner` before it for one who helps."""
    here = fingerprint()
    if here != stored.fingerprint:
        return Resimulation("not comparable", stored.fingerprint, here)
    helper = partner()
    again = gather(build(), rows, progress=progress, partner=helper)
    had = _plain(stored)
    # What the evidence of an older session could not hold yet is no difference.
    now = {name: value for name, value in _plain(again).items() if name in had or name not in ADDED}
    found = tuple(differences(had, now))
    return Resimulation("different" if found else "same", stored.fingerprint, here, found[:MOST_NAMED])


def differences(stored: Any, again: Any, place: str = "") -> Iterator[str]:
    """Where two JSON values differ, field by field; lists of unequal length as a whole."""
    if isinstance(stored, dict) and isinstance(again, dict):
        for name in sorted(stored.keys() | again.keys()):
            yield from differences(stored.get(name), again.get(name), f"{place}.{name}" if place else name)
    elif isinstance(stored, list) and isinstance(again, list) and len(stored) == len(again):
        for i, (one, other) in enumerate(zip(stored, again, strict=True)):
            yield from differences(one, other, f"{place}.{i}")
    elif stored != again:
        yield f"{place}: {_short(stored)} stored, {_short(again)} now"


def _plain(evidence: Evidence) -> Any:
    """As the journal holds it: lists for tuples, names as texts."""
    return json.loads(json.dumps(evidence.to_json()))


def _short(value: Any) -> str:
    text = json.dumps(value)
    return text if len(text) <= 60 else f"{text[:57]}..."

"""Evidence as a journal holds it, checked before anything is computed with it: the journal may come from anywhere."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

from pydantic import TypeAdapter, ValidationError

from grader.evidence import Evidence, Impact
from scenarios.chain import Row, canonical
from simulator.errors import ContentError

LARGEST, SMALLEST = 1e15, 1e-100
"""Beyond these no money, time or count of a drill lies, and sums and curves could not be computed any more."""
DEEPEST = 8
_EVIDENCE = TypeAdapter(Evidence)


def evidence_from(row: Row, file: str) -> Evidence:
    """The evidence that a `grading` row holds.

    Raises:
        ContentError: it is not what a closing writes; names the step and the field.
    """
    place = f"step {row.step} payload.evidence"
    data = row.payload.get("evidence")
    _check_numbers(data, file, place)
    try:
        # As JSON, where strictness still takes a list for a tuple; nothing is taken for what it only resembles.
        evidence = _EVIDENCE.validate_json(json.dumps(data), strict=True)
    except ValidationError as problem:
        first = problem.errors()[0]
        raise _bad(file, ".".join([place, *map(str, first["loc"])]), first["msg"]) from None
    if json.loads(json.dumps(evidence.to_json())) != data:
        raise _bad(file, place, "a field is missing or is one too many")
    for candidate in evidence.candidates:
        if not evidence.variants.get(candidate):
            raise _bad(file, f"{place}.variants", f"no place of the candidate {candidate[:40]!r} is named")
    _check_curves(evidence.impact, file, f"{place}.impact")
    return evidence


def as_stored(evidence: Evidence) -> Evidence:
    """Evidence as it will be read back from the journal, which keeps names in their alphabetical order: graded at once or later, it reads the same."""
    return _EVIDENCE.validate_json(canonical(evidence.to_json()), strict=True)


def _check_curves(impact: Impact, file: str, place: str) -> None:
    if any(later <= at for at, later in pairwise(impact.hour_s)):
        raise _bad(file, f"{place}.hour_s", "times go up")
    for name in ("actual_curve", "do_nothing_curve", "reference_curve"):
        if len(getattr(impact, name)) != len(impact.hour_s):
            raise _bad(file, f"{place}.{name}", "a value for each time of hour_s is wanted")


def _check_numbers(data: Any, file: str, place: str) -> None:
    left = [(place, data, 0)]
    while left:
        where, value, depth = left.pop()
        if depth > DEEPEST:
            raise _bad(file, place, "lists are nested beyond reason")
        if isinstance(value, dict):
            left.extend((f"{where}.{name}", inner, depth + 1) for name, inner in value.items())
        elif isinstance(value, list):
            left.extend((f"{where}.{index}", inner, depth + 1) for index, inner in enumerate(value))
        elif isinstance(value, (int, float)) and value != 0 and not SMALLEST <= abs(value) <= LARGEST:
            raise _bad(file, where, "no closing writes a number of this size")


def _bad(file: str, key: str, message: str) -> ContentError:
    return ContentError(file, f"this is not what a closing writes: {message}", key=key)

"""Every name that a scenario uses, held against what it names: its own draws, and the faults, alerts and systems there are.

Works on the raw file, so that a wrong name is reported even where another part of the file has the wrong shape.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from scenarios import placeholders
from scenarios.document import Document, near
from scenarios.forms import Form, FormError, Kind, Name, kind_of, parse_candidate_value, parse_drawable
from scenarios.safe_yaml import Path
from simulator.errors import ContentError

_PROSE = ("briefing", "context", "people", "handoff", "reference", "mirror")
"""Keys whose texts may hold placeholders."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The names that exist in the product. None leaves that kind unchecked."""

    systems: Collection[str] | None = None
    faults: Mapping[str, Collection[str]] | None = None
    """Parameters by fault."""
    decoys: Mapping[str, Collection[str]] | None = None
    """Parameters by benign change."""
    alerts: Collection[str] | None = None
    competencies: Collection[str] | None = None


def name_mistakes(document: Document, vocabulary: Vocabulary) -> Iterator[ContentError]:
    """Mistakes in names of every kind; whatever has the wrong shape is left to the model to complain about."""
    raw: dict[str, Any] = document.value
    yield from _outside(document, raw, vocabulary)
    kinds = _draw_kinds(raw)
    for key, head, known in (("faults", "fault", vocabulary.faults), ("decoys", "change", vocabulary.decoys), ("differential", "fault", vocabulary.faults)):
        for index, entry in enumerate(_list(raw.get(key))):
            if isinstance(entry, dict):
                yield from _entry(document, (key, index), entry, head, known, kinds)
    yield from _differential(document, raw)
    yield from _texts(document, raw, kinds)


def _outside(document: Document, raw: dict[str, Any], vocabulary: Vocabulary) -> Iterator[ContentError]:
    page = raw.get("page")
    said: list[tuple[Path, Any, Collection[str] | None, str]] = [(("system",), raw.get("system"), vocabulary.systems, "system")]
    if isinstance(page, dict):
        said.append((("page", "alert"), page.get("alert"), vocabulary.alerts, "alert"))
    said.extend((("covers", index), item, vocabulary.competencies, "competency") for index, item in enumerate(_list(raw.get("covers"))))
    for path, name, known, what in said:
        if known is not None and isinstance(name, str) and name not in known:
            yield document.error(path, f"there is no {what} {name}; {near(name, known)}")


def _entry(document: Document, path: Path, entry: dict[str, Any], head: str, known: Mapping[str, Collection[str]] | None, kinds: dict[str, Kind | None]) -> Iterator[ContentError]:
    """One fault, decoy or candidate: its id, its parameters' names, and the draws that it refers to."""
    said = entry.get(head)
    takes = None
    if known is not None and isinstance(said, str):
        if said in known:
            takes = known[said]
        else:
            yield document.error((*path, head), f"there is no {head} {said}; {near(said, known)}")
    for key, value in entry.items():
        if key == head:
            continue
        if takes is not None and key != "at" and key not in takes:
            offer = near(key, takes) if takes else f"{said} takes no parameters"
            yield document.error((*path, key), f"is no parameter of {said}; {offer}", at_key=True)
        form = _form(value)
        if isinstance(form, Name):
            if form.name not in kinds:
                yield document.error((*path, key), f"nothing is drawn under the name ${form.name}; {near(form.name, kinds)}")
            elif key == "at" and kinds[form.name] not in ("duration", None):
                yield document.error((*path, key), f"expected a time, but ${form.name} is no duration; draw it as in {{between: [30h, 60h], before: page}}")


def _differential(document: Document, raw: dict[str, Any]) -> Iterator[ContentError]:
    entries = _list(raw.get("differential"))
    if not entries:
        return
    names: dict[str, int] = {}
    for index, entry in enumerate(entries):
        name = entry.get("fault") if isinstance(entry, dict) else entry
        if isinstance(name, str) and names.setdefault(name, index) != index:
            yield document.error(("differential", index), f"{name} is there twice; keep one entry and widen what it may draw")
    if "nothing" not in names:
        yield document.error(("differential",), "a learner must be able to find that nothing is wrong; add the entry nothing", at_key=True)
    faults = raw.get("faults")
    for index, fault in enumerate(_list(faults)):
        said = fault.get("fault") if isinstance(fault, dict) else None
        if isinstance(said, str) and said not in names:
            yield document.error(("faults", index, "fault"), f"{said} is not in the differential; add {{fault: {said}}} there, or it could never be told from the others")
    if faults == []:
        for index, entry in enumerate(entries):
            if isinstance(entry, dict) and "at" not in entry:
                yield document.error(("differential", index), "a scenario without faults has no onset to borrow; add at: {between: [6h, 24h], before: page}")


def _texts(document: Document, raw: dict[str, Any], kinds: dict[str, Kind | None]) -> Iterator[ContentError]:
    first = next(iter(_list(raw.get("faults"))), None)
    known = dict.fromkeys([*kinds, *(f"fault.{key}" for key in first if key != "fault")] if isinstance(first, dict) else kinds)
    for path, text in _strings((), {key: raw[key] for key in _PROSE if key in raw}):
        for name in placeholders.named(text):
            if name in ("{", "}"):
                yield document.error(path, "a brace stands alone; write {{ or }} for the sign itself, and {name} for a drawn value")
            elif name not in known:
                yield document.error(path, f"{{{name}}} is no drawn value; {near(name, known)}")


def _draw_kinds(raw: dict[str, Any]) -> dict[str, Kind | None]:
    """Kind of each draw by name; None where the draw itself is written wrongly."""
    kinds: dict[str, Kind | None] = {}
    draws = raw.get("draw")
    for name, value in draws.items() if isinstance(draws, dict) else ():
        try:
            kinds[name] = kind_of(parse_drawable(value))
        except FormError:
            kinds[name] = None
    return kinds


def _form(value: Any) -> Form | None:
    try:
        return parse_candidate_value(value)
    except FormError:
        return None


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _strings(path: Path, value: Any) -> Iterator[tuple[Path, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, (dict, list)):
        parts: Iterable[tuple[Any, Any]] = value.items() if isinstance(value, dict) else enumerate(value)
        for key, part in parts:
            yield from _strings((*path, key), part)

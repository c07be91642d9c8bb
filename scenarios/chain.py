"""Journal rows and the hash chain over them: canonical JSON in, sha256 out, each row bound to the one before it.

Rows are the same whether they lie in a file, in memory or in an export, so everything that reads a drill reads these.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any, Protocol

from simulator.errors import ContentError, UsageError

FORMAT_VERSION = 1
"""Schema version of a row and of an export. A row of another version is refused, never guessed at."""
NO_HASH = "0" * 64
"""`prev` of the header, which has no row before it."""


@dataclass(frozen=True, slots=True)
class Row:
    """One event of a session. Step 0 is the header; the first event is step 1."""

    step: int
    at_s: float
    """Virtual time, seconds since the start of the world."""
    wall: str
    """Wall time as ISO 8601, given by whoever appends; empty where there was no wall, as in a reference player's drill."""
    actor: str
    role: str
    kind: str
    payload: dict[str, Any]
    prev: str
    """Hash of the row before."""
    hash: str
    """sha256 of the canonical JSON of all the fields above and `version`, as hexadecimal digits."""

    def to_json(self) -> dict[str, Any]:
        """The row as an export shows it: its fields, its version, and `op` where the payload has one."""
        out = {**_hashed(self.step, self.at_s, self.wall, self.actor, self.role, self.kind, self.payload, self.prev), "hash": self.hash}
        if self.payload.get("op") is not None:
            out["op"] = self.payload["op"]
        return out


class JournalLike(Protocol):
    """What a drill writes to: a file that survives a crash, or memory."""

    def append(self, *, at_s: float, wall: str, actor: str, role: str, kind: str, payload: Mapping[str, Any]) -> Row: ...

    def rows(self) -> list[Row]: ...

    @property
    def header(self) -> dict[str, Any]: ...

    @property
    def head(self) -> Row: ...

    def close(self) -> None: ...


def canonical(data: Any) -> str:
    """`data` as canonical JSON: keys sorted, no spaces, text as it is, floats as Python's repr writes them.

    Raises:
        ValueError: a number is not finite.
    """
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def header_row(header: Mapping[str, Any]) -> Row:
    """Step 0 from `header`, which names at least `session`, `scenario` and `seed`; `wall` and `at_s` are taken from it where given.

    Raises:
        ValueError: one of the three is missing or of another type.
    """
    wrong = wrong_in_header(header)
    if wrong:
        raise ValueError(f"a journal's header needs {wrong}")
    return _row(0, float(header.get("at_s", 0.0)), str(header.get("wall", "")), "hotseat", "host", "header", header, NO_HASH)


def wrong_in_header(header: Mapping[str, Any]) -> str:
    """The first of the three names every header has that is missing or of another type; empty where all is well."""
    for name, kind in (("session", str), ("scenario", str), ("seed", int)):
        if not isinstance(header.get(name), kind) or isinstance(header[name], bool):
            return name
    return ""


def next_row(head: Row, *, at_s: float, wall: str, actor: str, role: str, kind: str, payload: Mapping[str, Any]) -> Row:
    """The row that follows `head`. Its payload is a copy: what the caller does with its own afterwards changes nothing.

    Raises:
        ValueError: a number is not finite, or `kind` is empty.
        UsageError: a text holds half a surrogate pair, which no file can keep.
    """
    if not kind or kind == "header":
        raise ValueError(f"{kind!r} is no kind of event")
    return _row(head.step + 1, at_s, wall, actor, role, kind, payload, head.hash)


def _row(step: int, at_s: float, wall: str, actor: str, role: str, kind: str, payload: Mapping[str, Any], prev: str) -> Row:
    if not isfinite(at_s):
        raise ValueError(f"the virtual time of a step is finite, not {at_s}")
    at_s = float(at_s) + 0.0  # a negative zero would not come back from SQLite as it went in
    plain: dict[str, Any] = json.loads(json.dumps(dict(payload), allow_nan=False))
    try:
        digest = _digest(_hashed(step, at_s, wall, actor, role, kind, plain, prev))
    except UnicodeEncodeError:
        raise UsageError("the line holds characters that are no valid text; type it again") from None
    return Row(step, at_s, wall, actor, role, kind, plain, prev, digest)


def _hashed(step: int, at_s: float, wall: str, actor: str, role: str, kind: str, payload: Mapping[str, Any], prev: str) -> dict[str, Any]:
    return {"version": FORMAT_VERSION, "step": step, "at_s": at_s, "wall": wall, "actor": actor, "role": role, "kind": kind, "payload": payload, "prev": prev}


def _digest(fields: Mapping[str, Any]) -> str:
    return hashlib.sha256(canonical(fields).encode()).hexdigest()


def row_from(fields: Mapping[str, Any], file: str, *, line: int | None = None, place: str = "") -> Row:
    """A row from plain fields, as an export or a file holds them.

    Raises:
        ContentError: a field is missing, of another type or of another version; names the field.
    """

    def bad(name: str, message: str) -> ContentError:
        return ContentError(file, message, line=line, key=f"{place}{name}")

    if "version" in fields and fields["version"] != FORMAT_VERSION:
        raise bad("version", f"this program reads version {FORMAT_VERSION}, not {_short(fields['version'])}")
    values: list[Any] = []
    for name, kind, said in _FIELDS:
        if name not in fields:
            raise bad(name, f"{said} is missing")
        value = fields[name]
        if type(value) is not kind:
            raise bad(name, f"{said} is wanted here, not {_short(value)}")
        values.append(value)
    return Row(*values[1:])


_FIELDS: tuple[tuple[str, type, str], ...] = (
    ("version", int, "the schema version"),
    ("step", int, "a step number"),
    ("at_s", float, "a virtual time in seconds"),
    ("wall", str, "a wall time as text"),
    ("actor", str, "the name of an actor"),
    ("role", str, "the name of a role"),
    ("kind", str, "a kind of event"),
    ("payload", dict, "an object"),
    ("prev", str, "the hash of the row before"),
    ("hash", str, "the hash of the row"),
)


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 40 else text[:37] + "…"


def check_link(row: Row, before: Row | None, file: str, *, line: int | None = None, place: str = "") -> None:
    """Check that `row` follows `before` (None for the header) and that nothing in it was changed.

    Raises:
        ContentError: names the file, the line where there is one, and the field.
    """

    def bad(name: str, message: str) -> ContentError:
        return ContentError(file, message, line=line, key=f"{place}{name}")

    step, prev = (0, NO_HASH) if before is None else (before.step + 1, before.hash)
    if row.step != step:
        raise bad("step", f"step {step} is expected here, not {row.step}: steps are missing or out of order")
    if (row.kind == "header") != (before is None):
        raise bad("kind", "the header is step 0, and only that" if before else f"step 0 is the header, not {_short(row.kind)}")
    if row.prev != prev:
        raise bad("prev", "does not continue the hash chain: the step before was changed or taken out")
    try:
        digest = _digest(_hashed(row.step, row.at_s, row.wall, row.actor, row.role, row.kind, row.payload, row.prev))
    except (ValueError, RecursionError):
        raise bad("payload", "holds a number that is not finite, characters that are no valid text, or lists nested beyond reason") from None
    if row.hash != digest:
        raise bad("hash", "the content does not match its hash: it was changed")
    if before is None and (wrong := wrong_in_header(row.payload)):
        raise bad(f"payload.{wrong}", "the header has to name this")


def verify(rows: Iterable[Row], file: str) -> Row:
    """Check the whole chain and return its last row.

    Raises:
        ContentError: names the file, the step and the field of the first row that does not hold.
    """
    before: Row | None = None
    for row in rows:
        check_link(row, before, file, place=f"step {0 if before is None else before.step + 1} ")
        before = row
    if before is None:
        raise ContentError(file, "is empty: not even a header")
    return before


class HeldRows:
    """The rows of an open journal as its readers see them, wherever else they are kept."""

    def __init__(self, rows: list[Row]) -> None:
        self._rows = rows

    def rows(self) -> list[Row]:
        return list(self._rows)

    @property
    def header(self) -> dict[str, Any]:
        return dict(self._rows[0].payload)

    @property
    def head(self) -> Row:
        return self._rows[-1]


class MemoryJournal(HeldRows):
    """A journal that lives as long as the process, for reference players, counterfactual replays and tests."""

    def __init__(self, header: Mapping[str, Any]) -> None:
        super().__init__([header_row(header)])

    def append(self, *, at_s: float, wall: str, actor: str, role: str, kind: str, payload: Mapping[str, Any]) -> Row:
        row = next_row(self._rows[-1], at_s=at_s, wall=wall, actor=actor, role=role, kind=kind, payload=payload)
        self._rows.append(row)
        return row

    def close(self) -> None:
        """Nothing to let go of."""

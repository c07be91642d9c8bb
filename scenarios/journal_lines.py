"""A journal as one text file: canonical JSON lines, a head line first, then one row per line from the header on.

Every line must be exactly what this module would write, so any change of any character is found.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NoReturn

from scenarios.chain import FORMAT_VERSION, Row, canonical, check_link, row_from
from simulator.errors import ContentError


def export(rows: Sequence[Row]) -> Iterator[str]:
    """The lines of `rows`, each with its line end. `rows` begins with the header."""
    yield canonical(_top(rows)) + "\n"
    for row in rows:
        yield canonical(row.to_json()) + "\n"


def _top(rows: Sequence[Row]) -> dict[str, Any]:
    header = rows[0].payload
    return {
        "format_version": FORMAT_VERSION,
        "session": header["session"],
        "scenario": header["scenario"],
        "seed": header["seed"],
        "steps": rows[-1].step,
        "head": rows[-1].hash,
    }


def lines_of(data: bytes, file: str) -> list[str]:
    """The lines of an exported file.

    Raises:
        ContentError: the bytes are no UTF-8 text; names the line.
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as problem:
        raise ContentError(file, "is no text in UTF-8", line=data.count(b"\n", 0, problem.start) + 1, key="text") from None
    # Not splitlines: text in a journal may hold other characters that Python counts as line ends.
    lines = text.split("\n")
    return lines[:-1] if lines[-1] == "" else lines


def import_journal(lines: Iterable[str], file: str) -> list[Row]:
    """The rows that `lines` hold, after the whole chain, the number of steps and the head hash are checked. Writes nothing.

    Raises:
        ContentError: the first thing that is wrong, with file, line and field.
    """
    top: dict[str, Any] | None = None
    top_text = ""
    rows: list[Row] = []
    for number, raw in enumerate(lines, start=1):
        text = raw.removesuffix("\n")
        fields = _object(text, file, number)
        if top is None:
            top, top_text = fields, text
            _check_top(fields, file)
            continue
        row = row_from(fields, file, line=number)
        check_link(row, rows[-1] if rows else None, file, line=number)
        if canonical(row.to_json()) != text:
            raise ContentError(file, _difference(fields, row), line=number, key="text")
        rows.append(row)
    if top is None:
        raise ContentError(file, "is empty; an exported journal begins with a head line", line=1, key="format_version")
    if not rows or rows[-1].step < top["steps"]:
        raise ContentError(file, f"{top['steps']} steps are announced and the file ends before: its end is missing", line=len(rows) + 2, key="steps")
    for name, value in _top(rows).items():
        if top[name] != value:
            raise ContentError(file, f"the head line says {top[name]!r} and the rows say {value!r}", line=1, key=name)
    if canonical(_top(rows)) != top_text:
        raise ContentError(file, "is not written as an export writes it", line=1, key="text")
    return rows


def _object(text: str, file: str, number: int) -> dict[str, Any]:
    try:
        data = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise ContentError(file, "is no line of JSON", line=number, key="text") from None
    if not isinstance(data, dict):
        raise ContentError(file, "a JSON object is wanted on each line", line=number, key="text")
    return data


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number that JSON knows")


def _check_top(top: dict[str, Any], file: str) -> None:
    if "format_version" not in top:
        raise ContentError(file, "is no exported journal: its first line names no format version", line=1, key="format_version")
    if type(top["format_version"]) is not int or top["format_version"] != FORMAT_VERSION:
        raise ContentError(file, f"this program reads format version {FORMAT_VERSION}, not {str(top['format_version'])[:40]!r}", line=1, key="format_version")
    for name, kind, said in (("session", str, "a text"), ("scenario", str, "a text"), ("seed", int, "a whole number"), ("steps", int, "a whole number"), ("head", str, "a text")):
        if type(top.get(name)) is not kind:
            raise ContentError(file, f"{said} is wanted here", line=1, key=name)


def _difference(fields: dict[str, Any], row: Row) -> str:
    wanted = row.to_json()
    for name in sorted(fields.keys() | wanted.keys()):
        if fields.get(name) != wanted.get(name):
            return f"{name} does not belong here" if name not in wanted else f"{name} does not match the payload"
    return "is not written as an export writes it: one object of canonical JSON, nothing before or after"

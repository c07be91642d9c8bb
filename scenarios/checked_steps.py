"""Steps of a journal that may come from anywhere, held against what a drill can write: each means what its own line says.

A hash chain shows that nothing was changed since it was made, not who made it. No world is built here.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import TypeAdapter, ValidationError

from scenarios.chain import Row, canonical
from scenarios.hint import LEVELS
from scenarios.phases import TRANSITIONS
from scenarios.steps import Step, steps_of
from scenarios.words import registry
from simulator.commands import parse
from simulator.durations import DAY_S
from simulator.errors import ContentError, UsageError
from simulator.observation import Observation

LATEST_S = 3650 * DAY_S
"""No world is as old as this."""
_OBSERVATION = TypeAdapter(Observation)
_WRITTEN = ("line", "op", "args", "took_s", "phase", "facts")


def checked_steps(rows: Iterable[Row], file: str, *, latest_s: float = LATEST_S) -> list[Step]:
    """The steps in `rows`, fit to be graded, and in a world that lasts to `latest_s` to be played again.

    Raises:
        ContentError: a row is not one that a drill writes; names the step and the field. `file` says whose rows they are.
    """
    rows = list(rows)
    for row in rows:
        _check_time(row, file, 2 * latest_s)
    payloads = {row.step: row.payload for row in rows}
    steps = steps_of(rows, file)
    for step in steps:
        _check(step, payloads[step.step], file, latest_s)
    return steps


def _check_time(row: Row, file: str, latest_s: float) -> None:
    name, at_s = ("payload.to_s", row.payload.get("to_s")) if row.kind == "clock" else ("at_s", row.at_s)
    for field, value in (("at_s", row.at_s), (name, at_s)):
        if not isinstance(value, (int, float)) or isinstance(value, bool) or not 0 <= value <= latest_s:
            raise _bad(file, row.step, field, "is no time of this drill")


def _check(step: Step, payload: Mapping[str, Any], file: str, latest_s: float) -> None:
    for name in _WRITTEN:
        if payload.get(name) is None:
            raise _bad(file, step.step, f"payload.{name}", "is missing")
    if step.phase not in TRANSITIONS:
        raise _bad(file, step.step, "payload.phase", f"{step.phase[:40]!r} is no phase of a drill")
    if not 0 <= step.took_s <= latest_s:
        raise _bad(file, step.step, "payload.took_s", "is no time that a command takes")
    if bool(step.error) != (step.kind in ("error", "refused")):
        raise _bad(file, step.step, "payload.error", "says why a line was refused or not understood, and only that")
    _check_observation(step, payload.get("observation"), file)
    _check_hint(step, payload.get("hint"), file)
    if step.kind == "error":
        if step.op or step.args:
            raise _bad(file, step.step, "payload.op" if step.op else "payload.args", "is empty where a line was not understood")
        return
    try:
        read = parse(step.line, registry())
    except UsageError as problem:
        raise _bad(file, step.step, "payload.line", str(problem)) from None
    if step.op != read.command.name:
        raise _bad(file, step.step, "payload.op", "does not say what the step's line says")
    if step.kind not in (read.command.kind, "refused"):
        raise _bad(file, step.step, "kind", f"{read.command.name} is a {read.command.kind}, not a {step.kind}")
    if not _same(step.args, read.args):
        raise _bad(file, step.step, "payload.args", "does not say what the step's line says")


LATEST_S = 1e10
"""No world lives three centuries, and a calendar ends soon after."""


def _check_observation(step: Step, data: Any, file: str) -> None:
    """Raises ContentError where a look or a move shows something else than an observation, or facts that are not in it."""
    if step.kind not in ("look", "move"):
        if data is not None or step.facts:
            raise _bad(file, step.step, "payload.observation", "only a look or a move shows something")
        return
    try:
        shown = _OBSERVATION.validate_json(json.dumps(data), strict=True)
    except ValidationError as problem:
        first = problem.errors()[0]
        raise _bad(file, step.step, ".".join(["payload.observation", *map(str, first["loc"])]), first["msg"]) from None
    except RecursionError:
        raise _bad(file, step.step, "payload.observation", "is nested beyond reason") from None
    whole = all(len(row) == len(table.columns) for table in shown.tables for row in table.rows) and all(len(s.at_s) == len(s.values) for s in shown.series)
    if not whole or shown.to_json() != data:
        raise _bad(file, step.step, "payload.observation", "is no whole observation")
    times = [at for series in shown.series for at in series.at_s]
    cells = [row[i] for table in shown.tables for i, head in enumerate(table.columns) if head.unit == "time" for row in table.rows]
    times += [cell for cell in cells if isinstance(cell, (int, float))]
    if not all(abs(at) <= LATEST_S for at in times):
        raise _bad(file, step.step, "payload.observation", "holds a time centuries away")
    if step.facts != shown.facts:
        raise _bad(file, step.step, "payload.facts", "are not those of the observation")


def _check_hint(step: Step, hint: Any, file: str) -> None:
    """Raises ContentError where a hint is missing that was given, or is there where none was asked for."""
    if (step.kind == "word" and step.op == "hint") != (hint is not None):
        raise _bad(file, step.step, "payload.hint", "belongs to a step that gave a hint, and to no other")
    if hint is None:
        return
    price, text = hint.get("price"), hint.get("text")
    if step.hint not in LEVELS or type(price) not in (int, float) or not 0 <= price <= 100 or not isinstance(text, str):
        raise _bad(file, step.step, "payload.hint", "a level of 1 to 3, a price in points and a text are wanted here")


def _same(written: Mapping[str, Any], read: Mapping[str, Any]) -> bool:
    """Whether two sets of arguments are the same in value and in type: 1, 1.0 and true are three things to a command."""
    try:
        return canonical(written) == canonical(read)
    except (ValueError, RecursionError):  # infinity in the line, which no journal holds, or lists within lists in the arguments
        return False


def _bad(file: str, step: int, field: str, message: str) -> ContentError:
    return ContentError(file, message, key=f"step {step} {field}")

"""The end of a drill, the same for whoever played it, and the grade of a stored session again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.cli.edge import say
from console.cli.seat import Seat, told
from console.home import wall_now
from simulator.errors import ContentError, Refused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.evidence import Evidence
    from grader.scorecard import Scorecard
    from scenarios.chain import Row
    from scenarios.sessions import Stored
    from scenarios.steps import Step


def close(seat: Seat) -> Scorecard:
    """Close, replay and grade; each is in the journal before the next begins. A closing that was interrupted is made again.

    Progress goes to standard error.
    """
    from grader.closing import close as closed

    return closed(seat.drill, session=seat.session, role=seat.role, level=seat.level, wall=wall_now(), progress=lambda what: say(f"grading: {what}"))[1]


def regrade(stored: Stored, file: str) -> tuple[Scorecard, list[Step], Evidence]:
    """The grade of a closed session again, from its journal and nothing else.

    Raises:
        Refused: the session has no evidence yet.
        ContentError: its evidence is not what a closing writes.
    """
    from grader.scorecard import grade
    from scenarios.steps import steps_of

    row = _last(stored.rows, "grading")
    if row is None:
        session = stored.header["session"]
        raise Refused(f"session {session} is not graded yet; hotseat play --resume {session} goes on with it")
    evidence = _evidence(row, file)
    role, level = told(stored.header, file)
    steps = steps_of(stored.rows, file)
    return grade(steps, evidence, session=str(stored.header["session"]), role=role, level=level), steps, evidence


def _evidence(row: Row, file: str) -> Evidence:
    """The evidence of a grading row, checked: the journal may come from anywhere."""
    from pydantic import TypeAdapter, ValidationError

    from grader.evidence import Evidence

    data = row.payload.get("evidence")
    try:
        TypeAdapter(Evidence).validate_python(data)
    except ValidationError as problem:
        first = problem.errors()[0]
        key = ".".join(str(part) for part in ("evidence", *first["loc"]))
        raise ContentError(file, f"this is not what a closing writes: {first['msg']}", key=f"step {row.step} payload.{key}") from None
    assert isinstance(data, dict)
    return Evidence.from_json(data)


def _last(rows: Sequence[Row], kind: str) -> Row | None:
    return next((row for row in reversed(rows) if row.kind == kind), None)

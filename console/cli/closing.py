"""The end of a drill, the same for whoever played it: closed, evidence gathered by replay, graded, each durable before the next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from console.cli.seat import Seat, told
from console.home import wall
from simulator.errors import ContentError, Refused

if TYPE_CHECKING:
    from grader.evidence import Evidence
    from grader.scorecard import Scorecard
    from scenarios.chain import Row
    from scenarios.steps import Step
    from scenarios.sessions import Stored

Progress = Callable[[str], None]


def close(seat: Seat, *, progress: Progress | None = None) -> Scorecard:
    """Close, replay and grade. What an interrupted closing has done already is not done again.

    Appends the rows `closed`, `grading` with the evidence and `scorecard`, as far as the journal lacks them.
    """
    from grader.evidence import Evidence
    from grader.gather import gather

    if _last(seat.journal.rows(), "closed") is None:
        _append(seat, "closed", {"resolved": seat.drill.closed})
    graded = _last(seat.journal.rows(), "grading")
    if graded is None:
        evidence = gather(seat.drill.incident, seat.journal.rows(), progress=progress)
        _append(seat, "grading", {"evidence": evidence.to_json()})
    else:
        evidence = Evidence.from_json(graded.payload["evidence"])
    card = _card(seat.journal.rows(), evidence, seat.session, seat.role, seat.level, "journal")
    if _last(seat.journal.rows(), "scorecard") is None:
        _append(seat, "scorecard", {"scorecard": card.to_json()})
    return card


def regrade(stored: Stored, file: str) -> tuple[Scorecard, list[Step], Evidence]:
    """The grade of a closed session again, from its journal and nothing else.

    Raises:
        Refused: the session has no evidence yet.
        ContentError: its evidence is not what a closing writes.
    """
    from grader.evidence import Evidence
    from scenarios.steps import steps_of

    row = _last(stored.rows, "grading")
    if row is None:
        session = stored.header["session"]
        raise Refused(f"session {session} is not closed yet, so there is nothing to grade; hotseat play --resume {session} goes on with it")
    try:
        evidence = Evidence.from_json(row.payload["evidence"])
    except (KeyError, TypeError, ValueError, AttributeError) as problem:
        raise ContentError(file, f"the evidence is not what a closing writes ({problem})", key=f"step {row.step} payload.evidence") from None
    role, level = told(stored.header)
    return _card(stored.rows, evidence, str(stored.header["session"]), role, level, file), steps_of(stored.rows, file), evidence


def _card(rows: Sequence[Row], evidence: Evidence, session: str, role: str, level: str, file: str) -> Scorecard:
    from grader.scorecard import grade
    from scenarios.steps import steps_of

    return grade(steps_of(rows, file), evidence, session=session, role=role, level=level)


def _last(rows: Sequence[Row], kind: str) -> Row | None:
    return next((row for row in reversed(rows) if row.kind == kind), None)


def _append(seat: Seat, kind: str, payload: dict[str, Any]) -> None:
    seat.journal.append(at_s=seat.drill.now_s, wall=wall(), actor="hotseat", role="", kind=kind, payload=payload)

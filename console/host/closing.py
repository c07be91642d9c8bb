"""The end of a drill, the same for whoever played it, and the grade of a stored session again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.home import wall_now
from console.host.seat import Progress, Seat, told, untold
from simulator.errors import ContentError, Refused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.evidence import Evidence
    from grader.partner import Partner
    from grader.scorecard import Scorecard
    from scenarios.chain import Row
    from scenarios.sessions import Stored
    from scenarios.steps import Step


def close(seat: Seat, progress: Progress = untold, partner: Partner | None = None) -> Scorecard:
    """Close, replay and grade; each is in the journal before the next begins. A closing that was interrupted is made again."""
    from grader.closing import close as closed
    from grader.modes import interview_in, mode_in

    def tell(what: str, share: float) -> None:
        progress(f"grading: {what}", share)

    mode = mode_in(seat.journal.header, str(seat.journal.path))
    interview = interview_in(seat.journal.header)
    return closed(seat.drill, session=seat.session, role=seat.role, level=seat.level, mode=mode, interview=interview, wall=wall_now(), progress=tell, partner=partner)[1]


def regrade(stored: Stored, file: str) -> tuple[Scorecard, list[Step], Evidence]:
    """The grade of a closed session again, from its journal and nothing else.

    Raises:
        Refused: the session has no evidence yet.
        ContentError: a row is not one that a drill or its closing writes; names the step and the field.
    """
    from grader.modes import interview_in, mode_in
    from grader.overrule import overrules_in, reviewed
    from grader.scorecard import grade

    steps, evidence = read_back(stored.rows, file)
    session = str(stored.header["session"])
    if evidence is None:
        raise Refused(f"session {session} is not graded yet; hotseat play --resume {session} goes on with it")
    role, level = told(stored.header, file)
    card = grade(steps, evidence, session=session, role=role, level=level, mode=mode_in(stored.header, file), interview=interview_in(stored.header))
    return reviewed(card, overrules_in(stored.rows, file)), steps, evidence


def read_back(rows: Sequence[Row], file: str) -> tuple[list[Step], Evidence | None]:
    """The steps of a journal that may come from anywhere, and its last evidence where it has any. No world is built.

    Raises:
        ContentError: a row is not one that a drill or its closing writes; names the step and the field.
    """
    from grader.overrule import overrules_in
    from grader.stored_evidence import evidence_from
    from scenarios.checked_steps import checked_steps

    steps = checked_steps(rows, file)
    found = [evidence_from(row, file) for row in rows if row.kind == "grading"]
    for row in rows:
        if row.kind == "scorecard":
            _check_scorecard(row, file)
    overrules_in(rows, file)
    return steps, found[-1] if found else None


def _check_scorecard(row: Row, file: str) -> None:
    """A stored scorecard is only listed, never graded from: what a listing reads of it is all that has to hold."""
    card = row.payload.get("scorecard")
    if not isinstance(card, dict):
        raise ContentError(file, "an object is wanted here", key=f"step {row.step} payload.scorecard")
    score = card.get("score")
    if not isinstance(score, (int, float)) or isinstance(score, bool):
        raise ContentError(file, "a number is wanted here", key=f"step {row.step} payload.scorecard.score")

"""How a drill ends: it is closed, replayed and graded, and all three are journaled, so that grading again is pure."""

from __future__ import annotations

from grader.evidence import Evidence
from grader.gather import gather
from grader.partner import Partner
from grader.scorecard import Scorecard, grade
from grader.stages import Progress, untold
from grader.stored_evidence import as_stored
from scenarios.drill import Drill
from scenarios.steps import steps_of


def close(
    drill: Drill,
    *,
    session: str,
    role: str,
    level: str,
    mode: str = "practice",
    interview: bool = False,
    wall: str = "",
    progress: Progress = untold,
    partner: Partner | None = None,
) -> tuple[Evidence, Scorecard]:
    """Close the drill where it stands, gather its evidence and grade it, with a partner sooner; appends the rows `closed`, `grading` and `scorecard`."""
    journal = drill.journal
    journal.append(at_s=drill.now_s, wall=wall, actor="host", role="", kind="closed", payload={"resolved": drill.closed})
    evidence = as_stored(gather(drill.incident, journal.rows(), progress=progress, partner=partner))
    journal.append(at_s=drill.now_s, wall=wall, actor="grader", role="", kind="grading", payload={"evidence": evidence.to_json()})
    card = grade(steps_of(journal.rows()), evidence, session=session, role=role, level=level, mode=mode, interview=interview)
    journal.append(at_s=drill.now_s, wall=wall, actor="grader", role="", kind="scorecard", payload={"scorecard": card.to_json()})
    return evidence, card

"""The review of a stored session by a person: findings are overruled by events of their own, after the closing."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from console.home import sessions, wall_now
from console.host.closing import regrade

if TYPE_CHECKING:
    from grader.scorecard import Scorecard


def overruled(session: str, finding: str, met: bool, reason: str, by: str) -> Scorecard:
    """Add a person's word against a finding to the journal of `session`; the scorecard with the review beside it.

    Raises:
        UsageError: there is no such session or finding, the finding says the same already, or a text is missing.
        Refused: the session is not graded yet, or is open elsewhere.
        ContentError: the journal holds what no drill writes.
    """
    from grader.overrule import KIND, overrule
    from scenarios.sessions import Stored

    with closing(sessions().open(session)) as journal:
        file = str(journal.path)
        card = regrade(Stored(journal.rows(), journal.header), file)[0]
        word = overrule(card, finding, met, reason, by)
        journal.append(at_s=journal.head.at_s, wall=wall_now(), actor=word.by, role="reviewer", kind=KIND, payload=word.payload())
        return regrade(Stored(journal.rows(), journal.header), file)[0]

"""What Home says of a drill and of a stored session: as a row of its list, and in full beside it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.content import Content

from console.untrusted import untrusted_line
from console.widgets.plain_text import content, joined, state_content
from console.widgets.row_list import Row, one_line

if TYPE_CHECKING:
    from console.host.shown import DrillCard, SessionCard

NOTHING = "–"
_ORDER = {"open": 0, "resolved": 1, "graded": 2, "damaged": 3}


def standing(card: SessionCard) -> str:
    """`open`, `resolved` where only its grade is missing, `graded`, or `damaged`."""
    if card.state != "closed":
        return card.state
    return "resolved" if card.score is None else "graded"


def in_order(sessions: Sequence[SessionCard]) -> tuple[SessionCard, ...]:
    """What waits for the person first, the latest of a kind first."""
    latest_first = sessions[::-1]
    return tuple(sorted(latest_first, key=lambda card: _ORDER.get(standing(card), len(_ORDER))))


def of_drill(drill: DrillCard, sessions: Sequence[SessionCard]) -> tuple[SessionCard, ...]:
    """The readable sessions of a drill, the latest last."""
    return tuple(card for card in sessions if card.scenario == drill.name and card.state != "damaged")


def last_result(drill: DrillCard, sessions: Sequence[SessionCard]) -> str:
    mine = of_drill(drill, sessions)
    if not mine:
        return NOTHING
    return "not finished" if mine[-1].score is None else f"{mine[-1].score:.0f} of 100"


def drill_row(drill: DrillCard, sessions: Sequence[SessionCard]) -> Row:
    result = last_result(drill, sessions)
    return Row(
        drill.name,
        one_line(drill.title or drill.name),
        (one_line(f"{drill.minutes} min"), one_line(f"{drill.difficulty} of 5"), one_line(result, "$text-muted" if result == NOTHING else "")),
    )


def session_row(card: SessionCard) -> Row:
    return Row(card.session, one_line(_named(card)), (one_line(f"seed {card.seed}"), one_line(_steps(card)), _state(card)))


def drill_details(drill: DrillCard, sessions: Sequence[SessionCard]) -> Content:
    parts = [
        content(_plain(drill.title or drill.name), "bold"),
        content(f"{_plain(drill.system)} · {drill.minutes} min · difficulty {drill.difficulty} of 5", "$text-muted"),
        content(""),
        content(" ".join(drill.briefing.split())),
        content(""),
        joined(("roles    ", "$text-muted"), ", ".join(map(_plain, drill.roles))),
        joined(("levels   ", "$text-muted"), ", ".join(map(_plain, drill.levels))),
        joined(("so far   ", "$text-muted"), _so_far(of_drill(drill, sessions))),
    ]
    return Content("\n").join(parts)


def session_details(card: SessionCard) -> Content:
    parts = [
        content(_plain(_named(card)), "bold"),
        joined(_state(card), (f" · seed {card.seed} · {_steps(card)}", "$text-muted")),
        content(_plain(card.session), "$text-muted"),
        content(""),
        content(_next(card)),
    ]
    return Content("\n").join(parts)


def _next(card: SessionCard) -> str:
    return {
        "open": "Enter goes on where you stopped. The world is built again from its seed and your steps are played again first; that takes a moment.",
        "resolved": "You resolved it and left before the grade was there. Enter grades it.",
        "graded": "Enter opens the debrief: what each step showed, what each move was worth, and what was the cause.",
        "damaged": f"Its file cannot be read, so it cannot be played or graded. `hotseat sessions verify {_plain(card.session)}` says why. No other session is affected.",
    }.get(standing(card), "")


def _state(card: SessionCard) -> Content:
    word = _plain(standing(card))
    if word == "graded":
        return state_content("closed", f"graded {card.score:.0f} of 100")
    return state_content("pending", "resolved, no grade yet") if word == "resolved" else state_content(word)


def _named(card: SessionCard) -> str:
    return card.title or card.scenario or card.session


def _steps(card: SessionCard) -> str:
    return f"{card.steps} step{'' if card.steps == 1 else 's'}"


def _so_far(mine: Sequence[SessionCard]) -> str:
    if not mine:
        return "not played yet"
    scores = [card.score for card in mine if card.score is not None]
    waiting = len(mine) - len(scores)
    parts = [f"{len(mine)} session{'' if len(mine) == 1 else 's'}"]
    if scores:
        parts.append(f"best {max(scores):.0f} of 100, last {scores[-1]:.0f}")
    if waiting:
        parts.append(f"{waiting} not finished")
    return " · ".join(parts)


def _plain(text: str) -> str:
    return untrusted_line(text)

"""How tasks of a grade are divided between this process and its partner: by who is free, and by who has the worlds already."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from grader.partner import Partner
from grader.tasks import Task
from scenarios.incident import Incident

PATIENCE_S = 1.0
"""How long is waited for an answer at a time; whether the partner still lives is seen at once."""


def divide(
    incident: Incident,
    tasks: Sequence[Task],
    partner: Partner,
    *,
    before: Iterator[None] | None = None,
    meanwhile: Iterator[None] | None = None,
    told: Callable[[float], None] = lambda share: None,
) -> None:
    """Have all tasks done, some by the partner; what is found is kept with the incident.

    Tasks in worlds that one of the two has already are left to it, the partner's as long as it lives. `told` hears of the share that is begun, 0 to 1.

    Args:
        before: what only this process can do, done first, while the partner begins with the first of the tasks.
        meanwhile: the same, done as far as this process would only wait.
    """
    left, theirs, filling = list(tasks), list[Task](), iter(meanwhile or ())

    def turn() -> None:
        """Hear what the partner found, and keep it busy."""
        found = partner.answer()
        if found is not None:
            found.keep(incident)
            theirs.clear()
        elif theirs and partner.gone:
            left[:0] = theirs
            theirs.clear()
        if left and partner.free(incident):
            known = _first(task.place in partner.places for task in left)
            chosen = _first(not task.at_hand(incident) for task in left) if known is None else known
            if chosen is not None:
                theirs.append(left.pop(chosen))
                partner.ask(theirs[0])

    turn()
    for _ in before or ():
        turn()
    while True:
        turn()
        mine = 0 if partner.gone and left else _first(task.place not in partner.places for task in left)
        if mine is not None:
            told(1.0 - len(left) / len(tasks))
            for _ in left.pop(mine).slices(incident):
                turn()
        elif not left and not theirs:
            return
        elif next(filling, "done") == "done":
            partner.wait(PATIENCE_S)


def _first(flags: Iterator[bool]) -> int | None:
    return next((at for at, flag in enumerate(flags) if flag), None)

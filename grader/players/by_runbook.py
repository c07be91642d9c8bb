"""Players that know a scenario's runbook: they play it as it is, without looking first, after every look there is, or after a retraining."""

from __future__ import annotations

import re

from grader.players.names import fullest
from grader.players.player import submit_all
from scenarios.drill import Drill
from scenarios.words import registry
from simulator.commands import Command

RETRAIN = "train start --promote on"
_CITED = re.compile(r"(?<=--because )[\d ]+")


def reference(drill: Drill) -> None:
    """The runbook."""
    submit_all(drill, list(drill.incident.drawn.reference))


def retrain_then_right(drill: Drill) -> None:
    """A retraining before any look, then the runbook; its citations move on by the line that came before them."""
    submit_all(drill, [RETRAIN, *(cited_later(line, 1) for line in drill.incident.drawn.reference)])


def cited_later(line: str, by: int) -> str:
    """`line` with the steps that it cites moved on by `by`."""
    return _CITED.sub(lambda cited: re.sub(r"\d+", lambda step: str(int(step[0]) + by), cited[0]), line)


def lucky(drill: Drill) -> None:
    """The truth without a look, then the runbook's moves."""
    submit_all(drill, [_truth(drill), *reference_moves(drill), "resolve"])


def shotgun(drill: Drill) -> None:
    """Every look there is, all of them cited, then the truth and the runbook's moves."""
    lines = [line for command in _looks() for line in fullest(drill, command)]
    submit_all(drill, lines)
    steps = " ".join(str(row.step) for row in drill.journal.rows() if row.kind == "look")
    submit_all(drill, [f"{_truth(drill)} --because {steps}", *reference_moves(drill), "resolve"])


def reference_moves(drill: Drill) -> list[str]:
    """The moves and waits of the reference runbook, without its looks and words."""
    moves = {name for name, command in registry().items() if command.kind == "move"}
    return [line for line in drill.incident.drawn.reference if line.startswith("wait ") or any(line == m or line.startswith(m + " ") for m in moves)]


def _truth(drill: Drill) -> str:
    return "declare {} {}".format(*drill.incident.cause)


def _looks() -> list[Command]:
    return [c for c in registry().values() if c.kind == "look" and not any(p.type == "rest" for p in c.params)]

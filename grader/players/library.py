"""The reference players: the runbook, and those that must not get far (nothing, reflexes, luck, brute force, chance)."""

from __future__ import annotations

from grader.players.names import fullest, words_for
from grader.players.player import Player, submit_all
from scenarios.drill import Drill
from scenarios.words import registry
from simulator.commands import Command
from simulator.streams import stream

RANDOM_LINES = 24


def _reference(drill: Drill) -> None:
    submit_all(drill, list(drill.incident.drawn.reference))


def _do_nothing(drill: Drill) -> None:
    submit_all(drill, ["wait 1h", "resolve"])


def _retrain_first(drill: Drill) -> None:
    submit_all(
        drill,
        ["train start --promote on", "wait 80m", "declare world/customers data-drift", "update --impact retrained --status mitigated --next monitor --eta 24h", "resolve"],
    )


def reference_moves(drill: Drill) -> list[str]:
    """The moves and waits of the reference runbook, without its looks and words."""
    moves = {name for name, command in registry().items() if command.kind == "move"}
    return [line for line in drill.incident.drawn.reference if line.startswith("wait ") or any(line == m or line.startswith(m + " ") for m in moves)]


def _truth(drill: Drill) -> str:
    return "declare {} {}".format(*drill.incident.cause)


def _lucky(drill: Drill) -> None:
    submit_all(drill, [_truth(drill), *reference_moves(drill), "resolve"])


def _shotgun(drill: Drill) -> None:
    lines = [line for command in _looks() for line in fullest(drill, command)]
    submit_all(drill, lines)
    steps = " ".join(str(row.step) for row in drill.journal.rows() if row.kind == "look")
    submit_all(drill, [f"{_truth(drill)} --because {steps}", *reference_moves(drill), "resolve"])


def _looks() -> list[Command]:
    return [c for c in registry().values() if c.kind == "look" and not any(p.type == "rest" for p in c.params)]


def _random(drill: Drill) -> None:
    draws = stream(drill.incident.drawn.seed, f"player.random.{drill.incident.scenario.name}")
    commands = [c for c in registry().values() if c.kind in ("look", "move") and not any(p.type == "rest" for p in c.params)]
    for _ in range(RANDOM_LINES):
        command = commands[int(draws.integers(len(commands)))]
        lines = fullest(drill, command)
        if lines:
            drill.submit(lines[int(draws.integers(len(lines)))])
    declare = registry()["declare"]
    words = [options[int(draws.integers(len(options)))] for options in (words_for(drill, p) for p in declare.params[:2])]
    submit_all(drill, ["declare " + " ".join(words), "resolve"])


PLAYERS: dict[str, Player] = {
    player.name: player
    for player in (
        Player("reference", "the scenario's own runbook", _reference, graded=True),
        Player("do-nothing", "waits an hour and resolves", _do_nothing),
        Player("retrain-first", "retrains at once, calls it drift and resolves", _retrain_first),
        Player("lucky", "names the truth without a look, then makes the reference's moves", _lucky),
        Player("shotgun", "takes every look there is, cites them all, then the truth and the reference's moves", _shotgun),
        Player("random", "types commands by chance", _random),
    )
}

"""Players with one reflex for every incident, which no look comes before: wait, retrain, restart, roll back, or type by chance."""

from __future__ import annotations

from grader.players.by_runbook import RETRAIN
from grader.players.names import fullest, names_of, words_for
from grader.players.player import submit_all
from scenarios.drill import Drill
from scenarios.words import registry
from simulator.streams import stream

RANDOM_LINES = 24
ROLLBACKS = 3


def do_nothing(drill: Drill) -> None:
    """An hour's wait."""
    submit_all(drill, ["wait 1h", "resolve"])


def retrain_first(drill: Drill) -> None:
    """A retraining at once, called drift."""
    submit_all(
        drill,
        [RETRAIN, "wait 80m", "declare world/customers data-drift", "update --impact retrained --status mitigated --next monitor --eta 24h", "resolve"],
    )


def restart_everything(drill: Drill) -> None:
    """Every service restarted, then once more an hour later; called overload."""
    restarts = [f"serving restart {service}" for service in names_of(drill, "service")]
    told = 'update --impact "0 payments are lost" --status mitigated --next "restart again if it comes back" --eta 60m'
    submit_all(drill, [*restarts, "wait 1h", *restarts, "declare serving/model-server overload", told, "resolve"])


def rollback_everything(drill: Drill) -> None:
    """The version before, and the ones before that; called a wrong version."""
    told = 'update --impact "0 payments are scored by the new version" --status mitigated --next "find out what the release changed" --eta 60m'
    submit_all(drill, [*["registry rollback"] * ROLLBACKS, "wait 1h", "declare registry/alias wrong-version", told, "resolve"])


def by_chance(drill: Drill) -> None:
    """Lines drawn from all looks and moves, then a cause drawn from all causes."""
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

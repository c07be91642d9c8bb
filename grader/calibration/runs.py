"""One drill of one reference player, played and graded, as a row of plain values."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from grader.players.player import Player
    from scenarios.incident import Incident

Run = dict[str, Any]
"""Scenario, seed, player, score and what the bounds are held against; values of JSON only."""
OVERDUE = "training_age_ratio"
"""Signal of a page that says that no training succeeded."""
PANEL = ("trainee",)
"""Players who are another person on each seed, the same in all scenarios: a panel of graded skill, from which difficulty is estimated."""
Key = tuple[str, int, str]
"""Scenario, seed and player."""


def key_of(run: Run) -> Key:
    return str(run["scenario"]), int(run["seed"]), str(run["player"])


def person_of(run: Run) -> str:
    """Who played: a player is one person, a panel one for each seed."""
    return f"{run['player']} {run['seed']}" if run["player"] in PANEL else str(run["player"])


def plays(scenario: str, seed: int, players: Sequence[str]) -> Iterator[Run]:
    """Let each player play one incident, which they share; a row as soon as a player is graded."""
    # The simulator takes a second to load, and a report of what was played does not need it.
    from grader.players.library import PLAYERS
    from scenarios.incident import incident
    from scenarios.library import find_scenario

    made = incident(find_scenario(scenario), seed)
    for name in players:
        yield _play(made, PLAYERS[name])
    # Worlds are cycles of few objects that hold large arrays, so they would wait long for the collector's own turn.
    del made
    gc.collect()


def _retraining_mends(made: Incident) -> bool:
    """Whether a training run is part of the remedy, or what is missing."""
    return made.page_rule.signal == OVERDUE or any(line.startswith("train start") for line in made.drawn.reference)


def play_one(scenario: str, seed: int, players: Sequence[str]) -> list[Run]:
    """All rows of one incident, in order of `players`."""
    return list(plays(scenario, seed, players))


def _play(made: Incident, player: Player) -> Run:
    from grader.closing import close
    from scenarios.chain import MemoryJournal
    from scenarios.drill import Drill

    scenario, seed, session = made.scenario, made.drawn.seed, f"calibrate-{player.name}"
    drill = Drill(made, MemoryJournal({"session": session, "scenario": scenario.name, "seed": seed}), actor=player.name)
    player.play(drill)
    evidence, card = close(drill, session=session, role=scenario.roles[0], level="senior")
    impact = evidence.impact
    span = impact.do_nothing_usd - impact.reference_usd
    return {
        "scenario": scenario.name,
        "system": scenario.system,
        "seed": seed,
        "player": player.name,
        "graded": player.graded,
        "score": card.score,
        "passed": card.passed,
        "root_cause_credit": card.credit,
        "harm_avoided": round((impact.do_nothing_usd - impact.actual_usd) / span, 4) if abs(span) > 1.0 else None,
        "control": evidence.control,
        "cause": evidence.true_candidate,
        "retraining_mends": _retraining_mends(made),
        "red_flags": sorted({f.finding.rubric for f in card.findings if f.finding.flag == "red" and f.finding.met}),
    }

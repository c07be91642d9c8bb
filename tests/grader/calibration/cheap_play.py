"""Plays that cost nothing: scores made up from the names, in processes of their own too."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from grader.calibration.runs import Run

SCORES = {"reference": 95.0, "competent": 80.0, "novice": 45.0, "lucky": 40.0, "random": 5.0, "do-nothing": 0.0}
SCENARIOS = ("the-new-schema", "the-quiet-store")
LOG, STOP_AFTER = "CHEAP_PLAY_LOG", "CHEAP_PLAY_STOP_AFTER"
"""Variables of the environment: a file that each play writes a line to, and the number of plays after which the process is gone."""


def row(scenario: str, seed: int, player: str, score: float | None = None, **other: object) -> Run:
    found = SCORES[player] + seed % 3 if score is None else score
    return {
        "scenario": scenario,
        "system": "card-fraud",
        "seed": seed,
        "player": player,
        "graded": player in ("reference", "competent", "novice"),
        "score": found,
        "passed": found >= 60,
        "root_cause_credit": 0.0,
        "harm_avoided": None,
        "control": False,
        "cause": "unit-change",
        "retraining_mends": False,
        "red_flags": [],
        **other,
    }


def cheap(scenario: str, seed: int, players: Sequence[str]) -> Iterator[Run]:
    for player in players:
        log = os.environ.get(LOG)
        if log:
            with Path(log).open("a+", encoding="utf-8") as file:
                file.seek(0)
                if len(file.readlines()) == int(os.environ.get(STOP_AFTER, "-1")):
                    os._exit(9)
                file.write(f"{scenario} {seed} {player}\n")
        yield row(scenario, seed, player)

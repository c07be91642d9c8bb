"""Reference players over scenarios and seeds: what each scores, and whether the bounds of a trustworthy grader hold."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Sequence
from math import fsum, sqrt
from typing import Any, Literal

from grader.closing import close
from grader.players.library import PLAYERS
from scenarios.chain import MemoryJournal
from scenarios.drill import Drill
from scenarios.incident import incident
from scenarios.library import find_scenario

Backend = Literal["local", "dask"]
Run = dict[str, Any]
RETRAINING_IS_REMEDY = frozenset({"concept-drift"})
"""Faults that a training run with the scheduled recipe is part of mending."""


def play_one(scenario: str, seed: int, players: Sequence[str]) -> list[Run]:
    """Let each player play one incident, which they share, and grade it."""
    made = incident(find_scenario(scenario), seed)
    runs: list[Run] = []
    for name in players:
        drill = Drill(made, MemoryJournal({"session": f"calibrate-{name}", "scenario": scenario, "seed": seed}), actor=name)
        PLAYERS[name].play(drill)
        evidence, card = close(drill, session=f"calibrate-{name}", role=made.scenario.roles[0], level="senior")
        impact = evidence.impact
        span = impact.do_nothing_usd - impact.reference_usd
        runs.append(
            {
                "scenario": scenario,
                "seed": seed,
                "player": name,
                "score": card.score,
                "passed": card.passed,
                "root_cause_credit": card.to_json()["root_cause"]["credit"],
                "harm_avoided": round((impact.do_nothing_usd - impact.actual_usd) / span, 4) if abs(span) > 1.0 else None,
                "control": evidence.control,
                "cause": evidence.true_candidate,
            }
        )
    # Worlds are cycles of few objects that hold large arrays, so they would wait long for the collector's own turn.
    del made, drill, evidence
    gc.collect()
    return runs


def calibrate(
    scenarios: Sequence[str], players: Sequence[str], seeds: Sequence[int], *, backend: Backend = "local", jobs: int = 1, progress: Callable[[str], None] = lambda text: None
) -> dict[str, Any]:
    """All players over all scenarios and seeds, in the shape of `hotseat calibrate --json`."""
    tasks = [(scenario, seed) for seed in seeds for scenario in scenarios]
    runs: list[Run] = []
    for done, found in enumerate(_results(tasks, players, backend, jobs), start=1):
        runs.extend(found)
        progress(f"{done} of {len(tasks)} incidents")
    order = {name: i for i, name in enumerate(players)}
    runs.sort(key=lambda r: (r["scenario"], r["seed"], order[r["player"]]))
    return {"runs": runs, "properties": properties(runs)}


def _results(tasks: list[tuple[str, int]], players: Sequence[str], backend: Backend, jobs: int) -> Iterable[list[Run]]:
    if backend == "dask":
        import dask

        with dask.config.set(scheduler="processes", num_workers=jobs):
            yield from dask.compute(*[dask.delayed(play_one)(scenario, seed, tuple(players)) for scenario, seed in tasks])
    elif jobs == 1:
        for scenario, seed in tasks:
            yield play_one(scenario, seed, players)
    else:
        from joblib import Parallel, delayed

        yield from Parallel(n_jobs=jobs, return_as="generator_unordered", batch_size=1)(delayed(play_one)(scenario, seed, tuple(players)) for scenario, seed in tasks)


def properties(runs: Sequence[Run]) -> list[dict[str, Any]]:
    """The bounds that hold for a grader that can be trusted, each with its value over these runs."""
    found = []

    def bound(name: str, values: Sequence[float], target: str, ok: Callable[[float], bool], worst: Callable[[Sequence[float]], float]) -> None:
        if values:
            value = worst(values)
            found.append({"name": name, "value": round(value, 2), "target": target, "ok": ok(value)})

    def scores(player: str, *, control: bool | None = None, retraining: bool | None = None) -> list[float]:
        return [
            float(r["score"])
            for r in runs
            if r["player"] == player and (control is None or r["control"] == control) and (retraining is None or (r["cause"] in RETRAINING_IS_REMEDY) == retraining)
        ]

    bound("reference, lowest score", scores("reference"), ">= 85", lambda v: v >= 85, min)
    bound("do-nothing, highest score", scores("do-nothing", control=False), "<= 10", lambda v: v <= 10, max)
    bound("do-nothing in a control drill, highest score", scores("do-nothing", control=True), "<= 40", lambda v: v <= 40, max)
    bound("random, highest score", scores("random"), "<= 20", lambda v: v <= 20, max)
    bound("retrain-first where retraining is no remedy, highest score", scores("retrain-first", retraining=False), "<= 35", lambda v: v <= 35, max)
    bound("lucky, highest score", scores("lucky"), "< 60", lambda v: v < 60, max)
    bound("shotgun, highest score", scores("shotgun"), "< 60", lambda v: v < 60, max)
    nulls = sorted({r["player"] for r in runs if not PLAYERS[r["player"]].graded})
    best = {(r["scenario"], r["seed"]): r["score"] for r in runs if r["player"] == "reference"}
    pairs = [r for r in runs if r["player"] in nulls and (r["scenario"], r["seed"]) in best]
    if pairs:
        inversions = sum(r["score"] >= best[r["scenario"], r["seed"]] for r in pairs)
        found.append({"name": f"inversions of the reference against {', '.join(nulls)}, of {len(pairs)} pairs", "value": inversions, "target": "0", "ok": inversions == 0})
    spreads = [_spread([float(r["score"]) for r in runs if (r["scenario"], r["player"]) == key]) for key in sorted({(r["scenario"], r["player"]) for r in runs})]
    known = [s for s in spreads if s is not None]
    bound("spread of one player over seeds of one scenario, largest standard deviation", known, "< 8", lambda v: v < 8, max)
    return found


def _spread(values: Sequence[float]) -> float | None:
    if len(values) < 2:
        return None
    mean = fsum(values) / len(values)
    return sqrt(fsum((v - mean) ** 2 for v in values) / (len(values) - 1))

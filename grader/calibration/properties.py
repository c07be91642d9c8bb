"""The bounds that hold for a grader that can be trusted, each with its value over the runs there are, its interval and its verdict.

A bound about a player who did not play is left out. Bounds on single drills are held by the worst of them, and their interval
is about the share of drills that hold; bounds on an order are about means and areas, which a handful of drills cannot show.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from math import fsum, sqrt
from typing import Any, Literal

from grader.calibration.intervals import BINOMIAL, BOOTSTRAP, mean_interval, share_interval
from grader.calibration.order import area_interval, area_under_curve, paired_differences
from grader.calibration.runs import PANEL, Run

Property = dict[str, Any]
"""Name, value, target and ok; further cells, held, worst, missed, interval and method."""
MOST_NAMED = 10
"""Cells that miss a bound and are named, the worst first."""
LEAST_CELLS = 10
"""Drills of each player from which on an order of players is judged."""
MOST_SPREAD, LEAST_AREA, LEAST_LOSS = 8.0, 0.92, 10.0
SKILLED = ("reference", "competent", "novice")
"""From the most to the least skill."""
_RETRAIN_FLAG = "debug.red.retrain-first"


def properties(runs: Sequence[Run]) -> list[Property]:
    """Every bound that these runs can say something about."""
    found: list[Property | None] = [
        _scores("reference, lowest score", runs, "reference", "least", 85),
        *(_scores(f"{name}, highest score", runs, name, "most", 10, control=False) for name in ("do-nothing", "constant", "stuffer")),
        *(_scores(f"{name} in a control drill, highest score", runs, name, "most", 40, control=True) for name in ("do-nothing", "constant", "stuffer")),
        *(_scores(f"{name}, highest score", runs, name, "most", 20) for name in ("random", "restart-everything", "rollback-everything")),
        _scores("retrain-first where retraining is no remedy, highest score", runs, "retrain-first", "most", 35, retraining_mends=False),
        *(_scores(f"{name}, highest score", runs, name, "below", 60) for name in ("lucky", "shotgun")),
        _loss_by_retraining(runs),
        _retraining_is_flagged(runs),
        _inversions(runs),
        *_order(runs),
        _area(runs),
        _spreads(runs),
        _unchanged(runs),
    ]
    return [one for one in found if one is not None]


def null_players(runs: Sequence[Run]) -> tuple[str, ...]:
    """Players without skill, who must not get far."""
    return tuple(sorted({r["player"] for r in runs if not r["graded"]}))


Bound = Literal["least", "most", "below"]
_SIGNS: dict[Bound, tuple[str, Callable[[float, float], bool]]] = {
    "least": (">=", lambda value, limit: value >= limit),
    "most": ("<=", lambda value, limit: value <= limit),
    "below": ("<", lambda value, limit: value < limit),
}


def _bound(name: str, cells: Sequence[tuple[str, float]], bound: Bound, limit: float) -> Property | None:
    """A bound on each of `cells`, which are named; None where there are none."""
    if not cells:
        return None
    sign, holds = _SIGNS[bound]
    ranked = sorted(cells, key=lambda cell: cell[1], reverse=bound != "least")
    worst, value = ranked[0]
    missed = [f"{name}: {round(own, 2):g}" for name, own in ranked if not holds(own, limit)]
    held = len(cells) - len(missed)
    return {
        "name": name,
        "value": round(value, 2),
        "target": f"{sign} {limit:g}",
        "ok": held == len(cells),
        "cells": len(cells),
        "held": held,
        "worst": worst,
        "missed": missed[:MOST_NAMED],
        "interval": _rounded(share_interval(held, len(cells))),
        "method": BINOMIAL,
    }


def _scores(name: str, runs: Sequence[Run], player: str, bound: Bound, limit: float, **only: bool) -> Property | None:
    cells = [(_cell(r), float(r["score"])) for r in runs if r["player"] == player and all(r[field] == wanted for field, wanted in only.items())]
    return _bound(name, cells, bound, limit)


def _loss_by_retraining(runs: Sequence[Run]) -> Property | None:
    apart = [(f"{scenario}, seed {seed}", gap) for (scenario, seed), gap in paired_differences(_no_remedy(runs), "reference", "retrain-then-right").items()]
    return _bound("retrain-then-right where retraining is no remedy, least below the reference", apart, "least", LEAST_LOSS)


def _retraining_is_flagged(runs: Sequence[Run]) -> Property | None:
    cells = [(_cell(r), float(_RETRAIN_FLAG in r["red_flags"])) for r in _no_remedy(runs) if r["player"] == "retrain-then-right"]
    return _bound("retrain-then-right where retraining is no remedy, red flag met", cells, "least", 1)


def _no_remedy(runs: Sequence[Run]) -> list[Run]:
    return [r for r in runs if not r["retraining_mends"]]


def _inversions(runs: Sequence[Run]) -> Property | None:
    nulls = null_players(runs)
    best = {(r["scenario"], r["seed"]): r["score"] for r in runs if r["player"] == "reference"}
    pairs = [r for r in runs if r["player"] in nulls and (r["scenario"], r["seed"]) in best]
    if not pairs:
        return None
    inverted = [r for r in pairs if r["score"] >= best[r["scenario"], r["seed"]]]
    missed = [f"{_cell(r)}, {r['player']}" for r in inverted]
    return {
        "name": f"inversions of the reference against {', '.join(nulls)}, of {len(pairs)} pairs",
        "value": len(inverted),
        "target": "0",
        "ok": not inverted,
        "cells": len(pairs),
        "held": len(pairs) - len(inverted),
        "worst": missed[0] if missed else "",
        "missed": missed[:MOST_NAMED],
        "interval": _rounded(share_interval(len(pairs) - len(inverted), len(pairs))),
        "method": BINOMIAL,
    }


def _order(runs: Sequence[Run]) -> list[Property | None]:
    """Each neighbour in the order of skill, and the least skilled against the best null player."""
    there = [name for name in SKILLED if any(r["player"] == name for r in runs)]
    found = [_mean_gap(runs, above, below) for above, below in pairwise(there)]
    against = [gap for name in null_players(runs) if there and there[-1] != "reference" and (gap := _mean_gap(runs, there[-1], name)) is not None]
    return [*found, min(against, key=lambda gap: float(gap["value"]), default=None)]


def _mean_gap(runs: Sequence[Run], above: str, below: str) -> Property | None:
    apart = paired_differences(runs, above, below)
    if len(apart) < LEAST_CELLS:
        return None
    name = f"{above} above {below}, mean difference paired by incident"
    seeds = sorted({seed for _, seed in apart})
    interval = mean_interval(name, [[gap for (_, own), gap in apart.items() if own == seed] for seed in seeds])
    value = fsum(apart.values()) / len(apart)
    worst = min(apart, key=lambda cell: apart[cell])
    return {
        "name": name,
        "value": round(value, 2),
        "target": "> 0",
        "ok": value > 0,
        "cells": len(apart),
        "held": sum(gap > 0 for gap in apart.values()),
        "worst": f"{worst[0]}, seed {worst[1]}",
        "interval": _rounded(interval),
        "method": BOOTSTRAP,
    }


def _area(runs: Sequence[Run]) -> Property | None:
    area = area_under_curve(runs, "competent", "novice")
    if area is None or min(sum(r["player"] == name for r in runs) for name in ("competent", "novice")) < LEAST_CELLS:
        return None
    return {
        "name": "competent against novice, area under the curve within scenarios, mean",
        "value": round(area, 3),
        "target": f">= {LEAST_AREA:g}",
        "ok": area >= LEAST_AREA,
        "cells": sum(r["player"] == "competent" for r in runs),
        "interval": _rounded(area_interval(runs, "competent", "novice")),
        "method": BOOTSTRAP,
    }


def _spreads(runs: Sequence[Run]) -> Property | None:
    groups: dict[tuple[str, str], list[float]] = {}
    for r in (r for r in runs if r["player"] not in PANEL):
        groups.setdefault((r["scenario"], r["player"]), []).append(float(r["score"]))
    cells = [(f"{scenario}, {player}", _deviation(values)) for (scenario, player), values in sorted(groups.items()) if len(values) > 1]
    return _bound("spread of one player over seeds of one scenario, largest standard deviation", cells, "below", MOST_SPREAD)


def _unchanged(runs: Sequence[Run]) -> Property | None:
    apart = [(f"{scenario}, seed {seed}", abs(gap)) for (scenario, seed), gap in paired_differences(runs, "reference", "reworded").items()]
    return _bound("reworded, largest difference from the reference", apart, "most", 0)


def _deviation(values: Sequence[float]) -> float:
    mean = fsum(values) / len(values)
    return sqrt(fsum((v - mean) ** 2 for v in values) / (len(values) - 1))


def _cell(run: Run) -> str:
    return f"{run['scenario']}, seed {run['seed']}"


def _rounded(interval: tuple[float, float] | None) -> list[float] | None:
    return None if interval is None else [round(end, 4) for end in interval]

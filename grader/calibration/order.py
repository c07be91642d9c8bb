"""Whether one player scores above another: paired by incident, and as an area under the curve within each scenario."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from grader.calibration.intervals import Interval, middle, resampled_counts
from grader.calibration.runs import Run

Floats = NDArray[np.float64]


def paired_differences(runs: Sequence[Run], above: str, below: str) -> dict[tuple[str, int], float]:
    """Score of `above` less that of `below`, by scenario and seed that both played."""
    low = {(r["scenario"], r["seed"]): float(r["score"]) for r in runs if r["player"] == below}
    return {(r["scenario"], r["seed"]): float(r["score"]) - low[r["scenario"], r["seed"]] for r in runs if r["player"] == above and (r["scenario"], r["seed"]) in low}


def area_under_curve(runs: Sequence[Run], above: str, below: str) -> float | None:
    """The chance that `above` outscores `below` on seeds drawn for each alone, ties by half; mean over scenarios. None where they never meet."""
    seeds, wins, met = _comparisons(runs, above, below)
    if not wins.size:
        return None
    return float(_areas(np.ones((1, len(seeds))), wins, met)[0])


def area_interval(runs: Sequence[Run], above: str, below: str) -> Interval | None:
    """Bootstrap over seeds; None where there are fewer than two."""
    seeds, wins, met = _comparisons(runs, above, below)
    if len(seeds) < 2 or not wins.size:
        return None
    areas = _areas(resampled_counts(f"area.{above}.{below}", len(seeds)), wins, met)
    # A resample may hold no seed on which the two ever met.
    return middle(areas[np.isfinite(areas)])


def _comparisons(runs: Sequence[Run], above: str, below: str) -> tuple[list[int], Floats, Floats]:
    """Seeds; for each scenario whether `above` on the row's seed beats `below` on the column's; and whether both were played. Shape (scenarios, seeds, seeds)."""
    seeds = sorted({r["seed"] for r in runs if r["player"] in (above, below)})
    place = {seed: i for i, seed in enumerate(seeds)}
    both = sorted({r["scenario"] for r in runs if r["player"] == above} & {r["scenario"] for r in runs if r["player"] == below})
    row = {scenario: i for i, scenario in enumerate(both)}
    scores = np.full((2, len(both), len(seeds)), np.nan)
    for r in runs:
        if r["player"] in (above, below) and r["scenario"] in row:
            scores[int(r["player"] == below), row[r["scenario"]], place[r["seed"]]] = r["score"]
    high, low = scores[0][:, :, None], scores[1][:, None, :]
    met = np.isfinite(high) & np.isfinite(low)
    wins = np.where(met, (high > low) + 0.5 * (high == low), 0.0)
    return seeds, wins, met.astype(np.float64)


def _areas(counts: Floats, wins: Floats, met: Floats) -> Floats:
    """Area for each row of `counts`, which says how often each seed counts; mean over the scenarios that have any pair."""
    won = np.einsum("ri,sij,rj->rs", counts, wins, counts, optimize=True)
    pairs = np.einsum("ri,sij,rj->rs", counts, met, counts, optimize=True)
    with np.errstate(invalid="ignore"):
        share = won / pairs
        known = np.isfinite(share)
        found: Floats = np.where(known, share, 0.0).sum(axis=1) / known.sum(axis=1)
    return found

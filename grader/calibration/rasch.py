"""How hard each scenario is and how well it tells skills apart: Rasch's model of who passes what, and a slope for each scenario.

A player of ability t passes a scenario of difficulty d with chance 1 / (1 + exp(-s (t - d))), all in logits. Rasch's model has s = 1 for all;
it gives the difficulties. With abilities and difficulties free still, a second fit gives each scenario its own slope s, its discrimination.

Both are joint maximum likelihood with a weak normal prior on every parameter, so that a scenario which nobody passes has a finite
difficulty, with a wide interval. Intervals are normal approximations from the curvature at the maximum.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from grader.calibration.runs import PANEL, Run, person_of
from simulator.errors import HotseatError

METHOD = "Rasch, joint maximum likelihood with normal priors (abilities and difficulties sd 3 logits, log slopes sd 0.5); intervals from the curvature, 95 %"
PLACE_SD, LOG_SLOPE_SD = 3.0, 0.5
MOST_STEPS, CLOSE = 200, 1e-9
Z = 1.959964
READS_THE_RUNBOOK = ("reference", "reworded", "retrain-then-right")
"""Players who are told what to do; what they pass says nothing about a skill."""
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Estimate:
    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Fit:
    ability: dict[str, Estimate]
    """By person, logits above the mean difficulty."""
    difficulty: dict[str, Estimate]
    """By scenario, logits; their mean is 0."""
    discrimination: dict[str, Estimate]
    """By scenario; 1 is the slope of Rasch's own model."""


def skilled_players(runs: Sequence[Run]) -> tuple[str, ...]:
    """Those who play with a skill of their own. Where a panel played, only it: one person who meets each scenario again tells little more than once."""
    found = tuple(sorted({r["player"] for r in runs if r["graded"] and r["player"] not in READS_THE_RUNBOOK}))
    return tuple(name for name in found if name in PANEL) or found


def fit(runs: Sequence[Run]) -> Fit | None:
    """Both fits over the persons with skill; None where there are fewer than two persons or two scenarios to compare."""
    skilled = skilled_players(runs)
    own = [r for r in runs if r["player"] in skilled]
    players = tuple(sorted({person_of(r) for r in own}))
    scenarios = tuple(sorted({r["scenario"] for r in own}))
    if len(players) < 2 or len(scenarios) < 2:
        return None
    played, passed = np.zeros((len(players), len(scenarios))), np.zeros((len(players), len(scenarios)))
    for r in own:
        cell = players.index(person_of(r)), scenarios.index(r["scenario"])
        played[cell] += 1
        passed[cell] += r["passed"]
    return fit_counts(players, scenarios, passed, played)


def fit_counts(players: Sequence[str], scenarios: Sequence[str], passed: Floats, played: Floats) -> Fit:
    """Both fits from how often each player played and passed each scenario, arrays of shape (players, scenarios)."""
    persons, items = len(players), len(scenarios)
    rasch, spread = _fitted(passed, played, slopes=False)
    # Only differences of places mean anything: all are told against the mean difficulty.
    centred = np.eye(persons + items)
    centred[:, persons:] -= 1.0 / items
    places, sds = centred @ rasch[: persons + items], np.sqrt(np.diag(centred @ spread[: persons + items, : persons + items] @ centred.T))
    free, free_spread = _fitted(passed, played, slopes=True)
    logs, log_sds = free[persons + items :], np.sqrt(np.diag(free_spread))[persons + items :]
    return Fit(
        {name: _around(places[i], sds[i]) for i, name in enumerate(players)},
        {name: _around(places[persons + i], sds[persons + i]) for i, name in enumerate(scenarios)},
        {name: Estimate(*(float(np.exp(logs[i] + z * log_sds[i])) for z in (0.0, -Z, Z))) for i, name in enumerate(scenarios)},
    )


def _around(value: float, sd: float) -> Estimate:
    return Estimate(float(value), float(value - Z * sd), float(value + Z * sd))


def _fitted(passed: Floats, played: Floats, *, slopes: bool) -> tuple[Floats, Floats]:
    """Abilities, difficulties and log slopes at the maximum, and their covariance. Fisher scoring; a step that does not help is halved."""
    persons, items = passed.shape
    precision = np.repeat([PLACE_SD**-2, LOG_SLOPE_SD**-2], [persons + items, items])
    free = np.repeat([True, slopes], [persons + items, items])
    at = np.zeros(persons + 2 * items)
    best = _penalised(at, passed, played, precision)
    for _ in range(MOST_STEPS):
        gradient, information = _slope_of(at, passed, played, precision)
        step = np.zeros_like(at)
        step[free] = np.linalg.solve(information[np.ix_(free, free)], gradient[free])
        size = 1.0
        while (found := _penalised(at + size * step, passed, played, precision)) < best and size > CLOSE:
            size /= 2
        at, gain, best = at + size * step, found - best, max(found, best)
        if abs(gain) < CLOSE:
            _, information = _slope_of(at, passed, played, precision)
            covariance = np.zeros_like(information)
            covariance[np.ix_(free, free)] = np.linalg.inv(information[np.ix_(free, free)])
            return at, covariance
    raise HotseatError(f"the fit of difficulty did not settle in {MOST_STEPS} steps")


def _parts(at: Floats, shape: tuple[int, ...]) -> tuple[Floats, Floats]:
    """Distance of ability from difficulty, shape (players, scenarios), and the slopes."""
    persons, items = shape
    return at[:persons, None] - at[None, persons : persons + items], np.exp(at[persons + items :])


def _penalised(at: Floats, passed: Floats, played: Floats, precision: Floats) -> float:
    """Log likelihood of who passed, less what the priors take."""
    distance, slope = _parts(at, passed.shape)
    logit = slope * distance
    return float((passed * logit - played * np.logaddexp(0.0, logit)).sum() - 0.5 * (precision * at**2).sum())


def _slope_of(at: Floats, passed: Floats, played: Floats, precision: Floats) -> tuple[Floats, Floats]:
    """Gradient and expected information of the penalised likelihood."""
    persons, items = passed.shape
    distance, slope = _parts(at, passed.shape)
    chance = 1.0 / (1.0 + np.exp(-slope * distance))
    effect = np.zeros((persons, items, at.size))
    for p in range(persons):
        effect[p, :, p] = slope
    for i in range(items):
        effect[:, i, persons + i] = -slope[i]
        effect[:, i, persons + items + i] = slope[i] * distance[:, i]
    gradient = np.einsum("pi,pik->k", passed - played * chance, effect) - precision * at
    information = np.einsum("pi,pik,pil->kl", played * chance * (1.0 - chance), effect, effect) + np.diag(precision)
    return gradient, information

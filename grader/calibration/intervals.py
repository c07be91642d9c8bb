"""How sure a value is: exact binomial intervals for shares, and a bootstrap over seeds, with keyed streams, for everything else."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.streams import stream

Interval = tuple[float, float]
Floats = NDArray[np.float64]
LEVEL = 0.95
RESAMPLES = 2000
BINOMIAL = "share of cells that hold, exact binomial (Clopper-Pearson), 95 %"
BOOTSTRAP = f"bootstrap over seeds, {RESAMPLES} resamples, 95 %"


def share_interval(held: int, of: int) -> Interval:
    """Clopper-Pearson: the shares under which `held` of `of` would not surprise.

    Raises:
        ValueError: `held` is not between 0 and `of`, or `of` is 0.
    """
    if not 0 <= held <= of or of == 0:
        raise ValueError(f"{held} of {of} is no share")
    from scipy.special import betaincinv

    tail = (1 - LEVEL) / 2
    low = 0.0 if held == 0 else float(betaincinv(held, of - held + 1, tail))
    high = 1.0 if held == of else float(betaincinv(held + 1, of - held, 1 - tail))
    return low, high


def resampled_counts(name: str, seeds: int, resamples: int = RESAMPLES) -> Floats:
    """How often each of `seeds` is drawn in each resample, with replacement; shape (resamples, seeds). The same for the same name."""
    draws = stream(0, f"calibrate.bootstrap.{name}").multinomial(seeds, np.full(seeds, 1.0 / seeds), size=resamples)
    return draws.astype(np.float64)


def middle(values: Floats) -> Interval:
    """The range that holds the middle 95 % of `values`."""
    tail = (1 - LEVEL) / 2
    low, high = np.quantile(values, [tail, 1 - tail])
    return float(low), float(high)


def mean_interval(name: str, groups: list[list[float]]) -> Interval | None:
    """Bootstrap interval of a mean whose values come in groups, one per seed; None for fewer than two seeds."""
    if len(groups) < 2:
        return None
    sums, sizes = np.array([sum(g) for g in groups], dtype=np.float64), np.array([len(g) for g in groups], dtype=np.float64)
    counts = resampled_counts(name, len(groups))
    return middle((counts @ sums) / (counts @ sizes))

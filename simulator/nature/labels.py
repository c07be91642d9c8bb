"""When truth arrives: chargebacks after days to weeks, early warnings of the card networks after hours, and some never."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.durations import DAY_S, HOUR_S
from simulator.nature.population import Floats, Payments

REPORTED = 0.93
CHARGEBACK_MEDIAN_S, CHARGEBACK_SIGMA = 11 * DAY_S, 0.6
WARNED = 0.8
WARNING_MEDIAN_S, WARNING_SIGMA = 14 * HOUR_S, 0.7
FALSE_WARNED = 0.0006


@dataclass(frozen=True, slots=True)
class Truth:
    """What each approved payment will turn out to be, and when the company hears of it (inf: never)."""

    fraud: NDArray[np.bool_]
    chargeback_at_s: Floats
    warning_at_s: Floats


def truth_of(rows: Payments, probability: Floats, approved: NDArray[np.bool_]) -> Truth:
    """Outcome is u < p, so worlds that differ in p share all else; only approved payments can be reported."""
    fraud = rows.uniform["outcome"] < probability
    reported = fraud & approved & (rows.uniform["reported"] < REPORTED)
    delay = CHARGEBACK_MEDIAN_S * np.exp(CHARGEBACK_SIGMA * rows.noise["chargeback_delay"])
    warned = approved & np.where(fraud, rows.uniform["warned"] < WARNED, rows.uniform["warned"] < FALSE_WARNED)
    warning = WARNING_MEDIAN_S * np.exp(WARNING_SIGMA * rows.noise["warning_delay"])
    return Truth(
        fraud=fraud,
        chargeback_at_s=np.where(reported, rows.at_s + delay, np.inf),
        warning_at_s=np.where(warned, rows.at_s + warning, np.inf),
    )

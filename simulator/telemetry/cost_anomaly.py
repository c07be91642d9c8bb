"""Cost anomalies: what the last 24 hours cost against what the same 24 hours of earlier weeks did, for each resource and each team.

Expected is the median of up to four weeks before, so that the day of the week and the weekly training count as usual, and one bad
week among four does not. Impact = actual - expected. An anomaly is a cost above all of those weeks; it is told to people only where
its impact is over the threshold both in US dollars and as a share of what was expected, and it is listed all the same where it is not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from simulator.durations import DAY_S, HOUR_S, WEEK_S
from simulator.nature.population import Floats
from simulator.telemetry.billing import Bill
from simulator.telemetry.readings import trailing_sum

WEEKS = 4
MIN_WEEKS = 2
"""Fewer weeks of history than this expect nothing."""
LOOKBACK_S = WEEKS * WEEK_S + DAY_S
"""How far before a time its expectation reads."""
THRESHOLD_USD = 8.0
THRESHOLD_SHARE = 0.2
_CENT = 0.01
_SINCE_S = WEEK_S
"""How far back the beginning of an anomaly is looked for."""


@dataclass(frozen=True, slots=True, eq=False)
class Usual:
    """Cost in US dollars of the trailing 24 hours at each time, and what earlier weeks make of it; all of shape [n]."""

    actual: Floats
    expected: Floats
    """NaN where there are fewer than MIN_WEEKS weeks of history, as in `most`."""
    most: Floats
    """Highest of the weeks before."""


@dataclass(frozen=True, slots=True)
class Anomaly:
    dimension: str
    """resource or team"""
    name: str
    actual_usd: float
    expected_usd: float
    since_s: float
    """First of the hours without a break, up to now, in which the trailing day cost more than in all the weeks before."""

    @property
    def impact_usd(self) -> float:
        return self.actual_usd - self.expected_usd

    @property
    def impact_share(self) -> float | None:
        """Impact over what was expected, None where nothing was."""
        return self.impact_usd / self.expected_usd if self.expected_usd >= _CENT else None

    def over(self, usd: float, share: float) -> bool:
        """Whether the impact reaches both thresholds; where nothing was expected any share is reached."""
        return self.impact_usd >= usd and (self.impact_share is None or self.impact_share >= share)


def usual(end_s: Floats, usd: Floats, at_s: Floats) -> Usual:
    """Trailing days at `at_s` from costs that fell due by ascending `end_s`, as far back as the world's beginning or LOOKBACK_S."""
    back = [trailing_sum(end_s, usd, at_s - week * WEEK_S, DAY_S) for week in range(WEEKS + 1)]
    known = np.array([at_s - week * WEEK_S - DAY_S >= 0.0 for week in range(1, WEEKS + 1)])
    before = np.sort(np.where(known, back[1:], np.nan), axis=0)
    weeks = known.sum(axis=0)
    column = np.arange(len(at_s))
    last = np.maximum(weeks - 1, 0)
    middle = (before[last // 2, column] + before[(last + 1) // 2, column]) / 2.0
    enough = weeks >= MIN_WEEKS
    return Usual(back[0], np.where(enough, middle, np.nan), np.where(enough, before[last, column], np.nan))


def anomalies(bill: Bill, until_s: float) -> tuple[Anomaly, ...]:
    """Resources, then teams, whose last 24 hours cost more than in all the weeks before, the largest impact first.

    `bill` is by window and reaches back LOOKBACK_S and a week from `until_s`, or to the world's beginning.
    """
    at_s = np.asarray(until_s - np.arange(_SINCE_S // HOUR_S, -1.0, -1.0) * HOUR_S, dtype=np.float64)
    found: list[Anomaly] = []
    for dimension, parts in (("resource", bill.resources), ("team", bill.teams)):
        found += sorted(_of(dimension, parts, bill.end_s, at_s[at_s > 0.0]), key=lambda a: -a.impact_usd)
    return tuple(found)


def _of(dimension: str, parts: Mapping[str, Floats], end_s: Floats, at_s: Floats) -> list[Anomaly]:
    found = []
    for name, usd in parts.items():
        days = usual(end_s, usd, at_s)
        above = days.actual > days.most + _CENT
        if len(above) and above[-1]:
            first = len(above) - (int(np.argmin(above[::-1])) if not above.all() else len(above))
            found.append(Anomaly(dimension, name, float(days.actual[-1]), float(days.expected[-1]), float(at_s[first])))
    return found

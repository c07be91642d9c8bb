"""Requests as they come from outside: how many, when, and the marks that each of them keeps in every world.

The rate is constant in each cell of 300 s and a campaign is the only lever on it. Requests are drawn by cell in
layers: layer 0 is normal demand and each further layer offers as much again, of which a campaign of size c keeps
those with a mark below c. So a campaign adds requests and moves none, and no cut of time changes a draw.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.levers import Levers
from simulator.streams import stream

Floats = NDArray[np.float64]

CELL_S = 300.0
CELLS_PER_DAY = 288
_TICKS_PER_CELL = CELL_S * 2.0**24
"""Arrivals fall on multiples of 2^-24 s, on which the queues' sums are exact."""
CALLERS = 500
CALLER_EXPONENT = 1.1
"""Caller k has a share of the requests that falls as (k + 1)^-1.1, as Zipf found of words: the first has 19 %, the first ten together 51 %."""
LARGEST_RHO = 0.98
"""A day of cells forgets the noise before it: 0.98^288 is 0.003."""


@dataclass(frozen=True, slots=True)
class TrafficSpec:
    base_per_s: float
    daily_amplitude: float = 0.0
    """Half the swing between the quietest and the busiest hour, as a share of the base; 0 to below 1."""
    peak_hour: float = 14.0
    weekly: tuple[float, ...] = (1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0)
    """Factor for each day of the week, Monday first."""
    trend_per_day: float = 0.0
    """Growth rate, compounded: the factor is exp(trend x days)."""
    ar1_sd: float = 0.0
    """Standard deviation of the logarithm of the noise."""
    ar1_rho: float = 0.9
    """Correlation of the noise between neighbouring cells."""

    def __post_init__(self) -> None:
        if self.base_per_s <= 0 or not 0 <= self.daily_amplitude < 1 or self.ar1_sd < 0:
            raise ValueError("base_per_s must be positive, daily_amplitude in [0, 1) and ar1_sd not negative")
        if len(self.weekly) != 7 or min(self.weekly) <= 0:
            raise ValueError("weekly takes seven positive factors, Monday first")
        if not 0 <= self.ar1_rho <= LARGEST_RHO:
            raise ValueError(f"ar1_rho must be in [0, {LARGEST_RHO}]")


@dataclass(frozen=True, slots=True)
class Requests:
    """Requests in order of arrival; all arrays have one entry each."""

    at_s: Floats
    fetch_mark: Floats
    """Standard exponential; the station turns it into seconds of work."""
    model_mark: Floats
    fetch_route: Floats
    """Uniform in [0, 1); the station turns it into a replica."""
    model_route: Floats
    caller: Floats
    """Uniform in [0, 1); `callers_of` turns it into the number of the caller."""

    @property
    def count(self) -> int:
        return int(self.at_s.size)

    def picked(self, index: NDArray[np.bool_] | NDArray[np.int64] | slice) -> Requests:
        return Requests(*(getattr(self, name)[index] for name in Requests.__slots__))

    def on_clock(self, start_s: float) -> Requests:
        """The same requests at seconds since `start_s`."""
        return replace(self, at_s=self.at_s - start_s)


def join(parts: list[Requests]) -> Requests:
    """Several in one, as given, not sorted."""
    if len(parts) == 1:
        return parts[0]
    return Requests(*(np.concatenate([getattr(p, name) for p in parts] or [np.empty(0)]) for name in Requests.__slots__))


@lru_cache(maxsize=1)
def caller_shares() -> Floats:
    """Share of the requests that each caller makes, largest first, [CALLERS]."""
    weight = np.arange(1.0, CALLERS + 1.0) ** -CALLER_EXPONENT
    share = weight / weight.sum()
    share.flags.writeable = False
    return np.asarray(share)


@lru_cache(maxsize=1)
def _caller_bounds() -> Floats:
    """Largest mark, exclusive, of every caller but the last."""
    return np.cumsum(caller_shares())[:-1]


def callers_of(mark: Floats) -> NDArray[np.int64]:
    """Numbers of the callers that uniform marks stand for, 0 to CALLERS - 1."""
    return np.searchsorted(_caller_bounds(), mark, side="right")


@lru_cache(maxsize=64)
def _standard_noise(seed: int, rho: float, day: int) -> Floats:
    """AR(1) noise of unit variance for the cells of `day`, started at rest when the day before begins: a pure function of its arguments."""
    noise = np.zeros(CELLS_PER_DAY)
    level = 0.0
    step = math.sqrt(1.0 - rho * rho)
    for each in (day - 1, day):
        draws = stream(seed, "traffic.noise", each).standard_normal(CELLS_PER_DAY).tolist() if each >= 0 else [0.0] * CELLS_PER_DAY
        for k, draw in enumerate(draws):
            level = rho * level + step * draw
            noise[k] = level
    return noise


@lru_cache(maxsize=512)
def cell_rates(seed: int, spec: TrafficSpec, day: int) -> Floats:
    """Requests per second in each cell of `day` without any campaign. Always a whole day, so that every read sees the same bits."""
    hour = (np.arange(CELLS_PER_DAY) + 0.5) * (24.0 / CELLS_PER_DAY)
    shape = 1.0 + spec.daily_amplitude * np.cos((hour - spec.peak_hour) * (math.pi / 12.0))
    level = spec.base_per_s * spec.weekly[day % 7] * math.exp(spec.trend_per_day * day)
    rates = level * shape * np.exp(spec.ar1_sd * _standard_noise(seed, spec.ar1_rho, day) - 0.5 * spec.ar1_sd**2)
    rates.flags.writeable = False
    return np.asarray(rates)


@lru_cache(maxsize=96)
def offered(seed: int, spec: TrafficSpec, cell: int, layer: int) -> tuple[Requests, Floats]:
    """All requests that `layer` offers in `cell`, at seconds since the cell's start, and the thinning mark of each."""
    draw = stream(seed, f"traffic.requests.{layer}", cell)
    count = int(draw.poisson(cell_rates(seed, spec, cell // CELLS_PER_DAY)[cell % CELLS_PER_DAY] * CELL_S))
    at_s = np.sort(np.floor(draw.random(count) * _TICKS_PER_CELL)) * (CELL_S / _TICKS_PER_CELL)
    work = draw.standard_exponential((2, count))
    marks = draw.random((3, count))
    return Requests(at_s, work[0], work[1], marks[0], marks[1], draw.random(count)), marks[2]


def in_cell(seed: int, spec: TrafficSpec, cell: int, campaign: tuple[tuple[float, float], ...]) -> Requests:
    """Requests of `cell` under a campaign given as (second in the cell from which it holds, its size), the first from 0.

    A size of 0.3 is 30 % more than normal demand, -1 is none at all. Times are seconds since the cell's start.
    """
    largest = max(size for _, size in campaign)
    layers = [offered(seed, spec, cell, layer) for layer in range(1 + max(0, math.ceil(largest)))]
    if len(campaign) == 1 and largest == 0.0:
        return layers[0][0]
    since = np.array([at for at, _ in campaign])
    sizes = np.array([size for _, size in campaign])
    kept = []
    for layer, (requests, mark) in enumerate(layers):
        share = 1.0 + sizes[np.searchsorted(since, requests.at_s, side="right") - 1] - layer
        kept.append(requests.picked(mark < share))
    whole = join(kept)
    return whole if len(kept) == 1 else whole.picked(np.argsort(whole.at_s, kind="stable"))


class Traffic:
    """The demand on one system under the levers of one world."""

    def __init__(self, seed: int, spec: TrafficSpec, levers: Levers) -> None:
        self.seed, self.spec, self._levers = seed, spec, levers

    def under(self, levers: Levers) -> Traffic:
        """The same demand in a world with other levers."""
        return Traffic(self.seed, self.spec, levers)

    def rate_per_s(self, at_s: NDArray[np.floating[Any]]) -> Floats:
        """Expected requests per second at each time, shape as given; times not before 0."""
        at = np.asarray(at_s, dtype=np.float64)
        if not at.size:
            return np.empty(at.shape)
        cell = np.floor_divide(at, CELL_S).astype(np.int64)
        first, last = int(cell.min()) // CELLS_PER_DAY, int(cell.max()) // CELLS_PER_DAY
        rates = np.concatenate([cell_rates(self.seed, self.spec, day) for day in range(first, last + 1)])
        campaign = self._levers["nature.campaign"].numbers(at)
        return np.asarray(rates[cell - first * CELLS_PER_DAY] * np.maximum(1.0 + campaign, 0.0))

    def campaign_in(self, cell: int) -> tuple[tuple[float, float], ...]:
        """The campaign in one cell, as `in_cell` takes it."""
        timeline = self._levers["nature.campaign"]
        start = cell * CELL_S
        steps = [(0.0, timeline.number_at(start))]
        change = timeline.next_change_after(start)
        while change is not None and change < start + CELL_S:
            steps.append((change - start, timeline.number_at(change)))
            change = timeline.next_change_after(change)
        return tuple(steps)

    def expected(self, first: int, last: int) -> Floats:
        """Expected number of requests in each of the cells `first` up to `last`, a campaign's start and end within a cell included."""
        start_s = np.arange(first, last) * CELL_S
        expected = self.rate_per_s(start_s) * CELL_S
        timeline = self._levers["nature.campaign"]
        change = timeline.next_change_after(first * CELL_S)
        while change is not None and change < last * CELL_S:
            cell = int(change // CELL_S)
            steps = self.campaign_in(cell)
            ends = [*(at for at, _ in steps[1:]), CELL_S]
            normal = cell_rates(self.seed, self.spec, cell // CELLS_PER_DAY)[cell % CELLS_PER_DAY]
            expected[cell - first] = normal * sum(max(1.0 + size, 0.0) * (end - at) for (at, size), end in zip(steps, ends, strict=True))
            change = timeline.next_change_after(change)
        return expected

    def requests(self, since_s: float, until_s: float) -> Requests:
        """Every request that arrives in [since_s, until_s), whatever else was asked for before."""
        parts = []
        for cell in range(int(since_s // CELL_S), math.ceil(until_s / CELL_S)):
            found = in_cell(self.seed, self.spec, cell, self.campaign_in(cell))
            found = found.on_clock(-cell * CELL_S)
            parts.append(found.picked(slice(int(np.searchsorted(found.at_s, since_s)), int(np.searchsorted(found.at_s, until_s)))))
        return join(parts)

    def arrivals(self, since_s: float, until_s: float) -> Floats:
        """Times of the requests in [since_s, until_s), ascending."""
        return self.requests(since_s, until_s).at_s

"""What autoscalers read of the two stations in each tick of 15 s of a window: work done, requests present, arrivals.

Times on the data plane's ticks have exact sums, so the readings are the same however a window is cut.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Literal

import numpy as np

from simulator.dataplane.kernels import Floats
from simulator.dataplane.passing import AT, END, FETCH_QUEUE, MODEL_QUEUE, REACH, Passed, Taken, table_of
from simulator.dataplane.settings import SERVICES
from simulator.dataplane.tick_kernels import add_requests, add_spans, add_work, largest_share
from simulator.dataplane.windows import WINDOW_S, significant6
from simulator.fleet.clock import SYNC_S
from simulator.fleet.in_force import DeploymentSetting
from simulator.fleet.readings import Tick

TICKS = round(WINDOW_S / SYNC_S)
BUSY, READY, PRESENT, ARRIVED, WAITING = range(5)
"""Rows of the readings of a station, [5, TICKS]: busy replica seconds, seconds of ready replicas, request seconds at the station,
arrivals, and requests that wait as the tick ends."""
_ROWS = 5
Need = Literal["", "busy", "requests"]


def needed(deployment: DeploymentSetting) -> Need:
    """What the service's autoscaler reads: nothing where it decides nothing. One with as many replicas at the least as at the most still brings them about."""
    scaler = deployment.autoscaler
    if deployment.pinned or scaler.kind == "off":
        return ""
    return "busy" if scaler.signal in ("cpu", "gpu") else "requests"


@dataclass(frozen=True, slots=True)
class Read:
    """What autoscalers read in the ticks before a moment. A value."""

    needs: tuple[Need, Need] = ("", "")
    counts: tuple[int, int] = (0, 0)
    """Ticks that were read, by station; others are older, or of something else."""
    kept: bytes = b""
    """[2 stations, 5, ticks], the newest last, exact."""
    content: bool = False
    """No look at them can decide or recall anything, under the orders that were carried out."""


class Readings:
    """Of one window, tick by tick, behind those that were read before it."""

    def __init__(self, read: Read) -> None:
        self.needs = read.needs
        self._before = len(read.kept) // (8 * 2 * _ROWS)
        self._all = np.zeros((2, _ROWS, self._before + TICKS))
        if self._before:
            self._all[:, :, : self._before] = np.frombuffer(read.kept).reshape(2, _ROWS, -1)
        self._since = [self._before - count for count in read.counts]
        self._ticks: tuple[list[Tick], list[Tick]] = ([], [])

    def of(self, station: int) -> Floats:
        """The readings of one station in this window, [5, TICKS], to be added to."""
        return self._all[station, :, self._before :]

    def follow(self, needs: tuple[Need, Need], now_s: float) -> None:
        """Read `needs` from now on. Whoever reads something else than before begins with nothing read."""
        for station in (0, 1):
            if needs[station] != self.needs[station]:
                self._since[station] = self._before + ceil(now_s / SYNC_S)
                self._all[station] = 0.0
        self.needs = needs

    def kept(self) -> Floats:
        """Everything that was read, to go back to with `go_back`."""
        return self._all.copy()

    def go_back(self, kept: Floats) -> None:
        self._all = kept

    def round_off(self) -> None:
        """Round what was read to 6 significant digits for `ticks`."""
        part = self._all.transpose(0, 2, 1).copy()
        part[:, :, PRESENT] /= SYNC_S
        rounded = significant6(part).tolist()
        self._ticks = [Tick(*values) for values in rounded[0]], [Tick(*values) for values in rounded[1]]

    def ticks(self, last: int, most: int) -> dict[str, list[Tick]]:
        """By service, up to `most` ticks that were read before tick `last` of the window, the newest last, as they were at the last `round_off`."""
        end = self._before + last
        return {service: self._ticks[station][max(self._since[station], end - most, 0) : end] for station, service in enumerate(SERVICES)}

    def peaks(self, last: int) -> list[float]:
        """Of each station, the largest busy share of ready replicas in all ticks before tick `last` of the window."""
        return [largest_share(station[BUSY], station[READY], self._before + last) for station in self._all]

    def read(self, most: int, content: bool) -> Read:
        """What is read as the window ends, the last `most` ticks of it."""
        count = self._all.shape[2]
        fetch, model = (min(count - since, most) for since in self._since)
        return Read(self.needs, (fetch, model), self._all[:, :, -most:].tobytes(), content)


def add_ready(sums: Floats, replicas: int, since_s: float, until_s: float) -> None:
    """Add the seconds of ready replicas in [since_s, until_s) of the window to one station's readings."""
    first, last = ceil(since_s / SYNC_S), int(until_s // SYNC_S)
    if last < first:
        sums[READY, last] += replicas * (until_s - since_s)
        return
    sums[READY, first:last] += replicas * SYNC_S
    if since_s < first * SYNC_S:
        sums[READY, first - 1] += replicas * (first * SYNC_S - since_s)
    if until_s > last * SYNC_S:
        sums[READY, last] += replicas * (until_s - last * SYNC_S)


def add_busy(sums: Floats, free_s: Sequence[float], taken: Taken, since_s: float, until_s: float) -> None:
    """Add the seconds in which replicas worked in a stretch [since_s, until_s): on what they had as it began, up to `free_s`, and on what they took on."""
    tick = int(since_s // SYNC_S)
    end_s = min((tick + 1) * SYNC_S, until_s)
    if since_s + max(free_s, default=0.0) <= end_s:
        sums[BUSY, tick] += sum(free_s)
    else:
        add_spans(np.full(len(free_s), since_s), since_s + np.array(free_s), since_s, until_s, SYNC_S, sums[BUSY])
    add_work(taken.arrive_s, taken.wait_s, taken.work_s, taken.left, taken.most, since_s, until_s, SYNC_S, sums[BUSY])


def add_fetching(sums: Floats, passed: Passed, since_s: float, until_s: float) -> None:
    """Add the requests that a stretch [since_s, until_s) showed at the feature server."""
    after = passed.passing
    for table, shift_s in ((passed.ended, since_s), *_under_way(until_s, after.fetching, after.scoring, after.waiting)):
        add_requests(table[AT] + shift_s, table[REACH] + shift_s, table[FETCH_QUEUE], since_s, until_s, SYNC_S, sums[PRESENT], sums[ARRIVED], sums[WAITING])


def add_scoring(sums: Floats, passed: Passed, since_s: float, until_s: float) -> None:
    """Likewise at the model server."""
    after = passed.passing
    for table, shift_s in ((passed.ended, since_s), *_under_way(until_s, after.scoring)):
        add_requests(table[REACH] + shift_s, table[END] + shift_s, table[MODEL_QUEUE], since_s, until_s, SYNC_S, sums[PRESENT], sums[ARRIVED], sums[WAITING])
    for table, shift_s in _under_way(until_s, after.waiting):
        for_ever = np.full(table.shape[1], np.inf)
        add_requests(table[REACH] + shift_s, for_ever, for_ever, since_s, until_s, SYNC_S, sums[PRESENT], sums[ARRIVED], sums[WAITING])


def _under_way(shift_s: float, *kept: bytes) -> list[tuple[Floats, float]]:
    return [(table_of(table), shift_s) for table in kept if table]

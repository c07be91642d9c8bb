"""One window of the service, request by request, as a pure function of its causes.

Outcomes are kept by cause for the whole process, so worlds that share the causes of a window compute it once.
A `Cause` holds everything that the outcome depends on; sharing therefore changes nothing but the time taken.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache, partial

import numpy as np

from simulator.dataplane.fleet_windows import fleet_row
from simulator.dataplane.kernels import Floats
from simulator.dataplane.passing import CLOCKS, Passed, Passing
from simulator.dataplane.readings import Read
from simulator.dataplane.settings import SERVICES, Away
from simulator.dataplane.specs import Setting
from simulator.dataplane.staffing import Staffing
from simulator.dataplane.stations import pass_through
from simulator.dataplane.windows import COLUMN, LATENCIES, MEASURES, WINDOW_S, counts, latencies_ms, significant6
from simulator.fleet.events import FleetEvent
from simulator.fleet.in_force import FleetSetting
from simulator.fleet.reclaims import Draw
from simulator.fleet.state import FleetState
from simulator.nature.traffic import Requests, TrafficSpec, in_cell

_NOTHING_READ = Read()


@dataclass(frozen=True, slots=True)
class Stretch:
    since_s: float
    """Second in the window from which the setting holds, on ticks."""
    setting: Setting
    away: Away = (False, False)
    fleet: FleetSetting | None = None
    """The orders of the fleet, which then says how many replicas there are; None where `setting` does."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A service and its fleet at one moment, on a clock that starts there. A value."""

    passing: Passing
    """Requests under way."""
    fleet: FleetState | None = None
    done: FleetSetting | None = None
    """The orders that the fleet has carried out."""
    read: Read = _NOTHING_READ
    """By the autoscalers."""


@dataclass(frozen=True, slots=True)
class Cause:
    """All that decides one window. A value, compared as such."""

    seed: int
    traffic: TrafficSpec
    window: int
    campaign: tuple[tuple[float, float], ...]
    stretches: tuple[Stretch, ...]
    """In order of time, the first from 0."""
    start: Standing
    steady: bool = False
    """The fleet stays as it is, whatever is due or read."""

    def __hash__(self) -> int:
        """Of what mostly differs; hashing the whole fleet would take longer than comparing it, which is rarely needed."""
        return hash((self.seed, self.window, self.campaign, self.start.passing, *((s.since_s, s.setting) for s in self.stretches)))


@dataclass(frozen=True, slots=True)
class Outcome:
    row: tuple[float, ...]
    """In the order of `MEASURES`."""
    end: Standing
    fleet_row: tuple[float, ...] = ()
    """As `fleet_windows` has it."""
    events: tuple[FleetEvent, ...] = ()
    """On the window's clock."""


@lru_cache(maxsize=4096)
def outcome(cause: Cause) -> Outcome:
    """What the window's metrics show, and what goes on into the next window."""
    return _run(cause).outcome()


def ended_in(cause: Cause) -> Floats:
    """The requests that ended in the window, a table as in `passing`, on the window's clock."""
    return _run(cause).ended()


def _run(cause: Cause) -> _Window:
    window = _Window(cause)
    ends = [s.since_s for s in cause.stretches[1:]] + [WINDOW_S]
    for stretch, until_s in zip(cause.stretches, ends, strict=True):
        if window.staff is None:
            window.keep(window.serve(stretch.setting, window.passing, stretch.since_s, until_s), stretch.setting, stretch.since_s, until_s)
        else:
            window.under(stretch, until_s, window.staff)
    return window


class _Window:
    """A window under way: what has passed so far."""

    def __init__(self, cause: Cause) -> None:
        self.cause = cause
        self.requests = in_cell(cause.seed, cause.traffic, cause.window, cause.campaign)
        self.passing = cause.start.passing
        self.staff = Staffing(cause.start.fleet, cause.start.done, cause.start.read, Draw(cause.seed, cause.window * WINDOW_S)) if cause.start.fleet else None
        self._tables: list[Floats] = []
        self._busy_s, self._there_s = [0.0, 0.0], [0.0, 0.0]
        self._cost = 0.0
        self._counts = [0, 0, 0, 0]

    def under(self, stretch: Stretch, until_s: float, staff: Staffing) -> None:
        """Go through one stretch, cut wherever the fleet changes."""
        assert stretch.fleet is not None
        since_s = stretch.since_s
        staff.under(stretch.fleet, since_s)
        while since_s < until_s:
            if not self.cause.steady:
                self.passing = staff.act(since_s, self.passing, stretch.setting, stretch.away)
            setting = staff.setting(stretch.setting, stretch.away)
            end_s = until_s if self.cause.steady else staff.until(until_s)
            passed, end_s = staff.look(self.passing, setting, since_s, end_s, partial(self.serve, setting), decide=not self.cause.steady)
            self.keep(passed, setting, since_s, end_s)
            since_s = end_s

    def serve(self, setting: Setting, passing: Passing, since_s: float, until_s: float) -> Passed:
        """A part of the window under one setting, on a clock that starts with it."""
        return pass_through(self._arriving(since_s, until_s), passing, setting, until_s - since_s)

    def keep(self, passed: Passed, setting: Setting, since_s: float, until_s: float) -> None:
        """Take what passed in [since_s, until_s) as having happened."""
        length_s = until_s - since_s
        self.passing = passed.passing
        if since_s:
            for row in CLOCKS:
                passed.ended[row] += since_s
        self._tables.append(passed.ended)
        for i, (station, busy) in enumerate(((setting.fetch, passed.fetch_busy_s), (setting.model, passed.model_busy_s))):
            self._busy_s[i] += busy
            self._there_s[i] += station.replicas * length_s
            self._cost += station.paid_replicas * station.cost_per_replica_hour * length_s / 3600.0
        for i, count in enumerate((passed.retries, passed.rejected, passed.lost, passed.unserved)):
            self._counts[i] += count
        if self.staff:
            self.staff.spans.append((self.staff.census, length_s))

    def ended(self) -> Floats:
        return self._tables[0] if len(self._tables) == 1 else np.concatenate(self._tables, axis=1)

    def outcome(self) -> Outcome:
        ended = self.ended()
        measures = np.empty(len(MEASURES))
        busy = [min(busy_s / there_s, 1.0) if there_s else 0.0 for busy_s, there_s in zip(self._busy_s, self._there_s, strict=True)]
        measures[: COLUMN["p50_ms"]] = (self.requests.count + self._counts[0], *counts(ended), self.passing.in_system)
        measures[LATENCIES] = latencies_ms(ended)
        measures[LATENCIES.stop :] = (*busy, self._cost, *self._counts)
        staff = self.staff
        if staff is None:
            return Outcome(tuple(significant6(measures).tolist()), Standing(self.passing))
        fleet = fleet_row(staff.fleet, staff.state, staff.spans, staff.events, dict(zip(SERVICES, busy, strict=True)))
        row = significant6(np.concatenate((measures, fleet))).tolist()
        state, read = staff.end()
        end = Standing(self.passing, state, staff.done, read)
        return Outcome(tuple(row[: len(MEASURES)]), end, tuple(row[len(MEASURES) :]), tuple(staff.events))

    def _arriving(self, since_s: float, until_s: float) -> Requests:
        if since_s == 0.0 and until_s == WINDOW_S:
            return self.requests
        first, last = np.searchsorted(self.requests.at_s, (since_s, until_s)).tolist()
        return self.requests.picked(slice(first, last)).on_clock(since_s)

"""The fraud service's data plane in one world: every complete window of its life, settled only when somebody reads.

History up to `exact_from_s` comes from response surfaces where it is calm; from there on every request is served exactly, one
window after the other. A fork shares what was settled before it by reference.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil, isinf
from typing import Self

import numpy as np
from numpy.typing import NDArray

from simulator.dataplane import exact
from simulator.dataplane.causes import Causes
from simulator.dataplane.exact import Outcome, Standing
from simulator.dataplane.fleet_windows import FleetWindows, columns_of
from simulator.dataplane.history import History, Settling, counts_at
from simulator.dataplane.kernels import Floats
from simulator.dataplane.passing import ANSWERED, AT, END, FETCH_COMPUTE, FETCH_QUEUE, FIELDS, FILLED, MODEL_COMPUTE, MODEL_QUEUE
from simulator.dataplane.queues import TICK_S
from simulator.dataplane.settings import InForce
from simulator.dataplane.specs import ServiceSpec
from simulator.dataplane.windows import COLUMN, MEASURES, WINDOW_S, ServiceWindows, significant6
from simulator.fleet.events import FleetEvent
from simulator.fleet.in_force import FleetSetting
from simulator.fleet.spec import CallersSpec, FleetSpec
from simulator.fleet.state import FleetState
from simulator.levers import Levers
from simulator.nature.traffic import Traffic
from simulator.streams import stream


@dataclass(frozen=True, slots=True)
class Traces:
    """Sampled requests in order of arrival, one entry each; the four stages add up to the whole."""

    at_s: Floats
    fetch_queue_ms: Floats
    fetch_compute_ms: Floats
    model_queue_ms: Floats
    model_compute_ms: Floats
    total_ms: Floats
    answered: NDArray[np.bool_]
    default_filled: NDArray[np.bool_]


class ServicePlane:
    """The two stations, and the fleet that they run on, under the levers of one world."""

    def __init__(
        self, seed: int, spec: ServiceSpec, levers: Levers, traffic: Traffic, exact_from_s: float, fleet: FleetSpec | None = None, callers: CallersSpec | None = None
    ) -> None:
        """Windows from the one that holds `exact_from_s` on are exact; infinity makes all of them history. Without a fleet replicas are there when asked for."""
        self.seed, self.spec, self.traffic, self.fleet, self.callers = seed, spec, traffic, fleet, callers
        self._causes = Causes(InForce(spec, levers, fleet, callers), traffic)
        self._exact_from = None if isinf(exact_from_s) else max(int(exact_from_s // WINDOW_S), 0)
        self._history = History()
        self._outcomes: list[Outcome] = []
        self._starts: list[Standing] = []
        """Of the windows of `_outcomes`."""

    @property
    def settled_until_s(self) -> float:
        """End of the last settled window."""
        return (len(self._history) + len(self._outcomes)) * WINDOW_S

    def settle(self, until_s: float) -> None:
        """Compute every window that is complete at `until_s`. Levers before that must not be edited afterwards."""
        complete = int(until_s // WINDOW_S)
        history = complete if self._exact_from is None else min(complete, self._exact_from)
        if history > len(self._history):
            self._history = Settling(self.seed, self._causes, self._history, history).settled()
        while len(self._history) + len(self._outcomes) < complete:
            self._settle_exact()

    def windows(self, since_s: float, until_s: float) -> ServiceWindows:
        """Complete windows within [since_s, until_s]."""
        self.settle(until_s)
        first, last = max(ceil(since_s / WINDOW_S), 0), int(until_s // WINDOW_S)
        return ServiceWindows.from_rows(np.arange(first, max(last, first)) * WINDOW_S, self._table(first, last))

    def fleet_windows(self, since_s: float, until_s: float) -> FleetWindows:
        """Of the same windows as `windows`; nothing in them without a fleet."""
        first, last = max(ceil(since_s / WINDOW_S), 0), int(until_s // WINDOW_S)
        return FleetWindows.from_rows(self.fleet or FleetSpec((), ()), np.arange(first, max(last, first)) * WINDOW_S, self.fleet_table(since_s, until_s))

    def fleet_table(self, since_s: float, until_s: float) -> Floats:
        """The numbers of `fleet_windows` as one table, [windows, columns]."""
        self.settle(until_s)
        first, last = max(ceil(since_s / WINDOW_S), 0), int(until_s // WINDOW_S)
        rows = [found.fleet_row for found in self._exact(first, last)]
        parts = [*self._history.fleet_rows.between(first, last), *([np.array(rows)] if rows else [])]
        return np.concatenate(parts) if parts else np.empty((0, columns_of(self.fleet)))

    def fleet_events(self, since_s: float, until_s: float) -> list[FleetEvent]:
        """What happened in [since_s, until_s), as far as windows are complete, in order of time. Calm windows of history know of none."""
        self.settle(until_s)
        start = len(self._history)
        first, last = max(int(since_s // WINDOW_S), 0), ceil(until_s / WINDOW_S)
        kept = [*((window, events) for window, events in sorted(self._history.events.items()) if first <= window < last)]
        kept += [(max(first, start) + k, found.events) for k, found in enumerate(self._exact(first, last))]
        events = [replace(event, at_s=event.at_s + window * WINDOW_S) for window, part in kept for event in part]
        return [event for event in events if since_s <= event.at_s < until_s]

    def fleet_now(self) -> FleetState | None:
        """The fleet as the last settled window ends, on a clock that starts there; at rest before the first. None without a fleet."""
        if self._outcomes:
            return self._outcomes[-1].end.fleet
        last = len(self._history) - 1
        return self._history.ends[last].fleet if last in self._history.ends else self._resting_fleet()

    def fleet_setting(self, at_s: float) -> FleetSetting | None:
        """What is in force for the fleet."""
        return self._causes.in_force.fleet_at(at_s)

    def default_fill_share(self, at_s: Floats) -> Floats:
        """Share of the answers that were scored on default features in the window of each time.

        A time whose window is not complete takes the last complete one's share, 0 before the first.
        """
        if np.size(at_s):
            self.settle(float(np.max(at_s)))
        complete = int(self.settled_until_s // WINDOW_S)
        place = np.minimum(np.floor_divide(at_s, WINDOW_S).astype(np.int64), complete - 1)
        if not place.size or complete == 0:
            return np.zeros(np.shape(at_s))
        first = max(int(place.min()), 0)
        table = self._table(first, int(place.max()) + 1)
        share = table[:, COLUMN["default_filled"]] / np.maximum(table[:, COLUMN["answered"]], 1.0)
        return np.asarray(share[np.maximum(place - first, 0)])

    def traces(self, since_s: float, until_s: float, n: int) -> Traces:
        """Up to `n` of the requests that ended in complete exact windows within [since_s, until_s], each as likely as any other.

        History keeps no requests: windows from before `exact_from_s` give none.
        """
        self.settle(until_s)
        tables: list[Floats] = []
        marks: list[Floats] = []
        start = len(self._history)
        for window in range(max(ceil(since_s / WINDOW_S), start), start + len(self._outcomes)):
            if (window + 1) * WINDOW_S > until_s:
                break
            ended = exact.ended_in(self._causes.of(window, self._starts[window - start]))
            mark = stream(self.seed, "service.traces", window).random((ended.shape[1],))
            chosen = np.argsort(mark, kind="stable")[:n]
            table = ended[:, chosen]
            table[[AT, END]] += window * WINDOW_S
            tables.append(table)
            marks.append(mark[chosen])
        if not tables:
            tables, marks = [np.empty((FIELDS, 0))], [np.empty(0)]
        whole = np.concatenate(tables, axis=1)
        whole = whole[:, np.argsort(np.concatenate(marks), kind="stable")[:n]]
        whole = whole[:, np.argsort(whole[AT], kind="stable")]
        stages = significant6(whole[[FETCH_QUEUE, FETCH_COMPUTE, MODEL_QUEUE, MODEL_COMPUTE]] * 1000.0)
        total_ms = significant6((whole[END] - whole[AT]) * 1000.0)
        return Traces(whole[AT], stages[0], stages[1], stages[2], stages[3], total_ms, whole[ANSWERED] > 0, whole[FILLED] > 0)

    def fork(self, at_s: float, levers: Levers, exact_from_s: float | None = None) -> Self:
        """The same service in a world whose levers are the same before `at_s`; windows complete by then are shared.

        Args:
            exact_from_s: where the fork's exact windows start; by default where this one's do.

        Raises:
            ValueError: `exact_from_s` would change windows that are shared.
        """
        start = len(self._history)
        shared = min(int(at_s // WINDOW_S), start + len(self._outcomes))
        twin = type(self)(self.seed, self.spec, levers, self.traffic.under(levers), np.inf, self.fleet, self.callers)
        twin._exact_from = self._exact_from
        if exact_from_s is not None:
            twin._exact_from = max(int(exact_from_s // WINDOW_S), 0)
            if twin._exact_from != self._exact_from and shared > min(twin._exact_from, start):
                raise ValueError(f"windows before {at_s:g} s are settled and shared, and cannot become exact from {exact_from_s:g} s")
        twin._history = self._history.until(shared)
        twin._outcomes = self._outcomes[: max(shared - start, 0)]
        twin._starts = self._starts[: len(twin._outcomes)]
        return twin

    def _settle_exact(self) -> None:
        window = len(self._history) + len(self._outcomes)
        start = self._outcomes[-1].end if self._outcomes else self._history.ends.get(window - 1) or self._causes.filled(window, counts_at(self._history, self._causes))
        self._starts.append(start)
        self._outcomes.append(exact.outcome(self._causes.of(window, start)))

    def _exact(self, first: int, last: int) -> list[Outcome]:
        """Outcomes of the exact windows among [first, last)."""
        start = len(self._history)
        return self._outcomes[max(first - start, 0) : max(last - start, 0)]

    def _resting_fleet(self) -> FleetState | None:
        setting = self.fleet_setting(max(self.settled_until_s - TICK_S, 0.0))
        return FleetState.standard(setting, counts_at(self._history, self._causes)) if setting else None

    def _table(self, first: int, last: int) -> Floats:
        rows = [found.row for found in self._exact(first, last)]
        parts = [*self._history.rows.between(first, last), *([np.array(rows)] if rows else [])]
        return np.concatenate(parts) if parts else np.empty((0, len(MEASURES)))

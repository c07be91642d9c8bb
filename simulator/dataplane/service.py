"""The fraud service's data plane in one world: every complete window of its life, settled only when somebody reads.

History up to `exact_from_s` comes from response surfaces, all windows in one pass; from there on every request is
served exactly, one window after the other. A fork shares what was settled before it by reference.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, isinf
from typing import Self

import numpy as np
from numpy.typing import NDArray

from simulator.dataplane import exact, surfaces
from simulator.dataplane.exact import Cause, Stretch
from simulator.dataplane.kernels import Floats
from simulator.dataplane.queues import tick_at
from simulator.dataplane.settings import InForce
from simulator.dataplane.stations import ANSWERED, AT, END, FETCH_COMPUTE, FETCH_QUEUE, FIELDS, FILLED, MODEL_COMPUTE, MODEL_QUEUE, Passing, ServiceSpec
from simulator.dataplane.windows import COLUMN, MEASURES, WINDOW_S, ServiceWindows, significant6
from simulator.levers import Levers
from simulator.nature.traffic import CELLS_PER_DAY, Traffic
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


@dataclass(frozen=True, slots=True)
class Blocks:
    """Rows of windows in the pieces in which they were computed, so that a fork holds those before it by reference."""

    pieces: tuple[Floats, ...]
    """[windows, len(MEASURES)] each."""

    def __len__(self) -> int:
        return sum(map(len, self.pieces))

    def between(self, first: int, last: int) -> list[Floats]:
        """The rows [first, last), in as many pieces as hold them."""
        found, start = [], 0
        for piece in self.pieces:
            part = piece[max(first - start, 0) : max(last - start, 0)]
            if len(part):
                found.append(part)
            start += len(piece)
        return found


class ServicePlane:
    """The two stations under the levers of one world."""

    def __init__(self, seed: int, spec: ServiceSpec, levers: Levers, traffic: Traffic, exact_from_s: float) -> None:
        """Windows from the one that holds `exact_from_s` on are exact; infinity makes all of them history."""
        self.seed, self.spec, self.traffic = seed, spec, traffic
        self._in_force = InForce(spec, levers)
        self._exact_from = None if isinf(exact_from_s) else max(int(exact_from_s // WINDOW_S), 0)
        self._history = Blocks(())
        self._fluid_s = np.empty(0)
        self._rows: list[tuple[float, ...]] = []
        self._passing: list[Passing] = []

    @property
    def settled_until_s(self) -> float:
        """End of the last settled window."""
        return (len(self._history) + len(self._rows)) * WINDOW_S

    def settle(self, until_s: float) -> None:
        """Compute every window that is complete at `until_s`. Levers before that must not be edited afterwards."""
        complete = int(until_s // WINDOW_S)
        calm = complete if self._exact_from is None else min(complete, self._exact_from)
        if calm > len(self._history):
            self._settle_history(calm)
        while len(self._history) + len(self._rows) < complete:
            self._settle_exact()

    def windows(self, since_s: float, until_s: float) -> ServiceWindows:
        """Complete windows within [since_s, until_s]."""
        self.settle(until_s)
        first, last = max(ceil(since_s / WINDOW_S), 0), int(until_s // WINDOW_S)
        return ServiceWindows.from_rows(np.arange(first, max(last, first)) * WINDOW_S, self._table(first, last))

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
        for window in range(max(ceil(since_s / WINDOW_S), start), start + len(self._rows)):
            if (window + 1) * WINDOW_S > until_s:
                break
            ended = exact.ended_in(self._cause(window, self._passing[window - start]))
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
        shared = min(int(at_s // WINDOW_S), len(self._history) + len(self._rows))
        start = len(self._history)
        twin = type(self)(self.seed, self.spec, levers, self.traffic.under(levers), np.inf)
        twin._exact_from = self._exact_from
        if exact_from_s is not None:
            twin._exact_from = max(int(exact_from_s // WINDOW_S), 0)
            if twin._exact_from != self._exact_from and shared > min(twin._exact_from, start):
                raise ValueError(f"windows before {at_s:g} s are settled and shared, and cannot become exact from {exact_from_s:g} s")
        twin._history, twin._fluid_s = Blocks(tuple(self._history.between(0, shared))), self._fluid_s[:shared]
        twin._rows = self._rows[: max(shared - start, 0)]
        twin._passing = self._passing[: len(twin._rows) + 1] if twin._rows else []
        return twin

    def _settle_history(self, until: int) -> None:
        first = len(self._history)
        start_s = np.arange(first, until) * WINDOW_S
        expected = self.traffic.expected(first, until)
        noise = surfaces.Noise.of_windows(self.seed, first, until, CELLS_PER_DAY)
        middle_s = start_s + 0.5 * WINDOW_S
        cuts = [float(start_s[0]), *self._in_force.changes(float(start_s[0]), until * WINDOW_S)]
        places = [*np.searchsorted(middle_s, cuts).tolist(), until - first]
        rows: list[Floats] = []
        fluid_s = [self._fluid_s]
        backlog_s = float(self._fluid_s[-1]) if first else 0.0
        for cut, low, high in zip(cuts, places[:-1], places[1:], strict=True):
            if low < high:
                part, after_s = surfaces.history_rows(self._in_force.at(cut), expected[low:high], noise.part(low, high), backlog_s)
                rows.append(significant6(part))
                fluid_s.append(after_s)
                backlog_s = float(after_s[-1])
        self._history, self._fluid_s = Blocks((*self._history.pieces, np.concatenate(rows))), np.concatenate(fluid_s)

    def _settle_exact(self) -> None:
        if not self._passing:
            self._passing.append(self._filled_queues())
        window = len(self._history) + len(self._rows)
        found = exact.outcome(self._cause(window, self._passing[-1]))
        self._rows.append(found.row)
        self._passing.append(found.passing)

    def _filled_queues(self) -> Passing:
        """What is under way as the exact part begins: left by one window that starts empty."""
        window = len(self._history)
        before = max(window - 1, 0)
        nothing = Passing.nothing(self._in_force.at(before * WINDOW_S))
        return exact.outcome(self._cause(before, nothing)).passing if window else nothing

    def _cause(self, window: int, passing: Passing) -> Cause:
        start_s = window * WINDOW_S
        stretches = {0.0: self._in_force.at(start_s)}
        for change in self._in_force.changes(start_s, start_s + WINDOW_S):
            since_s = tick_at(change - start_s)
            if since_s < WINDOW_S:
                stretches[since_s] = self._in_force.at(change)
        return Cause(self.traffic.seed, self.traffic.spec, window, self.traffic.campaign_in(window), tuple(Stretch(s, setting) for s, setting in stretches.items()), passing)

    def _table(self, first: int, last: int) -> Floats:
        start = len(self._history)
        rows = self._rows[max(first - start, 0) : max(last - start, 0)]
        parts = [*self._history.between(first, last), *([np.array(rows)] if rows else [])]
        return np.concatenate(parts) if parts else np.empty((0, len(MEASURES)))

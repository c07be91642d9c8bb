"""The windows of a world's history: calm ones from response surfaces, in one pass; the others served exactly, one after the other.

A run of exact windows begins where a window is not calm, with queues that one window before has filled, and ends once the
service and its fleet stand still again. Only where a history has more than `MOST_EXACT` of them does the rest come from surfaces
too, with work over capacity carried as a fluid and autoscalers that reach their rest at once.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from simulator.dataplane import exact, surfaces
from simulator.dataplane.blocks import Blocks
from simulator.dataplane.calm import Calm, counts_of, most_waiting_s, rested, total_of
from simulator.dataplane.causes import Causes, Counts, at_rest
from simulator.dataplane.exact import Standing, Stretch
from simulator.dataplane.fleet_windows import desired_column, resting_rows
from simulator.dataplane.held import held_once
from simulator.dataplane.kernels import Floats
from simulator.dataplane.queues import TICK_S
from simulator.dataplane.settings import SERVICES
from simulator.dataplane.specs import Setting
from simulator.dataplane.windows import COLUMN, MEASURES, WINDOW_S, significant6
from simulator.fleet.events import FleetEvent
from simulator.fleet.state import FleetState
from simulator.fleet.steady import resting_replicas
from simulator.nature.traffic import CELLS_PER_DAY

MOST_EXACT = 600
"""Windows of one history that are served exactly."""


@dataclass(frozen=True, slots=True)
class History:
    """What is settled of it. A value that grows; a fork shares what it holds."""

    rows: Blocks = field(default_factory=Blocks)
    """[windows, len(MEASURES)]"""
    fleet_rows: Blocks = field(default_factory=Blocks)
    """As `fleet_windows` has them, without columns where there is no fleet."""
    fluid_s: Floats = field(default_factory=lambda: np.empty(0))
    """Per window, the fluid backlog as it ends."""
    ends: dict[int, Standing] = field(default_factory=dict)
    """What stood at the end of each exact window, in order."""
    events: dict[int, tuple[FleetEvent, ...]] = field(default_factory=dict)
    """Of each exact window in which something happened, on its clock."""

    def __len__(self) -> int:
        return len(self.rows)

    def until(self, last: int) -> History:
        """Its first windows."""
        ends = {window: end for window, end in self.ends.items() if window < last}
        events = {window: part for window, part in self.events.items() if window < last}
        return History(self.rows.until(last), self.fleet_rows.until(last), self.fluid_s[:last], ends, events)


@dataclass(frozen=True, slots=True)
class _Span:
    """Windows [first, last) under one setting, with the fleet at rest."""

    first: int
    last: int
    stretch: Stretch
    counts: Counts

    @property
    def setting(self) -> Setting:
        return at_rest(self.stretch, self.counts)


class Settling:
    """Settles the windows after those of `history`, up to `last`."""

    def __init__(self, seed: int, causes: Causes, history: History, last: int) -> None:
        self._seed, self._causes, self._calm, self._history = seed, causes, Calm(causes), history
        self._first, self._last = len(history), last
        self._expected = causes.traffic.expected(self._first, last)
        self._noise = surfaces.Noise.of_windows(seed, self._first, last, CELLS_PER_DAY)
        self._rows = np.empty((last - self._first, len(MEASURES)))
        self._fluid_s = np.zeros(last - self._first)
        self._fleet_rows: Floats | None = None
        self._ends, self._events = dict(history.ends), dict(history.events)
        self._spans: list[_Span] = []

    def settled(self) -> History:
        """The history with the windows that were asked for."""
        window, counts = self._first, counts_at(self._history, self._causes)
        while window < self._last:
            if len(self._ends) >= MOST_EXACT:
                self._carry_on(window)
                break
            end = self._ends.get(window - 1)
            going_on = end is not None and not self._rested(window - 1, end)
            calm_until = window if going_on else self._calm.until(window, self._last, counts)
            if calm_until > window:
                self._spans.append(_Span(window, calm_until, self._causes.stretch_at(window * WINDOW_S), counts))
                window = calm_until
            else:
                counts = self._serve(window, end or self._causes.filled(window, counts))
                window += 1
        self._fill_in_calm()
        fleet = self._fleet_rows if self._fleet_rows is not None else np.empty((self._last - self._first, 0))
        history = self._history
        return History(
            history.rows.added(self._held(self._rows, "windows")),
            history.fleet_rows.added(self._held(fleet, "fleet")),
            self._held(np.concatenate((history.fluid_s, self._fluid_s)), "fluid"),
            self._ends,
            self._events,
        )

    def _held(self, rows: Floats, name: str) -> Floats:
        """`rows`, once for all worlds in which they are the same: most causes leave the service alone."""
        return held_once(rows, self._seed, self._first * WINDOW_S, self._last * WINDOW_S, f"service.{name}")

    def _rested(self, window: int, end: Standing) -> bool:
        row = self._rows[window - self._first] if window >= self._first else self._history.rows.between(window, window + 1)[0][0]
        stretch = self._causes.stretch_at((window + 1) * WINDOW_S - TICK_S)
        return rested(end, stretch, row[COLUMN["retries"]] / max(row[COLUMN["requests"]], 1.0))

    def _serve(self, window: int, start: Standing) -> Counts:
        """One window exactly; the replicas asked for as it ends."""
        found = exact.outcome(self._causes.of(window, start))
        self._rows[window - self._first] = found.row
        self._keep_fleet(window, window + 1, np.array([found.fleet_row]))
        self._ends[window] = found.end
        if found.events:
            self._events[window] = found.events
        return counts_of(found.end.fleet)

    def _keep_fleet(self, first: int, last: int, rows: Floats) -> None:
        if self._fleet_rows is None:
            self._fleet_rows = np.empty((self._last - self._first, rows.shape[1]))
        self._fleet_rows[first - self._first : last - self._first] = rows

    def _fill_in_calm(self) -> None:
        """The calm windows, one pass for each setting."""
        by_setting: dict[Setting, list[_Span]] = {}
        for span in self._spans:
            by_setting.setdefault(span.setting, []).append(span)
        for setting, spans in by_setting.items():
            windows = np.concatenate([np.arange(span.first, span.last) for span in spans]) - self._first
            part, _ = surfaces.history_rows(setting, self._expected[windows], self._noise.picked(windows), 0.0)
            self._rows[windows] = significant6(part)
        for span in self._spans:
            self._fill_in_fleet(span)

    def _fill_in_fleet(self, span: _Span) -> None:
        if span.stretch.fleet is not None:
            part = self._rows[span.first - self._first : span.last - self._first]
            utilisation = {service: part[:, COLUMN[f"{service.replace('-', '_')}_utilisation"]] for service in SERVICES}
            self._keep_fleet(span.first, span.last, resting_rows(span.stretch.fleet, span.counts, len(part), utilisation))

    def _carry_on(self, first: int) -> None:
        """Windows from `first` on, calm or not."""
        low = first - self._first
        end = self._ends.get(first - 1)
        backlog_s = float(self._fluid_s[low - 1]) if low else float(self._history.fluid_s[-1])
        if end is not None:
            backlog_s = max(most_waiting_s(end, self._causes.stretch_at(first * WINDOW_S).setting) - surfaces.STEADY_S, 0.0)
        for span in self._unrested_spans(first):
            part = slice(span.first - self._first, span.last - self._first)
            rows, after_s = surfaces.history_rows(span.setting, self._expected[part], self._noise.picked(part), backlog_s)
            self._rows[part], self._fluid_s[part] = significant6(rows), after_s
            backlog_s = float(after_s[-1])
            self._fill_in_fleet(span)

    def _unrested_spans(self, first: int) -> list[_Span]:
        """Windows from `first` on in spans of one setting, that of their middle, and the replicas at which autoscalers rest for this window's demand and the last one's."""
        since = max(first - 1, 0)
        rate_per_s = self._causes.traffic.expected(since, self._last) / WINDOW_S
        found: list[_Span] = []
        for window in range(first, self._last):
            stretch = self._causes.stretch_at((window + 0.5) * WINDOW_S)
            recent = rate_per_s[max(window - 1 - since, 0) : window - since + 1]
            counts = resting_counts(stretch, float(recent.max()))
            if found and (found[-1].stretch, found[-1].counts) == (stretch, counts):
                found[-1] = _Span(found[-1].first, window + 1, stretch, counts)
            else:
                found.append(_Span(window, window + 1, stretch, counts))
        return found


def counts_at(history: History, causes: Causes) -> Counts:
    """Replicas asked for as the history ends."""
    last = len(history) - 1
    if last in history.ends:
        return counts_of(history.ends[last].fleet)
    fleet = causes.stretch_at(0.0).fleet
    if fleet is None or last < 0:
        return counts_of(FleetState.standard(fleet) if fleet else None)
    row = history.fleet_rows.between(last, last + 1)[0][0]
    return {deployment.service: round(row[desired_column(k)]) for k, deployment in enumerate(fleet.deployments)}


def resting_counts(stretch: Stretch, rate_per_s: float) -> Counts:
    """Replicas, one at the least, at which the autoscalers rest under a rate of requests."""
    if stretch.fleet is None:
        return {}
    stations = dict(zip(SERVICES, (stretch.setting.fetch, stretch.setting.model), strict=True))
    counts = {}
    for deployment in stretch.fleet.deployments:
        total = total_of(deployment, stations[deployment.service], np.array([rate_per_s]))
        counts[deployment.service] = max(resting_replicas(deployment, float(total[0])), 1)
    return counts

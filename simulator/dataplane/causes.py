"""The causes of a world's windows, from its levers and its demand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from math import inf

from simulator.dataplane.exact import Cause, Standing, Stretch, outcome
from simulator.dataplane.passing import Passing
from simulator.dataplane.queues import tick_at
from simulator.dataplane.settings import SERVICES, InForce, staffed
from simulator.dataplane.specs import Setting
from simulator.dataplane.windows import WINDOW_S
from simulator.fleet.state import FleetState
from simulator.nature.traffic import Traffic

Counts = Mapping[str, int]
"""Replicas asked for, by service; empty without a fleet."""


class Causes:
    """Of the windows of one world."""

    def __init__(self, in_force: InForce, traffic: Traffic) -> None:
        self.in_force, self.traffic = in_force, traffic
        self._lasting: tuple[int, float, float, tuple[Stretch, ...]] = (-1, 0.0, 0.0, ())
        """What is in force between two times, and the revision of the levers of which that is true."""
        self._held: tuple[int, float, float, Stretch] | None = None
        """The same, of what was asked for last."""

    def stretch_at(self, at_s: float, since_s: float = 0.0) -> Stretch:
        """What is in force at `at_s`, as a stretch that begins at `since_s` of its window."""
        held, _ = self._plateau(at_s)
        return held if since_s == 0.0 else replace(held, since_s=since_s)

    def lasts_until(self, at_s: float) -> float:
        """When what is in force at `at_s` may change next."""
        return self._plateau(at_s)[1]

    def _plateau(self, at_s: float) -> tuple[Stretch, float]:
        """What is in force at `at_s`, from 0 of a window on, and until when."""
        revision = self.in_force.revision
        if self._held is None or self._held[0] != revision or not self._held[1] <= at_s < self._held[2]:
            stretch = Stretch(0.0, self.in_force.at(at_s), self.in_force.away(at_s), self.in_force.fleet_at(at_s))
            self._held = revision, at_s, next(iter(self.in_force.changes(at_s, inf)), inf), stretch
        return self._held[3], self._held[2]

    def of(self, window: int, start: Standing, *, steady: bool = False) -> Cause:
        """See `exact.Cause`."""
        traffic = self.traffic
        return Cause(traffic.seed, traffic.spec, window, traffic.campaign_in(window), self._stretches(window * WINDOW_S), start, steady)

    def _stretches(self, start_s: float) -> tuple[Stretch, ...]:
        """Of the window that starts then."""
        revision, since_s, until_s, lasting = self._lasting
        if revision == self.in_force.revision and since_s <= start_s and start_s + WINDOW_S <= until_s:
            return lasting
        stretches = [self.stretch_at(start_s)]
        changes = self.in_force.changes(start_s, inf)
        for change in changes:
            since_s = tick_at(change - start_s)
            if since_s >= WINDOW_S:
                break
            new, last = self.stretch_at(change, since_s), stretches[-1]
            if (new.setting, new.away, new.fleet) == (last.setting, last.away, last.fleet):
                continue
            if since_s == last.since_s:
                stretches.pop()
            stretches.append(new)
        lasting = tuple(stretches)
        self._lasting = (self.in_force.revision, start_s, changes[0] if changes else inf, lasting)
        return lasting

    def filled(self, window: int, counts: Counts) -> Standing:
        """What stands as a window begins in which nothing has happened yet: left by the one before, which starts empty and with the fleet at rest."""
        before = max(window - 1, 0)
        stretch = self.stretch_at(before * WINDOW_S)
        fleet = FleetState.standard(stretch.fleet, counts) if stretch.fleet else None
        nothing = Standing(Passing.nothing(at_rest(stretch, counts)), fleet, stretch.fleet)
        return outcome(self.of(before, nothing, steady=True)).end if window else nothing


def at_rest(stretch: Stretch, counts: Counts) -> Setting:
    """The setting of the stations with the fleet at rest."""
    return _at_rest(stretch, tuple(counts.items())) if stretch.fleet else stretch.setting


@lru_cache(maxsize=1024)
def _at_rest(stretch: Stretch, counts: tuple[tuple[str, int], ...]) -> Setting:
    assert stretch.fleet is not None
    state = FleetState.standard(stretch.fleet, dict(counts))
    ready = [len(state.ready(service)) for service in SERVICES]
    return staffed(stretch.setting, ready[0], ready[1], ready[0], ready[1], stretch.away)

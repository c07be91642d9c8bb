"""One incident: a drawn scenario with its worlds. Every world of it shares the history before it differs.

History without edits is built once per seed, then with the benign changes once per incident; a world with a fault goes on
from the last quiet moment before the fault begins.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from scenarios import decoys
from scenarios.draw import Candidate, Drawn, DrawnFault, draw, draw_candidates
from scenarios.faults import library
from scenarios.scenario import Scenario
from simulator.durations import DAY_S, HOUR_S, MINUTE_S
from simulator.spec import AlertRule, SystemSpec, load_system
from simulator.streams import stream
from simulator.telemetry.alerts import EVERY_S, breaches, firing_times, status
from simulator.telemetry.drift_job import psi_by_day
from simulator.telemetry.signals import read_signal
from simulator.timeline import Edit
from simulator.world import WINDOW_S, Checkpoint, World

FIRST_PAGE_DAY = 91
HISTORY_FROM_DAY, HISTORY_UNTIL_DAY = 40, 91
"""Days of the shared history at whose end a world can fork."""
QUIET_OFFSET_S = DAY_S - 5 * MINUTE_S
QUIET_MINUTE_S = 55 * MINUTE_S
"""Of each hour: the hourly run is over by then, and nothing is due."""
EXACT_BEFORE_S = 4 * HOUR_S
SLICE_S = 24 * HOUR_S
"""World time that is built at a stretch where something else may have to be done in between."""
PAGE_PATIENCE_S = 48 * HOUR_S
"""How long after the nominal time the page may come."""
PAGER_S = 5 * MINUTE_S
"""From an alert to the person it pages."""
LATE_S = 3 * HOUR_S
"""By how much a page that a coarser history found may be too early."""
PAGE_STEP_S = 4 * HOUR_S
"""How far the search for it goes on at a time: days of an overload that is not looked at cost much."""
DRAWS = 3
"""Draws of each candidate of the differential at each of its places."""

Progress = Callable[[str, float], None]
"""Told what is being built and the share of the whole that is done, 0 to 1."""
HISTORY_SHARE, PAGE_SHARE, BENIGN_SHARE = 0.85, 0.92, 0.96
"""Shares at which the history, the search for the page and the benign changes end, as measured; the rest is the drill's own world."""


def _untold(what: str, share: float) -> None:
    """For whoever builds an incident and shows no progress."""


_HISTORIES: OrderedDict[tuple[str, int], list[Checkpoint]] = OrderedDict()
_KEPT_HISTORIES = 2


def history(spec: SystemSpec, seed: int, progress: Progress = _untold) -> list[Checkpoint]:
    """Quiet moments of the world of `seed` that nobody changed, oldest first; the latest two seeds are kept."""
    key = (spec.name, seed)
    if key not in _HISTORIES:

        def passed(day: int) -> None:
            progress(f"{HISTORY_UNTIL_DAY} days of history", HISTORY_SHARE * day / HISTORY_UNTIL_DAY)

        passed(0)
        world = World(spec, seed)
        for day in range(1, HISTORY_FROM_DAY):
            world.advance(day * DAY_S)
            passed(day)
        _HISTORIES[key] = _quiet_moments(world, HISTORY_FROM_DAY, HISTORY_UNTIL_DAY, passed)
        while len(_HISTORIES) > _KEPT_HISTORIES:
            _HISTORIES.popitem(last=False)
    _HISTORIES.move_to_end(key)
    return _HISTORIES[key]


def _quiet_moments(world: World, first_day: int, last_day: int, passed: Callable[[int], None] = lambda day: None) -> list[Checkpoint]:
    found = []
    for day in range(first_day, last_day):
        world.advance(day * DAY_S + QUIET_OFFSET_S)
        moment = world.checkpoint()
        if moment is not None:
            found.append(moment)
        passed(day + 1)
    return found


def _with_reports(world: World) -> Checkpoint | None:
    """The world as a value with the drift reports that every world that goes on from it needs.

    None while a run is under way, and where one begins this very moment: who goes on from there would not meet it.
    """
    if world.log.active or world.orchestrator.due(world.now_s):
        return None
    world.settle()
    psi_by_day(world, world.now_s - 2 * DAY_S, world.now_s)
    return world.checkpoint()


def nominal_page_s(seed: int) -> float:
    """When the page of a seed's incidents is meant to come: a working day, 09:00 to 15:00."""
    draws = stream(seed, "incident.page").integers(0, [4, 13])
    return (FIRST_PAGE_DAY + int(draws[0])) * DAY_S + 9 * HOUR_S + int(draws[1]) * 30 * MINUTE_S


@dataclass(slots=True)
class Incident:
    drawn: Drawn
    spec: SystemSpec
    benign: tuple[Edit, ...]
    start_s: float = 0.0
    """When the drill begins: the page's alert has just begun to fire."""
    exact_from_s: float = 0.0
    """From here on each request of every world is served exactly."""
    paged: bool = True
    """Whether the alert really fired; if not, the drill begins at the nominal time and the scenario is unsound."""
    moments: list[Checkpoint] = field(default_factory=list)
    """Quiet moments with the benign changes, up to the drill's start, oldest first."""
    eves: dict[str, Checkpoint] = field(default_factory=dict)
    """The last quiet moment before exact requests begin, in the world of each set of faults that was asked for."""
    mornings: dict[str, Checkpoint] = field(default_factory=dict)
    """The last usual quiet moment before the drill begins, exact requests and all, in the world of each set of faults that was gone through."""
    differential: Any = None
    """What the grader found out about the candidates, kept here because it is the same for every drill of the incident."""
    kept: dict[str, Any] = field(default_factory=dict)
    """Other results of replays that every drill of the incident shares."""

    @property
    def scenario(self) -> Scenario:
        return self.drawn.scenario

    @property
    def page_rule(self) -> AlertRule:
        return next(rule for rule in self.spec.alerts if rule.name == self.drawn.page_alert)

    def fork(self, edits: Sequence[Edit], *, exact: bool) -> World:
        """A world with the benign changes and `edits`, as early as it must be to differ; not advanced."""
        first = min((e.at_s for e in edits), default=self.start_s or self.drawn.page_s)
        earlier = [m for m in self.moments if m.at_s < first]
        exact_from = self.exact_from_s if exact else float("inf")
        if earlier:
            return World(self.spec, self.drawn.seed, edits, start=earlier[-1], exact_from_s=exact_from)
        plain = [m for m in history(self.spec, self.drawn.seed) if m.at_s < first]
        if not plain:
            return World(self.spec, self.drawn.seed, [*self.benign, *edits], exact_from_s=exact_from)
        return World(self.spec, self.drawn.seed, [*self.benign, *edits], start=plain[-1], exact_from_s=exact_from)

    def world(self, faults: Sequence[DrawnFault] | None = None, *, exact: bool = True, before_s: float = 0.0) -> World:
        """The world as the drill begins, or `before_s` earlier, with the drill's own faults or others in their place."""
        chosen = self.drawn.faults if faults is None else faults
        until_s = self.start_s - before_s
        morning = self.mornings.get(key_of(chosen)) if exact else None
        if morning is not None and morning.at_s <= until_s:
            world = World(self.spec, self.drawn.seed, start=morning, exact_from_s=self.exact_from_s)
        else:
            world = World(self.spec, self.drawn.seed, start=self._eve(chosen), exact_from_s=self.exact_from_s if exact else float("inf"))
            if exact and self.morning_s <= until_s:
                world.advance(self.morning_s)
                self.keep_morning(chosen, world)
        world.advance(until_s)
        return world

    @property
    def morning_s(self) -> float:
        """The last moment before the drill at which worlds are usually quiet: five minutes before a full hour."""
        return (self.start_s - QUIET_MINUTE_S) // HOUR_S * HOUR_S + QUIET_MINUTE_S

    def keep_morning(self, faults: Sequence[DrawnFault], world: World) -> None:
        """Keep the world with `faults`, which is at `morning_s`, for all that go on from there. Nothing is kept where it is not quiet."""
        moment = _with_reports(world) if world.now_s >= self.exact_from_s else None
        if moment is not None:
            self.mornings[key_of(faults)] = moment

    def _eve(self, faults: Sequence[DrawnFault]) -> Checkpoint:
        for _ in self.slices(faults):
            pass
        return self.eves[key_of(faults)]

    def slices(self, faults: Sequence[DrawnFault]) -> Iterator[None]:
        """Find the eve of the world with `faults` and keep it, a slice at a time: gives way after each, for who has something else to do.

        What is found does not depend on what is done in between, and nothing is kept of a search that is not gone through.
        """
        key = key_of(faults)
        if key in self.eves:
            return
        edits = [edit for fault in faults for edit in library.edits_of(fault)]
        world = self.fork(edits, exact=False)
        before = self.exact_from_s
        eve_s = max(int((before - QUIET_OFFSET_S) // DAY_S) * DAY_S + QUIET_OFFSET_S, world.now_s)
        while world.now_s < eve_s:
            world.advance(min((world.now_s // SLICE_S + 1) * SLICE_S, eve_s))
            world.settle()
            yield
        moment = _with_reports(world)
        yield
        while moment is None and world.settled_s + WINDOW_S <= before:
            # A run is under way: take the next quiet window's end instead.
            world.advance(world.settled_s + WINDOW_S)
            moment = _with_reports(world)
        if moment is None:
            # No end of it is in sight: go on from the last quiet moment before it began.
            world = self.fork(edits, exact=False)
            earliest = world.checkpoint()
            assert earliest is not None, "a world forks at quiet moments only"
            quiet = _quiet_moments(world, int(world.now_s // DAY_S), int((before - QUIET_OFFSET_S) // DAY_S))
            moment = quiet[-1] if quiet else earliest
        self.eves[key] = moment

    def candidates(self, m: int = DRAWS) -> list[Candidate]:
        return draw_candidates(self.scenario, self.drawn, m, nominal_page_s=self.drawn.page_s, chooser=library.choose, params=library.PARAMS)

    @property
    def cause(self) -> tuple[str, str]:
        """Component and mechanism of what is wrong; `none` and `nothing-wrong` in a control drill."""
        return library.cause_of(self.drawn.faults[0]) if self.drawn.faults else library.NOTHING

    @property
    def onset_s(self) -> float:
        """Begin of the first fault, or of the drill where there is none."""
        return min((f.at_s for f in self.drawn.faults), default=self.start_s)


def key_of(faults: Sequence[DrawnFault]) -> str:
    """What tells the worlds of an incident apart: the same for the same faults in any order."""
    return repr(sorted((f.at_s, f.id, sorted(f.params.items())) for f in faults))


def incident(scenario: Scenario, seed: int, progress: Progress = _untold) -> Incident:
    """Draw the scenario by the seed, build its history and find the moment of its page."""
    spec = load_system(scenario.system)
    drawn = draw(scenario, seed, nominal_page_s=nominal_page_s(seed))
    benign = tuple(sorted((e for d in drawn.decoys for e in decoys.edits_of(d)), key=lambda e: e.at_s))
    made = Incident(drawn, spec, benign)
    history(spec, drawn.seed, progress)
    progress("the moment of the page", HISTORY_SHARE)
    made.start_s, made.paged = _page(made)
    made.exact_from_s = made.start_s - EXACT_BEFORE_S
    progress("what teams changed lately", PAGE_SHARE)
    _with_benign_history(made)
    progress("the world as the drill begins", BENIGN_SHARE)
    made.start_s = _firing(made)
    return made


def _page(made: Incident) -> tuple[float, bool]:
    """First moment around the nominal time at which the page's alert begins to fire, and what the pager takes.

    An alert that fires all along pages at the nominal time.
    """
    drawn = made.drawn
    world = made.fork([edit for fault in drawn.faults for edit in library.edits_of(fault)], exact=False)
    since = min([drawn.page_s, max([drawn.page_s - 12 * HOUR_S, *(f.at_s + 6 * HOUR_S for f in drawn.faults)])])
    for until in np.arange(drawn.page_s, drawn.page_s + PAGE_PATIENCE_S + PAGE_STEP_S, PAGE_STEP_S).tolist():
        world.advance(until)
        world.settle()
        fired = firing_times(world, made.page_rule, since, until)
        if fired:
            return fired[0] + PAGER_S, True
    earlier = firing_times(world, made.page_rule, drawn.page_s - 40 * DAY_S, drawn.page_s)
    return drawn.page_s, bool(earlier) and bool(_holds(world, made.page_rule, drawn.page_s))


def _firing(made: Incident) -> float:
    """The drill's start, later where the alert does not fire in the exact world yet: a coarser history found it too early."""
    world = made.world()  # keeps the eve that every drill goes on from
    world.settle()
    while made.paged and status(world, made.page_rule).state != "firing":
        if world.now_s > made.start_s + LATE_S:
            return made.start_s
        world.advance((world.settled_s // EVERY_S + 1) * EVERY_S + PAGER_S)
        world.settle()
    return world.now_s


def _holds(world: World, rule: AlertRule, at_s: float) -> bool:
    at = np.array([at_s])
    return bool(breaches(rule, read_signal(world, rule.signal, at), rule.threshold)[0])


def _with_benign_history(made: Incident) -> None:
    first = min((e.at_s for e in made.benign), default=made.start_s)
    shared = [m for m in history(made.spec, made.drawn.seed) if m.at_s < min(first, made.start_s)]
    if made.benign:
        # Earlier moments lack the benign changes to come, so a world that forks there takes them along; see `fork`.
        world = World(made.spec, made.drawn.seed, made.benign, start=shared[-1]) if shared else World(made.spec, made.drawn.seed, made.benign)
        last = int((made.exact_from_s - QUIET_OFFSET_S) // DAY_S) + 1
        made.moments = _quiet_moments(world, int(world.now_s // DAY_S) + 1, last)
    else:
        made.moments = shared

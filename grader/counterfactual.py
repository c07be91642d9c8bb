"""What would have happened: the drill's steps replayed with no moves, with the reference's, and with each move left out."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.differential import tells_apart
from grader.evidence import GuardEvidence, Impact, MoveEvidence
from scenarios.chain import MemoryJournal
from scenarios.draw import DrawnFault
from scenarios.drill import Drill
from scenarios.guards import guard_of
from scenarios.incident import Incident
from scenarios.replay import looks_again, replayed
from scenarios.steps import Step, steps_of
from scenarios.words import registry
from simulator.durations import DAY_S, HOUR_S
from simulator.observation import significant
from simulator.spec import AlertRule
from simulator.telemetry.alerts import firing_times
from simulator.telemetry.money import impact_by_hour
from simulator.world import World

CURVE_STEP_S = 6 * HOUR_S
KEPT_COURSES = ("control", "do-nothing", "reference")
"""What every drill of an incident is compared with."""


@dataclass(frozen=True, slots=True)
class Course:
    """How one world went from the onset to the horizon: money lost by hour."""

    hour_s: tuple[float, ...]
    usd: tuple[float, ...]
    world: World

    def total(self) -> float:
        return float(np.sum(self.usd))

    def between(self, since_s: float, until_s: float) -> float:
        """Money lost in hours that start in [since, until)."""
        hours = np.array(self.hour_s)
        return float(np.array(self.usd)[(hours >= since_s) & (hours < until_s)].sum())


def horizon_of(incident: Incident) -> float:
    """The hour at which worlds stop being compared."""
    return float((incident.start_s + incident.drawn.horizon_s) // HOUR_S * HOUR_S)


def course(incident: Incident, steps: Sequence[Step] = (), *, faults: Sequence[DrawnFault] | None = None, without: Collection[int] = ()) -> Course:
    """Play the moves of `steps` and go on to the horizon. A course that is kept anyway is not found again."""
    moves = moves_of(steps, without)
    if faults is None and not moves:
        return kept_course(incident, "do-nothing")
    if faults is None and "reference" in incident.kept and moves == moves_of(reference_steps(incident)):
        return kept_course(incident, "reference")
    until = horizon_of(incident)
    world = replayed(incident, steps, faults=faults, without=without, until_s=until)
    world.settle()
    return _course_of(incident, world)


def moves_of(steps: Sequence[Step], without: Collection[int] = ()) -> list[tuple[float, str, dict[str, Any]]]:
    """Time, command and arguments of the moves that decide a course."""
    return [(step.at_s, step.op, step.args) for step in steps if step.kind == "move" and step.step not in without]


def _course_of(incident: Incident, world: World) -> Course:
    """The course of a world that is settled up to the horizon."""
    hours, usd = impact_by_hour(world, incident.onset_s // HOUR_S * HOUR_S, horizon_of(incident))
    return Course(tuple(float(h) for h in hours), tuple(float(u) for u in usd), world)


def kept_course(incident: Incident, which: str) -> Course:
    """One of KEPT_COURSES; found once and kept."""
    for _ in kept_slices(incident, which):
        pass
    found: Course = incident.kept[which]
    return found


def kept_slices(incident: Incident, which: str) -> Iterator[None]:
    """Find one of KEPT_COURSES and keep it; gives way after each day of its world."""
    if which in incident.kept:
        return
    if which == "do-nothing" and not incident.drawn.faults:
        yield from kept_slices(incident, "control")
        incident.kept[which] = incident.kept["control"]
        return
    if which == "reference":
        yield from reference_slices(incident)
    steps = reference_steps(incident) if which == "reference" else ()
    world = replayed(incident, steps, faults=() if which == "control" else None, until_s=incident.start_s)
    until = horizon_of(incident)
    while world.now_s < until:
        world.advance(min(world.now_s + DAY_S, until))
        world.settle()
        yield
    incident.kept[which] = _course_of(incident, world)


def reference_steps(incident: Incident) -> list[Step]:
    """The reference runbook, played in the incident's own world; played once and kept."""
    for _ in reference_slices(incident):
        pass
    found: list[Step] = incident.kept["reference-steps"]
    return found


def reference_slices(incident: Incident) -> Iterator[None]:
    """Play the reference runbook and keep its steps; gives way after each line."""
    if "reference-steps" in incident.kept:
        return
    drill = _drill(incident)
    for line in incident.drawn.reference:
        if drill.closed:
            break
        drill.submit(line)
        yield
    incident.kept["reference-steps"] = steps_of(drill.journal.rows())


def played(incident: Incident, lines: Sequence[str]) -> list[Step]:
    """The steps of a drill in which `lines` were typed."""
    drill = _drill(incident)
    for line in lines:
        if drill.closed:
            break
        drill.submit(line)
    return steps_of(drill.journal.rows())


def _drill(incident: Incident) -> Drill:
    return Drill(incident, MemoryJournal({"session": "replay", "scenario": incident.scenario.name, "seed": incident.drawn.seed}))


def impact(incident: Incident, actual: Course) -> Impact:
    """Losses against the control world, and the curves of them."""
    control, nothing, reference = (kept_course(incident, which) for which in KEPT_COURSES)
    return Impact(
        actual_usd=significant(actual.total() - control.total()),
        do_nothing_usd=significant(nothing.total() - control.total()),
        reference_usd=significant(reference.total() - control.total()),
        hour_s=tuple(_thinned(control.hour_s, control)),
        actual_curve=_curve(actual, control),
        do_nothing_curve=_curve(nothing, control),
        reference_curve=_curve(reference, control),
    )


def _thinned(values: Sequence[float], control: Course) -> list[float]:
    step = max(1, round(CURVE_STEP_S / HOUR_S))
    return [float(v) for v in values[step - 1 :: step]]


def _curve(one: Course, control: Course) -> tuple[float, ...]:
    total = np.cumsum(np.array(one.usd) - np.array(control.usd))
    return tuple(significant(v) for v in _thinned(total.tolist(), control))


def moves_evidence(incident: Incident, steps: Sequence[Step], actual: Course, told: Callable[[float], None] = lambda share: None) -> list[MoveEvidence]:
    """Each move's worth by leaving it out, and the later looks that would have shown its absence. `told` hears of the share that is done."""
    found = []
    commands = registry()
    moves = [step for step in steps if step.kind == "move"]
    for at, step in enumerate(moves):
        told(at / len(moves))
        left_out = course(incident, steps, without={step.step})
        command = commands[step.op]
        found.append(MoveEvidence(step.step, significant(left_out.total() - actual.total()), command.reversible, command.blast, _verified(incident, steps, step.step)))
    return found


def _verified(incident: Incident, steps: Sequence[Step], move: int) -> tuple[int, ...]:
    """Looks after `move` that would have shown something else without it."""
    looks = [s.step for s in steps if s.kind == "look" and s.step > move]
    if not looks:
        return ()
    others = [s for s in steps if s.step != move and s.step <= looks[-1]]
    shown = looks_again(incident.world(), others, lambda s: s.step > move)
    return tuple(s.step for s, seen in shown if seen is not None and tells_apart(s.op, s.facts, seen))


def guards_evidence(incident: Incident, steps: Sequence[Step]) -> list[GuardEvidence]:
    """Each action item watched over the incident as it would have gone, and over a month in which nothing was wrong."""
    nothing, control = (kept_course(incident, which).world for which in ("do-nothing", "control"))
    found = []
    for step in steps:
        if step.kind == "word" and step.op == "action-item":
            rule: AlertRule = guard_of(step.args)
            since = incident.onset_s if incident.drawn.faults else incident.start_s
            fired = firing_times(nothing, rule, since, horizon_of(incident)) if incident.drawn.faults else []
            quiet_from = max(35 * DAY_S, incident.start_s - 30 * DAY_S)
            alarms = len(firing_times(control, rule, quiet_from, incident.start_s))
            caught = fired[0] if fired else None
            found.append(
                GuardEvidence(
                    step.step,
                    rule.name,
                    rule.summary,
                    caught,
                    None if caught is None else significant(incident.start_s - caught),
                    significant(alarms * 30 * DAY_S / (incident.start_s - quiet_from)),
                )
            )
    return found

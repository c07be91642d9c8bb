"""What would have happened: the drill's steps replayed with no moves, with the reference's, and with each move left out."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

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
    """Play the moves of `steps` and go on to the horizon."""
    until = horizon_of(incident)
    world = replayed(incident, steps, faults=faults, without=without, until_s=until)
    world.settle()
    since = incident.onset_s // HOUR_S * HOUR_S
    hours, usd = impact_by_hour(world, since, until)
    return Course(tuple(float(h) for h in hours), tuple(float(u) for u in usd), world)


def kept_course(incident: Incident, which: str) -> Course:
    """The courses that every drill of an incident is compared with: `control`, `do-nothing` and `reference`."""
    if which not in incident.kept:
        if which == "control":
            incident.kept[which] = course(incident, faults=())
        elif which == "do-nothing":
            incident.kept[which] = course(incident) if incident.drawn.faults else kept_course(incident, "control")
        else:
            incident.kept[which] = course(incident, reference_steps(incident))
    found: Course = incident.kept[which]
    return found


def reference_steps(incident: Incident) -> list[Step]:
    """The reference runbook, played in the incident's own world."""
    if "reference-steps" not in incident.kept:
        incident.kept["reference-steps"] = played(incident, incident.drawn.reference)
    found: list[Step] = incident.kept["reference-steps"]
    return found


def played(incident: Incident, lines: Sequence[str]) -> list[Step]:
    """The steps of a drill in which `lines` were typed."""
    drill = Drill(incident, MemoryJournal({"session": "replay", "scenario": incident.scenario.name, "seed": incident.drawn.seed}))
    for line in lines:
        if drill.closed:
            break
        drill.submit(line)
    return steps_of(drill.journal.rows())


def impact(incident: Incident, actual: Course) -> Impact:
    """Losses against the control world, and the curves of them."""
    control, nothing, reference = (kept_course(incident, which) for which in ("control", "do-nothing", "reference"))
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


def moves_evidence(incident: Incident, steps: Sequence[Step], actual: Course) -> list[MoveEvidence]:
    """Each move's worth by leaving it out, and the later looks that would have shown its absence."""
    found = []
    commands = registry()
    for step in steps:
        if step.kind != "move":
            continue
        left_out = course(incident, steps, without={step.step})
        command = commands[step.op]
        found.append(MoveEvidence(step.step, significant(left_out.total() - actual.total()), command.reversible, command.blast, _verified(incident, steps, step.step)))
    return found


def _verified(incident: Incident, steps: Sequence[Step], move: int) -> tuple[int, ...]:
    """Looks after `move` that would have shown something else without it."""
    if not any(s.kind == "look" and s.step > move for s in steps):
        return ()
    others = [s for s in steps if s.step != move]
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

"""Evidence of a finished drill: everything that replay can say about it, gathered once and journaled."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain

import numpy as np

from grader.circumstances import benign_evidence, page_evidence
from grader.collector import seldom_collected
from grader.counterfactual import KEPT_COURSES, Course, course, guards_evidence, horizon_of, impact, kept_course, kept_slices, moves_evidence, reference_steps
from grader.differential import look_evidence, weighed_steps
from grader.division import divide
from grader.evidence import Evidence
from grader.fingerprint import fingerprint
from grader.gamble import judged
from grader.noise import load_noise
from grader.partner import Partner
from grader.quickest import quickest
from grader.stages import Progress, Stages, untold
from grader.tasks import FindPlace, look_slices
from grader.variants import band_found, open_places, true_candidate, variants, worlds_to_find, worlds_to_look_in
from scenarios.chain import Row
from scenarios.faults.library import FAULTS, NOTHING
from scenarios.incident import Incident
from scenarios.replay import replayed
from scenarios.steps import Step, steps_of
from simulator.durations import DAY_S, HOUR_S
from simulator.spec import AlertRule
from simulator.telemetry.alerts import breaches
from simulator.telemetry.signals import read_signal
from simulator.world import World

RECOVERED_SHARE = 0.1
"""Losses are over when they run at a tenth of their rate at the page."""
SAME_RATE = 1.5
"""Losses at up to this multiple of the reference runbook's are as good as those."""
RECOVERY_HOURS = 6
LOOK_COST, COURSE_COST = 0.03, 0.7
"""What a look in a replayed world, and a course to the horizon, take of the time that a candidate's world takes to build; as measured."""
WORLDS, LOOKS, REFERENCE, MOVES, GUARDS = "the candidates' worlds", "what each look tells apart", "the reference runbook", "each move left out", "action items"


@seldom_collected()
def gather(incident: Incident, rows: Sequence[Row], *, progress: Progress = untold, partner: Partner | None = None) -> Evidence:
    """Replay a drill's journal in all the worlds that its grade needs. With a partner, who has the same incident, it is done sooner."""
    steps = steps_of(rows)
    noise = load_noise(incident.spec.name)
    reasoned = [s.step for s in steps if s.kind == "word" and s.op in ("declare", "rule-out")]
    stages = Stages(progress, _costs(incident, steps))
    places: dict[str, tuple[str, ...]] = {}
    told, until = stages.begin(WORLDS), max(reasoned, default=None) if reasoned else None
    if partner is not None:
        _share(incident, weighed_steps(steps, until), partner, told)
    for variant in variants(incident, told):
        places[variant.candidate] = (*places.get(variant.candidate, ()), variant.name)
    looks = look_evidence(incident, steps, noise, until=until, told=stages.begin(LOOKS))
    way = quickest(incident, partner)
    told = stages.begin(REFERENCE)
    reference_steps(incident)
    for at, which in enumerate(KEPT_COURSES):
        told((at + 1) / (len(KEPT_COURSES) + 1))
        kept_course(incident, which)
    told = stages.begin(MOVES)
    actual = course(incident, steps)
    moves = moves_evidence(incident, steps, actual, told)
    judging, gamble = judged(incident, steps, actual)
    stages.begin(GUARDS)
    guards = guards_evidence(incident, steps)
    closed_s = max((s.at_s + s.took_s for s in steps), default=incident.start_s)
    component, mechanism = incident.cause
    return Evidence(
        scenario=incident.scenario.name,
        seed=incident.drawn.seed,
        system=incident.spec.name,
        control=not incident.drawn.faults,
        component=component,
        mechanism=mechanism,
        candidates=tuple(places),
        variants=places,
        candidate_mechanisms={name: FAULTS[name].mechanism if name in FAULTS else NOTHING[1] for name in places},
        true_candidate=true_candidate(incident),
        onset_s=incident.onset_s,
        start_s=incident.start_s,
        closed_s=closed_s,
        resolved=any(s.op == "resolve" for s in steps),
        looks=tuple(looks),
        moves=tuple(moves),
        guards=tuple(guards),
        impact=impact(incident, actual),
        objectives=objectives_held(incident, actual.world),
        hurting_at_close=all(_hurting(incident, one, closed_s) for one in judging),
        cause_removed=any(_removed(incident, one) for one in judging),
        silenced=_silenced(incident, steps, actual, closed_s),
        recover_s=_recovered(incident, actual),
        fingerprint=fingerprint(),
        page=page_evidence(incident),
        benign=benign_evidence(incident),
        quickest=way,
        gamble=gamble,
    )


def _share(incident: Incident, steps: Sequence[Step], partner: Partner, told: Callable[[float], None]) -> None:
    """Have the places of the differential found in two processes, and `steps` gone through in their worlds; what only this one can do comes first."""
    if incident.differential is not None:
        return
    courses = chain.from_iterable(kept_slices(incident, which) for which in KEPT_COURSES)
    alone = chain(courses, look_slices(incident, incident.drawn.faults, steps))
    divide(incident, [FindPlace(name, None, tuple(steps)) for name in open_places(incident, of_truth=True)], partner, meanwhile=alone)
    band = band_found(incident)
    divide(incident, [FindPlace(name, band, tuple(steps)) for name in open_places(incident, of_truth=False)], partner, before=alone, told=told)


def _costs(incident: Incident, steps: Sequence[Step]) -> dict[str, float]:
    """What each stage of gathering is still to take, in candidates' worlds; what was found before costs nothing."""
    looks, moves = (sum(s.kind == kind for s in steps) for kind in ("look", "move"))
    items = sum(s.op == "action-item" for s in steps)
    courses = sum(which not in incident.kept for which in ("reference-steps", *KEPT_COURSES))
    return {
        WORLDS: worlds_to_find(incident),
        LOOKS: LOOK_COST * looks * worlds_to_look_in(incident),
        REFERENCE: COURSE_COST * courses,
        MOVES: COURSE_COST * (1 + moves) + LOOK_COST * looks * moves,
        GUARDS: COURSE_COST * (1 + items),
    }


def _rate(incident: Incident, one: Course, since_s: float, until_s: float) -> float:
    """Losses per second against the control world in a span."""
    control = kept_course(incident, "control")
    until_s = min(until_s, horizon_of(incident))
    return (one.between(since_s, until_s) - control.between(since_s, until_s)) / max(until_s - since_s, HOUR_S)


def _page_rate(incident: Incident) -> float:
    return _rate(incident, kept_course(incident, "do-nothing"), incident.start_s, incident.start_s + DAY_S)


def _tolerable(incident: Incident) -> float:
    """Rate of losses that counts as over: a tenth of that at the page, or half as much again as the reference runbook ends with."""
    end = horizon_of(incident)
    return max(RECOVERED_SHARE * _page_rate(incident), SAME_RATE * _rate(incident, kept_course(incident, "reference"), end - 7 * DAY_S, end))


def _hurting(incident: Incident, actual: Course, closed_s: float) -> bool:
    """Whether losses on the day after closing run above what counts as over, and above what they are with the reference runbook on that day.

    Which large frauds another model lets through is chance; it is the same chance with the reference.
    """
    if not incident.drawn.faults:
        return False
    span = closed_s, closed_s + DAY_S
    return _rate(incident, actual, *span) > max(_tolerable(incident), SAME_RATE * _rate(incident, kept_course(incident, "reference"), *span))


def _removed(incident: Incident, actual: Course) -> bool:
    """Whether losses in the last three days of the horizon fell by most of what the reference runbook takes off."""
    if not incident.drawn.faults:
        return True
    end = horizon_of(incident)
    nothing, reference, mine = (_rate(incident, c, end - 3 * DAY_S, end) for c in (kept_course(incident, "do-nothing"), kept_course(incident, "reference"), actual))
    return nothing <= 0 or nothing - mine >= 0.7 * (nothing - reference)


def objectives_held(incident: Incident, world: World) -> dict[str, bool]:
    """Whether each objective of the scenario holds in a settled world, at its last complete window."""
    at = np.array([world.settled_s])
    held = {}
    for name in incident.drawn.objectives:
        rule = incident.spec.objectives[name]
        held[name] = bool(breaches(rule, read_signal(world, rule.signal, at), rule.threshold)[0])
    return held


def _silenced(incident: Incident, steps: Sequence[Step], actual: Course, closed_s: float) -> tuple[str, ...]:
    quiet = [rule for rule in incident.spec.alerts if _is_quiet(actual.world, rule, closed_s)]
    if not quiet:
        return ()
    world = replayed(incident, steps, until_s=closed_s)
    world.settle()
    at = np.array([world.settled_s])
    return tuple(rule.name for rule in quiet if breaches(rule, read_signal(world, rule.signal, at), rule.threshold)[0])


def _is_quiet(world: World, rule: AlertRule, at_s: float) -> bool:
    """Whether somebody had silenced a rule, or moved its threshold."""
    moved = world.levers[f"alert.threshold/{rule.name}"].at(at_s)
    return bool(world.levers[f"alert.silenced/{rule.name}"].at(at_s)) or moved not in (0.0, rule.threshold)


def _recovered(incident: Incident, actual: Course) -> float | None:
    """The hour from which on no six hours' losses run above what counts as over, None if never."""
    if not incident.drawn.faults:
        return None
    control = kept_course(incident, "control")
    loss = np.array(actual.usd) - np.array(control.usd)
    hours = np.array(actual.hour_s)
    limit = _tolerable(incident) * HOUR_S
    since = int(np.searchsorted(hours, incident.start_s - HOUR_S))
    running = [i for i in range(since, len(loss)) if loss[i : i + RECOVERY_HOURS].mean() > limit]
    if not running:
        return float(incident.start_s)
    return None if running[-1] + RECOVERY_HOURS >= len(loss) else float(hours[running[-1] + 1])

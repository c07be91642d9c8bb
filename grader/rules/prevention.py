"""Prevention: guards replayed on the incident. One that fires before the page and stays quiet otherwise is worth all of it."""

from __future__ import annotations

from grader.evidence import GuardEvidence
from grader.finding import Finding
from grader.rubric import Rubric
from grader.rules.argument import Argument
from grader.rules.assessment import Assessment, assess
from grader.rules.mitigation import counts_for
from grader.rules.trace import Trace
from simulator.durations import format_duration


def prevention(t: Trace, argument: Argument, rubric: Rubric) -> Assessment:
    if t.evidence.control:
        return assess([_nothing(t, argument, rubric), *_wolves(t.evidence.guards, rubric)], rubric)
    return assess([_best(t, argument, rubric), *_idle(t.evidence.guards, rubric), *_wolves(t.evidence.guards, rubric)], rubric)


def is_quiet(guard: GuardEvidence, rubric: Rubric) -> bool:
    return guard.false_alarms_30d <= rubric["prevention.guards"].number("quiet")


def value_of(guard: GuardEvidence, rubric: Rubric) -> float:
    """What a guard is worth by itself, 0 to 1: when it fires, less its false alarms."""
    rule = rubric["prevention.guards"]
    if guard.caught_s is None:
        return 0.0
    worth = 1.0 if (guard.before_page_s or 0.0) > 0 else rule.number("later")
    return max(0.0, worth - rule.number("per_alarm") * max(0.0, guard.false_alarms_30d - rule.number("quiet")))


def _counted(count: float, noun: str) -> str:
    return f"{count:.3g} {noun}{'' if count == 1 else 's'}"


def _best(t: Trace, argument: Argument, rubric: Rubric) -> Finding:
    rule, guards = rubric["prevention.guards"], t.evidence.guards
    if not guards:
        return rule.finding(False, 0.0, reason="No guard was left behind.")
    if not t.telling:
        return rule.finding(False, 0.0, tuple(g.step for g in guards), reason="Guards were installed without a look at what happened.")
    best = max(guards, key=lambda g: (value_of(g, rubric), -g.step))
    if not value_of(best, rubric):
        return rule.finding(False, 0.0, tuple(g.step for g in guards), reason="No guard would have caught this incident and stayed quiet otherwise.")
    before = best.before_page_s or 0.0
    when = f"{format_duration(before)} before the page" if before > 0 else f"{format_duration(-before)} after the page"
    return rule.finding(
        True, value_of(best, rubric) * argument.scale, (best.step,), name=best.name, when=when, alarms=_counted(best.false_alarms_30d, "false alarm"), scaled=counts_for(argument)
    )


def _idle(guards: tuple[GuardEvidence, ...], rubric: Rubric) -> list[Finding]:
    rule = rubric["prevention.idle-guard"]
    cost = rule.number("each" if len(guards) <= rubric["prevention.guards"].number("at_most") else "beyond")
    return [rule.finding(True, 0.0, (g.step,), weight=cost, name=g.name) for g in guards if g.caught_s is None]


def _wolves(guards: tuple[GuardEvidence, ...], rubric: Rubric) -> list[Finding]:
    rule = rubric["prevention.crying-wolf"]
    return [rule.finding(True, 0.0, (g.step,), weight=rule.number("each"), name=g.name, alarms=_counted(g.false_alarms_30d, "time")) for g in guards if not is_quiet(g, rubric)]


def _nothing(t: Trace, argument: Argument, rubric: Rubric) -> Finding:
    rule = rubric["prevention.nothing-to-prevent"]
    if argument.verdict not in ("justified", "supported"):
        return rule.finding(False, 0.0, reason="It was not shown that nothing was wrong.")
    return rule.finding(True, argument.scale, (), scaled=counts_for(argument))

"""Verification: after the remedy, a look that would have shown something else had it not worked; in a control drill, a look at performance."""

from __future__ import annotations

from grader.finding import Finding
from grader.rubric import Rubric
from grader.rules.argument import Argument
from grader.rules.assessment import Assessment, assess
from grader.rules.mitigation import counts_for
from grader.rules.trace import Trace, named, starts_with, useful_moves
from scenarios.steps import Step


def verification(t: Trace, argument: Argument, rubric: Rubric) -> Assessment:
    return assess([_performance(t, argument, rubric) if t.evidence.control else _after_move(t, argument, rubric)], rubric)


def verifying(t: Trace, move: Step) -> tuple[int, ...]:
    """Looks after `move` that its working changed."""
    looks = [look.step for look in t.looks]
    return tuple(s for s in t.worth[move.step].verified_by if s > move.step and s in looks)


def _after_move(t: Trace, argument: Argument, rubric: Rubric) -> Finding:
    rule, useful = rubric["verification.after-move"], useful_moves(t)
    if not useful:
        return rule.finding(False, 0.0, reason="No move saved anything, so there was nothing to verify.")
    last = useful[-1]
    seen = tuple(s for s in verifying(t, last) if s > last.step)
    if seen:
        return rule.finding(True, argument.scale, seen, which=named(seen).capitalize(), line=last.line, scaled=counts_for(argument))
    for move in reversed(useful[:-1]):
        earlier = verifying(t, move)
        if earlier:
            reason = f"`{move.line}` was checked in {named(earlier)}; after the last remedy, `{last.line}`, nothing was."
            return rule.finding(False, rule.number("part") * argument.scale, earlier, reason=reason)
    return rule.finding(False, 0.0, (last.step,), reason=f"After `{last.line}` no look was made that would have shown it failing.")


def _performance(t: Trace, argument: Argument, rubric: Rubric) -> Finding:
    rule = rubric["verification.performance"]
    seen = tuple(look.step for look in t.telling if starts_with(look.op, rule.words("looks")))
    return rule.finding(bool(seen), argument.scale if seen else 0.0, seen, which=named(seen).capitalize(), scaled=counts_for(argument))

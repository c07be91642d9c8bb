"""Habits that are noted beside the score and weigh nothing: a subsystem was read before it was changed, or after."""

from __future__ import annotations

from collections.abc import Callable

from grader.finding import Finding
from grader.rubric import Rubric, Rule
from grader.rules.operators import did, did_before
from grader.rules.trace import Trace, named, starts_with
from scenarios.steps import Step

NOTED: dict[str, Callable[[Trace, tuple[Step, ...], Rule], tuple[Step, ...]]] = {
    "looks-before-moves": lambda t, moves, rule: did_before(t.looks, _meant(rule, "looks"), moves[0]),
    "looks-after-moves": lambda t, moves, rule: tuple(s for s in did(t.looks, _meant(rule, "looks")) if s.step > moves[0].step),
}
"""By check, the looks that meet a rule, given the moves that it speaks of."""


def noted(t: Trace, rubric: Rubric) -> list[Finding]:
    """One remark for each rule of which a move was made."""
    found = []
    for rule in rubric.by_id.values():
        moves = _moves(t, rule) if rule.check in NOTED else ()
        if not moves:
            continue
        looks = NOTED[rule.check](t, moves, rule)[:3]
        found.append(rule.finding(bool(looks), 0.0, tuple(s.step for s in (*looks, *moves)), looks=named(looks), moves=named(moves)))
    return found


def _moves(t: Trace, rule: Rule) -> tuple[Step, ...]:
    left_out = rule.words("except") if "except" in rule.params else ()
    return did(t.moves, lambda s: starts_with(s.op, rule.words("moves")) and not starts_with(s.op, left_out))


def _meant(rule: Rule, name: str) -> Callable[[Step], bool]:
    prefixes = rule.words(name)
    return lambda s: starts_with(s.op, prefixes)

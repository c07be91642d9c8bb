"""Mitigation: harm avoided against the reference, and what each harmful or useless move cost; in a control drill, restraint.

What was saved counts in full only as far as the diagnosis carries it: a rescue by luck is worth less than one by insight.
"""

from __future__ import annotations

from grader.finding import Finding
from grader.rubric import Rubric
from grader.rules.argument import Argument, cause_named
from grader.rules.assessment import Assessment, assess, limited
from grader.rules.operators import did_before
from grader.rules.trace import LEAST_HARM_USD, Trace, gambles, listed, named, saved_share, saved_usd, starts_with
from scenarios.steps import Step
from simulator.observation import significant

DIGITS = 4
_SHORT_OF = {
    "justified": "the place was not quite right",
    "supported": "the cause was shown only in part",
    "lucky": "the cause was guessed",
    "dump": "the cause was guessed",
    "wrong": "the cause was mistaken",
    "unnamed": "no cause was named",
}
"""Why a diagnosis carries less than it could."""


def mitigation(t: Trace, argument: Argument, rubric: Rubric) -> Assessment:
    main = _restraint(t, argument, rubric) if t.evidence.control else _harm_avoided(t, argument, rubric)
    costs = [] if t.evidence.control else [*_gambles(t, rubric), *_harmful(t, rubric), *_useless(t, argument, rubric)]
    return assess([main, *costs, *_caps(t, rubric)], rubric)


def money(t: Trace, usd: float) -> str:
    """An amount as a sentence gives it. A difference of two totals is right to about these digits, so one amount reads the same wherever it is told."""
    return f"{significant(usd, DIGITS):,.0f} {t.evidence.impact.currency}"


def counts_for(argument: Argument) -> str:
    """How a finding says that it was scaled; nothing where it counts in full."""
    if argument.scale >= 0.995:
        return ""
    return f" It counts for {argument.scale:.0%}, as {_SHORT_OF[argument.verdict]}."


def _harm_avoided(t: Trace, argument: Argument, rubric: Rubric) -> Finding:
    rule = rubric["mitigation.harm-avoided"]
    held = [name for name, ok in t.evidence.objectives.items() if ok]
    kept = len(held) / len(t.evidence.objectives) if t.evidence.objectives else 1.0
    measured = saved_share(t)
    if measured is None:
        # The incident costs next to nothing either way: what is left to judge is whether the cause is gone.
        measured = 1.0 if t.moves and t.evidence.cause_removed else 0.0
    share = measured * (rule.number("harm") + rule.number("cause") * t.evidence.cause_removed + rule.number("objectives") * kept)
    missed = [name for name, ok in t.evidence.objectives.items() if not ok]
    gone = t.evidence.cause_removed
    recovered = "The cause is gone" if gone else "The cause still acts"
    recovered += f", {'but' if gone else 'and'} {listed(missed)} did not hold at the end." if missed else f", {'and' if gone else 'but'} every objective held at the end."
    return rule.finding(
        measured > 0,
        share * argument.scale,
        tuple(m.step for m in t.moves),
        reason=_nothing_saved(t, rubric["mitigation.harmful-move"].number("beyond")),
        saved=money(t, saved_usd(t)),
        compared="" if saved_share(t) is None else f"{_left_out(t)}; the reference runbook saves {possible_said(t)} ({measured:.0%})",
        recovered=recovered,
        scaled=counts_for(argument),
    )


def possible_said(t: Trace) -> str:
    """What the reference runbook saves, as an amount."""
    return money(t, max(0.0, t.evidence.impact.do_nothing_usd - t.evidence.impact.reference_usd))


def _nothing_saved(t: Trace, beyond: float) -> str:
    """Why no loss was avoided. Less than the share `beyond` of the harm made nothing worse."""
    possible = possible_said(t)
    if len(t.moves) == len(gambles(t)):
        return f"No move was made{_but_gambles(t)}; the reference runbook saves {possible}."
    more = -saved_usd(t)
    if more < LEAST_HARM_USD:
        return f"The moves saved nothing{_left_out(t)}; the reference runbook saves {possible}."
    worse = "made it worse" if more >= beyond * t.harm_usd else "saved nothing"
    return f"The moves {worse}{_left_out(t)}: {money(t, more)} more is lost than had nobody done anything. The reference runbook saves {possible}."


def _restraint(t: Trace, argument: Argument, rubric: Rubric) -> Finding:
    rule = rubric["mitigation.restraint"]
    reasons = _reasons(t, argument)
    credit = 1.0 if reasons else rule.number("unsaid")
    for move in t.moves:
        credit -= _unrest(t, move, rubric)
    reason = f"The reason was said in step {reasons[-1].step}." if reasons else "No reason was said that a look stands behind."
    count = "1 move was made" if len(t.moves) == 1 else f"{len(t.moves)} moves were made"
    steps = (*(m.step for m in t.moves), *(r.step for r in reasons[-1:]))
    return rule.finding(not t.moves, max(0.0, credit), steps, reason=reason, count=count)


def _unrest(t: Trace, move: Step, rubric: Rubric) -> float:
    rule, worth = rubric["mitigation.restraint"], t.worth.get(move.step)
    cost = rule.number("wide" if worth is not None and worth.blast == "wide" else "narrow")
    if starts_with(move.op, rule.words("moves")):
        cost = max(cost, rule.number("retraining"))
    return cost + (rule.number("irreversible") if worth is not None and not worth.reversible else 0.0)


def _reasons(t: Trace, argument: Argument) -> tuple[Step, ...]:
    """Words that give the reason for doing nothing, with a look behind them."""
    said = [u for u in t.words("update") if u.args.get("status") == "no-incident" and any(look.step < u.step for look in t.telling)]
    declare = t.declared
    if declare is not None and argument.verdict in ("justified", "supported") and cause_named(declare) == t.actual:
        said.append(declare)
    return tuple(sorted(said, key=lambda s: s.step))


def _is_harmful(t: Trace, move: Step, rubric: Rubric) -> bool:
    worth = t.worth.get(move.step)
    return worth is not None and move.step not in gambles(t) and worth.worth_usd < -max(LEAST_HARM_USD, rubric["mitigation.harmful-move"].number("beyond") * t.harm_usd)


def _left_out(t: Trace) -> str:
    """How a sentence about what was saved says that gambles are no part of it."""
    return f", with {named(gambles(t))} left out as a gamble" if gambles(t) else ""


def _but_gambles(t: Trace) -> str:
    return f" but the gamble of {named(gambles(t))}" if gambles(t) else ""


def _gambles(t: Trace, rubric: Rubric) -> list[Finding]:
    rule = rubric["mitigation.gamble"]
    costs = limited([rule.number("each")] * len(gambles(t)), rule.number("most"))
    lines = {m.step: m.line for m in t.moves}
    return [rule.finding(True, 0.0, (step,), weight=cost, line=lines[step], effect=_effect(t, t.worth[step].worth_usd)) for step, cost in zip(gambles(t), costs, strict=True)]


def _effect(t: Trace, worth_usd: float) -> str:
    if abs(worth_usd) < LEAST_HARM_USD:
        return "changed nothing"
    return f"happened to {'save' if worth_usd > 0 else 'cost'} {money(t, abs(worth_usd))}"


def _harmful(t: Trace, rubric: Rubric) -> list[Finding]:
    rule = rubric["mitigation.harmful-move"]
    found = []
    for move in t.moves:
        if not _is_harmful(t, move, rubric):
            continue
        worth = t.worth[move.step]
        weight, kind = 1.0, ""
        if not worth.reversible:
            weight, kind = rule.number("irreversible"), ", and it cannot be taken back"
        elif worth.blast == "wide":
            weight, kind = rule.number("wide"), ", over all of production"
        cost = min(rule.number("most"), weight * (rule.number("base") + rule.number("slope") * -worth.worth_usd / t.harm_usd))
        found.append(rule.finding(True, 0.0, (move.step,), weight=cost, line=move.line, loss=money(t, -worth.worth_usd), kind=kind))
    return found


def _useless(t: Trace, argument: Argument, rubric: Rubric) -> list[Finding]:
    """Moves without effect: free where they are narrow, a little where they are wide, more for a retraining nobody had a reason for."""
    rule = rubric["mitigation.useless-move"]
    found = []
    for move in t.moves:
        worth = t.worth.get(move.step)
        if worth is None or move.step in gambles(t) or worth.worth_usd >= rule.number("below") * t.harm_usd or _is_harmful(t, move, rubric):
            continue
        retraining = starts_with(move.op, rule.words("moves"))
        reasoned = did_before(t.steps, lambda s: s.op == "declare", move) and argument.verdict in ("justified", "supported")
        cost = rule.number("wide") if worth.blast == "wide" else 0.0
        kind = ", and touched all of production" if cost else ""
        if retraining and not reasoned:
            cost, kind = rule.number("retraining"), "; no cause had been shown that calls for a retraining"
        found.append(rule.finding(True, 0.0, (move.step,), weight=cost, line=move.line, effect=_little(t, worth.worth_usd), kind=kind))
    return found


def _little(t: Trace, worth_usd: float) -> str:
    """How little a move did."""
    if abs(worth_usd) < 0.5:
        return "changed nothing for the better"
    share = abs(worth_usd) / t.harm_usd
    return f"changed little: it {'saved' if worth_usd > 0 else 'cost'} {money(t, abs(worth_usd))}, {f'{share:.1%}' if share >= 0.001 else 'under 0.1%'} of what the incident costs"


def _caps(t: Trace, rubric: Rubric) -> list[Finding]:
    found = []
    resolve = t.words("resolve")[-1:]
    if t.evidence.resolved and t.evidence.hurting_at_close and not t.evidence.control:
        found.append(rubric["mitigation.hurting-cap"].finding(True, 0.0, tuple(s.step for s in resolve)))
    for move in t.moves:
        if _is_harmful(t, move, rubric) and not t.worth[move.step].reversible:
            found.append(rubric["mitigation.irreversible-cap"].finding(True, 0.0, (move.step,), line=move.line))
    if t.evidence.silenced:
        silencing = tuple(m.step for m in t.moves if starts_with(m.op, ("alerts silence", "alerts threshold")))
        found.append(rubric["mitigation.silenced-cap"].finding(True, 0.0, silencing, rules=listed(t.evidence.silenced)))
    return found

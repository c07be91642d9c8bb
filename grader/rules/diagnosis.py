"""Diagnosis: how right the declared cause is, times how well it is argued; wrong rule-outs and idle citations cost."""

from __future__ import annotations

from grader.finding import Finding
from grader.rubric import Rubric, Rule
from grader.rules.argument import Argument, Claim, cause_named, claim_of
from grader.rules.assessment import Assessment, assess
from grader.rules.trace import Trace, listed, named
from scenarios.faults.library import NOTHING

NOTHING_WRONG = NOTHING[1]

_VERDICT = {
    "justified": "Justified",
    "supported": "Supported in part",
    "lucky": "Right, but a guess",
    "dump": "Right, but not argued",
    "wrong": "Wrong",
    "unnamed": "No cause was declared",
}


def diagnosis(t: Trace, argument: Argument, rubric: Rubric) -> Assessment:
    return assess([_cause(t, argument, rubric), *_citations(t, argument, rubric), *_rule_outs(t, rubric), *_cap(t, argument, rubric)], rubric)


def spoken(cause: tuple[str, str]) -> str:
    """A cause as a part of a sentence: `unit-change at sources/amount`, `that nothing was wrong`."""
    return "that nothing was wrong" if cause[1] == NOTHING_WRONG else f"{cause[1]} at {cause[0]}"


def so_it_was(cause: tuple[str, str]) -> str:
    """What was the case, as a sentence's second half."""
    return "nothing was wrong" if cause[1] == NOTHING_WRONG else f"the cause was {spoken(cause)}"


def _cause(t: Trace, argument: Argument, rubric: Rubric) -> Finding:
    rule, declare = rubric["diagnosis.cause"], t.declared
    right = argument.verdict not in ("wrong", "unnamed")
    steps = () if declare is None else (declare.step, *(argument.claim.useful if argument.claim else ()))
    if declare is None:
        return rule.finding(False, 0.0, steps, verdict=_VERDICT["unnamed"], declared="the drill ended without one", actual=so_it_was(t.actual))
    declared = spoken(cause_named(declare))
    if right and argument.credit < 1:
        declared += f" (right in kind; the place was {t.evidence.component}, so it counts {argument.credit:.0%})"
    return rule.finding(
        right,
        argument.credit * argument.factor,
        steps,
        verdict=_VERDICT[argument.verdict],
        step=declare.step,
        declared=declared if right else f"step {declare.step} declared {declared}",
        actual=so_it_was(t.actual),
        closed=len(argument.shown) + len(argument.seen),
        field=len(t.others),
        uncited=_uncited(argument, rule),
    )


def _uncited(argument: Argument, rule: Rule) -> str:
    if not argument.seen:
        return ""
    which = f"{len(argument.seen)} of them only" if argument.shown else "but only"
    return f", {which} by looks never cited, which count {rule.number('uncited'):.0%}"


def _citations(t: Trace, argument: Argument, rubric: Rubric) -> list[Finding]:
    rule, claim = rubric["diagnosis.citation"], argument.claim
    if claim is None or not claim.cited:
        return []
    cost = 0.0 if claim.dump else min(rule.number("most"), rule.number("each") * len(claim.idle))
    return [rule.finding(bool(claim.idle), 0.0 if claim.idle else 1.0, claim.idle, weight=cost, which=named(claim.idle))]


def _rule_outs(t: Trace, rubric: Rubric) -> list[Finding]:
    """One finding for each mechanism that was ruled out, by its last rule-out."""
    last = {str(word.args.get("mechanism")): word for word in t.words("rule-out")}
    rule, wrong = rubric["diagnosis.rule-out"], rubric["diagnosis.wrong-rule-out"]
    found = []
    for mechanism, word in last.items():
        if mechanism == t.evidence.mechanism:
            found.append(wrong.finding(True, 0.0, (word.step,), weight=wrong.number("cost"), mechanism=mechanism))
            continue
        held = [c for c in t.others if t.mechanism_of(c) == mechanism]
        claim = claim_of(t, word, rubric["diagnosis.cause"])
        shown = t.closed_by(claim.useful)
        missing = [c for c in held if c not in shown]
        if not held:
            why = "it was not among the likely explanations"
        elif not claim.cited:
            why = "no step was cited for it"
        elif claim.dump:
            why = _why_dump(claim)
        else:
            why = f"the cited steps leave {listed(missing)} open"
        met = bool(held) and not missing and not claim.dump
        found.append(rule.finding(met, 1.0 if met else 0.0, (word.step, *(s for s in claim.useful if s != word.step)), mechanism=mechanism, why=why))
    return found


def _cap(t: Trace, argument: Argument, rubric: Rubric) -> list[Finding]:
    reasons = {
        "unnamed": "No cause was declared.",
        "wrong": "A cause was declared, and nothing was wrong." if t.evidence.control else "The declared mechanism is not the cause.",
        "lucky": f"The cause was guessed: {_why_guessed(argument)}.",
        "dump": f"The declaration is no argument: {_why_dump(argument.claim)}. It counts as a guess." if argument.claim is not None else "",
    }
    if argument.verdict not in reasons:
        return []
    steps = () if t.declared is None else (t.declared.step,)
    return [rubric["diagnosis.guess-cap"].finding(True, 0.0, steps, reason=reasons[argument.verdict])]


def _why_dump(claim: Claim) -> str:
    if not claim.useful:
        return "the one cited step excludes nothing" if len(claim.cited) == 1 else f"none of the {len(claim.cited)} cited steps excludes anything"
    said = f"{len(claim.useful)} of {len(claim.cited)} cited steps exclude{'s' if len(claim.useful) == 1 else ''} something"
    return f"{said}, and nobody can tell which of them carry it" if 3 * len(claim.useful) >= len(claim.cited) else said


def _why_guessed(argument: Argument) -> str:
    if not argument.shown:
        return "no step that closes another explanation was cited"
    if not argument.open:
        return f"{listed(argument.seen)} {'was' if len(argument.seen) == 1 else 'were'} closed only by looks never cited"
    return f"{listed(argument.open)} {'was' if len(argument.open) == 1 else 'were'} still open"

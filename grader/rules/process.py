"""Process: the hiring rubric as temporal rules over the steps. Each check is a pure function of a trace and its rule.

A drill in which hardly any look told something earns nothing here: not having made a mistake is no merit where nothing was done.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from grader.finding import Finding
from grader.rubric import Rubric, Rule
from grader.rules.argument import Argument, cause_named
from grader.rules.assessment import Assessment, assess
from grader.rules.noted import noted
from grader.rules.operators import did, did_before, first, never_before, ratio
from grader.rules.trace import LEAST_HARM_USD, Trace, gambles, listed, named, starts_with, useful_moves
from scenarios.steps import Step


@dataclass(frozen=True, slots=True)
class Outcome:
    met: bool
    credit: float
    """0 to 1; for a red flag 1 where it was avoided."""
    steps: tuple[int, ...] = ()
    values: dict[str, Any] = field(default_factory=dict)
    """What the rule's wording names."""


Check = Callable[[Trace, Rule], Outcome | None]
"""None where the rule cannot apply to the drill."""


def process(t: Trace, argument: Argument, rubric: Rubric) -> Assessment:
    rule = rubric["diagnosis.cause"]
    # An order of work that leads nowhere is worth little: it must have closed explanations, and led to a cause.
    shown = min(1.0, argument.share / rule.number("enough")) if argument.shown else 0.0
    scale = rule.number("process_none") + rule.number("process_shown") * shown + rule.number("process_right") * argument.credit
    remark = rubric["process.scale"]
    enough = len(t.telling) >= remark.number("least")
    scale = min(1.0, scale) if enough else 0.0
    judged = [(rule, outcome) for rule in rubric.by_id.values() if rule.check in CHECKS and (outcome := CHECKS[rule.check](t, rule)) is not None]
    whole = math.fsum(rule.weight for rule, _ in judged)
    found = [_found(rule, outcome, rule.weight / whole, scale) for rule, outcome in judged]
    if scale < 1.0:
        found.append(remark.finding(enough, 0.0, share=f"{scale:.0%}", least=f"{remark.number('least'):g}"))
    return assess([*found, *noted(t, rubric)], rubric)


def _found(rule: Rule, outcome: Outcome, weight: float, scale: float) -> Finding:
    return rule.finding(outcome.met, outcome.credit * scale, outcome.steps, weight=weight, **outcome.values)


def distinguishes(t: Trace, rule: Rule) -> Outcome | None:
    alike = _alike(t, rule.words("mechanisms"))
    if not alike:
        return None
    end = t.declared.step if t.declared is not None else float("inf")
    closed = tuple(c for c in alike if c in t.closed_before(end))
    still = tuple(c for c in alike if c not in closed)
    steps = tuple(s.step for s in t.looks if s.step < end and any(t.touches(s.step, c) for c in closed))
    return Outcome(not still, len(closed) / len(alike), steps, {"closed": listed(closed), "open": listed(still)})


def looks_before_blame(t: Trace, rule: Rule) -> Outcome:
    upstream = _look(rule.words("looks"))
    blame = first(t.steps, lambda s: (s.kind == "move" and starts_with(s.op, rule.words("moves"))) or (s.op == "declare" and cause_named(s)[1] in rule.words("mechanisms")))
    end = blame or t.declared
    looks = did_before(t.steps, upstream, end)
    if looks:
        return Outcome(True, 1.0, tuple(s.step for s in looks), {"which": named(looks)})
    late = did(t.steps, upstream)
    reason = "No look at pipelines, sources, features or labels came before a cause was named."
    if blame is not None:
        reason = f"The model was blamed or changed in {named((blame,))} before any look at where the data comes from."
    return Outcome(False, 0.0, tuple(s.step for s in ((blame,) if blame is not None else ())) + tuple(s.step for s in late[:1]), {"reason": reason})


def structured(t: Trace, rule: Rule) -> Outcome:
    """Share of the stages that stand in their place; none where something was changed before anything was looked at."""
    looks, moves, useful, end = t.looks, t.moves, useful_moves(t), t.declared
    opening = moves[0] if moves else None
    stated = did_before(t.steps, lambda s: s.op in ("hypothesis", "rule-out"), end)
    last = useful[-1].step if useful else None
    done = t.words("resolve")
    acted = " before the first move" if moves else ""
    checked = ("a look after the last remedy", last is not None and any(s.step > last for s in looks))
    stages = (
        (f"a look{acted}", bool(did_before(looks, lambda s: True, opening))),
        ("a hypothesis before the cause was named", end is not None and bool(stated)),
        (f"a cause stated{acted}", bool(did_before(t.steps, lambda s: s.op in ("hypothesis", "declare"), opening))),
        ("nothing changed where nothing was wrong", not moves) if t.evidence.control else checked,
        ("an update before the close", bool(done) and bool(did_before(t.steps, lambda s: s.op == "update", done[-1]))),
    )
    kept, missing = tuple(name for name, ok in stages if ok), tuple(name for name, ok in stages if not ok)
    blind = opening is not None and never_before(looks, lambda s: True, opening)
    credit = 0.0 if blind else len(kept) / len(stages)
    said = {"kept": listed(kept), "missing": listed(missing), "missed": f" Missing: {listed(missing)}." if missing else ""}
    return Outcome(credit >= rule.number("met_from"), credit, () if opening is None else (opening.step,), said)


def questions(t: Trace, rule: Rule) -> Outcome:
    asked = did(t.looks, has_question)
    share = ratio(t.looks, has_question, lambda s: True)
    wanted = rule.number("ratio")
    looks = "1 look" if len(t.looks) == 1 else f"{len(t.looks)} looks"
    none = f"None of the {looks} came with a" if len(t.looks) > 1 else "The only look came without a" if t.looks else "No look was made, so none came with a"
    few = f"Only {len(asked)} of {looks} came with a" if asked else none
    return Outcome(share >= wanted, min(1.0, share / wanted), tuple(s.step for s in asked), {"asked": len(asked), "looks": looks, "few": few})


def has_question(step: Step) -> bool:
    """Whether a look was made with something to find out: what is expected was said, or a hypothesis stood open."""
    return bool(str(step.args.get("expect") or "").strip()) or step.hypothesis_open


def retrains_first(t: Trace, rule: Rule) -> Outcome:
    early = _early_retraining(t, rule)
    return Outcome(bool(early), 0.0 if early else 1.0, tuple(s.step for s in early), {"which": named(early), "shows": _without(t, early)})


def _without(t: Trace, moves: tuple[Step, ...]) -> str:
    """What the replays show of moves that had no reason, by leaving each out; what came of a gamble is told with its cost."""
    worths = [t.worth[m.step].worth_usd for m in moves if m.step in t.worth]
    if not worths or any(m.step in gambles(t) for m in moves):
        return ""
    whole, it = math.fsum(worths), "it" if len(moves) == 1 else "them"
    if abs(whole) < LEAST_HARM_USD:
        return f"; replayed without {it}, the losses are the same"
    amount = f"{abs(whole):,.0f} {t.evidence.impact.currency}"
    return f"; replayed without {it}, {amount} more is lost: it helped, and no look had shown that it would" if whole > 0 else f"; replayed without {it}, {amount} less is lost"


def diagnoses_first(t: Trace, rule: Rule) -> Outcome:
    early, shown = _early_retraining(t, rule), _shown_declares(t, rule)
    if early:
        reason = f"{named(early).capitalize()} retrained, and no cause had been named by then with at least half of the other explanations closed."
        return Outcome(False, 0.0, tuple(s.step for s in early), {"reason": reason})
    if not shown:
        return Outcome(False, 0.0, tuple(s.step for s in t.declares[-1:]), {"reason": "No cause was named with at least half of the other explanations closed."})
    return Outcome(True, 1.0, (shown[0].step,), {"step": shown[0].step, "share": f"{t.share_before(shown[0].step):.0%}"})


def confuses_drift(t: Trace, rule: Rule) -> Outcome | None:
    drift, stale = rule.words("drift"), rule.words("stale")
    alike = _alike(t, (*drift, *stale))
    if t.declared is None or not alike:
        return None
    mine, true = cause_named(t.declared)[1], t.evidence.mechanism
    mistaken = mine != true and ((mine in drift and true in (*drift, *stale)) or (mine in stale and true in drift))
    closed = t.closed_before(t.declared.step)
    told = len([c for c in alike if c in closed]) / len(alike)
    remark = f", though {listed([c for c in alike if c not in closed])} stayed open" if told < 1 else ""
    return Outcome(mistaken, 0.0 if mistaken else told, (t.declared.step,), {"actual": true, "declared": mine, "step": t.declared.step, "told": remark})


def no_process(t: Trace, rule: Rule) -> Outcome:
    groups = tuple(dict.fromkeys(s.op.split()[0] for s in t.looks if s.op))
    beyond = tuple(g for g in groups if g not in rule.words("symptoms"))
    met = len(groups) < rule.number("least") or not beyond
    why = "one kind of reading is not a method" if beyond else "that is watching symptoms, not a method"
    reason = f"Only {listed(groups)} were looked at: {why}." if len(groups) > 1 else f"Only one place was looked into ({groups[0]}): {why}." if groups else "Nothing was looked at."
    return Outcome(met, 0.0 if met else 1.0, tuple(s.step for s in t.looks) if met else (), {"reason": reason, "groups": listed(groups)})


def ignores_upstream(t: Trace, rule: Rule) -> Outcome:
    looks = did(t.steps, _look(rule.words("looks")))
    return Outcome(not looks, 1.0 if looks else 0.0, tuple(s.step for s in looks), {"which": named(looks)})


def both_healths(t: Trace, rule: Rule) -> Outcome:
    service, model = did(t.steps, _look(rule.words("service"))), did(t.steps, _look(rule.words("model")))
    both = bool(service) and bool(model)
    seen = "the service, not at the model" if service else "the model, not at the service" if model else "neither the service nor the model"
    return Outcome(both, 1.0 if both else 0.0, tuple(sorted(s.step for s in (*service[:1], *model[:1]))), {"seen": seen})


def _look(prefixes: tuple[str, ...]) -> Callable[[Step], bool]:
    return lambda s: s.kind == "look" and starts_with(s.op, prefixes)


def _alike(t: Trace, mechanisms: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(c for c in t.others if t.mechanism_of(c) in mechanisms)


def _shown_declares(t: Trace, rule: Rule) -> tuple[Step, ...]:
    """Declarations made with enough of the field closed."""
    return tuple(d for d in t.declares if t.share_before(d.step) >= rule.number("share"))


def _early_retraining(t: Trace, rule: Rule) -> tuple[Step, ...]:
    """Retrainings before any cause was shown."""
    shown = _shown_declares(t, rule)
    return did_before(t.steps, lambda s: s.kind == "move" and starts_with(s.op, rule.words("moves")), shown[0] if shown else None)


CHECKS: dict[str, Check] = {
    "both-healths": both_healths,
    "confuses-drift": confuses_drift,
    "diagnoses-first": diagnoses_first,
    "distinguishes": distinguishes,
    "ignores-upstream": ignores_upstream,
    "looks-before-blame": looks_before_blame,
    "no-process": no_process,
    "questions": questions,
    "retrains-first": retrains_first,
    "structured": structured,
}

"""What would have earned a point that was not given, in the drill's own terms: its steps, its looks, the reference runbook's lines.

Advice is derived from the same trace as the finding and never changes it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from grader.finding import Finding
from grader.model_runbook import ModelRunbook
from grader.quoted import not_done, typed
from grader.rubric import Rule, rubric
from grader.rules.argument import Argument
from grader.rules.communication import PARTS, gives_number, parts_of, untrue
from grader.rules.trace import Trace, listed, named, useful_moves
from grader.shortest import Shortest, quickest_falls
from scenarios.scenario import NOTHING
from scenarios.steps import Step
from simulator.durations import format_duration

_CARRIED = ("verification.after-move", "verification.performance", "prevention.guards", "prevention.nothing-to-prevent")
"""Rules whose whole credit is scaled by the diagnosis."""


@dataclass(frozen=True, slots=True)
class Case:
    t: Trace
    argument: Argument
    model: ModelRunbook
    way: Shortest | None
    finding: Finding

    @property
    def rule(self) -> Rule:
        return rubric()[self.finding.rubric]


def advice(t: Trace, argument: Argument, model: ModelRunbook, way: Shortest | None, finding: Finding) -> str:
    """One or two sentences on what would have earned what this finding withheld or cost; empty where nothing can be said."""
    say = _BY_RULE.get(finding.rubric)
    if finding.rubric in _CARRIED and finding.met and finding.credit >= argument.scale - 1e-9:
        return "Show the cause first: what is done upon it counts as far as the diagnosis carries it."
    return "" if say is None else say(Case(t, argument, model, way, finding))


def _cause(c: Case) -> str:
    t, argument = c.t, c.argument
    if argument.verdict == "unnamed":
        return f"`declare` a cause and cite the looks that close the other explanations. {_argument(c)}".strip()
    if argument.verdict == "wrong":
        return f"{_against(t)} {_argument(c)}".strip()
    if argument.verdict == "dump":
        return _citation(c)
    said = []
    if argument.seen:
        steps = [s for s in t.looks if t.declared is not None and s.step < t.declared.step and any(t.touches(s.step, x) for x in argument.seen)]
        said.append(f"Cite {named(steps)}, which closed {listed(argument.seen)}.")
    if argument.open:
        said.append(f"Close {listed(argument.open)} before you declare. {_argument(c)}")
    if argument.credit < 1:
        said.append(f"Name the place as well: {t.evidence.component}.")
    return " ".join(said).strip()


def _against(t: Trace) -> str:
    """The looks before the declaration that spoke against what was declared."""
    assert t.declared is not None
    mine = [x for x in t.others if t.mechanism_of(x) == t.declared.args.get("mechanism")]
    if not mine:
        return f"{t.declared.args.get('mechanism')} is none of the explanations that this drill weighs, so no look spoke for it or against it."
    speaking = [s for s in t.looks if s.step < t.declared.step and any(t.touches(s.step, x) for x in mine)]
    if speaking:
        mechanism = t.declared.args.get("mechanism")
        those = "that look" if len(speaking) == 1 else "those looks"
        return f"{named(speaking).capitalize()} already spoke against what was declared: in the replays of {mechanism} {those} would have shown something else."
    return "No look before it spoke against what was declared, so one that would have was missing."


def _argument(c: Case) -> str:
    """The shortest argument that the looks held, or the shortest there was, or that of the reference runbook."""
    if c.way is not None and not c.way.open:
        return f"{named(c.way.steps).capitalize()} {'closes' if len(c.way.steps) == 1 else 'together close'} every other explanation."
    quickest = c.t.evidence.quickest
    if quickest is not None and len(quickest_falls(c.t)) == len(c.t.others):
        lines = [look.line for look in quickest.looks]
        return f"Taken as the drill began, {typed(lines)} {'closes' if len(lines) == 1 else 'together close'} every other explanation."
    return f"The reference runbook rests on {typed([look.line for look in c.model.cited])}." if c.model.cited else ""


def _citation(c: Case) -> str:
    useful = c.argument.claim.useful if c.argument.claim is not None else ()
    return f"Cite {named(useful)} only." if useful else f"Cite looks that exclude something. {_argument(c)}".strip()


def _wrong_rule_out(c: Case) -> str:
    return "Rule out only what a look excludes; the true cause agrees with every look, as it does in each replay here."


def _harm(c: Case) -> str:
    said = []
    if not c.t.evidence.cause_removed or not useful_moves(c.t):
        said.append(f"Remove the cause. The reference runbook does it by {typed(c.model.moves)}{_undone(c)}." if c.model.moves else "Remove the cause rather than its symptom.")
    elif c.finding.credit < c.argument.scale * 0.95:
        said.append("The same remedy earlier, and no move that costs on the way.")
    if c.argument.scale < 0.995:
        said.append("Show the cause before you act on it: what a remedy saves counts as far as the diagnosis carries it.")
    return " ".join(said)


def _undone(c: Case) -> str:
    """Which of the reference runbook's moves were not made, where some were."""
    own = {move.line for move in c.t.moves}
    missing = [line for line in c.model.moves if line not in own]
    return f"; you did not make {typed(missing)}" if missing and len(missing) < len(c.model.moves) else ""


def _restraint(c: Case) -> str:
    said = any(step not in c.t.worth for step in c.finding.steps)
    if c.t.moves:
        return "Change nothing until a look shows that something is wrong" + ("." if said else ", and say with `update --status no-incident` why nothing is done.")
    return "Say why nothing is done, by `update --status no-incident` or by a `declare none nothing-wrong` that cites its looks."


def _harmful(c: Case) -> str:
    worth = c.t.worth.get(c.finding.steps[0]) if c.finding.steps else None
    if worth is not None and worth.reversible:
        return "Leave it out, or take it back as soon as a look shows what it does."
    return "Leave it out; what cannot be taken back needs a cause that is shown first."


def _useless(c: Case) -> str:
    if c.argument.verdict in ("justified", "supported"):
        return "Leave out what touches all of production and saves next to nothing, or do it where it touches less."
    return "Leave it out, or first show a cause that it removes."


def _silenced(c: Case) -> str:
    return "Leave the alert as it is until its reading is back within bounds."


def _hurting(c: Case) -> str:
    return "Before `resolve`, take a look at the losses (`impact`) and wait until they are down."


def _distinguishes(c: Case) -> str:
    return f"Take looks that show where these differ. {_argument(c)}".strip()


def _upstream(c: Case) -> str:
    lines = [look.line for look in c.model.looks if look.group in ("pipelines", "sources", "features", "labels")]
    return f"Start where the data comes in. The reference runbook reads {typed(lines)}." if lines else "Start where the data comes in: pipelines, sources, features, labels."


def _structured(c: Case) -> str:
    if c.t.evidence.control:
        return "Look, say a hypothesis, show that nothing is wrong, leave production as it is, and tell the stakeholders before you close."
    return "Look, say a hypothesis, show the cause, act, look again, and tell the stakeholders before you close."


def _question(c: Case) -> str:
    return "State a `hypothesis` before you look, or give the look `--expect` with what it should show."


def _scale(c: Case) -> str:
    if not c.finding.met:
        return f"Take at least {c.rule.number('least'):g} looks that each exclude something."
    if not c.argument.open and not c.argument.seen:
        return "Name the cause itself: the looks that you cite close every other explanation."
    first = "Cite the looks that show the cause." if c.argument.credit >= 1 else "Name the cause, and cite the looks that show it."
    return f"{first} {_argument(c)}".strip()


def _retrain(c: Case) -> str:
    return "Show the cause first, and retrain only where it is one that new training mends."


def _shown_first(c: Case) -> str:
    share = c.rule.number("share")
    return f"`declare` once looks have closed at least {share:.0%} of the other explanations, and retrain only after that."


def _drift(c: Case) -> str:
    return "Before you name drift, look whether the stored values are fresh, and whether what is served equals what is trained on."


def _no_process(c: Case) -> str:
    return "Follow the data from its source to the decision, with looks of more than one kind, and not the alerts alone."


def _healths(c: Case) -> str:
    return "One look at the service (`serving status`, `metrics list`, `pipelines list`) and one at the model (`drift report`, `performance early`, `models list`)."


def _verified(c: Case) -> str:
    useful = useful_moves(c.t)
    if not useful:
        return "Once a remedy is made, repeat a look that had shown the trouble, and see whether it is gone."
    shown = [s for s in c.t.looks if s.step < useful[-1].step and c.t.touches(s.step, NOTHING)] if NOTHING in c.t.others else []
    again = f", such as {named(shown)}" if shown else ""
    return f"After `{useful[-1].line}`, repeat a look that had shown the trouble{again}, and see whether it is gone."


def _performance(c: Case) -> str:
    return "Read `performance early`, `labels rate` or a metric that counts what was missed: there a fault would have been seen."


def _update(c: Case) -> str:
    parts = " ".join(f"--{p}" for p in PARTS)
    soon = format_duration(c.rule.number("within_s"))
    early = [u for u in _not_held(c.t) if len(parts_of(u)) == len(PARTS) and u.at_s + u.took_s - c.t.evidence.start_s <= c.rule.number("within_s")]
    almost = f" {named(early).capitalize()} had all of it but a status that holds." if early else ""
    return f"One `update` with all of {parts}, within {soon} of the page and after a first look that tells something.{almost}"


def _closing(c: Case) -> str:
    return "One more `update` before `resolve`: what was done, how it stands, when they hear again."


def _number(c: Case) -> str:
    said = [u for u in _not_held(c.t) if gives_number(u)]
    if said:
        return f"{named(said).capitalize()} gave a number; it counts in an update whose status holds."
    return "Give --impact a number: `impact` and `metrics show` have them."


def _not_held(t: Trace) -> list[Step]:
    """Updates whose status was not so."""
    return [u for u in t.words("update") if untrue(t, u)]


def _untrue(c: Case) -> str:
    return "Give the status that the looks so far bear out; `investigating` always holds."


def _guards(c: Case) -> str:
    model = f" The reference runbook leaves {typed(c.model.guards)}." if c.model.guards else ""
    return f"An `action-item` that watches where the cause acts, so that it fires before the page and stays quiet otherwise.{model}{not_done(c.t, 'action-item')}"


def _idle_guard(c: Case) -> str:
    return "Leave it out, or let it watch a reading that the cause moved, with a limit that this reading passed."


def _wolf(c: Case) -> str:
    return "Give it a wider --limit or a longer --for, so that ordinary days leave it quiet."


def _nothing(c: Case) -> str:
    return f"Show that nothing is wrong: `declare none nothing-wrong` with the looks that close the faults. {_argument(c)}".strip()


_BY_RULE: dict[str, Callable[[Case], str]] = {
    "diagnosis.cause": _cause,
    "diagnosis.citation": _citation,
    "diagnosis.wrong-rule-out": _wrong_rule_out,
    "diagnosis.guess-cap": _cause,
    "mitigation.harm-avoided": _harm,
    "mitigation.restraint": _restraint,
    "mitigation.gamble": _retrain,
    "mitigation.harmful-move": _harmful,
    "mitigation.useless-move": _useless,
    "mitigation.hurting-cap": _hurting,
    "mitigation.irreversible-cap": _harmful,
    "mitigation.silenced-cap": _silenced,
    "debug.green.distinguishes": _distinguishes,
    "debug.green.pipeline-first": _upstream,
    "debug.green.structured": _structured,
    "debug.green.right-signals": _question,
    "debug.red.retrain-first": _retrain,
    "debug.red.confuses-drift": _drift,
    "debug.red.no-process": _no_process,
    "debug.red.ignores-upstream": _upstream,
    "process.scale": _scale,
    "screen.diagnose-first": _shown_first,
    "process.both-healths": _healths,
    "verification.after-move": _verified,
    "verification.performance": _performance,
    "communication.first-update": _update,
    "communication.closing-update": _closing,
    "communication.impact-number": _number,
    "communication.untrue-update": _untrue,
    "prevention.guards": _guards,
    "prevention.idle-guard": _idle_guard,
    "prevention.crying-wolf": _wolf,
    "prevention.nothing-to-prevent": _nothing,
}
"""By rule; a rule that is not here only remarks, or belongs to a stage that no drill plays."""

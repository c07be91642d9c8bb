"""What a debrief says, as plain sentences and rows, before anybody lays it out as text or as a page.

Every sentence is derived from the scorecard, the steps and the evidence; nothing is said that they do not hold.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from grader.evidence import Evidence
from grader.grid import grids
from grader.losses import losses, losses_said, losses_shown
from grader.report_rows import DimensionRow, FindingRow, LookRow, MoveRow, Report, StepRow, clock
from grader.rules.argument import Argument
from grader.rules.mitigation import money
from grader.rules.trace import Trace, listed, named, trace
from grader.scorecard import Scorecard, explained
from scenarios.faults.library import NOTHING as NOTHING_WRONG
from scenarios.safe_yaml import hidden_signs
from scenarios.scenario import NOTHING
from scenarios.steps import Step
from simulator.durations import format_duration
from simulator.observation import Fact

LIMITS = (
    "What this does not say: the score describes one drill in a simulation. It is not shown to predict work on the job, nor to be free of adverse impact. "
    "A person may overrule each finding."
)


def report(card: Scorecard, steps: Sequence[Step], evidence: Evidence, reference_lines: Sequence[str]) -> Report:
    t, argument, lost = trace(steps, evidence), explained(steps, evidence), losses(evidence)
    verdict = "passed" if card.passed else "not passed"
    held = f" Without the caps it would have been {card.before_caps:g}." if card.before_caps > card.score else ""
    return Report(
        title=f"Debrief: {evidence.scenario}, seed {evidence.seed}",
        facts=(f"session {plain(card.session)}", f"system {evidence.system}", f"role {card.role}", f"level {card.level}", f"mode {_MODES.get(card.mode, plain(card.mode))}"),
        result=f"{card.score:g} of 100 points: {verdict} (the pass mark is {card.pass_mark:g}).{held}",
        caps=tuple(plain(f.because) for f in card.caps),
        cause=_cause(card, t),
        dimensions=tuple(DimensionRow(d.id, f"{d.points:.1f}", f"{d.weight:g}", d.level, d.anchor) for d in card.dimensions),
        findings=_findings(card),
        looks=_looks(t),
        grids=grids(t),
        open=_lacking(t, argument),
        moves=_moves(t),
        losses=losses_said(lost, evidence),
        impact=losses_shown(lost, evidence),
        recovery=_recovery(t),
        times=_times(card),
        guards=_guards(t),
        own=tuple(StepRow(s.step, clock(s.at_s, evidence.start_s), plain(s.line), plain(s.error)) for s in t.steps),
        reference=tuple(plain(line) for line in reference_lines),
        limits=LIMITS,
        version=f"rubric {card.rubric_version}, replayed in {evidence.fingerprint}",
    )


_MODES = {"practice": "practice (local, nobody watched)"}


def plain(text: str) -> str:
    """`text` on one line, without signs that steer a terminal or reorder what a reader sees."""
    shown = " ".join(text.split())
    found = [position for position, _ in hidden_signs(shown)]
    return "".join("\ufffd" if i in found else sign for i, sign in enumerate(shown)) if found else shown


def _cause(card: Scorecard, t: Trace) -> tuple[str, ...]:
    component, mechanism = t.actual
    what = "Nothing was wrong: the readings moved for a benign reason." if t.evidence.control else f"The cause was {mechanism} at {component}."
    if card.declared is None:
        return (what, "You declared no cause.")
    said = "that nothing was wrong" if card.declared == NOTHING_WRONG else f"{card.declared[1]} at {card.declared[0]}"
    return (what, f"You declared {said}, which is worth {card.credit:.0%} of a full answer.")


def _findings(card: Scorecard) -> tuple[FindingRow, ...]:
    rows = []
    for scored in card.findings:
        f = scored.finding
        withheld = scored.of > 0 and scored.points < scored.of / 2
        sign = "!" if f.cap is not None else "-" if scored.points < 0 or withheld else "+" if scored.of > 0 else "."
        points = f"{scored.points:.1f}/{scored.of:.1f}" if scored.of else f"{scored.points:.1f}" if scored.points else ""
        rows.append(FindingRow(f.dimension, sign, points, plain(f.because), named(f.steps) if f.steps else ""))
    return tuple(rows)


def _looks(t: Trace) -> tuple[LookRow, ...]:
    facts: Mapping[int, Mapping[str, tuple[str, ...]]] = {look.step: look.excludes for look in t.evidence.looks}
    rows = []
    for look in t.looks:
        here = facts.get(look.step, {})
        touched = [c for c in t.others if t.touches(look.step, c)]
        before = t.closed_before(look.step)
        new = [c for c in t.closed_before(look.step + 1) if c not in before]
        old = [c for c in touched if c in before]
        part = [c for c in touched if c not in before and c not in new]
        by = {c: next(here[v] for v in t.variants[c] if v in here) for c in (*new, *part)}
        closed = (
            *(f"{_candidate(t, c)} fell, by {_shown(look, by[c])}." for c in new),
            *(f"{_candidate(t, c)} fell at {_places(t, look.step, c)}, by {_shown(look, by[c])}." for c in part),
        )
        again = "" if new or part else _NOTHING if look.step in facts else _NOT_WEIGHED
        if old:
            again = f"Again excluded {listed([_candidate(t, c) for c in old])}."
        elif not touched and (checked := [m.step for m in t.moves if m.step in t.worth and look.step in t.worth[m.step].verified_by]):
            again = f"Would have shown {named(checked)} failing."
        rows.append(LookRow(look.step, clock(look.at_s, t.evidence.start_s), plain(look.line), closed, again))
    return tuple(rows)


_NOTHING = "Excluded nothing: under no other explanation would it have looked clearly different."
_NOT_WEIGHED = "Came after the last word on the cause, so it was not weighed against other explanations."


def _places(t: Trace, look: int, candidate: str) -> str:
    """Places of a candidate that a look excludes, without the candidate's name."""
    gone = t.excluded.get(look, ())
    return listed([v.removeprefix(candidate).strip(" ()") for v in t.variants[candidate] if v in gone])


def _shown(look: Step, names: Sequence[str]) -> str:
    """Facts with what the learner read in them."""
    return listed([f"{name} ({_read(look.facts[name])})" if name in look.facts else name for name in names]) if names else "what it showed"


def _read(fact: Fact) -> str:
    if isinstance(fact, str):
        return plain(fact)
    return f"{fact:,.0f}" if abs(fact) >= 1000 else f"{fact:.4g}"


def _candidate(t: Trace, candidate: str) -> str:
    mechanism = t.mechanism_of(candidate)
    if candidate == NOTHING:
        return f"a benign reason ({mechanism})"
    return candidate if mechanism == candidate else f"{candidate} ({mechanism})"


def _lacking(t: Trace, argument: Argument) -> tuple[str, ...]:
    """What would have made the argument whole, as far as the learner's own looks tell."""
    end = t.declared.step if t.declared is not None else float("inf")
    said = []
    for c in argument.seen:
        steps = [s for s in t.looks if s.step < end and t.touches(s.step, c)]
        said.append(f"{_candidate(t, c)}: {named(steps)} closed it, and what was cited does not, so it counts in part.")
    for c in argument.open:
        later = [s for s in t.looks if s.step > end and t.touches(s.step, c)]
        gone = {v for s in t.looks for v in t.excluded.get(s.step, ())}
        still = [v for v in t.variants[c] if v not in gone]
        if not still:
            said.append(f"{_candidate(t, c)}: closed only with {named(later)}, after the cause was declared.")
        elif len(still) < len(t.variants[c]):
            said.append(f"{_candidate(t, c)}: never closed for {listed(still)}.")
        else:
            said.append(f"{_candidate(t, c)}: no look of yours closed it.")
    return tuple(said)


def _moves(t: Trace) -> tuple[MoveRow, ...]:
    rows = []
    for move in t.moves:
        worth = t.worth.get(move.step)
        if worth is None:
            said, checked = "not replayed", ""
        else:
            amount = money(t, abs(worth.worth_usd))
            said = f"saved {amount}" if worth.worth_usd >= 0.5 else f"cost {amount}" if worth.worth_usd <= -0.5 else "changed nothing"
            said += "" if worth.reversible else ", cannot be taken back"
            checked = f"{named(worth.verified_by)} would have shown it failing" if worth.verified_by else "no later look would have shown it failing"
        rows.append(MoveRow(move.step, clock(move.at_s, t.evidence.start_s), plain(move.line), said, checked))
    return tuple(rows)


def _recovery(t: Trace) -> tuple[str, ...]:
    e = t.evidence
    said = [f"{name}: {'held' if ok else 'did not hold'} at the end." for name, ok in e.objectives.items()]
    if not e.control:
        said.append("The cause no longer acts." if e.cause_removed else "The cause still acts.")
        said.append("Users were still losing money in the day after closing." if e.hurting_at_close else "Users were no longer losing money in the day after closing.")
    return tuple(said)


def _times(card: Scorecard) -> tuple[tuple[str, str], ...]:
    times = card.times
    rows = (
        ("seen that something is wrong", times.detect_s),
        ("right cause named", times.diagnose_s),
        ("last move that helped", times.mitigate_s),
        ("losses down for good", times.recover_s),
    )
    # Where nothing was wrong there is nothing to detect, mend or recover from.
    shown = rows[1:2] if card.evidence.control else rows
    return tuple((name, f"{format_duration(value)} after the page" if value is not None else "never") for name, value in shown)


def _guards(t: Trace) -> tuple[str, ...]:
    said = []
    for g in t.evidence.guards:
        when = "would not have caught this incident"
        if g.caught_s is not None and g.before_page_s is not None:
            when = f"would have fired {format_duration(abs(g.before_page_s))} {'before' if g.before_page_s > 0 else 'after'} the page"
        said.append(f"step {g.step}, {plain(g.describes)}: {when}; {g.false_alarms_30d:.3g} false {'alarm' if g.false_alarms_30d == 1 else 'alarms'} in 30 days.")
    return tuple(said)

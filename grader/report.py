"""What a debrief says, as plain sentences and rows, before anybody lays it out as text or as a page.

Every sentence is derived from the scorecard, the steps and the evidence; nothing is said that they do not hold.
"""

from __future__ import annotations

from collections.abc import Sequence

from grader.causal_chain import causal_chain
from grader.differential_rows import explanations, lacking, look_rows, shortest_said
from grader.evidence import Evidence
from grader.finding import DIMENSIONS
from grader.finding_rows import SCALE, Reader, reader
from grader.grid import grids
from grader.harm_times import harm_times, mended_s, worth_of
from grader.losses import LEAST_USD, Losses, losses, losses_said, losses_shown
from grader.modes import INTERVIEW, MODES
from grader.overrule import numbered, said_against, said_of
from grader.plain import plain
from grader.quoted import not_done
from grader.report_rows import DimensionRow, FindingRow, MoveRow, Report, StepRow, clock
from grader.rules.mitigation import money
from grader.rules.trace import Trace, gambles, named, trace
from grader.scorecard import Scorecard, explained
from grader.shortest import shortest
from scenarios.faults.library import FAULTS
from scenarios.faults.library import NOTHING as NOTHING_WRONG
from scenarios.steps import Step
from simulator.durations import format_duration

LIMITS = (
    "What this does not say: the score describes one drill in a simulation. It is not shown to predict work on the job, nor to be free of adverse impact. "
    "A person may overrule each finding."
)


def report(card: Scorecard, steps: Sequence[Step], evidence: Evidence, reference_lines: Sequence[str]) -> Report:
    t, argument, lost = trace(steps, evidence), explained(steps, evidence), losses(evidence)
    way = shortest(t)
    read = reader(t, argument, way, reference_lines)
    verdict = "passed" if card.passed else "not passed"
    held = f" Without the caps it would have been {card.before_caps:g}." if card.before_caps > card.score else ""
    return Report(
        title=f"Debrief: {evidence.scenario}, seed {evidence.seed}",
        facts=_facts(card),
        result=plain(f"{card.score:g} of 100 points: {verdict} (the pass mark is {card.pass_mark:g}).{held}{said_of(card.review)}"),
        caps=tuple(plain(f.because) for f in card.caps),
        cause=_cause(card, t),
        dimensions=tuple(DimensionRow(d.id, f"{d.points:.1f}", f"{d.weight:g}", d.level, d.anchor) for d in card.dimensions),
        findings=_findings(card, read),
        explanations=explanations(t),
        looks=look_rows(t),
        grids=grids(t),
        shortest=shortest_said(t, way, read.model),
        shortest_grids=() if way is None or len(way.steps) in (1, len(t.telling)) else grids(t, way.steps),
        open=lacking(t, argument),
        chain=causal_chain(t, read.model),
        moves=_moves(t),
        losses=(*losses_said(lost, evidence), *_negative(lost), *_gamble(t)),
        impact=losses_shown(lost, evidence),
        timeline=harm_times(t),
        recovery=_recovery(t),
        benign=_benign(t),
        times=_times(card, t),
        guards=_guards(t),
        own=tuple(StepRow(s.step, clock(s.at_s, evidence.start_s), plain(s.line), plain(s.error)) for s in t.steps),
        reference=tuple(plain(line) for line in reference_lines),
        limits=" ".join(said for said in (MODES.get(card.mode, ""), INTERVIEW if card.interview else "", LIMITS) if said),
        version=f"rubric {card.rubric_version}, replayed in {evidence.fingerprint}",
    )


_MODES = {"practice": "practice (local, nobody watched)"}


def _facts(card: Scorecard) -> tuple[str, ...]:
    mode = f"mode {_MODES.get(card.mode, plain(card.mode))}"
    return (
        f"session {plain(card.session)}",
        f"system {card.evidence.system}",
        f"role {card.role}",
        f"level {card.level}",
        mode,
        *(["an interview, without hints"] if card.interview else []),
    )


def _cause(card: Scorecard, t: Trace) -> tuple[str, ...]:
    component, mechanism = t.actual
    what = "Nothing was wrong: the readings moved for a benign reason." if t.evidence.control else f"The cause was {mechanism} at {component}."
    fault = FAULTS.get(t.evidence.true_candidate)
    what += f" What happened: {fault.help}." if fault is not None else ""
    if card.declared is None or t.declared is None:
        return (what, f"You declared no cause.{not_done(t, 'declare')}")
    where = f"In step {t.declared.step}"
    if card.credit >= 1:
        return (what, f"{where} you declared just that; how well it was argued is told in the findings.")
    said = "that nothing was wrong" if card.declared == NOTHING_WRONG else f"{card.declared[1]} at {card.declared[0]}"
    return (what, f"{where} you declared {said}, which is {f'near it: {card.credit:.0%} of a full answer' if card.credit > 0 else 'not it'}.")


def _findings(card: Scorecard, read: Reader) -> tuple[FindingRow, ...]:
    rows: list[FindingRow] = []
    # How much of the process counts is told before what it is a share of.
    for nth, scored in sorted(numbered(card.findings), key=lambda each: (DIMENSIONS.index(each[1].finding.dimension), each[1].finding.rubric != SCALE)):
        f = scored.finding
        rows.append(read.row(scored, [row.earn for row in rows]))
        if card.review is not None and (word := card.review.of(f.rubric, nth)) is not None:
            rows.append(FindingRow(f.dimension, ".", "", plain(said_against(word, f.met)), named((word.step,))))
    return tuple(rows)


def _moves(t: Trace) -> tuple[MoveRow, ...]:
    rows = []
    for move in t.moves:
        worth = t.worth.get(move.step)
        if worth is None:
            said, checked = "not replayed", ""
        else:
            said = worth_of(t, move.step) + ("" if worth.reversible else ", cannot be taken back")
            checked = f"{named(worth.verified_by)} would have looked different without it" if worth.verified_by else "no later look would have looked different without it"
        rows.append(MoveRow(move.step, clock(move.at_s, t.evidence.start_s), plain(move.line), said, checked))
    return tuple(rows)


def _recovery(t: Trace) -> tuple[str, ...]:
    e = t.evidence
    said = [f"{name}: {'held' if ok else 'did not hold'} at the end." for name, ok in e.objectives.items()]
    if not e.control:
        said.append("The cause no longer acts." if e.cause_removed else "The cause still acts.")
        without = f", {named(gambles(t))} left out," if gambles(t) else ""
        later = "; later it was lost again." if not e.cause_removed and e.recover_s is None else "."
        said.append(f"In the day after closing{without} {'money was still being lost.' if e.hurting_at_close else f'hardly any money was lost{later}'}")
    return tuple(said)


def _benign(t: Trace) -> tuple[str, ...]:
    """What had also changed; nothing in the evidence of older sessions."""
    return tuple(plain(f"{format_duration(change.before_page_s)} before the page: {change.says}.") for change in t.evidence.benign or ())


def _negative(lost: Losses) -> tuple[str, ...]:
    """What an amount below nothing means, where there is one to be seen."""
    below = not lost.none and min(*lost.after_usd, *lost.whole_usd) <= -LEAST_USD
    return ("A negative amount is a gain: less was lost than in the same days with nothing wrong and nothing done.",) if below else ()


def _gamble(t: Trace) -> tuple[str, ...]:
    """How the amounts of the table and those that were judged go together, where a gamble stands between them."""
    gamble = t.evidence.gamble
    if gamble is None or not gambles(t) or abs(gamble.won_usd) < LEAST_USD:
        return ()
    came = f"As you left it, {named(gambles(t))} happened to {'save' if gamble.won_usd > 0 else 'cost'} {money(t, abs(gamble.won_usd))}."
    return (f"{came} The grade leaves that out: without it {gamble.judged_usd:,.0f} {t.evidence.impact.currency} would have been lost in all.",)


def _times(card: Scorecard, t: Trace) -> tuple[tuple[str, str], ...]:
    times = card.times
    recovered_s = mended_s(t)
    rows = (
        ("seen that something is wrong", times.detect_s),
        ("right cause named", times.diagnose_s),
        ("last move that helped", times.mitigate_s),
        ("losses down for good", None if recovered_s is None else max(0.0, recovered_s - t.evidence.start_s)),
    )
    # Where nothing was wrong there is nothing to detect, mend or recover from.
    shown = (("said rightly that nothing was wrong", times.diagnose_s),) if card.evidence.control else rows
    return tuple((name, "never" if value is None else f"{format_duration(value)} after the page" if value else "from the page on") for name, value in shown)


def _guards(t: Trace) -> tuple[str, ...]:
    said = []
    for g in t.evidence.guards:
        when = "would not have caught this incident"
        if g.caught_s is not None and g.before_page_s is not None:
            when = f"would have fired {format_duration(abs(g.before_page_s))} {'before' if g.before_page_s > 0 else 'after'} the page"
        said.append(f"step {g.step}, {plain(g.describes)}: {when}; {g.false_alarms_30d:.3g} false {'alarm' if g.false_alarms_30d == 1 else 'alarms'} in 30 days.")
    return tuple(said)

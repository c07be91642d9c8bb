"""The differential of a debrief in sentences: what each look told apart, what the argument lacked, and the shortest way there was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from grader.model_runbook import ModelRunbook
from grader.plain import plain
from grader.quoted import typed
from grader.readings import readings
from grader.report_rows import LookRow, clock
from grader.rules.argument import Argument
from grader.rules.trace import Trace, listed, named
from grader.shortest import Shortest, argued, quickest_falls
from scenarios.faults.library import FAULTS
from scenarios.scenario import NOTHING
from scenarios.taxonomy import MECHANISMS
from simulator.durations import format_duration


def explanations(t: Trace) -> tuple[str, ...]:
    """The candidates of the drill with what they mean, the case first."""
    case = t.evidence.true_candidate
    return (f"{_meaning(t, case)} This is the case.", *(_meaning(t, c) for c in t.others))


def _meaning(t: Trace, candidate: str) -> str:
    meaning = FAULTS[candidate].help if candidate in FAULTS else MECHANISMS.get(t.mechanism_of(candidate), "")
    return plain(f"{_candidate(t, candidate)}: {meaning}." if meaning else f"{_candidate(t, candidate)}.")


def look_rows(t: Trace) -> tuple[LookRow, ...]:
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
            *(f"{_candidate(t, c)} fell, by {readings(look, by[c])}." for c in new),
            *(f"{_candidate(t, c)} fell at {_places(t, look.step, c)}, by {readings(look, by[c])}." for c in part),
        )
        again = "" if new or part else _NOTHING if look.step in facts else _NOT_WEIGHED
        if old:
            again = f"Again excluded {listed([_candidate(t, c) for c in old])}."
        elif not touched and (checked := [m.step for m in t.moves if m.step in t.worth and look.step in t.worth[m.step].verified_by]):
            again = f"Would have looked different without {named(checked)}."
        rows.append(LookRow(look.step, clock(look.at_s, t.evidence.start_s), plain(look.line), closed, again))
    return tuple(rows)


_NOTHING = "Excluded nothing: under no other explanation would it have looked clearly different."
_NOT_WEIGHED = "Came after the last word on the cause, so it was not weighed against other explanations."


def _places(t: Trace, look: int, candidate: str) -> str:
    """Places of a candidate that a look excludes."""
    gone = t.excluded.get(look, ())
    return at_places(candidate, [v for v in t.variants[candidate] if v in gone])


def at_places(candidate: str, variants: Sequence[str]) -> str:
    """Variants as places, without the candidate's name: `payments.amount/web`."""
    return listed([v.removeprefix(candidate).strip(" ()").replace(", ", "/") for v in variants])


def _candidate(t: Trace, candidate: str) -> str:
    mechanism = t.mechanism_of(candidate)
    if candidate == NOTHING:
        return f"a benign reason ({mechanism})"
    return candidate if mechanism == candidate else f"{candidate} ({mechanism})"


def lacking(t: Trace, argument: Argument) -> tuple[str, ...]:
    """What would have made the argument whole, as far as the learner's own looks tell."""
    end = t.declared.step if t.declared is not None else float("inf")
    said = []
    if t.declared is None and argument.seen:
        said.append(f"Your looks closed {listed([_candidate(t, c) for c in argument.seen])}, but no cause was declared that rests on them.")
    for c in argument.seen if t.declared is not None else ():
        steps = [s for s in t.looks if s.step < end and t.touches(s.step, c)]
        counts = ", so it counts in part" if argument.credit > 0 else ""
        said.append(f"{_candidate(t, c)}: {named(steps)} closed it, and what was cited does not{counts}.")
    for c in argument.open:
        later = [s for s in t.looks if s.step > end and t.touches(s.step, c)]
        gone = {v for s in t.looks for v in t.excluded.get(s.step, ())}
        still = [v for v in t.variants[c] if v not in gone]
        if not still:
            said.append(f"{_candidate(t, c)}: closed only with {named(later)}, after the cause was declared.")
        elif len(still) < len(t.variants[c]):
            said.append(f"{_candidate(t, c)}: never closed at {at_places(c, still)}.")
        else:
            said.append(f"{_candidate(t, c)}: no look of yours closed it.")
    return tuple(said)


def shortest_said(t: Trace, way: Shortest | None, model: ModelRunbook) -> tuple[str, ...]:
    """The shortest way that there was, the shortest that the looks held, and what was spent, with how much of the field each closes."""
    spent = argued(t)
    said = [*_quickest_said(t)]
    if way is not None:
        what = f"all {len(t.others)} other explanations"
        if way.open:
            what = f"{len(t.others) - len(way.open)} of the {len(t.others)} other explanations, as many as all your looks by then together"
        most = "no choice of them is shorter" if way.exact else "no shorter choice of them was found"
        said.append(f"Of your looks {named(way.steps)} alone, {format_duration(way.took_s)} of virtual time, close{'s' if len(way.steps) == 1 else ''} {what}; {most}.")
        until = "before the last declaration" if t.declared is not None else "in all"
        said.append(f"You spent {format_duration(sum(look.took_s for look in spent))} on {len(spent)} look{'' if len(spent) == 1 else 's'} {until}.")
        if way.open:
            said.append(f"Nothing that you looked at by then closes {listed([_candidate(t, c) for c in way.open])}.")
    elif spent:
        said.append(f"Your {'look' if len(spent) == 1 else f'{len(spent)} looks'}, {format_duration(sum(look.took_s for look in spent))}, closed no explanation.")
    if model.cited:
        takes = format_duration(sum(look.takes_s for look in model.cited))
        said.append(f"The reference runbook rests on {typed([look.line for look in model.cited])}, {takes} of virtual time.")
    return tuple(plain(sentence) for sentence in said)


def _quickest_said(t: Trace) -> tuple[str, ...]:
    """The shortest way of all looks that could have been taken as the drill began."""
    way = t.evidence.quickest
    if way is None:
        # Older sessions have none of the three; newer ones lack this one where finding it takes too long.
        return () if t.evidence.page is None else ("What looks that you did not take would have closed was not worked out: the worlds of this incident take too long to build.",)
    if not way.looks:
        return (f"None of the {way.tried} looks that were tried, taken as the drill began, closes an explanation, alone or with others.",)
    fell = quickest_falls(t)
    lines = listed([f"`{look.line}`" for look in way.looks])
    takes = format_duration(sum(look.takes_s for look in way.looks))
    closed = f"all {len(t.others)} other explanations" if len(fell) == len(t.others) else f"{len(fell)} of the {len(t.others)} other explanations, as many as such looks can close"
    best = "nothing shorter does" if way.exact else "nothing shorter was found"
    close = "closes" if len(way.looks) == 1 else "together close"
    said = [f"The shortest way there was: {lines}, {takes} of virtual time, {close} {closed}. Of the {way.tried} looks that were tried, taken as the drill began, {best}."]
    if len(way.looks) > 1:
        news = [[c for c in t.others if fell.get(c, (None,))[0] == at] for at in range(len(way.looks))]
        said += [f"There `{look.line}` closes {listed([_candidate(t, c) for c in new])}." for look, new in zip(way.looks, news, strict=True) if new]
    return tuple(said)

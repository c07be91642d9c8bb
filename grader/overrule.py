"""A person's word against a finding: an event of its own, after the closing, shown beside what the machine found and never in its place.

The machine's score stays what it is. The reviewed score is the same sum with the overruled findings as the person saw them;
what other findings made of them is left as it was.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from grader.finding import Finding
from grader.rubric import Rubric, rubric
from grader.rules.assessment import assess
from scenarios.chain import Row
from simulator.commands import clipped
from simulator.errors import ContentError, UsageError

if TYPE_CHECKING:
    from grader.scorecard import Scorecard, ScoredFinding

KIND = "overrule"
LONGEST_REASON, LONGEST_NAME = 1000, 80


@dataclass(frozen=True, slots=True)
class Overrule:
    finding: str
    """Id of the rule."""
    nth: int
    """Which of the rule's findings, from 1."""
    met: bool
    """Whether what the rule speaks of happened, as the person sees it."""
    reason: str
    by: str
    step: int = 0
    """Where it is in the journal; 0 before it is there."""

    def payload(self) -> dict[str, Any]:
        """What the journal keeps of it."""
        return {name: value for name, value in asdict(self).items() if name != "step"}


@dataclass(frozen=True, slots=True)
class Review:
    score: float
    passed: bool
    overrules: tuple[Overrule, ...]
    """All of them, oldest first; of several on one finding the last counts."""

    def of(self, finding: str, nth: int) -> Overrule | None:
        """The one that counts for a finding."""
        return next((o for o in reversed(self.overrules) if (o.finding, o.nth) == (finding, nth)), None)

    def to_json(self) -> dict[str, Any]:
        return {"score": self.score, "passed": self.passed, "overruled": [asdict(o) for o in self.overrules]}


def numbered(findings: Iterable[ScoredFinding]) -> Iterator[tuple[int, ScoredFinding]]:
    """Each finding with its number among those of its rule."""
    seen: dict[str, int] = {}
    for scored in findings:
        nth = seen[scored.finding.rubric] = seen.get(scored.finding.rubric, 0) + 1
        yield nth, scored


def overrule(card: Scorecard, named: str, met: bool, reason: str, by: str) -> Overrule:
    """A person's word against the finding `named` (a rule's id, and `:N` where the rule has several findings).

    Raises:
        UsageError: there is no such finding, it says the same already, or reason or name is missing or too long.
    """
    rule, nth = _named(card, named)
    said, who = " ".join(reason.split()), " ".join(by.split())
    for what, text, most in (("--reason", said, LONGEST_REASON), ("--by", who, LONGEST_NAME)):
        if not 0 < len(text) <= most:
            raise UsageError(f"{what} takes a text of at most {most} signs, and not an empty one")
    found = next(scored.finding for n, scored in numbered(card.findings) if (scored.finding.rubric, n) == (rule, nth))
    before = card.review.of(rule, nth) if card.review is not None else None
    if met == (found.met if before is None else before.met):
        raise UsageError(f"{named} is {'met' if met else 'not met'} already, as {'the machine found' if before is None else f'{before.by} said'}; there is nothing to overrule")
    return Overrule(rule, nth, met, said, who)


def _named(card: Scorecard, named: str) -> tuple[str, int]:
    rule, mark, number = named.partition(":")
    count = sum(scored.finding.rubric == rule for scored in card.findings)
    if not count:
        there = list(dict.fromkeys(scored.finding.rubric for scored in card.findings))
        near = difflib.get_close_matches(rule, there, n=4, cutoff=0.3) or there[:4]
        raise UsageError(f"this session has no finding {clipped(rule)!r}; hotseat grade SESSION --json lists them, among them {', '.join(near)}")
    if not mark and count == 1:
        return rule, 1
    if not (number.isascii() and number.isdigit() and len(number) < 4 and 1 <= int(number) <= count):
        raise UsageError(f"{rule} has {count} finding{'s' if count > 1 else ''} here; say which: {', '.join(f'{rule}:{n}' for n in range(1, min(count, 4) + 1))}")
    return rule, int(number)


def overrules_in(rows: Iterable[Row], file: str) -> tuple[Overrule, ...]:
    """The overrules that a journal holds, which may come from anywhere.

    Raises:
        ContentError: a row is not one that `hotseat overrule` writes, or comes before the grade; names the step and the field.
    """
    found, graded = [], False
    for row in rows:
        graded = graded or row.kind == "scorecard"
        if row.kind == KIND:
            if not graded:
                raise ContentError(file, "comes before the session was graded", key=f"step {row.step} kind")
            found.append(_from(row, file))
    return tuple(found)


def _from(row: Row, file: str) -> Overrule:
    for name, kind in (("finding", str), ("nth", int), ("met", bool), ("reason", str), ("by", str)):
        if type(row.payload.get(name)) is not kind:
            raise ContentError(file, "is missing or of another type", key=f"step {row.step} payload.{name}")
    if extra := sorted(set(row.payload) - {"finding", "nth", "met", "reason", "by"}):
        raise ContentError(file, "is no part of an overruled finding", key=f"step {row.step} payload.{extra[0][:40]}")
    for name, most in (("finding", 200), ("reason", LONGEST_REASON), ("by", LONGEST_NAME)):
        if not 0 < len(row.payload[name].strip()) <= most:
            raise ContentError(file, f"a text of at most {most} signs is wanted here", key=f"step {row.step} payload.{name}")
    return Overrule(**row.payload, step=row.step)


def reviewed(card: Scorecard, overrules: Sequence[Overrule], words: Rubric | None = None) -> Scorecard:
    """The same scorecard with the review beside it; `words` is the rubric that it was graded with, where that is not the packaged one.

    An overrule of a finding that this rubric does not make is shown and changes nothing.
    """
    if not overrules:
        return card
    book = words or rubric()
    # The score is not known before the findings are, and those are found by what was overruled.
    review = Review(card.score, card.passed, tuple(overrules))
    seen = [_as_seen(scored.finding, review.of(scored.finding.rubric, nth), book) for nth, scored in numbered(card.findings)]
    touched = {now.dimension for now, scored in zip(seen, card.findings, strict=True) if now is not scored.finding}
    points = [round(100 * assess([f for f in seen if f.dimension == d.id], book).ratio, 2) * d.weight / 100 if d.id in touched else d.points for d in card.dimensions]
    score = min([round(math.fsum(round(p, 2) for p in points), 2), *(f.cap for f in seen if f.cap is not None)])
    return replace(card, review=replace(review, score=score, passed=score >= card.pass_mark))


def said_against(word: Overrule, machine: bool) -> str:
    """One overrule as a sentence, beside a finding that the machine says is met or not."""
    how = "agrees with the finding above after all" if word.met == machine else "overruled the finding above"
    return f"{word.by} {how} ({'met' if word.met else 'not met'}): {word.reason}"


def said_of(review: Review | None) -> str:
    """What a review makes of the score, to be put after it; empty where nobody said anything."""
    if review is None:
        return ""
    return f" As reviewed by {', '.join(dict.fromkeys(o.by for o in review.overrules))} it is {review.score:g} points: {'passed' if review.passed else 'not passed'}."


def _as_seen(finding: Finding, word: Overrule | None, book: Rubric) -> Finding:
    """A finding as the person saw it; the finding itself where nobody said anything else."""
    if word is None or word.met == finding.met:
        return finding
    rule = book[finding.rubric]
    good = word.met == (finding.flag == "green")
    weight, cap = finding.weight, finding.cap
    if rule.effect == "costs" and word.met and not weight:
        weight = float(next((rule.number(name) for name in ("cost", "each") if name in rule.params), 0.0))
    if rule.effect == "cap":
        cap = rule.number("cap") if word.met else None
    return replace(finding, met=word.met, credit=1.0 if good else 0.0, weight=weight, cap=cap)

"""The debrief as plain lines, at most 100 columns wide, for a terminal or a pipe."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from grader.evidence import Evidence
from grader.report import report
from grader.report_rows import LEGEND, READ_OFF, SIGN_WORDS, Grid, Report, where
from grader.scorecard import Scorecard
from scenarios.steps import Step

WIDTH = 100
_HALF = 48
_MOMENT = 66
"""Columns for a moment of the timeline of harm."""
_NAME = 32
"""Columns for the name of an explanation."""


def debrief_text(card: Scorecard, steps: Sequence[Step], evidence: Evidence, reference_lines: Sequence[str]) -> str:
    """What a person reads after a drill; ends with a line end."""
    return "\n".join(line.rstrip() for line in _lines(report(card, steps, evidence, reference_lines))) + "\n"


def _lines(r: Report) -> Iterator[str]:
    yield from _wrapped(r.title)
    yield from _wrapped(", ".join(r.facts))
    yield ""
    yield from _wrapped(r.result)
    for cap in r.caps:
        yield from _wrapped(cap, "! ")
    yield from _head("The cause")
    for sentence in r.cause:
        yield from _wrapped(sentence)
    if r.benign:
        yield "Changes before the page that did no harm:"
    for change in r.benign:
        yield from _wrapped(change, "- ")
    yield from _head("Dimensions, and what each level usually looks like")
    for d in r.dimensions:
        yield from _wrapped(d.anchor, f"{d.name:<14}{d.points:>5} of {d.weight:>2}  level {d.level}  ")
    yield from _findings(r)
    yield from _evidence(r)
    yield from _chain(r)
    if r.moves:
        yield from _head("Moves, each by leaving it out")
        for m in r.moves:
            yield from _wrapped(m.line, f"{m.step:>4} {m.clock:>6}  ")
            yield from _wrapped(m.worth + (f"; {m.checked}." if m.checked else "."), " " * 13)
    yield from _head("Losses")
    for sentence in r.losses:
        yield from _wrapped(sentence)
    if r.impact:
        yield f"{'':<28}{'before the page':>20}{'after it':>20}{'in all':>20}"
    for row in r.impact:
        yield f"{row.name:<28}{row.before:>20}{row.after:>20}{row.whole:>20}"
    for sentence in r.recovery:
        yield from _wrapped(sentence)
    yield from _timeline(r)
    yield from _head("Times")
    for name, value in r.times:
        yield f"{name:<30}{value:>20}"
    if r.guards:
        yield from _head("Guards, replayed on this incident")
        for guard in r.guards:
            yield from _wrapped(guard, "- ")
    yield from _runbooks(r)
    yield ""
    yield from _wrapped(r.limits)
    yield from _wrapped(r.version)


def _findings(r: Report) -> Iterator[str]:
    yield from _head("Findings")
    yield from _wrapped(f"{', '.join(f'{sign} {word}' for sign, word in SIGN_WORDS.items())}; the arrow says what would have earned the rest.")
    last = ""
    for f in r.findings:
        if f.dimension != last:
            last = f.dimension
            yield last
        yield from _wrapped(f.sentence + where(f), f"  {f.sign} {f.points:>9}  ")
        if f.earn:
            yield from _wrapped(f.earn, f"{'':11}-> ")


def _evidence(r: Report) -> Iterator[str]:
    yield from _head("The explanations that were weighed")
    for sentence in r.explanations:
        yield from _wrapped(sentence, "- ")
    yield from _head("Evidence, look by look")
    if not r.looks:
        yield "No look was made."
    for look in r.looks:
        yield from _wrapped(look.line, f"{look.step:>4} {look.clock:>6}  ")
        for sentence in (*look.closed, *((look.again,) if look.again else ())):
            yield from _wrapped(sentence, " " * 13)
    if r.grids:
        yield from _head("Which explanation fell where, by step")
        yield from _wrapped(LEGEND + ".")
    yield from _marks(r.grids)
    if r.shortest:
        yield from _head("The shortest way, and what you spent")
        for sentence in r.shortest:
            yield from _wrapped(sentence)
        yield from _marks(r.shortest_grids)
    if r.open:
        yield from _head("What the argument lacked")
        for sentence in r.open:
            yield from _wrapped(sentence, "- ")


def _marks(grids: Sequence[Grid]) -> Iterator[str]:
    for grid in grids:
        yield f"{'':<{_NAME}}" + "".join(f"{step:>4}" for step in grid.looks)
        for row in grid.rows:
            yield f"{row.name:<{_NAME}}" + "".join(f"{mark:>4}" for mark in row.marks) + f"  {row.end}"


def _chain(r: Report) -> Iterator[str]:
    if r.chain:
        yield from _head("From the cause to the losses, as far as your looks showed it")
    for at, part in enumerate(r.chain):
        seen = f" [{part.steps}]" if part.steps else ""
        yield from _wrapped(f"{part.stage}: {part.said}{seen}", "-> " if at else "   ")


def _timeline(r: Report) -> Iterator[str]:
    if not r.timeline:
        return
    yield from _head("Timeline of harm, lost since the page")
    yield f"{'':<{_MOMENT}}{'as you left it':>17}{'nobody acting':>17}"
    for row in r.timeline:
        first, *more = _wrapped(row.what + (f" ({row.worth})" if row.worth else ""), f"{row.clock:>7}  ", _MOMENT)
        yield f"{first:<{_MOMENT}}{row.lost:>17}{row.nothing:>17}"
        yield from more
    yield from _wrapped(READ_OFF)


def _runbooks(r: Report) -> Iterator[str]:
    yield from _head("Your steps, and the reference runbook beside them")
    own = [line for s in r.own for line in _column(f"{s.step:>3} {s.clock:>5} ", s.line + (f" ({s.note})" if s.note else ""))]
    model = [line for number, text in enumerate(r.reference, 1) for line in _column(f"{number:>3} ", text)]
    for i in range(max(len(own), len(model))):
        left, right = (own[i] if i < len(own) else ""), (model[i] if i < len(model) else "")
        yield f"{left:<{_HALF}} | {right}"


def _column(lead: str, text: str) -> list[str]:
    return textwrap.wrap(text, _HALF, initial_indent=lead, subsequent_indent=" " * len(lead), break_on_hyphens=False) or [lead]


def _head(title: str) -> Iterator[str]:
    yield ""
    yield title
    yield "-" * len(title)


def _wrapped(text: str, lead: str = "", width: int = WIDTH) -> list[str]:
    return textwrap.wrap(text, width, initial_indent=lead, subsequent_indent=" " * len(lead), break_on_hyphens=False) or [lead]

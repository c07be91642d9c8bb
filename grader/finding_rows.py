"""A finding as a row of the debrief: what happened, the sign of what it gave or cost, and what would have earned the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from grader.advice import advice
from grader.finding import Finding
from grader.model_runbook import ModelRunbook, model_runbook
from grader.plain import plain
from grader.report_rows import FindingRow
from grader.rules.argument import Argument
from grader.rules.trace import Trace, named
from grader.scorecard import ScoredFinding
from grader.shortest import Shortest

SCALE = "process.scale"
"""The remark that says how much of what was done well counts."""
LEAST = 0.05
"""Points below which a share of a finding is not shown: they would read 0.0."""


@dataclass(frozen=True, slots=True)
class Reader:
    """What the rows of one drill are made with."""

    t: Trace
    argument: Argument
    model: ModelRunbook
    way: Shortest | None

    def row(self, scored: ScoredFinding, said: Sequence[str] = ()) -> FindingRow:
        """The row of a finding; advice that is among `said` is not given again."""
        f = scored.finding
        points = f"{scored.points:.1f}/{scored.of:.1f}" if scored.of else f"{scored.points:.1f}" if scored.points else ""
        earn = plain(self._earn(scored))
        return FindingRow(f.dimension, sign_of(scored), points, plain(f.because), named(f.steps) if f.steps else "", "" if earn in said else earn)

    def _earn(self, scored: ScoredFinding) -> str:
        f = scored.finding
        if f.cap is None and scored.points >= 0 and lost(scored) < LEAST and f.rubric != SCALE:
            return ""
        if f.dimension == "process" and _good(f) and f.rubric != SCALE:
            return ""
        return advice(self.t, self.argument, self.model, self.way, f)


def reader(t: Trace, argument: Argument, way: Shortest | None, reference_lines: Sequence[str]) -> Reader:
    return Reader(t, argument, model_runbook(reference_lines), way)


def sign_of(scored: ScoredFinding) -> str:
    """A key of report_rows.SIGN_WORDS. A habit that was kept has no minus, however little it counts."""
    if scored.finding.cap is not None:
        return "!"
    if scored.points < 0:
        return "-"
    if not scored.of:
        return "."
    if lost(scored) < LEAST:
        return "+"
    if scored.points >= LEAST:
        return "~"
    return "." if scored.finding.dimension == "process" and _good(scored.finding) else "-"


def lost(scored: ScoredFinding) -> float:
    """Points that a finding withheld of those it could have given."""
    return max(0.0, scored.of - scored.points)


def _good(f: Finding) -> bool:
    return f.met == (f.flag == "green")

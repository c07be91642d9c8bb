"""From steps and evidence to a scorecard: a pure function of both and of the rubric, the same to the last bit on every machine.

Only Python's own floats, compared, multiplied, divided and added exactly (math.fsum), are used on the way.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from grader.evidence import Evidence
from grader.finding import DIMENSIONS, Dimension, Finding
from grader.modes import MODES
from grader.overrule import Overrule, Review, numbered
from grader.rubric import Rubric, rubric
from grader.rules.argument import Argument, argue, cause_named
from grader.rules.assessment import Assessment, assess, contribution
from grader.rules.communication import communication
from grader.rules.diagnosis import diagnosis
from grader.rules.hinted import RULE as HINT_RULE
from grader.rules.hinted import hinted
from grader.rules.mitigation import mitigation
from grader.rules.prevention import prevention
from grader.rules.process import process
from grader.rules.trace import Trace, trace, useful_moves
from grader.rules.verification import verification
from scenarios.scenario import NOTHING
from scenarios.steps import Step


@dataclass(frozen=True, slots=True)
class DimensionScore:
    id: Dimension
    score: float
    """Share of the dimension that was earned, 0 to 100."""
    weight: float
    """Points that the whole dimension is worth; the six sum to 100."""
    level: int
    """1 to 5."""
    anchor: str
    """What that level looks like."""

    @property
    def points(self) -> float:
        return round(self.score * self.weight / 100, 2)


@dataclass(frozen=True, slots=True)
class ScoredFinding:
    finding: Finding
    points: float
    """What it gave (positive) or cost (negative) of the 100 points, before caps."""
    of: float
    """What it could have given; 0 where it can only cost, cap or remark."""


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds from the page, None where it did not happen."""

    detect_s: float | None
    """End of the first look that shows that something is wrong."""
    diagnose_s: float | None
    """First declaration of the right mechanism."""
    mitigate_s: float | None
    """End of the last move that saved anything."""
    recover_s: float | None
    """When losses had fallen for good."""


@dataclass(frozen=True, slots=True)
class Scorecard:
    session: str
    role: str
    level: str
    mode: str
    score: float
    before_caps: float
    pass_mark: float
    dimensions: tuple[DimensionScore, ...]
    findings: tuple[ScoredFinding, ...]
    declared: tuple[str, str] | None
    credit: float
    verdict: str
    evidence: Evidence
    times: Times
    rubric_version: str
    review: Review | None = None
    """What people said against findings, beside what the machine found; None where nobody did."""
    interview: bool = False
    """Whether hints were refused from the first step on."""

    @property
    def passed(self) -> bool:
        return self.score >= self.pass_mark

    @property
    def caps(self) -> tuple[Finding, ...]:
        return tuple(f.finding for f in self.findings if f.finding.cap is not None)

    def to_json(self) -> dict[str, Any]:
        e, i = self.evidence, self.evidence.impact
        return {
            "session": self.session,
            "scenario": e.scenario,
            "seed": e.seed,
            "role": self.role,
            "level": self.level,
            "mode": self.mode,
            "proves": MODES.get(self.mode, ""),
            "interview": self.interview,
            "score": self.score,
            "passed": self.passed,
            "pass_mark": self.pass_mark,
            "before_caps": self.before_caps,
            "caps": [{"rubric": f.rubric, "cap": f.cap, "because": f.because, "steps": list(f.steps)} for f in self.caps],
            "dimensions": [{"id": d.id, "score": d.score, "weight": d.weight, "points": d.points, "level": d.level} for d in self.dimensions],
            "findings": [_finding_json(f, self.review.of(f.finding.rubric, nth) if self.review else None) for nth, f in numbered(self.findings)],
            "reviewed": self.review.to_json() if self.review else None,
            "root_cause": {"declared": _cause(self.declared), "actual": _cause((e.component, e.mechanism)), "credit": self.credit, "verdict": self.verdict},
            "impact": {"actual": i.actual_usd, "do_nothing": i.do_nothing_usd, "reference": i.reference_usd, "currency": i.currency},
            "times": {"detect_s": self.times.detect_s, "diagnose_s": self.times.diagnose_s, "mitigate_s": self.times.mitigate_s, "recover_s": self.times.recover_s},
            "evidence_by_step": [{"step": look.step, "excludes": {v: list(facts) for v, facts in look.excludes.items()}} for look in e.looks],
            "rubric_version": self.rubric_version,
        }


def grade(
    steps: Sequence[Step],
    evidence: Evidence,
    *,
    session: str,
    role: str = "generalist",
    level: str = "senior",
    mode: str = "practice",
    interview: bool = False,
    words: Rubric | None = None,
) -> Scorecard:
    """The scorecard of a drill; `words` replaces the packaged rubric.

    Raises:
        UsageError: the rubric knows no such role or level.
    """
    book = words or rubric()
    shares, pass_mark = book.shares(role, level), book.pass_mark(level)
    t = trace(steps, evidence)
    argument = argue(t, book["diagnosis.cause"])
    by_dimension: dict[Dimension, Assessment] = {
        "diagnosis": assess((*diagnosis(t, argument, book).findings, *hinted(t, book[HINT_RULE], shares["diagnosis"])), book),
        "mitigation": mitigation(t, argument, book),
        "process": process(t, argument, book),
        "verification": verification(t, argument, book),
        "communication": communication(t, book),
        "prevention": prevention(t, argument, book),
    }
    scored = tuple(_scored(d, by_dimension[d], shares[d], book, evidence.control) for d in DIMENSIONS)
    findings = tuple(_valued(f, shares[d], book) for d in DIMENSIONS for f in by_dimension[d].findings)
    whole = round(math.fsum(d.points for d in scored), 2)
    limits = [f.finding.cap for f in findings if f.finding.cap is not None]
    return Scorecard(
        session=session,
        role=role,
        level=level,
        mode=mode,
        score=min([whole, *limits]),
        before_caps=whole,
        pass_mark=pass_mark,
        dimensions=scored,
        findings=findings,
        declared=None if t.declared is None else cause_named(t.declared),
        credit=argument.credit,
        verdict=argument.verdict,
        evidence=evidence,
        times=_times(t),
        rubric_version=book.version,
        interview=interview,
    )


def explained(steps: Sequence[Step], evidence: Evidence, words: Rubric | None = None) -> Argument:
    """How the declared cause is argued, for whoever shows it."""
    return argue(trace(steps, evidence), (words or rubric())["diagnosis.cause"])


def _scored(dimension: Dimension, assessment: Assessment, weight: float, book: Rubric, control: bool) -> DimensionScore:
    level = book.level_of(assessment.ratio)
    return DimensionScore(dimension, round(100 * assessment.ratio, 2), weight, level, book.anchor(dimension, level, control=control))


def _valued(finding: Finding, share: float, book: Rubric) -> ScoredFinding:
    possible = finding.weight * share if book[finding.rubric].effect == "earns" else 0.0
    # Adding zero turns a negative zero, which JSON would show, into zero.
    return ScoredFinding(finding, round(contribution(finding, book) * share, 2) + 0.0, round(possible, 2))


def _times(t: Trace) -> Times:
    e = t.evidence
    seen = next((s for s in t.looks if NOTHING in t.excluded.get(s.step, ())), None)
    right = next((d for d in t.declares if cause_named(d)[1] == e.mechanism), None)
    useful = useful_moves(t)

    def since(at_s: float | None) -> float | None:
        return None if at_s is None else round(max(0.0, at_s - e.start_s), 2)

    return Times(
        detect_s=since(None if seen is None else seen.at_s + seen.took_s),
        diagnose_s=since(None if right is None else right.at_s),
        mitigate_s=since(useful[-1].at_s + useful[-1].took_s if useful else None),
        recover_s=since(e.recover_s),
    )


def _finding_json(scored: ScoredFinding, word: Overrule | None) -> dict[str, Any]:
    f = scored.finding
    return {
        "rubric": f.rubric,
        "dimension": f.dimension,
        "flag": f.flag,
        "weight": round(f.weight, 4),
        "met": f.met,
        "credit": round(f.credit, 4),
        "points": scored.points,
        "of": scored.of,
        "because": f.because,
        "steps": list(f.steps),
        "overruled": None if word is None else {"met": word.met, "reason": word.reason, "by": word.by, "step": word.step},
    }


def _cause(cause: tuple[str, str] | None) -> dict[str, str] | None:
    return None if cause is None else {"component": cause[0], "mechanism": cause[1]}

"""How well a declared cause is argued: which other explanations were closed by then, by looks that were cited or not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from grader.rubric import Rule
from grader.rules.trace import Trace
from scenarios.steps import Step
from scenarios.taxonomy import credit

Verdict = Literal["justified", "supported", "lucky", "dump", "wrong", "unnamed"]


@dataclass(frozen=True, slots=True)
class Claim:
    """What one word cites."""

    step: int
    cited: tuple[int, ...]
    useful: tuple[int, ...]
    """Cited looks that exclude something."""
    dump: bool
    """Whether so many steps are cited that carry nothing that it is no argument."""

    @property
    def idle(self) -> tuple[int, ...]:
        return tuple(s for s in self.cited if s not in self.useful)


@dataclass(frozen=True, slots=True)
class Argument:
    verdict: Verdict
    credit: float
    """How right the declared cause is, 0 to 1, by distance in the taxonomy."""
    share: float
    """Share of the other candidates that was closed, uncited looks counting in part."""
    factor: float
    """What the argument leaves of the credit."""
    scale: float
    """How far the diagnosis carries what was done upon it, 0 to 1."""
    shown: tuple[str, ...]
    """Candidates closed by cited looks."""
    seen: tuple[str, ...]
    """Candidates closed only by looks that were never cited."""
    open: tuple[str, ...]
    claim: Claim | None


def cause_named(step: Step) -> tuple[str, str]:
    return str(step.args.get("component") or ""), str(step.args.get("mechanism") or "")


def claim_of(t: Trace, step: Step, rule: Rule) -> Claim:
    cited = tuple(sorted({int(s) for s in step.args.get("because") or () if int(s) < step.step}))
    looks = [look.step for look in t.looks]
    useful = tuple(s for s in cited if s in looks and t.excluded.get(s))
    # A reader follows an argument of a few steps; beyond two for each other explanation nobody has chosen any more.
    most = max(rule.number("dump_over"), rule.number("dump_each") * len(t.others))
    dump = len(cited) > most or len(useful) < rule.number("dump_below") * len(cited)
    return Claim(step.step, cited, useful, dump)


def argue(t: Trace, rule: Rule) -> Argument:
    """The argument for the last declaration; where nothing was declared, what the looks of the drill had closed."""
    declare = t.declared
    end = float("inf") if declare is None else declare.step
    words = [s for s in t.steps if s.kind == "word" and s.op in ("declare", "rule-out", "hypothesis") and s.step <= end and (s.op != "declare" or s is declare)]
    cited = {s for claim in (claim_of(t, word, rule) for word in words) if not claim.dump for s in claim.useful}
    covered = t.closed_by(cited)
    closed = t.closed_before(end)
    shown = tuple(c for c in closed if c in covered)
    seen = tuple(c for c in closed if c not in covered)
    share = (len(shown) + rule.number("uncited") * len(seen)) / len(t.others) if t.others else 0.0
    claim = None if declare is None else claim_of(t, declare, rule)
    right = 0.0 if declare is None else credit(cause_named(declare), t.actual)
    # Whoever cites nothing that speaks has looked and not seen: however much was closed, it is a guess.
    guessed = share < rule.number("lucky_below") or not shown
    verdict = _verdict(t, declare, claim, guessed, len(shown) == len(t.others))
    factor = _factor(claim, guessed, share, rule)
    # A guess carries nothing, whatever the looks that nobody cited would have shown.
    carried = 0.0 if claim is None or claim.dump or guessed else min(1.0, share / rule.number("enough"))
    scale = rule.number("scale_none") + rule.number("scale_right") * right + rule.number("scale_shown") * right * carried
    still = tuple(c for c in t.others if c not in closed)
    return Argument(verdict, right, share, factor, min(1.0, scale), shown, seen, still, claim)


def _verdict(t: Trace, declare: Step | None, claim: Claim | None, guessed: bool, all_shown: bool) -> Verdict:
    if declare is None or claim is None:
        return "unnamed"
    if cause_named(declare)[1] != t.evidence.mechanism:
        return "wrong"
    if claim.dump:
        return "dump"
    if guessed:
        return "lucky"
    return "justified" if all_shown else "supported"


def _factor(claim: Claim | None, guessed: bool, share: float, rule: Rule) -> float:
    guess = rule.number("guess")
    if claim is None:
        return 0.0
    if claim.dump:
        return guess
    if guessed:
        return guess + rule.number("guess_slope") * share
    return guess + (1.0 - guess) * share

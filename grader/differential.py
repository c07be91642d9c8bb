"""The differential by replay: which candidate causes each look excludes, had the same looks been taken in their worlds.

Two primitives carry everything: `consistent`, whether a value that was seen lies within what a candidate's draws show,
and `tells_apart`, whether two worlds show a look differently enough for a person to see.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from grader.evidence import LookEvidence
from grader.noise import SIGMAS, Noise, noise_of
from grader.variants import Variant, variants
from scenarios.incident import Incident
from scenarios.replay import Showing
from scenarios.steps import Step
from scenarios.words import registry
from simulator.commands import Noticeable
from simulator.observation import Fact
from simulator.telemetry.signals import SIGNALS

Facts = Mapping[str, Fact]
MOST_FACTS = 4
SPREAD = 0.5
"""A few draws seldom show the ends of a range: values this share of their spread beyond them are still possible."""


def tolerance(value: float, other: float, noise_sd: float, noticeable: Noticeable) -> float:
    """How far two numbers may lie apart and still look the same: noise between seeds plus what a person notices."""
    return SIGMAS * noise_sd + max(noticeable.absolute, noticeable.relative * max(abs(value), abs(other)))


def consistent(value: Fact, drawn: Sequence[Fact | None], noise_sd: float, noticeable: Noticeable) -> bool:
    """Whether the draws of a candidate could have shown `value`: within their range, widened; for texts, among them.

    A draw in which the look showed no such fact (None) is consistent with anything: nothing can be read off it.
    So is a text that tells nothing by itself; see `Noticeable.telling`.
    """
    if not drawn or any(d is None for d in drawn) or (noticeable.telling and value not in noticeable.telling):
        return True
    numbers = [d for d in drawn if not isinstance(d, str)]
    if isinstance(value, str) or len(numbers) != len(drawn):
        return any(noticeable.same(value, d) for d in drawn)
    low, high = min(numbers), max(numbers)  # type: ignore[type-var]
    assert low is not None and high is not None
    beyond = SPREAD * (high - low)
    return low - beyond - tolerance(value, low, noise_sd, noticeable) <= value <= high + beyond + tolerance(value, high, noise_sd, noticeable)


def tells_apart(look: str, one: Facts, other: Facts) -> bool:
    """Whether a person would see the difference between two showings of a look in worlds of one seed, which share their noise."""
    command = registry()[look]
    for fact in sorted(set(one) & set(other)):
        a, b = one[fact], other[fact]
        if isinstance(a, str) or isinstance(b, str):
            if not command.noticeable_for(fact).same(a, b):
                return True
        elif abs(a - b) > tolerance(a, b, 0.0, command.noticeable_for(fact)):
            return True
    return False


def contradicting(incident: Incident, look: str, facts: Facts, drawn: Sequence[Facts], noise: Noise) -> list[str]:
    """The facts of a look that are not consistent with what a candidate's draws show."""
    command = registry()[look]
    # In the order in which the instrument shows them. A journal that was read back has lost it, and gives the same evidence.
    shown = list(dict.fromkeys(fact for each in drawn for fact in each))
    return [
        fact
        for fact in sorted(facts, key=lambda name: (shown.index(name) if name in shown else len(shown), name))
        if not given(incident, fact) and not consistent(facts[fact], [d.get(fact) for d in drawn], noise_of(noise, look, fact), command.noticeable_for(fact))
    ]


def weighed_steps(steps: Sequence[Step], until: int | None) -> list[Step]:
    """The steps up to `until` that have to be gone through to take its looks again."""
    considered = [s for s in steps if until is None or s.step <= until]
    while considered and considered[-1].kind != "look":
        considered.pop()
    return considered


def look_evidence(incident: Incident, steps: Sequence[Step], noise: Noise, *, until: int | None = None, told: Callable[[float], None] = lambda share: None) -> list[LookEvidence]:
    """What each look up to step `until` excludes. The page's own reading is given to everybody and is no evidence.

    `told` hears of the share of the candidates in whose worlds the looks were taken, 0 to 1.
    """
    considered = weighed_steps(steps, until)
    possible = variants(incident) if considered else []
    showings = {}
    for at, variant in enumerate(possible):
        told(at / len(possible))
        showings[variant.name] = _showings(incident, variant, considered)
    found = []
    for step in considered:
        if step.kind != "look":
            continue
        excludes: dict[str, tuple[str, ...]] = {}
        for name, by_step in showings.items():
            telling = contradicting(incident, step.op, step.facts, by_step.get(step.step, []), noise)
            if telling:
                excludes[name] = tuple(telling[:MOST_FACTS])
        found.append(LookEvidence(step.step, excludes))
    return found


def _showings(incident: Incident, variant: Variant, steps: Sequence[Step]) -> dict[int, list[Facts]]:
    """Facts of each look in each draw of a variant, by step; a look that a world refuses shows nothing."""
    out: dict[int, list[Facts]] = {}
    for faults in variant.draws:
        showing = Showing(incident, faults)
        for step in steps:
            seen = showing.through(step)
            if step.kind == "look":
                out.setdefault(step.step, []).append(seen or {})
    return out


def given(incident: Incident, fact: str) -> bool:
    """Whether a fact is the page's own reading, or the same quantity elsewhere: everybody was told, and its size tells doses, not causes."""
    rule = incident.page_rule
    return fact.endswith(("." + rule.name, "." + rule.signal)) or fact.startswith(SIGNALS[rule.signal.partition("/")[0]].shown_as)

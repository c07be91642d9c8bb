"""A drill as rules read it: its steps by kind, joined with what replay found out about each. Derived, never changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from grader.evidence import Evidence, MoveEvidence
from scenarios.steps import Step

USEFUL_SHARE = 0.005
"""Share of the harm that a move must save to count as useful; a move that loses as little has no effect."""
MOST_NAMED = 6
"""Numbers of steps in one sentence; a reader follows no longer list."""
LEAST_HARM_USD = 1.0
"""Below this nothing is measured: a control drill's losses are about nothing."""


@dataclass(frozen=True, slots=True)
class Trace:
    steps: tuple[Step, ...]
    evidence: Evidence
    looks: tuple[Step, ...]
    moves: tuple[Step, ...]
    declares: tuple[Step, ...]
    others: tuple[str, ...]
    """Candidates besides the true one."""
    variants: Mapping[str, tuple[str, ...]]
    """Places at which each of `others` could be."""
    excluded: Mapping[int, tuple[str, ...]]
    """By look: which variants of `others` it excludes, in their order."""
    worth: Mapping[int, MoveEvidence]
    """By move; a move that was not replayed is not in it."""

    @property
    def actual(self) -> tuple[str, str]:
        return self.evidence.component, self.evidence.mechanism

    @property
    def harm_usd(self) -> float:
        """What the incident costs if nobody does anything: the yardstick for the worth of a move."""
        return max(abs(self.evidence.impact.do_nothing_usd), LEAST_HARM_USD)

    @property
    def telling(self) -> tuple[Step, ...]:
        """Looks that excluded something."""
        return tuple(look for look in self.looks if self.excluded.get(look.step))

    @property
    def declared(self) -> Step | None:
        """The last declaration, which is the one that counts."""
        return self.declares[-1] if self.declares else None

    def words(self, op: str) -> tuple[Step, ...]:
        return tuple(s for s in self.steps if s.kind == "word" and s.op == op)

    def mechanism_of(self, candidate: str) -> str:
        return self.evidence.candidate_mechanisms.get(candidate, candidate)

    def closed_by(self, looks: Iterable[int]) -> tuple[str, ...]:
        """Which of `others` these looks exclude together, at every place."""
        seen = {v for step in looks for v in self.excluded.get(step, ())}
        return tuple(c for c in self.others if seen.issuperset(self.variants[c]))

    def closed_before(self, step: float) -> tuple[str, ...]:
        """Which of `others` the looks before `step` exclude."""
        return self.closed_by(look.step for look in self.looks if look.step < step)

    def touches(self, look: int, candidate: str) -> bool:
        """Whether a look excludes a candidate at one of its places at least."""
        return not set(self.variants[candidate]).isdisjoint(self.excluded.get(look, ()))

    def share_before(self, step: float) -> float:
        return len(self.closed_before(step)) / len(self.others) if self.others else 0.0


def trace(steps: Sequence[Step], evidence: Evidence) -> Trace:
    ordered = tuple(sorted(steps, key=lambda s: s.step))
    others = tuple(c for c in evidence.candidates if c != evidence.true_candidate)
    variants = {c: evidence.variants[c] for c in others}
    return Trace(
        steps=ordered,
        evidence=evidence,
        looks=tuple(s for s in ordered if s.kind == "look"),
        moves=tuple(s for s in ordered if s.kind == "move"),
        declares=tuple(s for s in ordered if s.kind == "word" and s.op == "declare"),
        others=others,
        variants=variants,
        excluded={look.step: tuple(v for c in others for v in variants[c] if v in look.excludes) for look in evidence.looks},
        worth={move.step: move for move in evidence.moves},
    )


def saved_share(t: Trace) -> float | None:
    """Harm avoided: share of what the reference runbook saves, 0 to 1; None where that is too little to divide by."""
    impact = t.evidence.impact
    possible = impact.do_nothing_usd - impact.reference_usd
    if possible < max(LEAST_HARM_USD, 0.01 * t.harm_usd):
        return None
    return min(1.0, max(0.0, saved_usd(t) / possible))


def saved_usd(t: Trace) -> float:
    """What was lost less than had nobody done anything; what a gamble won or lost is left out."""
    gamble, impact = t.evidence.gamble, t.evidence.impact
    return impact.do_nothing_usd - (impact.actual_usd if gamble is None else gamble.judged_usd)


def gambles(t: Trace) -> tuple[int, ...]:
    """Trainings that nobody had a reason for; of those that the evidence names, the ones that are replayed moves of this journal."""
    named_so = () if t.evidence.gamble is None else t.evidence.gamble.steps
    return tuple(m.step for m in t.moves if m.step in named_so and m.step in t.worth)


def useful_moves(t: Trace) -> tuple[Step, ...]:
    """Moves without which more would have been lost. Where only several together saved anything, so that leaving one
    out changes nothing, every harmless one of them."""
    least = USEFUL_SHARE * t.harm_usd
    moves = tuple(m for m in t.moves if m.step in t.worth and m.step not in gambles(t))
    useful = tuple(m for m in moves if t.worth[m.step].worth_usd >= least)
    if useful or (saved_share(t) or 0.0) < 0.25:
        return useful
    return tuple(m for m in moves if abs(t.worth[m.step].worth_usd) < least)


def starts_with(op: str, prefixes: Sequence[str]) -> bool:
    """Whether a command is one of `prefixes` or lies under one: `pipelines` holds `pipelines runs`."""
    return any(op == p or op.startswith(p + " ") for p in prefixes)


def named(steps: Sequence[Step] | Sequence[int]) -> str:
    """Steps as a reader cites them: `step 3`, `steps 3 and 4`, and of many the first few with how many more there are."""
    numbers = [str(s.step if isinstance(s, Step) else s) for s in steps]
    if not numbers:
        return "no step"
    if len(numbers) > MOST_NAMED:
        numbers = [*numbers[: MOST_NAMED - 1], f"{len(numbers) - MOST_NAMED + 1} more"]
    return f"step {numbers[0]}" if len(numbers) == 1 else f"steps {listed(numbers)}"


def listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}" if names else "nothing"

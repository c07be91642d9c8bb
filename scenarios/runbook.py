"""The runbook of a drill: its steps by the hypothesis they were made under, and each hypothesis with where it stands. Derived from steps alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Literal

from scenarios.steps import Step

Standing = Literal["open", "ruled out", "declared"]


@dataclass(frozen=True, slots=True)
class Stated:
    """A cause that was stated, or a mechanism that was ruled out before anybody stated it."""

    label: str
    """H1, H2 … in the order in which they were first named."""
    component: str
    """Empty where only a mechanism was ruled out."""
    mechanism: str
    standing: Standing
    evidence: tuple[int, ...]
    """Steps cited for it or, once it is ruled out, against it; in order."""


@dataclass(frozen=True, slots=True)
class Made:
    step: Step
    hypothesis: str
    """Label of the newest hypothesis open when the step was made, its own where it states one; empty for none."""


@dataclass(frozen=True, slots=True)
class Book:
    steps: tuple[Made, ...]
    hypotheses: tuple[Stated, ...]


def runbook_of(steps: Iterable[Step]) -> Book:
    """The runbook of `steps`, which are in their order."""
    book = _Hypotheses()
    made = []
    for step in steps:
        under = book.newest_open
        if step.kind == "word" and step.op in ("hypothesis", "declare"):
            under = book.state(step)
        elif step.kind == "word" and step.op == "rule-out":
            book.rule_out(step)
        made.append(Made(step, under))
    return Book(tuple(made), tuple(book.stated.values()))


class _Hypotheses:
    def __init__(self) -> None:
        self.stated: dict[tuple[str, str], Stated] = {}
        self._for: dict[str, tuple[int, ...]] = {}
        self._order: list[str] = []
        """Labels by when they were last stated."""

    @property
    def newest_open(self) -> str:
        open_ones = {found.label for found in self.stated.values() if found.standing != "ruled out"}
        return next((label for label in reversed(self._order) if label in open_ones), "")

    def state(self, step: Step) -> str:
        """Take in a `hypothesis` or `declare`; returns the label of what it states."""
        key = _text(step, "component"), _text(step, "mechanism")
        known = self.stated.get(key)
        label = known.label if known else self._next_label
        self._for[label] = _joined(self._for.get(label, ()), step)
        declares = step.op == "declare"
        if declares:
            # The last declaration counts: one before it is a hypothesis like others again.
            self.stated = {at: replace(found, standing="open") if found.standing == "declared" else found for at, found in self.stated.items()}
        standing: Standing = "declared" if declares or (known is not None and known.standing == "declared") else "open"
        self.stated[key] = Stated(label, *key, standing, self._for[label])
        self._order = [*(other for other in self._order if other != label), label]
        return label

    def rule_out(self, step: Step) -> None:
        mechanism = _text(step, "mechanism")
        named = [key for key in self.stated if key[1] == mechanism] or [("", mechanism)]
        for key in named:
            known = self.stated.get(key)
            against = known.evidence if known is not None and known.standing == "ruled out" else ()
            self.stated[key] = Stated(known.label if known else self._next_label, *key, "ruled out", _joined(against, step))

    @property
    def _next_label(self) -> str:
        return f"H{len(self.stated) + 1}"


def _text(step: Step, name: str) -> str:
    value: Any = step.args.get(name)
    return value if isinstance(value, str) else ""


def _joined(known: tuple[int, ...], step: Step) -> tuple[int, ...]:
    cited = step.args.get("because")
    numbers = [number for number in cited if isinstance(number, int)] if isinstance(cited, list) else []
    return tuple(sorted({*known, *numbers}))

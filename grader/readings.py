"""Readings as a sentence names them: facts with the value that the learner saw."""

from __future__ import annotations

from collections.abc import Sequence

from grader.plain import plain
from grader.rules.trace import listed
from scenarios.steps import Step
from simulator.observation import Fact


def readings(look: Step, names: Sequence[str]) -> str:
    """Facts of a look with what was read in them."""
    return listed([f"{name} ({_read(look.facts[name])})" if name in look.facts else name for name in names]) if names else "what it showed"


def _read(fact: Fact) -> str:
    if isinstance(fact, str):
        return plain(fact)
    return f"{fact:,.0f}" if abs(fact) >= 1000 else f"{fact:.4g}"

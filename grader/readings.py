"""Readings as a sentence names them: facts in words, with the value that the learner saw."""

from __future__ import annotations

from collections.abc import Sequence

from grader.plain import plain
from grader.rules.trace import listed
from scenarios.steps import Step
from simulator.durations import format_duration
from simulator.observation import Fact

_WORDS = {
    "auc": "AUC",
    "change": "change against the week before",
    "changed": "a change",
    "for_s": "duration of the state",
    "js_distance": "Jensen-Shannon distance",
    "kl": "Kullback-Leibler divergence",
    "ks": "KS distance",
    "now": "present value",
    "psi": "PSI",
    "step": "largest step",
    "wasserstein": "Wasserstein distance",
}
"""Measures whose names in a journal are no words, or say too little."""
_UNITS = {"ms": "ms", "usd": "USD"}
"""Units as the end of a measure's name, with how they stand behind a value."""


def readings(look: Step, names: Sequence[str]) -> str:
    """Facts of a look with what was read in them."""
    return listed([_reading(look, name) for name in names]) if names else "what it showed"


def _reading(look: Step, name: str) -> str:
    measure, *places = name.split(".")
    words, unit = _words_of(measure)
    said = " of ".join((words, *places))
    return f"{said} ({_read(look.facts[name], unit)})" if name in look.facts else said


def _words_of(measure: str) -> tuple[str, str]:
    """A measure in words, and the unit that its name ends with: `s`, a key of _UNITS, or empty."""
    name, _, last = measure.rpartition("_")
    unit = last if name and not name.endswith("per") and (last == "s" or last in _UNITS) else ""
    return _WORDS.get(measure, (name if unit else measure).replace("_", " ")), unit


def _read(fact: Fact, unit: str) -> str:
    if isinstance(fact, str):
        return plain(fact)
    if unit == "s" and fact >= 1:
        return format_duration(fact)
    shown = f"{fact:,.0f}" if abs(fact) >= 1000 else f"{fact:.3g}"
    return f"{shown} {'s' if unit == 's' else _UNITS[unit]}" if unit else shown

"""What counts as a difference in each fact of each look, as rows: its noise and how that was measured, what a person notices, and on what that rests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from grader.differential import tolerance
from grader.noise import Measurement, Varied, load_measurement
from scenarios.words import registry
from simulator.commands import Command, Noticeable
from simulator.observation import Cell, significant

TENTH = "a tenth, the default"
WHOLE = "the screen: one more or less"
ANY_SHOWN = "the screen: another value"
OWN_SHARE = "a share of its own"
ACTED_ON = "a level people act on"
ANOTHER_TEXT = "another text"
ONE_MORE = Noticeable(absolute=0.5, relative=0.0)
FINEST = 0.001
"""A relative part up to this lets every change of a setting count that its look shows."""


@dataclass(frozen=True, slots=True)
class FactRow:
    """One fact of a look, or what a look declares about facts that no measured world showed."""

    fact: str
    """Its name; a prefix with `…` where no measured world showed such a fact."""
    varied: Varied | None
    """None of a text, and of what was not measured: it counts as without noise."""
    noticeable: Noticeable | None
    """None of a text: another text is a difference, unless the look says which ones tell anything, or nothing."""
    rests_on: str

    @property
    def differs_by(self) -> float | None:
        """How far a value has to lie from the usual one to count as another; None where nothing usual is known."""
        if self.varied is None or self.noticeable is None:
            return None
        return significant(tolerance(self.varied.mean, self.varied.mean, self.varied.standard_deviation, self.noticeable), 3)

    def to_json(self) -> dict[str, Any]:
        noise = None if self.varied is None else asdict(self.varied)
        noticeable = None if self.noticeable is None else {"absolute": self.noticeable.absolute, "relative": self.noticeable.relative}
        return {"fact": self.fact, "noise": noise, "noticeable": noticeable, "rests_on": self.rests_on, "differs_by": self.differs_by}

    def cells(self) -> tuple[Cell, ...]:
        """As a row under HEADS."""
        varied, least = self.varied, self.noticeable
        measured = (None, None, None) if varied is None else (varied.mean, varied.standard_deviation, varied.worlds)
        return (self.fact, *measured, *((None, None) if least is None else (least.absolute, least.relative)), self.differs_by, self.rests_on)


HEADS = ("fact", "mean", "noise", "worlds", "absolute", "relative", "differs by", "noticeable rests on")


@dataclass(frozen=True, slots=True)
class LookRows:
    look: str
    facts: tuple[FactRow, ...]
    """Empty where a look's facts depend on the question, as those of a query do."""


def looks_listed(system: str, names: Sequence[str] | None = None) -> list[LookRows]:
    """Every look of those called `names`, all when left out, with its facts in alphabetical order."""
    measured = load_measurement(system)
    return [LookRows(command.name, _rows(command, measured)) for command in registry().values() if command.kind == "look" and (names is None or command.name in names)]


def _rows(command: Command, measured: Measurement) -> tuple[FactRow, ...]:
    numbers = {fact: varied for key, varied in measured.numbers.items() for look, _, fact in (key.rpartition(" "),) if look == command.name}
    texts = [fact for key in measured.texts for look, _, fact in (key.rpartition(" "),) if look == command.name]
    rows = [FactRow(fact, varied, command.noticeable_for(fact), rests_on(command, fact)) for fact, varied in numbers.items()]
    rows += [FactRow(fact, None, None, _text_rests_on(command.noticeable_for(fact))) for fact in texts]
    unseen = [prefix for prefix in command.noticeable if not any(fact.startswith(prefix) for fact in (*numbers, *texts))]
    rows += [FactRow(f"{prefix}…", None, command.noticeable[prefix], rests_on(command, prefix)) for prefix in unseen]
    return tuple(sorted(rows, key=lambda row: row.fact))


def rests_on(command: Command, fact: str) -> str:
    """What a number's noticeable difference rests on, told from the declaration itself."""
    least = command.noticeable_for(fact)
    if least == Noticeable():
        return TENTH
    if least == ONE_MORE:
        return WHOLE
    if least.absolute == 0.0:
        return ANY_SHOWN if least.relative <= FINEST else OWN_SHARE
    return ACTED_ON


def _text_rests_on(noticeable: Noticeable) -> str:
    if noticeable.telling:
        return f"{ANOTHER_TEXT}, where it is {' or '.join(noticeable.telling)}"
    return f"{ANOTHER_TEXT}; {' and '.join(noticeable.vague)} tell{'s' if len(noticeable.vague) == 1 else ''} nothing" if noticeable.vague else ANOTHER_TEXT


def how_measured(system: str) -> dict[str, Any]:
    """How the noise of a system was measured: seeds, worlds, days and hours of the day."""
    found = load_measurement(system)
    return {"system": system, "world": "control", "seeds": list(found.seeds), "worlds": len(found.seeds), "days": list(found.days), "hours": list(found.hours)}

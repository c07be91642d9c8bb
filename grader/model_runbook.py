"""The reference runbook of a scenario as advice reads it: its looks with what they take, what its argument cites, its moves, words and guards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scenarios.words import registry
from simulator.commands import Invocation, parse
from simulator.errors import UsageError


@dataclass(frozen=True, slots=True)
class ModelLook:
    line: str
    """Without what was expected of it."""
    group: str
    takes_s: float


@dataclass(frozen=True, slots=True)
class ModelRunbook:
    """Empty where the scenario is not here any more."""

    looks: tuple[ModelLook, ...]
    cited: tuple[ModelLook, ...]
    """Those that its last `declare` rests on."""
    moves: tuple[str, ...]
    guards: tuple[str, ...]


def model_runbook(lines: Sequence[str]) -> ModelRunbook:
    """What `lines` say; a line that is not understood is left out."""
    called = {number: found for number, line in enumerate(lines, 1) if (found := _called(line)) is not None}
    looks = {n: ModelLook(c.line.partition(" --expect ")[0], c.command.group, c.command.takes_s) for n, c in called.items() if c.command.kind == "look"}
    declares = [c for c in called.values() if c.command.name == "declare"]
    because = [int(n) for n in (declares[-1].args.get("because") or ())] if declares else []
    return ModelRunbook(
        looks=tuple(looks.values()),
        cited=tuple(looks[n] for n in because if n in looks),
        moves=tuple(c.line for c in called.values() if c.command.kind == "move"),
        guards=tuple(c.line for c in called.values() if c.command.name == "action-item"),
    )


def _called(line: str) -> Invocation | None:
    try:
        return parse(line, registry())
    except UsageError:
        return None

"""What the first minutes of a drill give away: how each candidate presents, and which of them a single look leaves open.

A learner who meets the page knows its alert. If that, or one glance at the overviews, names the cause, there is nothing to diagnose.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from grader.differential import Facts, contradicting
from grader.noise import Noise, load_noise
from grader.presentation import dose_of, presented
from grader.variants import true_candidate, variants
from scenarios.faults.library import FAULTS, complete
from scenarios.incident import Incident
from scenarios.words import registry
from simulator.commands import parse
from simulator.errors import Refused
from simulator.world import World

OVERVIEWS = ("alerts", "changes", "serving status", "pipelines list", "models list", "features age")
"""What somebody opens first, whatever the page says."""
LEAST_OPEN = 3
"""Candidates, the true one among them, that a glance at the alerts must leave open."""


@dataclass(frozen=True, slots=True)
class Presence:
    """A candidate at one place, as it presents when the drill begins."""

    candidate: str
    place: str
    sizes: tuple[float, ...]
    """The page's quantity in each draw, in the unit of its signal."""
    dose: str | None
    """Name of the parameter that says how much of the fault there is; None where it has none."""
    doses: tuple[float, ...]
    """Its value in each draw; empty without one."""
    alike: bool
    """Whether the page fires, at a size that the true cause could have."""
    searched: bool
    """Whether the scenario leaves its dose to be searched."""


def presences(made: Incident) -> list[Presence]:
    """Each candidate's places with the sizes of the page's quantity; the world in which nothing is wrong among them."""
    sign = 1.0 if made.page_rule.op.startswith(">") else -1.0
    found = []
    for variant in variants(made):
        dose = FAULTS[variant.candidate].dose if variant.candidate in FAULTS else None
        doses = tuple(float(complete(faults[0])[dose.name]) for faults in variant.draws) if dose else ()
        sizes = tuple(sign * presented(made, faults).size for faults in variant.draws)
        searched = dose is not None and variant.candidate != true_candidate(made) and dose_of(made, variant.candidate) is not None
        found.append(Presence(variant.candidate, variant.name, sizes, dose.name if dose else None, doses, variant.fits, searched))
    return found


def left_open(made: Incident, lines: Sequence[str] = OVERVIEWS) -> dict[str, tuple[str, ...]]:
    """By look, taken as the drill begins and alone: the candidates that it does not exclude, in the scenario's order."""
    noise = load_noise(made.spec.name)
    own = facts_of(made.world(), lines)
    standing: dict[str, set[str]] = {line: set() for line in own}
    order = []
    for variant in variants(made):
        order.append(variant.candidate)
        drawn = [facts_of(made.world(faults), lines) for faults in variant.draws]
        for line, facts in own.items():
            if not speaks_against(made, line, facts, drawn, noise):
                standing[line].add(variant.candidate)
    return {line: tuple(name for name in dict.fromkeys(order) if name in names) for line, names in standing.items()}


def speaks_against(made: Incident, line: str, facts: Facts, drawn: Sequence[dict[str, Facts]], noise: Noise) -> bool:
    """Whether a look's facts are not those of a candidate, whose draws show `drawn` by look."""
    return bool(contradicting(made, parse(line, registry()).command.name, facts, [d.get(line, {}) for d in drawn], noise))


def facts_of(world: World, lines: Sequence[str]) -> dict[str, Facts]:
    """Facts of each look in a world as it is; a look that the world refuses is left out."""
    out: dict[str, Facts] = {}
    commands = registry()
    for line in lines:
        invocation = parse(line, commands)
        assert invocation.command.run is not None
        try:
            out[line] = dict(invocation.command.run(world, invocation.args).facts)
        except Refused:
            continue
    return out

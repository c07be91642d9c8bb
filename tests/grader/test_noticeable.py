"""Noticeable differences as the looks declare them, held against what the looks show in a world in which much goes wrong."""

from __future__ import annotations

from math import floor, log10

import pytest

from console.plain.cells import cell_text
from grader.noise import standard_looks
from scenarios.draw import DrawnFault
from scenarios.faults.library import edits_of
from scenarios.words import registry
from simulator.commands import parse
from simulator.durations import DAY_S, HOUR_S, MINUTE_S
from simulator.errors import Refused
from simulator.observation import Fact
from simulator.spec import AlertRule
from simulator.telemetry.metrics import metric_names
from simulator.timeline import Edit
from simulator.world import Checkpoint, World

pytestmark = pytest.mark.xdist_group("noticeable")  # the world is built and looked at once

FAULTS = ("unit-change", "right-sized-to-mean")
"""A schema changes, and the bill rises: what some facts are about."""
TRAINING_BY_S = 15 * MINUTE_S
"""A training that is started has nodes by then, and has not ended."""
DIGITS = 6
Shown = dict[str, dict[str, Fact]]
LOOKS = [command for command in registry().values() if command.kind == "look"]


def always_breached(rule: AlertRule) -> Edit:
    """An alert's value is shown while it is active."""
    return Edit(60 * DAY_S, f"alert.threshold/{rule.name}", 1e9 if rule.op.startswith("<") else -1e9, "test", "so that it fires")


def lines() -> list[str]:
    """Every look, with each of the words that a parameter of fixed words takes, and of each metric."""
    out = [*standard_looks(), "models show champion", "models compare champion latest", "ask payments-platform"]
    out += [f"metrics show {name} --against last-week" for name in metric_names()]
    for command in LOOKS:
        if not any(p.required for p in command.params):
            out += [f"{command.name} --{p.name} {choice}" for p in command.params for choice in p.choices]
    return list(dict.fromkeys(out))


@pytest.fixture(scope="module")
def shown(quiet: Checkpoint) -> Shown:
    """Facts by look; of a name that several lines show, the last."""
    edits = [edit for fault in FAULTS for edit in edits_of(DrawnFault(fault, 60 * DAY_S, {}))]
    at_s = 61 * DAY_S + 7 * HOUR_S
    world = World(quiet.spec, quiet.seed, [*edits, *map(always_breached, quiet.spec.alerts)], start=quiet, exact_from_s=at_s)
    world.advance(at_s)
    start = registry()["train start"]
    assert start.run is not None
    start.run(world, parse("train start", registry()).args)
    world.advance(world.now_s + TRAINING_BY_S)
    world.settle()
    found: Shown = {}
    for line in lines():
        typed = parse(line, registry())
        assert typed.command.run is not None
        try:
            found.setdefault(typed.command.name, {}).update(typed.command.run(world, typed.args).facts)
        except Refused:
            continue
    return found


@pytest.mark.parametrize("look", [command.name for command in LOOKS if command.noticeable])
def test_every_declared_prefix_is_of_a_fact_that_the_look_shows(shown: Shown, look: str) -> None:
    """One that a longer prefix always goes before is dead as well."""
    declared = registry()[look].noticeable
    used = {max((prefix for prefix in declared if fact.startswith(prefix)), key=len, default=None) for fact in shown[look]}
    assert set(declared) - used == set()


def unit_of(fact: str) -> str:
    """Seconds are shown in their largest unit, with one decimal; other units change no digit."""
    return "s" if fact.partition(".")[0].endswith("_s") else ""


def test_no_noticeable_difference_is_smaller_than_what_the_digits_show(shown: Shown) -> None:
    finer = []
    for look, facts in shown.items():
        for fact, value in facts.items():
            if not isinstance(value, str) and value:
                least = registry()[look].noticeable_for(fact)
                difference = max(least.absolute, least.relative * abs(value))
                last_digit = 10.0 ** (floor(log10(abs(value))) - DIGITS + 1)
                if difference < last_digit / 2 or cell_text(value, unit_of(fact)) == cell_text(value + 1.01 * difference, unit_of(fact)):
                    finer.append((look, fact, value, difference))
    assert finer == []


def test_no_declaration_lets_everything_or_nothing_count() -> None:
    """A relative part of one would take any value for any smaller one of its sign; nothing at all would take rounding for a difference."""
    for command in LOOKS:
        for prefix, least in command.noticeable.items():
            assert 0 <= least.relative < 1, (command.name, prefix)
            assert least.absolute > 0 or least.relative > 0, (command.name, prefix)

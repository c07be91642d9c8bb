from __future__ import annotations

import pytest

from console.prompt.caution import caution
from scenarios.words import registry
from simulator.commands import Command


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("alerts", ""),
        ("wait 12h", ""),
        ("wait 13h", "wait takes 13h of the incident"),
        ("ask payments-platform", "ask takes 20m of the incident"),
        ("resolve", "resolve closes the incident, and it is graded as it stands"),
        ("no such command", ""),
        ("wait", ""),
    ],
)
def test_what_takes_long_or_ends_the_drill_is_said_before(line: str, reason: str) -> None:
    assert caution(line, registry()) == reason


def test_what_cannot_be_undone_or_touches_everything_is_said_before() -> None:
    commands = {c.name: c for c in (Command("purge", "move", "x", "", 60.0, reversible=False), Command("stop all", "move", "x", "", 3600.0, blast="wide", reversible=False))}
    assert caution("purge", commands) == "purge cannot be undone"
    assert caution("stop all", commands) == "stop all takes 60m of the incident and cannot be undone and touches all of production at once"


def test_every_wide_or_irreversible_move_there_is_asks_for_a_second_thought() -> None:
    risky = [c for c in registry().values() if c.blast == "wide" or not c.reversible]
    assert risky
    for command in risky:
        line = command.name + "".join(f" {'' if p.positional else '--' + p.name + ' '}1" for p in command.params if p.required and not p.choices)
        line += "".join(f" {'' if p.positional else '--' + p.name + ' '}{p.choices[0]}" for p in command.params if p.required and p.choices)
        assert caution(line, registry()).startswith(command.name), line

from __future__ import annotations

from collections.abc import Callable

from simulator.commands import looks_and_moves
from simulator.observation import Observation
from simulator.world import World

Fork = Callable[..., World]
Do = Callable[[World, str], Observation]


def test_the_team_of_the_callers_sets_its_flag_a_quarter_of_an_hour_later(fork: Fork, do: Do) -> None:
    world = fork()
    asked_s = world.now_s
    said = do(world, "callers retries --attempts 3 --backoff 200ms --budget 10%")
    assert dict(said.facts) == {"attempts": 3.0, "backoff_ms": 200.0, "budget": 0.1, "owner": "checkout"}
    found = {edit.lever: edit for edit in world.levers.all_edits() if edit.lever.startswith("callers.")}
    assert {lever: (edit.at_s, edit.value, edit.who) for lever, edit in found.items()} == {
        "callers.attempts": (asked_s + 900.0, 3.0, "checkout"),
        "callers.backoff_ms": (asked_s + 900.0, 200.0, "checkout"),
        "callers.budget": (asked_s + 900.0, 0.1, "checkout"),
    }
    assert world.levers["callers.attempts"].number_at(asked_s + 899.0) == 0.0


def test_it_takes_as_long_as_the_team_does(fork: Fork) -> None:
    assert looks_and_moves()["callers retries"].takes_s == 900.0


def test_what_was_asked_for_is_theirs_to_tell_and_stands_in_no_audit_log(fork: Fork, do: Do) -> None:
    world = fork()
    do(world, "callers retries --attempts 1")
    world.advance(world.now_s + 960.0)
    assert set(do(world, "changes --last 1h").facts.values()) == {"no"}
    assert do(world, "ask checkout").facts["changed.callers"] == "yes"
    assert do(world, "ask checkout policy").facts["attempts"] == 1.0

"""The word `hint`: what it costs, what is journaled of it, and when there is none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from scenarios.chain import MemoryJournal
from scenarios.checked_steps import checked_steps
from scenarios.drill import REFUSED_TAKES_S, Drill
from scenarios.hint import Hint
from scenarios.incident import Incident
from scenarios.steps import Step, steps_of
from scenarios.words import registry
from simulator.errors import ContentError, Refused

HEADER = {"session": "test", "scenario": "the-quiet-store", "seed": 1}


def second(incident: Incident, steps: Sequence[Step], now_s: float) -> Hint:
    """The second hint, wherever one stands."""
    return Hint(2, 4.0, f"after {len(steps)} steps, {now_s - incident.start_s:g} s")


def none_left(incident: Incident, steps: Sequence[Step], now_s: float) -> Hint:
    raise Refused("no more hints")


def asked(incident: Incident, header: dict[str, Any] | None = None, hinter: Any = second) -> Drill:
    drill = Drill(incident, MemoryJournal(header or HEADER), hinter=hinter)
    drill.submit("alerts")
    return drill


def test_it_takes_two_minutes_and_somebody_says_it_with_its_price(quiet_store: Incident) -> None:
    drill = asked(quiet_store)
    before = drill.now_s
    reply = drill.submit("hint")
    assert (reply.kind, reply.took_s, drill.now_s - before) == ("word", 120.0, 120.0)
    said = [m for m in reply.messages if m.sender == "mentor"]
    assert [(m.at_s, m.text) for m in said] == [(drill.now_s, f"after 1 steps, {before - quiet_store.start_s:g} s (This costs 4 points.)")]
    assert reply.to_json()["hint"] == {"level": 2, "price": 4.0, "text": f"after 1 steps, {before - quiet_store.start_s:g} s"}


def test_it_is_journaled_with_text_level_and_price_and_no_other_step_is(quiet_store: Incident) -> None:
    drill = asked(quiet_store)
    drill.submit("hint")
    first, last = drill.journal.rows()[1:]
    assert "hint" not in first.payload
    assert set(last.payload["hint"]) == {"level", "price", "text"}
    assert [s.hint for s in steps_of(drill.journal.rows())] == [0, 2]
    assert [s.hint for s in checked_steps(drill.journal.rows(), "f")] == [0, 2]


def test_it_replays_the_same_without_anybody_to_give_it(quiet_store: Incident) -> None:
    drill = asked(quiet_store)
    drill.submit("hint")
    again = Drill(quiet_store, drill.journal)
    assert (again.now_s, again.phase) == (drill.now_s, drill.phase)


@pytest.mark.parametrize(
    ("header", "hinter", "said"),
    [
        ({**HEADER, "interview": True}, second, "there are no hints in an interview"),
        (HEADER, None, "nobody is here to give a hint"),
        (HEADER, none_left, "no more hints"),
    ],
)
def test_where_there_is_none_it_is_refused_in_one_line(quiet_store: Incident, header: dict[str, Any], hinter: Any, said: str) -> None:
    reply = asked(quiet_store, header, hinter).submit("hint")
    assert (reply.kind, reply.error, reply.hint, reply.took_s) == ("refused", said, None, REFUSED_TAKES_S)


def test_it_is_a_word_of_the_registry_without_arguments() -> None:
    command = registry()["hint"]
    assert (command.kind, command.params, command.takes_s) == ("word", (), 120.0)


@pytest.mark.parametrize(
    "hint", [None, {}, {"level": 4, "price": 1.0, "text": "x"}, {"level": True, "price": 1.0, "text": "x"}, {"level": 1, "price": -1, "text": "x"}, {"level": 1, "price": 2}, [1]]
)
def test_a_hint_that_no_drill_wrote_is_refused_with_its_place(quiet_store: Incident, hint: Any) -> None:
    drill = asked(quiet_store)
    drill.submit("hint")
    with pytest.raises(ContentError, match=r"f: step 2 payload\.hint"):
        checked_steps(changed(drill, 2, hint), "f")
    with pytest.raises(ContentError, match=r"f: step 1 payload\.hint"):
        checked_steps(changed(drill, 1, {"level": 1, "price": 2.0, "text": "x"}), "f")


def changed(drill: Drill, step: int, hint: Any) -> list[Any]:
    """The rows of a drill with another hint in one step, in a chain that holds."""
    journal = MemoryJournal(HEADER)
    for row in drill.journal.rows()[1:]:
        payload = {**row.payload, "hint": hint} if row.step == step else row.payload
        journal.append(at_s=row.at_s, wall=row.wall, actor=row.actor, role=row.role, kind=row.kind, payload=payload)
    return journal.rows()

from __future__ import annotations

from console.home import sessions
from console.host.catalogue import command_cards, drills_listed, first_sentences
from console.host.messages import DrillsListed, decoded_event, encoded
from console.host.shown import SessionCard
from scenarios.library import scenario_names
from scenarios.words import registry


def test_the_catalogue_lists_every_packaged_scenario() -> None:
    drills, stored = drills_listed()
    assert tuple(card.name for card in drills) == scenario_names()
    assert stored == ()
    quiet = next(card for card in drills if card.name == "the-quiet-store")
    assert (quiet.title, quiet.system, quiet.minutes, quiet.difficulty) == ("Fraud slips through, everything is green", "card-fraud", 35, 3)
    assert quiet.briefing == "You are on call for the fraud score. Every payment above the first filter is scored, and declined from a score of 0.08 on."


def test_sessions_are_called_like_their_scenario_where_it_is_known() -> None:
    for scenario in ("the-quiet-store", "my-own"):
        sessions().create(scenario, 5)[1].close()
    drills, stored = drills_listed()
    assert stored == (
        SessionCard("my-own-5-1", "my-own", "my-own", 5, "open", None, 0),
        SessionCard("the-quiet-store-5-1", "the-quiet-store", "Fraud slips through, everything is green", 5, "open", None, 0),
    )
    event = DrillsListed(drills=drills, sessions=stored)
    assert decoded_event(encoded(event)) == event


def test_a_card_shows_no_blank_that_a_seed_fills() -> None:
    briefing = "You are\non call. The view {view} was loaded at {{09:00}}. Nobody called at {{09:00}}!\n\nA third one."
    assert first_sentences(briefing) == "You are on call. Nobody called at {09:00}!"
    assert first_sentences("Just {this}") == ""


def test_every_command_has_a_card_that_makes_it_again() -> None:
    cards = command_cards()
    assert [card.name for card in cards] == list(registry())
    for card in cards:
        command, original = card.command, registry()[card.name]
        assert (command.usage(), command.help, command.takes_s) == (original.usage(), original.help, original.takes_s)
        assert (command.kind, command.reversible, command.blast) == (original.kind, original.reversible, original.blast)

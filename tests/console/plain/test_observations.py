from __future__ import annotations

from console.plain.observations import observation_text, paragraph, prose
from console.plain.style import Style
from simulator.observation import Observation, Series, table


def test_tables_curves_and_sentences_are_shown_and_facts_are_not() -> None:
    seen = Observation(
        "Age of features",
        (table("Online store", ("view", ("age", "s")), [("card_velocity", 180_000.0)]),),
        (Series("age", "s", (0.0, 60.0), (1.0, 2.0)),),
        ("One remark.",),
        {"age_s.card_velocity": 180_000.0, "secret_fact": 42.0},
    )
    shown = observation_text(seen, Style())
    assert shown.splitlines() == [
        "Age of features",
        "  Online store",
        "  view            age",
        "  card_velocity  2.1d",
        "  age: min 1s, max 2s, last 2s",
        "  Mon 06 Jul 00:00 ▁█ Mon 06 Jul 00:01",
        "  One remark.",
    ]


def test_text_of_the_world_cannot_command_the_terminal() -> None:
    nasty = "\x1b]0;owned\x07"
    seen = Observation(nasty, (table(nasty, (nasty,), [(nasty,)]),), (Series(nasty, nasty, (0.0,), (1.0,)),), (nasty,))
    assert not {"\x1b", "\x07"} & set(observation_text(seen, Style()))


def test_prose_is_filled_anew_and_a_paragraph_keeps_its_lines() -> None:
    written = "A line\nthat goes on.\n\nAnother."
    assert prose(written, Style()) == "  A line that goes on.\n\n  Another."
    assert paragraph(written, Style()) == "  A line\n  that goes on.\n\n  Another."

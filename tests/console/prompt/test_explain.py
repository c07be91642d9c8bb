from __future__ import annotations

import pytest

from console.plain.style import Style
from console.prompt.explain import SPOKEN, Causes, help_text, spoken_text
from scenarios.chain import MemoryJournal
from scenarios.drill import Drill
from scenarios.incident import Incident
from scenarios.taxonomy import COMPONENTS, MECHANISMS
from scenarios.words import registry

CAUSES = Causes(COMPONENTS, MECHANISMS)


@pytest.fixture
def drill(built: Incident) -> Drill:
    return Drill(built, MemoryJournal({"session": "a", "scenario": "the-quiet-store", "seed": 3}))


def test_help_names_every_command() -> None:
    shown = help_text("", registry(), CAUSES, Style())
    assert [name for name in registry() if name not in shown] == []


def test_help_on_a_command_tells_usage_cost_and_arguments() -> None:
    shown = help_text("update", registry(), CAUSES, Style())
    assert shown.startswith(registry()["update"].usage())
    assert "word, takes 2m" in shown
    assert "investigating, identified, mitigated" in shown


def test_an_argument_that_takes_the_rest_of_the_line_is_no_option() -> None:
    rows = [line.split() for line in help_text("sql", registry(), CAUSES, Style()).splitlines()]
    assert next(row for row in rows if row[:1] == ["query"])[1:6] == ["the", "rest", "of", "the", "line,"]


def test_help_on_a_group_lists_it() -> None:
    shown = help_text("pipelines", registry(), CAUSES, Style())
    assert [name for name in registry() if name.startswith("pipelines ") and name not in shown] == []


def test_help_on_causes_lists_the_words_of_declare() -> None:
    shown = help_text("causes", registry(), CAUSES, Style())
    assert [word for word in (*COMPONENTS, *MECHANISMS) if word not in shown] == []


def test_help_on_something_else_says_so_and_shows_no_terminal_commands() -> None:
    assert help_text("\x1b[2J", registry(), CAUSES, Style()) == "  there is no command \ufffd[2J; help lists them all"


def test_these_words_cost_nothing_and_leave_no_row(drill: Drill) -> None:
    for line in ("help", "help causes", "journal", "show 1"):
        assert spoken_text(line, drill, registry(), Style())
    assert (drill.now_s, drill.journal.head.step) == (drill.incident.start_s, 0)


def test_the_journal_and_a_look_can_be_read_again(drill: Drill) -> None:
    look = drill.submit("features age")
    drill.submit("nonsense")
    steps = spoken_text("journal", drill, registry(), Style())
    assert steps is not None
    assert [line.split()[0] for line in steps.splitlines()[1:]] == ["#1", "#2"]
    shown = spoken_text("show #1", drill, registry(), Style())
    assert shown is not None
    assert look.observation is not None
    assert look.observation.title in shown
    assert spoken_text("show 2", drill, registry(), Style()) == "  show takes the number of a look, such as show 4; journal lists them"


def test_a_command_of_the_drill_is_not_one_of_these_words(drill: Drill) -> None:
    assert spoken_text("alerts", drill, registry(), Style()) is None
    assert {name.split()[0] for name in registry()}.isdisjoint(SPOKEN)

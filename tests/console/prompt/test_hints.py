from __future__ import annotations

import pytest

from console.prompt.explain import SPOKEN
from console.prompt.hints import cited, command_of, cost_hint, cost_of, usage_hint
from console.prompt.suggest import typed_param
from simulator.commands import Command, Param, parse
from tests.console.samples import COMMANDS

REGISTRY = {card.name: card.command for card in COMMANDS}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("", ""),
        ("featu", ""),
        ("features age", "costs 5 min"),
        ("features age card_velocity", "costs 5 min"),
        ("features  age", "costs 5 min"),
        ("note anything", "no time"),
        ("help features age", "no time"),
        ("quit", "no time"),
        ("wait 2h", "takes 2h"),
        ("wait 90", ""),
        ("wait", ""),
    ],
)
def test_a_line_says_what_it_costs_as_soon_as_that_is_known(line: str, said: str) -> None:
    assert cost_hint(line, REGISTRY, SPOKEN) == said


@pytest.mark.parametrize(("takes_s", "said"), [(0.0, "no time"), (30.0, "costs 30 s"), (60.0, "costs 1 min"), (90.0, "costs 1.5 min"), (7200.0, "costs 2 h")])
def test_a_cost_is_said_in_the_unit_that_suits_it(takes_s: float, said: str) -> None:
    assert cost_of(Command("x", "look", "x", "", takes_s)) == said


def test_the_longest_name_that_fits_is_the_command() -> None:
    registry = {name: Command(name, "look", "x", "", 0.0) for name in ("alerts", "alerts history")}
    assert [found and found.name for found in (command_of(line, registry) for line in ("alerts x", "alerts history x", "alert"))] == ["alerts", "alerts history", None]


def test_the_parameter_at_the_cursor_stands_out() -> None:
    parity = REGISTRY["features parity"]
    usage = usage_hint("features parity card", parity, REGISTRY, 120)
    assert (usage.before, usage.typed, usage.after, usage.about) == ("features parity ", "[VIEW]", " [--last LAST] [--expect EXPECT]", "which view")
    assert usage_hint("features parity --last ", parity, REGISTRY, 120).typed == "[--last LAST]"


def test_before_its_first_space_a_command_is_explained_as_a_whole() -> None:
    usage = usage_hint("features age", REGISTRY["features age"], REGISTRY, 120)
    assert (usage.before, usage.typed, usage.about) == ("features age [VIEW] [--expect EXPECT]", "", "Age of each view in the online store.")


def test_where_there_is_little_room_the_other_parameters_are_left_out() -> None:
    usage = usage_hint("features parity x --last 2", REGISTRY["features parity"], REGISTRY, 40)
    assert (usage.before, usage.typed, usage.after) == ("features parity … ", "[--last LAST]", " …")


def test_the_rest_of_a_line_is_one_parameter() -> None:
    assert usage_hint("note ca -- x", REGISTRY["note"], REGISTRY, 120).typed == "TEXT"


def test_quotes_hold_a_value_together() -> None:
    assert typed_param("features age --expect 'old rows", REGISTRY) == REGISTRY["features age"].params[1]
    assert typed_param("features age --expect 'old rows' ", REGISTRY) == REGISTRY["features age"].params[0]


@pytest.mark.parametrize(
    ("line", "step", "becomes"),
    [
        ("declare registry concept-drift", 4, "declare registry concept-drift --because 4|"),
        ("declare registry concept-drift --because 4", 7, "declare registry concept-drift --because 4 7|"),
        ("declare registry concept-drift --because 4 ", 4, "declare registry concept-drift --because 4| "),
        ("declare registry concept-drift --because", 4, "declare registry concept-drift --because 4|"),
        ("declare --because #4 --other x", 7, "declare --because #4 7| --other x"),
        ("declare registry concept-drift --because=4", 7, "declare registry concept-drift --because=4,7|"),
        ("declare registry concept-drift --because=", 7, "declare registry concept-drift --because=7|"),
    ],
)
def test_a_cited_step_goes_to_the_evidence(line: str, step: int, becomes: str) -> None:
    text, cursor = cited(line, len(line), step, REGISTRY)
    assert f"{text[:cursor]}|{text[cursor:]}" == becomes


def test_evidence_cited_first_does_not_swallow_the_cause_typed_after_it() -> None:
    text, cursor = cited("declare", 7, 4, REGISTRY)
    typed = f"{text[:cursor]}registry concept-drift{text[cursor:]}"
    assert parse(typed, REGISTRY).args == {"component": "registry", "mechanism": "concept-drift", "because": [4]}


@pytest.mark.parametrize(
    ("line", "becomes"), [("", "#4|"), ("note see |and", "note see #4|and"), ("note see| and", "note see #4| and"), ("alerts", "alerts #4|"), ("unknown", "unknown #4|")]
)
def test_where_no_evidence_is_taken_the_step_stands_at_the_cursor(line: str, becomes: str) -> None:
    cursor = line.index("|") if "|" in line else len(line)
    text, after = cited(line.replace("|", ""), cursor, 4, REGISTRY)
    assert f"{text[:after]}|{text[after:]}" == becomes


def test_any_option_for_steps_takes_a_citation() -> None:
    registry = {"judge": Command("judge", "word", "x", "", 0.0, (Param("steps", "steps", ""),))}
    assert cited("judge", 5, 3, registry)[0] == "judge --steps 3"

from __future__ import annotations

import shlex
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.prompt.filled import default_text, filled_line, unchecked_line, values_of
from scenarios.words import registry
from simulator.commands import Command, Param, parse
from simulator.durations import parse_duration
from simulator.errors import UsageError
from tests.console.samples import COMMANDS

SAMPLES = {card.name: card.command for card in COMMANDS}
TYPED = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), min_size=1, max_size=12).map(str.strip).filter(lambda text: text and not text.startswith("--"))
DURATIONS = st.integers(1, 500).map(lambda n: f"{n}m")
NUMBERS = st.floats(allow_nan=False, allow_infinity=False, width=32).map(repr)
STEPS = st.lists(st.integers(1, 999), min_size=1, max_size=4).map(lambda steps: " ".join(str(step) for step in steps))
VALUES = {"text": TYPED, "duration": DURATIONS, "number": NUMBERS, "integer": st.integers(-(10**6), 10**6).map(str), "steps": STEPS, "switch": st.sampled_from(["on", "off"])}
READ: dict[str, Any] = {
    "text": str,
    "duration": parse_duration,
    "number": float,
    "integer": int,
    "steps": lambda text: [int(number) for number in text.split()],
    "switch": lambda text: text == "on",
}


@st.composite
def filled(draw: st.DrawFn) -> tuple[Command, dict[str, str]]:
    """A command of some parameters and values for all that it needs."""
    params, values = [], {}
    for k in range(draw(st.integers(0, 5))):
        kind = draw(st.sampled_from(sorted(VALUES)))
        places = kind not in ("switch", "steps")
        positional = places and draw(st.booleans())
        usual = draw(st.booleans()) if kind == "switch" else None
        params.append(Param(f"p{k}", kind, "", usual, required=positional or (places and draw(st.booleans())), positional=positional))  # type: ignore[arg-type]
        if params[-1].required or draw(st.booleans()):
            values[f"p{k}"] = draw(VALUES[kind])
    return Command("do it", "word", "x", "", 0.0, tuple(params)), values


@given(filled())
def test_what_is_filled_in_is_what_the_parser_reads(made: tuple[Command, dict[str, str]]) -> None:
    command, values = made
    read = parse(filled_line(command, values), {command.name: command}).args
    assert read == {p.name: READ[p.type](values[p.name]) if p.name in values else p.default for p in command.params}


@given(filled())
def test_a_form_reads_back_the_line_that_it_wrote(made: tuple[Command, dict[str, str]]) -> None:
    command, values = made
    switches = {p.name for p in command.params if p.type == "switch"}
    line = filled_line(command, values)
    assert {name: value for name, value in values_of(command, line).items() if name not in switches} == {name: value for name, value in values.items() if name not in switches}
    assert filled_line(command, values_of(command, line)) == line


@given(TYPED)
def test_the_rest_of_a_line_is_taken_as_it_is(text: str) -> None:
    note = SAMPLES["note"]
    line = filled_line(note, {"text": text})
    assert parse(line, SAMPLES).args == {"text": text}
    assert values_of(note, line) == {"text": text}


def test_every_command_there_is_can_be_filled_in() -> None:
    plain = {"text": "x", "number": "0.5", "integer": "3", "duration": "30d", "switch": "on", "steps": "1 2", "rest": "select 1"}
    for command in registry().values():
        values = {p.name: p.choices[0] if p.choices else plain[p.type] for p in command.params}
        read = parse(filled_line(command, values), registry())
        assert read.command is command
        assert all(value is not None for value in read.args.values()), command.name


@pytest.mark.parametrize(
    ("name", "values", "why"),
    [
        ("declare", {"mechanism": "concept-drift"}, "declare needs COMPONENT before MECHANISM"),
        ("wait", {"duration": "soon"}, "duration takes a duration"),
        ("wait", {"duration": "--x"}, "has no option --x"),
        ("labels rejoin", {"days": "many"}, "takes a whole number"),
    ],
)
def test_what_no_line_can_say_is_told_in_one_line(name: str, values: dict[str, str], why: str) -> None:
    with pytest.raises(UsageError, match=why) as problem:
        filled_line(SAMPLES[name], values)
    assert "\n" not in str(problem.value)


def test_a_place_left_out_before_another_gets_its_default_written_out() -> None:
    command = Command("ask", "look", "x", "", 0.0, (Param("team", "text", "", default="payments", positional=True), Param("topic", "text", "", positional=True)))
    assert filled_line(command, {"topic": "schema"}) == "ask payments schema"


def test_a_place_left_out_before_another_without_a_default_is_a_mistake() -> None:
    command = Command("ask", "look", "x", "", 0.0, (Param("team", "text", "", positional=True), Param("topic", "text", "", positional=True)))
    with pytest.raises(UsageError, match="ask needs TEAM before TOPIC"):
        filled_line(command, {"topic": "schema"})


def test_an_option_may_have_a_value_that_begins_with_dashes() -> None:
    assert parse(filled_line(SAMPLES["resolve"], {"summary": "--it was late"}), SAMPLES).args == {"summary": "--it was late"}


def test_the_line_so_far_is_shown_before_it_can_be_understood() -> None:
    assert unchecked_line(SAMPLES["declare"], {"component": "registry", "because": "3 4"}) == "declare registry --because 3 4"
    assert unchecked_line(SAMPLES["declare"], {"mechanism": "concept-drift"}) == "declare COMPONENT concept-drift"
    assert unchecked_line(SAMPLES["resolve"], {"summary": " "}) == "resolve"


def test_a_half_typed_line_gives_the_values_that_can_be_told() -> None:
    assert values_of(SAMPLES["declare"], "declare registry --because 3 4") == {"component": "registry", "because": "3 4"}
    assert values_of(SAMPLES["features age"], 'features age --expect "old rows') == {"expect": '"old', "view": "rows"}
    assert values_of(SAMPLES["resolve"], "resolve --nothing --summary") == {}


@pytest.mark.parametrize(
    ("param", "text"),
    [
        (Param("a", "text", ""), ""),
        (Param("a", "duration", "", default=21_600.0), "6h"),
        (Param("a", "duration", "", default=5_000.0), "5000s"),
        (Param("a", "number", "", default=0.1), "0.1"),
        (Param("a", "integer", "", default=8), "8"),
        (Param("a", "switch", "", default=True), "on"),
    ],
)
def test_a_default_is_shown_as_it_would_be_typed(param: Param, text: str) -> None:
    assert default_text(param) == text


def test_quoting_is_that_of_the_shell() -> None:
    assert filled_line(SAMPLES["resolve"], {"summary": "it's $HOME"}) == "resolve --summary " + shlex.quote("it's $HOME")

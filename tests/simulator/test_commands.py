"""The typed line: what is understood, and what is told in one line where it is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios.words import registry
from simulator.commands import EXPECT, parse
from simulator.durations import format_duration, parse_duration
from simulator.errors import UsageError


def test_options_places_and_defaults_are_read() -> None:
    invocation = parse('drift report --window 12h --expect "what moved"', registry())
    assert invocation.command.name == "drift report"
    assert (invocation.args["window"], invocation.args["expect"]) == (12 * 3600.0, "what moved")


def test_steps_are_read_with_or_without_signs() -> None:
    assert parse("declare none nothing-wrong --because #3, 4 5", registry()).args["because"] == [3, 4, 5]


def test_sql_takes_the_rest_of_the_line_as_it_is() -> None:
    assert parse("sql select '--x' as a, \"b\" from t -- c", registry()).args["query"] == "select '--x' as a, \"b\" from t -- c"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("", "nothing typed"),
        ("featres age", "did you mean"),
        ("features age one two", "too many"),
        ("features agee", "features age"),
        ("threshold set high", "a number"),
        ("threshold set nan", "a number"),
        ("action-item latency --limit 1e999", "a number"),
        ("wait soon", "a duration"),
        (f"wait {'9' * 400}d", "a duration"),
        ("serving scale model-server 2.5", "whole number"),
        ("declare none nothing-wrong --because three", "step numbers"),
        ("update --status fine", "is one of"),
        ("features age --view", "no option"),
        ('hypothesis "none', "quotation"),
        ("declare none", "needs MECHANISM"),
    ],
)
def test_what_is_not_understood_is_told_in_one_line(line: str, said: str) -> None:
    with pytest.raises(UsageError) as told:
        parse(line, registry())
    assert said in str(told.value)
    assert "\n" not in str(told.value)


@given(st.text(max_size=60))
def test_any_text_is_understood_or_refused_with_one_line(line: str) -> None:
    said = ""
    try:
        parse(line, registry())
    except UsageError as told:
        said = str(told)
    assert len(said.splitlines()) <= max(1, len(line.splitlines()))


def test_every_look_takes_a_question_but_sql() -> None:
    looks = [c for c in registry().values() if c.kind == "look"]
    assert {c.name for c in looks if EXPECT not in c.params} == {"sql"}


def test_there_are_as_many_looks_and_moves_as_promised() -> None:
    kinds = [c.kind for c in registry().values()]
    assert kinds.count("look") >= 25
    assert kinds.count("move") >= 12


@given(st.integers(1, 200), st.sampled_from("smhd"))
def test_durations_are_read_back_as_printed(number: int, unit: str) -> None:
    seconds = parse_duration(f"{number}{unit}")
    assert parse_duration(format_duration(seconds)) == pytest.approx(seconds, rel=0.05)

from __future__ import annotations

from typing import Any

import pytest

from scenarios.forms import Anything, Between, Fixed, Form, FormError, Name, OneOf, parse_candidate_value, parse_drawable, parse_moment, parse_value


@pytest.mark.parametrize(
    ("raw", "form"),
    [
        ("card_velocity", Fixed("card_velocity", "text")),
        ("5%", Fixed(0.05, "share")),
        ("-2.5%", Fixed(-0.025, "share")),
        ("30h", Fixed(108_000.0, "duration")),
        ("1h30m", Fixed(5_400.0, "duration")),
        (7, Fixed(7, "number")),
        (0.5, Fixed(0.5, "number")),
        (True, Fixed(True, "switch")),
        ("$onset", Name("onset")),
        ({"one_of": ["a", "b"]}, OneOf(("a", "b"), "text")),
        ({"one_of": ["1d", "2d"]}, OneOf((86_400.0, 172_800.0), "duration")),
        ({"between": ["5%", "12%"]}, Between(0.05, 0.12, "share")),
        ({"between": [2, 8], "integer": True}, Between(2.0, 8.0, "number", integer=True)),
        ({"between": ["30h", "60h"], "before": "page"}, Between(108_000.0, 216_000.0, "duration", before_page=True)),
        ({"between": [1, 1]}, Between(1.0, 1.0, "number")),
    ],
)
def test_a_value_can_be_written_in_each_form(raw: Any, form: Form) -> None:
    assert parse_value(raw) == form


def test_any_is_for_the_differential_alone() -> None:
    assert parse_candidate_value("any") == Anything()
    with pytest.raises(FormError, match="any is for the differential; write a value, a draw or a \\$name"):
        parse_value("any")


@pytest.mark.parametrize(
    ("raw", "message", "at"),
    [
        ("$", "expected the name of a draw after $; write it in small letters, digits and _, as in $onset", ()),
        ("$Onset", "expected the name of a draw after $; write it in small letters, digits and _, as in $onset", ()),
        (None, "expected one value; write a name, a number, a percentage such as 5% or a duration such as 30h", ()),
        (["a"], "expected one value; write a name, a number, a percentage such as 5% or a duration such as 30h", ()),
        ({"oneof": ["a"]}, "expected a draw; write {one_of: [a, b]} or {between: [30h, 60h], before: page}", ()),
        ({"one_of": []}, "expected a list of 1 to 100 values; write {one_of: [a, b]}", ("one_of",)),
        ({"one_of": list(range(101))}, "expected a list of 1 to 100 values; write {one_of: [a, b]}", ("one_of",)),
        ({"one_of": "a"}, "expected a list of 1 to 100 values; write {one_of: [a, b]}", ("one_of",)),
        ({"one_of": ["a", 3]}, "expected texts throughout, as the first option is; write all options alike", ("one_of", 1)),
        ({"one_of": ["a", "a"]}, "an option is there twice; leave one out", ("one_of", 1)),
        ({"one_of": ["a", "$b"]}, "an option is a plain value; write it out", ("one_of", 1)),
        ({"one_of": ["a", None]}, "expected one value; write a name, a number, a percentage such as 5% or a duration such as 30h", ("one_of", 1)),
        ({"one_of": ["a"], "before": "page"}, "is no key of this draw; one_of may stand here", ("before",)),
        ({"between": [1, 2], "step": 1}, "is no key of this draw; between and before and integer may stand here", ("step",)),
        ({"between": [1]}, "expected the lowest and the highest value; write {between: [5%, 12%]}", ("between",)),
        ({"between": 4}, "expected the lowest and the highest value; write {between: [5%, 12%]}", ("between",)),
        ({"between": [1, "two"]}, "expected a number, a percentage such as 5% or a duration such as 30h", ("between", 1)),
        ({"between": [True, 2]}, "expected a number, a percentage such as 5% or a duration such as 30h", ("between", 0)),
        ({"between": ["5%", 12]}, "expected two percentages; write both bounds alike", ("between", 1)),
        ({"between": ["60h", "30h"]}, "the lowest value comes first; swap the two", ("between",)),
        ({"between": [1, 2], "integer": "yes"}, "expected true or false; write integer: true for whole numbers", ("integer",)),
        ({"between": [1, 2.5], "integer": True}, "integer: true needs whole numbers as bounds; write for example {between: [2, 8], integer: true}", ("integer",)),
        ({"between": ["1h", "2h"], "before": "alert"}, "a time can only be counted back from the page; write before: page or leave it out", ("before",)),
        ({"between": [1, 2], "before": "page"}, "before: page needs durations as bounds; write for example {between: [30h, 60h], before: page}", ("before",)),
    ],
)
def test_a_value_written_wrongly_is_explained_at_the_part_that_is_wrong(raw: Any, message: str, at: tuple[Any, ...]) -> None:
    with pytest.raises(FormError) as caught:
        parse_value(raw)
    assert (caught.value.message, caught.value.at) == (message, at)


@pytest.mark.parametrize("raw", [30, "5%", "noon", {"between": [1, 2]}, {"one_of": ["a", "b"]}, True])
def test_a_time_is_a_duration(raw: Any) -> None:
    with pytest.raises(FormError, match="expected a time; write"):
        parse_moment(raw)


def test_a_draw_is_no_single_value() -> None:
    with pytest.raises(FormError, match="expected a draw; write"):
        parse_drawable("30h")

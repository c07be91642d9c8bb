from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios.placeholders import fill, named


def test_names_in_braces_are_found_in_order() -> None:
    assert named("age {view} of {fault.view}, not {{this}}") == ["view", "fault.view"]


@pytest.mark.parametrize(("text", "found"), [("a { b", ["{"]), ("a } b", ["}"]), ("{}", [""]), ("{{}", ["}"]), ("{a{b}", ["{", "b"])])
def test_what_is_no_name_is_found_too_so_that_it_can_be_refused(text: str, found: list[str]) -> None:
    assert named(text) == found


def test_values_are_put_in_and_doubled_braces_become_single() -> None:
    assert fill("age {view} {{x}}", {"view": "{view}"}) == "age {view} {x}"


def test_a_name_without_a_value_is_never_passed_over() -> None:
    with pytest.raises(KeyError):
        fill("{view}", {})


@given(st.text())
def test_any_text_with_its_braces_doubled_comes_back_as_it_was(text: str) -> None:
    doubled = text.replace("{", "{{").replace("}", "}}")
    assert named(doubled) == []
    assert fill(doubled, {}) == text

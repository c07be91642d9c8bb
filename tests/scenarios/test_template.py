from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios.forms import Fixed, Name
from scenarios.safe_yaml import hidden_signs
from scenarios.scenario import Scenario, parse_scenario
from scenarios.template import new_scenario_text
from simulator.errors import UsageError

WORDS: dict[str, Any] = {
    "system": "card-fraud",
    "fault": "unit-change",
    "alert": "capture-low",
    "component": "source/payments",
    "mechanism": "unit-change",
    "covers": ["sys.feature-store"],
    "objectives": ["capture", "latency-p99"],
}


def made(name: str = "my-own", title: str = "A title", **more: Any) -> Scenario:
    return parse_scenario(new_scenario_text(name, title, **{**WORDS, **more}), "s.yaml")


def test_what_is_written_says_what_was_asked_for() -> None:
    scenario = made(
        others=["concept-drift", "unit-change", "label-join-loss"],
        params={"source": "payments", "share": "5%", "scale": 100, "loud": True, "view": "$onset"},
        roles=["model"],
        levels=["staff"],
        minutes=50,
        difficulty=5,
        onset=("2h", "3d"),
        mirror=["registry rollback fraud", "resolve"],
        based_on=["Feast issue 6821: expired values"],
    )
    assert (scenario.name, scenario.title, scenario.system, scenario.minutes, scenario.difficulty) == ("my-own", "A title", "card-fraud", 50, 5)
    assert (scenario.roles, scenario.levels, scenario.covers) == (("model",), ("staff",), ("sys.feature-store",))
    assert [entry.name for entry in scenario.differential] == ["unit-change", "concept-drift", "label-join-loss", "nothing"]
    assert scenario.faults[0].at == Name("onset")
    assert scenario.faults[0].params == {
        "source": Fixed("payments", "text"),
        "share": Fixed(0.05, "share"),
        "scale": Fixed(100, "number"),
        "loud": Fixed(True, "switch"),
        "view": Name("onset"),
    }
    assert scenario.draw["onset"].low == 7_200.0  # type: ignore[union-attr]
    assert scenario.reference[:2] == ("alerts", "declare source/payments unit-change --because 1")
    assert scenario.reference[-1] == "resolve"
    assert scenario.mirror == ("registry rollback fraud", "resolve")
    assert scenario.based_on == ("Feast issue 6821: expired values",)
    assert scenario.page.alert == "capture-low"


LINES = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=40).filter(lambda text: not any(hidden_signs(text)))


@given(LINES, LINES)
def test_any_title_and_any_source_come_back_as_they_were(title: str, source: str) -> None:
    scenario = made(title=title, based_on=[source])
    assert (scenario.title, scenario.based_on) == (title, (source,))


@pytest.mark.parametrize(
    "title", ["no", "12:30", "a: b", "# 1", "- x", "5", "true", "null", "{x}", "'", '"', "\\", "a #b", "*", "&a", "!t", "%", "@", "[/x]", "été", "a,b", "~", "x: "]
)
def test_titles_that_yaml_would_take_for_something_else_are_quoted(title: str) -> None:
    assert made(title=title).title == title


@pytest.mark.parametrize("line", ["sql select {x}", 'update --next "a, b"', "note: this", "wait 2h", "# x", "a #b", "a: b", "say 'it'", "trailing ", "null"])
def test_lines_of_a_runbook_come_back_as_they_were(line: str) -> None:
    text = new_scenario_text("my-own", "A title", **WORDS, reference=[line.replace("{x}", "{{x}}"), "resolve"])
    assert parse_scenario(text, "s.yaml").reference == (line.replace("{x}", "{{x}}"), "resolve")


def test_a_briefing_keeps_its_lines_and_braces() -> None:
    assert made(briefing="First {line}.\n\n  - second\n").briefing == "First {{line}}.\n\n  - second\n"


@pytest.mark.parametrize("name", ["", "My Own", "my_own", "-x", "a--b", "../x", "x.yaml"])
def test_a_name_that_could_be_no_file_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="is no name for a scenario; write small letters and digits with hyphens"):
        made(name=name)


@pytest.mark.parametrize(("onset", "message"), [(("soon", "3d"), "'soon' is no duration"), (("3d", "2h"), "give the shorter one first")])
def test_an_onset_that_is_no_range_is_refused(onset: tuple[str, str], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        made(onset=onset)

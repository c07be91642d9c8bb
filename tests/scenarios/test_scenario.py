from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from scenarios.document import ContentErrors
from scenarios.forms import Anything, Name
from scenarios.names import Vocabulary
from scenarios.scenario import Scenario, parse_scenario
from simulator.errors import ContentError

GOOD = """\
format_version: 1
name: the-slow-tap
title: "Payments: the tap runs slowly"
system: card-fraud
minutes: 35
roles: [model, generalist]
levels: [mid, senior]
covers: [sys.feature-store, dist.skew-vs-staleness]
based_on: [a post-mortem that everybody has read]
draw:
  view: {one_of: [card_velocity, merchant_risk]}
  onset: {between: [30h, 60h], before: page}
  size: {between: [5%, 12%]}
faults:
  - {fault: empty-source, view: $view, at: $onset}
decoys:
  - {change: campaign, size: $size, at: {between: [1d, 3d], before: page}}
page: {alert: capture-low, to: on-call}
differential:
  - {fault: empty-source, view: any}
  - {fault: unit-change, source: payments, factor: {one_of: [10, 100]}, at: {between: [2h, 9h], before: page}}
  - nothing
briefing: |
  Capture fell. A campaign of {size} runs.
context: [Three services, one team.]
people:
  product-manager: {asks_for: impact, every: 30m}
  data-owner: {answers: [schema, schedule], after: 20m}
handoff: {true: it began after the weekend, misleading: it began with the release}
objectives: [capture, latency-p99]
reference:
  - features age {view}
  - pipelines backfill --view {fault.view} --from {onset}
  - resolve
mirror: [registry rollback fraud, resolve]
"""

VOCABULARY = Vocabulary(
    systems=("card-fraud", "delivery-time"),
    faults={"empty-source": ("view",), "unit-change": ("source", "factor"), "concept-drift": ()},
    decoys={"campaign": ("size",), "model-promotion": ()},
    alerts=("capture-low", "latency-high"),
    competencies=("sys.feature-store", "dist.skew-vs-staleness"),
)


def mistakes(text: str, vocabulary: Vocabulary | None = VOCABULARY) -> list[str]:
    with pytest.raises(ContentErrors) as caught:
        parse_scenario(text, "s.yaml", vocabulary)
    assert str(caught.value).split("\n") == [str(error) for error in caught.value.errors]
    return [str(error) for error in caught.value.errors]


def changed(old: str, new: str) -> str:
    assert GOOD.count(old) == 1, old
    return GOOD.replace(old, new)


def test_a_file_without_mistakes_becomes_a_scenario() -> None:
    scenario = parse_scenario(GOOD, "s.yaml", VOCABULARY)
    assert scenario.title == "Payments: the tap runs slowly"
    assert scenario.fault_ids == ("empty-source",)
    assert not scenario.is_control
    assert scenario.faults[0].params == {"view": Name("view")}
    assert [entry.name for entry in scenario.differential] == ["empty-source", "unit-change", "nothing"]
    assert scenario.differential[0].params == {"view": Anything()}
    assert scenario.differential[2].fault is None
    assert scenario.handoff is not None
    assert scenario.handoff.true == "it began after the weekend"
    assert scenario.people["data-owner"]["answers"] == ("schema", "schedule")
    assert scenario.difficulty == 3
    assert scenario.horizon_s == 14 * 86_400.0


def test_a_scenario_cannot_be_changed() -> None:
    scenario = parse_scenario(GOOD, "s.yaml")
    with pytest.raises(ValidationError, match="frozen"):
        scenario.minutes = 40


def test_a_control_scenario_has_no_faults() -> None:
    text = changed("  - {fault: empty-source, view: $view, at: $onset}\n", "").replace("faults:\n", "faults: []\n").replace("fault.view", "view")
    text = text.replace("{fault: empty-source, view: any}", "{fault: empty-source, view: any, at: $onset}")
    assert parse_scenario(text, "s.yaml", VOCABULARY).is_control


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("format_version: 1\n", "format_version: 2\n", "s.yaml:1:17: format_version: expected 1, not `2`"),
        ("format_version: 1\n", "format_version: true\n", "s.yaml:1:17: format_version: expected 1, not `true`"),
        ("name: the-slow-tap", "name: The Slow Tap", "s.yaml:2:7: name: expected a name in small letters, not `The Slow Tap`; write for example `name: the-quiet-store`"),
        ("system: card-fraud\n", "", "s.yaml:1:1: system: is missing; add `system: card-fraud`"),
        ("minutes: 35", "minutes: '35'", "s.yaml:5:10: minutes: expected a whole number, not `35`; write for example `minutes: 35`"),
        ("minutes: 35", "minutes: 2", "s.yaml:5:10: minutes: expected 5 or more, not `2`; write for example `minutes: 35`"),
        ("minutes: 35", "minutes: true", "s.yaml:5:10: minutes: expected a whole number, not true; write for example `minutes: 35`"),
        ("minutes: 35", "minutes: 35\ndifficulty: 6", "s.yaml:6:13: difficulty: expected 5 or less, not `6`; write for example `difficulty: 3`"),
        ("minutes: 35", "minuets: 35\nminutes: 35", "s.yaml:5:1: minuets: is no key here; did you mean minutes?"),
        (
            "minutes: 35",
            "minutes: 35\naction: remedy",
            "s.yaml:6:1: action: is no key here; choose from format_version, name, title, system, minutes, difficulty, roles, levels, covers, based_on, draw, faults,"
            " decoys, page, differential, briefing, context, people, handoff, objectives, reference, mirror, horizon",
        ),
        ("minutes: 35", "minutes: 35\nminutes: 40", "s.yaml:6:1: minutes: is written twice, first in line 5; keep one of them"),
        ("roles: [model, generalist]", "roles: [modle, generalist]", "s.yaml:6:9: roles.0: expected 'platform', 'model' or 'generalist', not `modle`"),
        ("roles: [model, generalist]", "roles: model", "s.yaml:6:8: roles: expected a list, not `model`; write for example `roles: [platform, model, generalist]`"),
        ("roles: [model, generalist]", "roles: {model: 1}", "s.yaml:6:8: roles: expected a list, not keys and values; write for example `roles: [platform, model, generalist]`"),
        ("roles: [model, generalist]", "roles:", "s.yaml:6:1: roles: expected a list, not nothing; write for example `roles: [platform, model, generalist]`"),
        ("levels: [mid, senior]", "levels: [mid, mid]", "s.yaml:7:15: levels.1: mid is there twice; leave one out"),
        ("levels: [mid, senior]", "levels: []", "s.yaml:7:9: levels: expected at least 1 entries, not a list of 0; write for example `levels: [mid, senior]`"),
        (
            "based_on: [a post-mortem that everybody has read]",
            "based_on: [2024]",
            "s.yaml:9:12: based_on.0: expected a text (in quotes if it looks like a number), not `2024`; write for example "
            '`based_on: ["Feast issue 6821: expired values returned as present"]`',
        ),
        ("size: {between: [5%, 12%]}", "size: {between: [5%, 12]}", "s.yaml:13:24: draw.size.between.1: expected two percentages; write both bounds alike"),
        ("size: {between: [5%, 12%]}", "size: 5%", "s.yaml:13:9: draw.size: expected a draw; write {one_of: [a, b]} or {between: [30h, 60h], before: page}"),
        (
            "objectives: [capture, latency-p99]",
            "objectives: [Capture]",
            "s.yaml:30:14: objectives.0: expected a name in small letters, not `Capture`; write for example `objectives: [fraud-capture, latency-p99]`",
        ),
        ("mirror: [registry rollback fraud, resolve]", "horizon: soon", "s.yaml:35:10: horizon: expected a duration; write for example 14d, 36h or 90m"),
        ("mirror: [registry rollback fraud, resolve]", "horizon: 14", "s.yaml:35:10: horizon: expected a duration; write for example 14d, 36h or 90m"),
        (", to: on-call}", "}", "s.yaml:18:7: page.to: is missing; add `to: on-call`"),
        (", to: on-call}", ", to: on-call, from: x}", "s.yaml:18:41: page.from: is no key here; choose from alert, to"),
        ("view: $view, at: $onset}", "view: $view}", "s.yaml:15:5: faults.0.at: is missing; add `at: $onset`"),
        (
            "view: $view, at: $onset}",
            "view: $view, at: 5%}",
            "s.yaml:15:44: faults.0.at: expected a time; write {between: [30h, 60h], before: page}, a $name, or a duration since the start of the world such as 3d",
        ),
        ("view: $view, at: $onset}", "view: any, at: $onset}", "s.yaml:15:33: faults.0.view: any is for the differential; write a value, a draw or a $name"),
        ("{fault: empty-source, view: any}", "empty-source", "s.yaml:20:5: differential.0: expected the word nothing, or a fault as in {fault: concept-drift}"),
        ("every: 30m", "every: soon", "s.yaml:27:46: people.product-manager.every: expected a duration; write for example 14d, 36h or 90m"),
        (
            "asks_for: impact",
            "asks_for: 3",
            "s.yaml:27:31: people.product-manager.asks_for: expected a text or a list of texts; put a text that looks like a number in quotes",
        ),
        (
            "misleading: it",
            "misleading: &m it",
            "s.yaml:29:57: handoff.misleading: an anchor (&) is not allowed; leave it out, or quote a text that starts with &",
        ),
    ],
)
def test_a_mistake_of_shape_is_one_line_with_its_place_and_what_to_write(old: str, new: str, expected: str) -> None:
    assert expected in mistakes(changed(old, new))


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("system: card-fraud", "system: card-frauds", ["s.yaml:4:9: system: there is no system card-frauds; did you mean card-fraud?"]),
        ("sys.feature-store,", "sys.feature-shop,", ["s.yaml:8:10: covers.0: there is no competency sys.feature-shop; did you mean sys.feature-store?"]),
        ("alert: capture-low", "alert: zzz", ["s.yaml:18:15: page.alert: there is no alert zzz; choose from capture-low, latency-high"]),
        ("change: campaign", "change: campain", ["s.yaml:17:14: decoys.0.change: there is no change campain; did you mean campaign?"]),
        ("change: campaign, size:", "change: campaign, sise:", ["s.yaml:17:24: decoys.0.sise: is no parameter of campaign; did you mean size?"]),
        ("change: campaign", "change: model-promotion", ["s.yaml:17:31: decoys.0.size: is no parameter of model-promotion; model-promotion takes no parameters"]),
        ("source: payments", "sauce: payments", ["s.yaml:21:26: differential.1.sauce: is no parameter of unit-change; did you mean source?"]),
        ("fault: unit-change", "fault: unit-chnage", ["s.yaml:21:13: differential.1.fault: there is no fault unit-chnage; did you mean unit-change?"]),
        ("fault: unit-change", "fault: empty-source", ["s.yaml:21:5: differential.1: empty-source is there twice; keep one entry and widen what it may draw"]),
        ("view: $view, at", "view: $veiw, at", ["s.yaml:15:33: faults.0.view: nothing is drawn under the name $veiw; did you mean view?"]),
        (
            "view: $view, at: $onset",
            "view: $view, at: $size",
            ["s.yaml:15:44: faults.0.at: expected a time, but $size is no duration; draw it as in {between: [30h, 60h], before: page}"],
        ),
        ("  - nothing\n", "  - {fault: concept-drift}\n", ["s.yaml:19:1: differential: a learner must be able to find that nothing is wrong; add the entry nothing"]),
        (
            "{fault: empty-source, view: any}",
            "{fault: concept-drift}",
            ["s.yaml:15:13: faults.0.fault: empty-source is not in the differential; add {fault: empty-source} there, or it could never be told from the others"],
        ),
        ("campaign of {size}", "campaign of {sise}", ["s.yaml:23:11: briefing: {sise} is no drawn value; did you mean size?"]),
        ("age {view}", "age {fault.source}", ["s.yaml:32:5: reference.0: {fault.source} is no drawn value; did you mean fault.view or fault.at?"]),
        ("age {view}", "age {view", ["s.yaml:32:5: reference.0: a brace stands alone; write {{ or }} for the sign itself, and {name} for a drawn value"]),
        ("it began after the weekend", "'it began on {day}'", ["s.yaml:29:17: handoff.true: {day} is no drawn value; choose from fault.at, fault.view, onset, size, view"]),
    ],
)
def test_an_unknown_name_is_a_mistake_with_the_near_names_offered(old: str, new: str, expected: list[str]) -> None:
    found = mistakes(changed(old, new))
    assert [line for line in found if line in expected] == expected


def test_each_wrong_placeholder_of_a_text_is_told() -> None:
    assert mistakes(changed("campaign of {size}", "{campain} of {sise}")) == [
        "s.yaml:23:11: briefing: {campain} is no drawn value; choose from fault.at, fault.view, onset, size, view",
        "s.yaml:23:11: briefing: {sise} is no drawn value; did you mean size?",
    ]


def test_without_a_vocabulary_only_the_files_own_names_are_checked() -> None:
    text = changed("system: card-fraud", "system: another").replace("capture-low", "other-alert").replace("unit-change", "other-fault")
    assert parse_scenario(text, "s.yaml").system == "another"
    assert mistakes(text.replace("$view", "$veiw"), None) == ["s.yaml:15:33: faults.0.view: nothing is drawn under the name $veiw; did you mean view?"]


def test_a_control_scenario_says_when_each_candidate_would_have_begun() -> None:
    text = changed("  - {fault: empty-source, view: $view, at: $onset}\n", "").replace("faults:\n", "faults: []\n").replace("fault.view", "view")
    assert mistakes(text) == ["s.yaml:19:5: differential.0: a scenario without faults has no onset to borrow; add at: {between: [6h, 24h], before: page}"]


def test_all_mistakes_of_a_file_are_told_at_once_and_in_order() -> None:
    text = GOOD.replace("title:", "titel:").replace("minutes: 35", "minutes: no").replace("card-fraud", "*x").replace("$view", "$veiw").replace("to: on-call", "to: ''")
    assert mistakes(text) == [
        "s.yaml:1:1: title: is missing; add `title: Fraud slips through, everything is green`",
        "s.yaml:3:1: titel: is no key here; did you mean title?",
        "s.yaml:4:9: system: an alias (*) is not allowed; write the value out, or quote a text that starts with *",
        "s.yaml:5:10: minutes: expected a whole number, not `no`; write for example `minutes: 35`",
        "s.yaml:15:33: faults.0.view: nothing is drawn under the name $veiw; did you mean view?",
        "s.yaml:18:32: page.to: expected some text, not ``; write for example `to: on-call`",
    ]


@pytest.mark.parametrize("text", ["", "- a", "just a text", "42", "# nothing but a remark"])
def test_a_file_without_keys_is_told_so(text: str) -> None:
    assert mistakes(text) == ["s.yaml:1:1: the file holds no keys; write `key: value`, one to a line"]


def test_text_that_is_no_yaml_is_one_mistake() -> None:
    assert mistakes(changed('"Payments: the tap runs slowly"', "Payments: the tap")) == ["s.yaml:3:16: a colon followed by a space starts a key here; put the whole text in quotes"]


def test_every_field_gives_an_example_that_the_format_accepts() -> None:
    for name, field in Scenario.model_fields.items():
        assert field.examples, name
        assert str(field.examples[0]).startswith(f"{field.alias or name}: ")


PIECES = ["[", "{", "- ", "\n", ": ", "1", "true", "null", "{between: [1, 2]}", "$x", "any", "nothing", "{a: {b: [c]}}", '"a\\nb"']


@given(st.data())
def test_a_file_with_any_piece_replaced_is_read_or_explained(data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(GOOD)))
    end = data.draw(st.integers(start, min(len(GOOD), start + 40)))
    piece = data.draw(
        st.one_of(st.text(max_size=8), st.sampled_from(["[", "{", "- ", "\n", ": ", "1", "true", "null", "{between: [1, 2]}", "$x", "any", "nothing", "{a: {b: [c]}}"]))
    )
    told: tuple[ContentError, ...] = ()
    try:
        parse_scenario(GOOD[:start] + piece + GOOD[end:], "s.yaml", VOCABULARY)
    except ContentErrors as problem:
        told = problem.errors
    assert all(error.line is not None and error.line >= 1 and "\n" not in str(error) for error in told)

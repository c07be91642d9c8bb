from __future__ import annotations

import pickle
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.random import Generator

from scenarios.draw import Drawn, DrawnFault, draw, draw_candidates
from scenarios.forms import Scalar
from scenarios.scenario import Scenario, parse_scenario
from simulator.durations import format_duration, parse_duration
from simulator.errors import ContentError

PAGE_S = 14 * 86_400.0

TEXT = """\
format_version: 1
name: the-slow-tap
title: The tap runs slowly
system: card-fraud
minutes: 35
roles: [model]
levels: [mid]
covers: [sys.feature-store]
draw:
  view: {one_of: [card_velocity, merchant_risk, device_age]}
  onset: {between: [30h, 60h], before: page}
  lag: {between: [90s, 100s]}
  size: {between: [5%, 12%]}
  rows: {between: [2, 8], integer: true}
  factor: {between: [0.0123456, 123.456]}
faults:
  - {fault: empty-source, view: $view, at: $onset, share: {between: [10%, 20%]}, loud: true}
  - {fault: empty-source, view: payments, at: {between: [1h, 5h], before: page}, share: {between: [10%, 20%]}}
decoys:
  - {change: campaign, size: $size, at: {between: [1d, 3d], before: page}}
  - {change: campaign, at: 3d}
page: {alert: capture-low, to: on-call}
differential:
  - {fault: empty-source, view: any}
  - {fault: unit-change, view: $view, factor: {one_of: [10, 100]}, at: {between: [2h, 9h], before: page}}
  - nothing
briefing: "A campaign of {size} runs since {fault.at}; {rows} rows in braces {{}}."
context: ["{view} is new"]
people: {owner: {says: ["ask about {view}", twice], after: 20m}}
handoff: {true: "it lagged {lag}"}
objectives: [capture]
reference: ["backfill --view {fault.view} --from {onset} --loud {fault.loud}", resolve]
mirror: ["rollback {view}"]
horizon: 7d
"""


def scenario(old: str = "", new: str = "") -> Scenario:
    assert not old or TEXT.count(old) == 1
    return parse_scenario(TEXT.replace(old, new) if old else TEXT, "s.yaml")


def drawn(of: Scenario, seed: int = 1) -> Drawn:
    return draw(of, seed, nominal_page_s=PAGE_S)


def chooser(fault: str, param: str, generator: Generator) -> Scalar:
    return f"{fault}/{param}/{int(generator.integers(1_000_000))}"


def test_the_draws_of_a_seed_stay_what_they_are() -> None:
    one = drawn(scenario())
    assert dict(one.bindings) == GOLDEN_BINDINGS
    assert one.faults == GOLDEN_FAULTS
    assert [(d.id, d.at_s, dict(d.params)) for d in one.decoys] == GOLDEN_DECOYS


def test_texts_are_filled_in_for_reading_and_lines_for_typing() -> None:
    one = drawn(scenario())
    onset_s = float(one.bindings["onset"])
    assert one.briefing == f"A campaign of {100 * float(one.bindings['size']):.6g}% runs since {format_duration(onset_s)}; {one.bindings['rows']} rows in braces {{}}."
    view = str(one.bindings["view"])
    assert one.context == (f"{view} is new",)
    assert one.people == {"owner": {"says": (f"ask about {view}", "twice"), "after": "20m"}}
    assert one.handoff_true == f"it lagged {format_duration(float(one.bindings['lag']))}"
    assert one.handoff_misleading is None
    assert one.mirror == (f"rollback {view}",)
    words = one.reference[0].split()
    assert words[:4] == ["backfill", "--view", view, "--from"]
    assert parse_duration(words[4]) == onset_s
    assert words[5:] == ["--loud", "on"]
    assert one.reference[1] == "resolve"
    assert (one.page_alert, one.objectives, one.horizon_s, one.page_s) == ("capture-low", ("capture",), 7 * 86_400.0, PAGE_S)


@given(st.integers(0, 10_000))
def test_a_typed_duration_loses_nothing(seed: int) -> None:
    one = drawn(scenario(), seed)
    assert parse_duration(one.reference[0].split()[4]) == one.bindings["onset"]


@given(st.integers(-(2**40), 2**40))
def test_every_drawn_value_lies_within_its_bounds_and_is_rounded(seed: int) -> None:
    one = drawn(scenario(), seed)
    b: Mapping[str, Scalar] = one.bindings
    assert b["view"] in ("card_velocity", "merchant_risk", "device_age")
    assert 30 * 3600 <= PAGE_S - float(b["onset"]) <= 60 * 3600
    assert float(b["onset"]) % 60 == 0
    assert 90 <= float(b["lag"]) <= 100
    assert 0.05 <= float(b["size"]) <= 0.12
    assert round(float(b["size"]), 4) == b["size"]
    assert isinstance(b["rows"], int)
    assert 2 <= b["rows"] <= 8
    assert 0.0123456 <= float(b["factor"]) <= 123.456
    assert float(f"{float(b['factor']):.4g}") == b["factor"] or b["factor"] in (0.0123456, 123.456)
    for fault in one.faults:
        assert 0.1 <= float(fault.params["share"]) <= 0.2
    for candidate in draw_candidates(scenario(), one, 3, nominal_page_s=PAGE_S, chooser=chooser):
        low_h, high_h = (2, 9) if candidate.name == "unit-change" else (30, 60)
        assert all(low_h * 3600 <= PAGE_S - fault.at_s <= high_h * 3600 for fault in candidate.draws)


BOUNDS = st.tuples(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6)).map(sorted)


@given(BOUNDS, st.sampled_from(["", "%", "s", "h"]), st.integers(0, 999))
def test_whatever_the_bounds_no_draw_leaves_them(bounds: list[float], unit: str, seed: int) -> None:
    low, high = (f"{(abs(b) if unit in ('s', 'h') else b):.3f}" for b in bounds)
    if float(low) > float(high):
        low, high = high, low
    one = drawn(scenario("{between: [0.0123456, 123.456]}", f"{{between: [{low}{unit}, {high}{unit}]}}"), seed)
    scale = {"": 1.0, "%": 0.01, "s": 1.0, "h": 3600.0}[unit]
    assert float(low) * scale - 1e-9 <= float(one.bindings["factor"]) <= float(high) * scale + 1e-9


def test_a_range_of_seconds_is_drawn_to_the_second() -> None:
    lags = [float(drawn(scenario(), seed).bindings["lag"]) for seed in range(200)]
    assert all(lag.is_integer() for lag in lags)
    assert set(lags) == {float(lag) for lag in range(90, 101)}


def test_each_option_and_each_whole_number_comes_up() -> None:
    many = [drawn(scenario(), seed).bindings for seed in range(200)]
    assert {str(b["view"]) for b in many} == {"card_velocity", "merchant_risk", "device_age"}
    assert {int(b["rows"]) for b in many} == set(range(2, 9))


def test_adding_draws_faults_and_decoys_shifts_no_other() -> None:
    before = drawn(scenario())
    text = (
        TEXT.replace("draw:\n", "draw:\n  first: {between: [1, 2]}\n")
        .replace("faults:\n", "faults:\n  - {fault: unit-change, view: x, at: {between: [1h, 2h], before: page}}\n")
        .replace("decoys:\n", "decoys:\n  - {change: release, at: {between: [1h, 2h], before: page}}\n")
        .replace("fault.view", "view")
        .replace("fault.loud", "rows")
    )
    after = drawn(parse_scenario(text, "s.yaml"))
    assert {name: after.bindings[name] for name in before.bindings} == before.bindings
    assert after.faults[1:] == before.faults
    assert after.decoys[1:] == before.decoys


def test_two_faults_of_a_kind_are_drawn_apart() -> None:
    one = drawn(scenario())
    assert one.faults[0].params["share"] != one.faults[1].params["share"]


def test_two_scenarios_with_the_same_seed_are_drawn_apart() -> None:
    assert drawn(scenario()).bindings != drawn(scenario("name: the-slow-tap", "name: another-tap")).bindings


def test_the_differential_is_drawn_from_streams_of_its_own() -> None:
    of = scenario()
    one = drawn(of)
    params = {"empty-source": ("view", "share", "loud"), "unit-change": ("view", "factor")}
    candidates = draw_candidates(of, one, 4, nominal_page_s=PAGE_S, chooser=chooser, params=params)
    assert [(c.name, c.fault, len(c.draws)) for c in candidates] == [("empty-source", "empty-source", 4), ("unit-change", "unit-change", 4), ("nothing", None, 0)]
    first = candidates[0].draws
    assert {key for d in first for key in d.params} == {"view", "share", "loud"}
    assert all(str(value).startswith(f"empty-source/{key}/") for d in first for key, value in d.params.items())
    assert len({d.at_s for d in first}) == 4
    assert one.faults[0].at_s not in {d.at_s for d in first}
    second = candidates[1].draws
    assert {d.params["view"] for d in second} == {one.bindings["view"]}
    assert {d.params["factor"] for d in second} <= {10, 100}


def test_more_draws_of_a_candidate_keep_the_earlier_ones() -> None:
    of = scenario()
    few, many = (draw_candidates(of, drawn(of), m, nominal_page_s=PAGE_S, chooser=chooser) for m in (2, 6))
    for a, b in zip(few, many, strict=True):
        assert b.draws[:2] == a.draws


def test_parameters_without_a_list_of_them_stay_as_written() -> None:
    of = scenario()
    candidates = draw_candidates(of, drawn(of), 1, nominal_page_s=PAGE_S, chooser=chooser)
    assert [sorted(c.draws[0].params) for c in candidates if c.draws] == [["view"], ["factor", "view"]]


def test_a_time_before_the_world_begins_is_the_authors_mistake_on_every_seed() -> None:
    for seed in range(5):
        with pytest.raises(ContentError, match=r"^the-slow-tap: draw\.onset: 2\.5d before the page is before the world begins; write at most 2d$"):
            draw(scenario(), seed, nominal_page_s=2 * 86_400.0)


def test_a_drawn_incident_crosses_processes() -> None:
    one = drawn(scenario())
    assert pickle.loads(pickle.dumps(one)) == one  # noqa: S301 - what this very line has written


GOLDEN_BINDINGS: dict[str, Scalar] = {"view": "merchant_risk", "onset": 1026300.0, "lag": 96.0, "size": 0.0595, "rows": 8, "factor": 83.12}
GOLDEN_FAULTS: tuple[DrawnFault, ...] = (
    DrawnFault("empty-source", 1026300.0, {"view": "merchant_risk", "share": 0.129, "loud": True}),
    DrawnFault("empty-source", 1199040.0, {"view": "payments", "share": 0.1625}),
)
GOLDEN_DECOYS: list[tuple[str, float, dict[str, Scalar]]] = [
    ("campaign", 1054860.0, {"size": 0.0595}),
    ("campaign", 259200.0, {}),
]

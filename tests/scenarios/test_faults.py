"""Fault mechanisms: each pulls declared levers within their ranges, from its onset on, and can be named in the taxonomy."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product

import pytest

from scenarios.draw import DrawnFault
from scenarios.faults.fault import Fault
from scenarios.faults.library import FAULTS, cause_of, choose, complete, edits_of
from scenarios.forms import Scalar
from scenarios.taxonomy import COMPONENTS, MECHANISMS, NEIGHBOURS
from simulator.catalogue import LEVERS
from simulator.durations import DAY_S, HOUR_S, parse_duration
from simulator.levers import Levers
from simulator.observation import significant
from simulator.streams import stream

ONSET_S = 60 * DAY_S
REPLICAS_AND_CALLERS = (
    "batching-delay",
    "cold-start-flapping",
    "forgotten-pause",
    "gpu-overpacking",
    "larger-model",
    "quota-taken",
    "retry-storm",
    "right-sized-to-mean",
    "spot-reclaims",
    "store-contention",
    "training-quota",
    "wrong-scaling-signal",
)


def corners(fault: Fault) -> Iterator[dict[str, Scalar]]:
    """Every combination of the ends of a fault's ranges and of its words."""
    ends: list[tuple[Scalar, ...]] = [p.choices or (p.low, p.high) for p in fault.params]
    for values in product(*ends):
        yield dict(zip((p.name for p in fault.params), values, strict=True))


@pytest.mark.parametrize("name", sorted(FAULTS))
def test_every_edit_is_of_a_declared_lever_and_within_its_range(name: str) -> None:
    levers = Levers(LEVERS)
    for params in corners(FAULTS[name]):
        for edit in edits_of(DrawnFault(name, ONSET_S, params)):
            levers.declared(edit.lever).check(edit.value)


@pytest.mark.parametrize("name", sorted(FAULTS))
def test_nothing_is_edited_before_the_onset_and_something_at_it(name: str) -> None:
    for params in corners(FAULTS[name]):
        assert min(e.at_s for e in edits_of(DrawnFault(name, ONSET_S, params))) == ONSET_S


@pytest.mark.parametrize("name", sorted(FAULTS))
def test_the_same_onset_and_parameters_are_the_same_edits(name: str) -> None:
    drawn = DrawnFault(name, ONSET_S, {p.name: choose(name, p.name, stream(3, f"test.{name}.{p.name}")) for p in FAULTS[name].params})
    assert edits_of(drawn) == edits_of(drawn)
    moved = edits_of(DrawnFault(name, ONSET_S + HOUR_S, drawn.params))
    assert [(e.at_s - HOUR_S, e.lever, e.value) for e in moved] == [(e.at_s, e.lever, e.value) for e in edits_of(drawn)]


@pytest.mark.parametrize("name", sorted(FAULTS))
def test_a_value_that_is_left_open_is_keyed_and_lies_in_its_range(name: str) -> None:
    for param in FAULTS[name].params:
        for block in range(20):
            value = choose(name, param.name, stream(5, f"test.{name}.{param.name}", block))
            assert value == choose(name, param.name, stream(5, f"test.{name}.{param.name}", block))
            if param.choices:
                assert value in param.choices
            else:
                assert significant(param.low, 4) <= float(value) <= significant(param.high, 4)


@pytest.mark.parametrize("name", sorted(FAULTS))
def test_its_cause_can_be_declared_wherever_it_strikes(name: str) -> None:
    for params in corners(FAULTS[name]):
        component, mechanism = cause_of(DrawnFault(name, ONSET_S, params))
        assert component in COMPONENTS
        assert mechanism in MECHANISMS


@pytest.mark.parametrize("name", sorted(FAULTS))
def test_no_reason_in_an_edit_names_the_mechanism(name: str) -> None:
    words = re.compile("|".join(re.escape(w).replace(r"\-", r"[\s-]") for w in (name, FAULTS[name].mechanism)), re.IGNORECASE)
    for params in corners(FAULTS[name]):
        assert [e.why for e in edits_of(DrawnFault(name, ONSET_S, params)) if words.search(f"{e.who} {e.why}")] == []


@pytest.mark.parametrize("name", sorted(FAULTS))
def test_an_onset_is_a_range_of_durations_and_doses_are_numbers(name: str) -> None:
    earliest, latest = map(parse_duration, FAULTS[name].onset)
    assert 0 < earliest < latest
    assert all(not p.choices and p.low <= p.high for p in FAULTS[name].params if p.dose)


@pytest.mark.parametrize("name", REPLICAS_AND_CALLERS)
def test_a_fault_of_replicas_callers_or_jobs_leaves_data_and_truth_alone(name: str) -> None:
    roots = {e.lever.partition(".")[0] for params in corners(FAULTS[name]) for e in edits_of(DrawnFault(name, ONSET_S, params))}
    assert roots <= {"serving", "online", "callers", "autoscaler", "pool", "training", "pipeline", "nature"}
    campaigns = {e.lever for e in edits_of(DrawnFault(name, ONSET_S, {})) if e.lever.startswith("nature.")}
    assert campaigns <= {"nature.campaign"}


def test_the_retry_storm_waits_for_minutes_without_a_node() -> None:
    drawn = DrawnFault("retry-storm", ONSET_S, {"attempts": 4, "backoff_ms": 100.0, "pool": "gpu", "nodes": 1, "minutes": 10.0, "lag_h": 48.0})
    timeline = [(e.at_s - ONSET_S, e.lever, e.value) for e in edits_of(drawn)]
    assert timeline == [
        (0.0, "callers.attempts", 4.0),
        (0.0, "callers.backoff_ms", 100.0),
        (48 * HOUR_S, "pool.lost/gpu", 1.0),
        (48 * HOUR_S + 600.0, "pool.lost/gpu", 0.0),
    ]


@pytest.mark.parametrize("name", ["wrong-scaling-signal", "quota-taken"])
def test_growth_of_demand_can_be_left_to_the_scenario(name: str) -> None:
    own = [e.lever for e in edits_of(DrawnFault(name, ONSET_S, {"growth": 1.0}))]
    left = [e.lever for e in edits_of(DrawnFault(name, ONSET_S, {"growth": 0.0}))]
    assert own.count("nature.campaign") == 2
    assert "nature.campaign" not in left


def test_growth_in_waves_comes_and_goes_until_it_ends() -> None:
    waves = [e for e in edits_of(DrawnFault("gpu-overpacking", ONSET_S, {"growth": 1.0, "lag_h": 1.0, "days": 1.0, "wave_s": 30.0})) if e.lever == "nature.campaign"]
    assert [(e.at_s - ONSET_S - HOUR_S, e.value) for e in waves[:4]] == [(0.0, 1.0), (30.0, 0.0), (150.0, 1.0), (180.0, 0.0)]
    assert (waves[-1].at_s, waves[-1].value) == (ONSET_S + 25 * HOUR_S - 120.0, 0.0)


@pytest.mark.parametrize("name", ["gpu-overpacking", "right-sized-to-mean", "wrong-scaling-signal"])
def test_a_rack_takes_nodes_along_where_the_scenario_wants_it(name: str) -> None:
    lost = [(e.at_s - ONSET_S, e.lever, e.value) for e in edits_of(DrawnFault(name, ONSET_S, {"nodes": 2, "minutes": 10, "rack_lag_h": 3})) if e.lever.startswith("pool.")]
    assert lost == [(3 * HOUR_S, "pool.lost/gpu", 2.0), (3 * HOUR_S + 600.0, "pool.lost/gpu", 0.0)]
    assert not any(e.lever.startswith("pool.lost") for e in edits_of(DrawnFault(name, ONSET_S, {})))


def test_an_autoscaler_rule_may_leave_a_single_replica() -> None:
    fewest = {e.value for e in edits_of(DrawnFault("wrong-scaling-signal", ONSET_S, {"floor": 1})) if e.lever == "autoscaler.min/model-server"}
    assert fewest == {1.0}


def test_parameters_that_nobody_wrote_take_the_first_word_or_the_middle() -> None:
    assert complete(DrawnFault("right-sized-to-mean", 0.0, {}))["service"] == "model-server"
    assert complete(DrawnFault("batching-delay", 0.0, {}))["delay_ms"] == 300.0


def test_every_mechanism_has_a_sentence_and_neighbours_are_mechanisms() -> None:
    assert all(text and text[0].islower() for text in MECHANISMS.values())
    assert {name for pair in NEIGHBOURS for name in pair} <= set(MECHANISMS)
    assert all(len(pair) == 2 for pair in NEIGHBOURS)


def test_a_leaking_frame_waits_for_the_next_training_where_it_has_none_of_its_own() -> None:
    own, later = (edits_of(DrawnFault("leaking-frame", ONSET_S, {"run": run, "days": 20.0})) for run in ("own", "next"))
    assert [e.lever for e in later] == ["training.join", "training.snapshot_s"]
    assert [e.lever for e in own] == [*(e.lever for e in later), "pipeline.trigger/train"]
    assert later[1].value == 20 * DAY_S

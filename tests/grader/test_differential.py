"""The differential: laws of the two primitives, and what looks tell apart in a real incident."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.counterfactual import kept_course, played, reference_steps
from grader.differential import consistent, look_evidence, tells_apart, true_candidate, variants
from grader.noise import load_noise, noise_of
from scenarios.incident import Incident, incident
from scenarios.library import find_scenario
from simulator.commands import Noticeable

numbers = st.floats(-1e6, 1e6)


@pytest.fixture(scope="module")
def made() -> Incident:
    return incident(find_scenario("the-new-schema"), 2)


@given(st.lists(numbers, min_size=1, max_size=5), st.floats(0, 100), st.integers(0, 4))
def test_a_value_that_a_draw_shows_is_consistent_with_it(drawn: list[float], noise: float, which: int) -> None:
    assert consistent(drawn[which % len(drawn)], drawn, noise, Noticeable())


@given(numbers, st.lists(numbers, min_size=1, max_size=4), numbers, st.floats(0, 10))
def test_another_draw_never_excludes_what_was_consistent(value: float, drawn: list[float], more: float, noise: float) -> None:
    if consistent(value, drawn, noise, Noticeable()):
        assert consistent(value, [*drawn, more], noise, Noticeable())


def test_texts_must_be_among_those_drawn() -> None:
    assert consistent("v12", ["v12", "v13"], 0.0, Noticeable())
    assert not consistent("v12", ["v13"], 0.0, Noticeable())
    assert consistent("v12", ["v13", None], 0.0, Noticeable())


def test_a_difference_that_nobody_would_notice_tells_nothing_apart() -> None:
    assert not tells_apart("alerts", {"value.x": 100.0}, {"value.x": 100.3})
    assert tells_apart("alerts", {"value.x": 100.0}, {"value.x": 180.0})


def test_noise_was_measured_for_the_system(made: Incident) -> None:
    noise = load_noise(made.spec.name)
    assert noise_of(noise, "alerts", "value.missed-fraud-high") > 3
    assert noise_of(noise, "nothing like it", "at all") == 0.0


def test_the_true_cause_is_never_excluded(made: Incident) -> None:
    truth = true_candidate(made)
    own = [v.name for v in variants(made) if v.candidate == truth and made.drawn.faults in v.draws]
    assert len(own) == 1
    for look in look_evidence(made, reference_steps(made), load_noise(made.spec.name)):
        assert own[0] not in look.excludes


def test_adding_a_look_never_opens_a_cause_again_and_order_does_not_matter(made: Incident) -> None:
    noise = load_noise(made.spec.name)
    lines = ["sources compare payments", "features age", "labels join"]
    one = look_evidence(made, played(made, lines), noise)
    two = look_evidence(made, played(made, lines[::-1]), noise)
    assert set().union(*(e.excludes for e in one[:2])) <= set().union(*(e.excludes for e in one))
    assert set().union(*(e.excludes for e in one)) == set().union(*(e.excludes for e in two))


def test_a_look_that_shows_the_same_everywhere_excludes_nothing(made: Incident) -> None:
    (look,) = look_evidence(made, played(made, ["features list"]), load_noise(made.spec.name))
    assert look.excludes == {}


def test_the_pages_own_reading_is_given_and_no_evidence(made: Incident) -> None:
    (look,) = look_evidence(made, played(made, ["metrics show missed_fraud_per_10k"]), load_noise(made.spec.name))
    assert look.excludes == {}


def test_the_fault_costs_money_and_the_reference_saves_most_of_it(made: Incident) -> None:
    control, nothing, reference = (kept_course(made, which).total() for which in ("control", "do-nothing", "reference"))
    assert nothing > reference > control
    assert (nothing - reference) / (nothing - control) > 0.5


def test_facts_that_a_journal_gave_back_in_another_order_are_named_in_the_instruments_own(made: Incident) -> None:
    steps = reference_steps(made)[:4]
    sorted_steps = [replace(step, facts=dict(sorted(step.facts.items()))) for step in steps]
    noise = load_noise(made.spec.name)
    assert look_evidence(made, sorted_steps, noise) == look_evidence(made, steps, noise)

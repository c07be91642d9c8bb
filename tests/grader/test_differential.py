"""The differential: what looks tell apart in a real incident, and what its moves are worth. Its laws are in test_laws."""

from __future__ import annotations

from dataclasses import replace

import pytest

from grader.counterfactual import kept_course, played, reference_steps
from grader.differential import consistent, look_evidence, tells_apart
from grader.noise import load_noise, noise_of
from grader.variants import true_candidate, variants
from scenarios.incident import Incident, incident
from scenarios.library import find_scenario
from scenarios.words import registry
from simulator.commands import Noticeable


@pytest.fixture(scope="module")
def made() -> Incident:
    return incident(find_scenario("the-new-schema"), 2)


def test_texts_must_be_among_those_drawn() -> None:
    assert consistent("v12", ["v12", "v13"], 0.0, Noticeable())
    assert not consistent("v12", ["v13"], 0.0, Noticeable())
    assert consistent("v12", ["v13", None], 0.0, Noticeable())


def test_a_difference_that_nobody_would_notice_tells_nothing_apart() -> None:
    assert not tells_apart("alerts", {"value.x": 100.0}, {"value.x": 100.3})
    assert tells_apart("alerts", {"value.x": 100.0}, {"value.x": 180.0})


def test_a_rule_that_is_pending_reads_like_one_that_fires_and_unlike_one_at_rest() -> None:
    noticeable = registry()["alerts"].noticeable_for("state.unserved-high")
    assert consistent("firing", ["pending"], 0.0, noticeable)
    assert not consistent("firing", ["inactive"], 0.0, noticeable)
    assert not tells_apart("alerts", {"state.unserved-high": "pending"}, {"state.unserved-high": "firing"})


def test_noise_was_measured_for_the_system(made: Incident) -> None:
    noise = load_noise(made.spec.name)
    assert noise_of(noise, "alerts", "value.missed-fraud-high") > 3
    assert noise_of(noise, "nothing like it", "at all") == 0.0
    assert noise_of(noise, "models list", "auc.v99") == noise_of(noise, "models list", "auc.champion") > 0


def test_the_true_cause_is_never_excluded(made: Incident) -> None:
    truth = true_candidate(made)
    own = [v.name for v in variants(made) if v.candidate == truth and made.drawn.faults in v.draws]
    assert len(own) == 1
    for look in look_evidence(made, reference_steps(made), load_noise(made.spec.name)):
        assert own[0] not in look.excludes


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

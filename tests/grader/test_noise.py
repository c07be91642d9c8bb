"""Noise as data: what the packaged file says, how it is measured, and how it is told."""

from __future__ import annotations

import pytest

import content
from grader.noise import LEAST_WORLDS, NOISE_SEEDS, NOT_MEASURED, Measurement, load_measurement, load_noise, measure, noise_file
from grader.noise_listing import ACTED_ON, ANOTHER_TEXT, ANY_SHOWN, OWN_SHARE, TENTH, WHOLE, FactRow, how_measured, looks_listed
from scenarios.words import registry
from simulator.spec import load_system

pytestmark = pytest.mark.xdist_group("noise")  # it is measured once
SYSTEM = "card-fraud"
FEW = range(201, 204)


@pytest.fixture(scope="module")
def measured() -> Measurement:
    """What three of the seeds of the packaged file show."""
    return measure(load_system(SYSTEM), FEW)


def row(look: str, fact: str) -> FactRow:
    (listed,) = looks_listed(SYSTEM, [look])
    return next(row for row in listed.facts if row.fact == fact)


def test_the_packaged_file_is_as_a_measurement_writes_it_and_says_how_it_was_made() -> None:
    found = load_measurement(SYSTEM)
    assert noise_file(found) == content.read("noise", f"{SYSTEM}.yaml")
    assert found.seeds == tuple(NOISE_SEEDS)
    assert how_measured(SYSTEM) == {"system": SYSTEM, "world": "control", "seeds": list(NOISE_SEEDS), "worlds": 12, "days": [91, 94], "hours": [9.0, 14.5]}
    assert all(LEAST_WORLDS <= varied.worlds <= len(NOISE_SEEDS) and varied.standard_deviation >= 0 for varied in found.numbers.values())


def test_a_system_that_was_not_measured_has_no_noise() -> None:
    assert load_measurement("none-such") == NOT_MEASURED
    assert load_noise("none-such") == {}


def test_the_numbers_that_are_measured_are_those_of_the_file(measured: Measurement) -> None:
    """A look that names its facts anew leaves the file behind: then `hotseat calibrate --noise` is due."""
    packaged = load_measurement(SYSTEM)
    assert set(measured.numbers) <= set(packaged.numbers)
    always = {key for key, varied in packaged.numbers.items() if varied.worlds == len(NOISE_SEEDS)}
    assert always <= set(measured.numbers)


def test_worlds_that_are_measured_again_lie_where_the_file_has_them(measured: Measurement) -> None:
    packaged = load_measurement(SYSTEM).numbers
    far = [
        key
        for key, varied in measured.numbers.items()
        if varied.worlds == len(FEW) and abs(varied.mean - packaged[key].mean) > 4 * packaged[key].standard_deviation + 1e-6 * abs(packaged[key].mean)
    ]
    assert far == []


def test_looks_at_different_things_are_not_pooled(measured: Measurement) -> None:
    """One DAG runs every few minutes and another once a week: that is no noise."""
    assert 0 < measured.numbers["pipelines runs duration_s.median"].standard_deviation < 400
    assert measured.numbers["pipelines runs runs.success"].standard_deviation < 2


def test_an_alerts_noise_is_measured_while_it_is_inactive_too(measured: Measurement) -> None:
    assert {f"alerts value.{rule.name}" for rule in load_system(SYSTEM).alerts if rule.signal == "missed_fraud_per_10k"} <= set(measured.numbers)
    assert measured.numbers["alerts value.missed-fraud-high"].standard_deviation > 0


def test_every_look_is_listed_with_each_fact_that_was_measured() -> None:
    listed = looks_listed(SYSTEM)
    assert [one.look for one in listed] == [command.name for command in registry().values() if command.kind == "look"]
    facts = {f"{one.look} {row.fact}" for one in listed for row in one.facts}
    found = load_measurement(SYSTEM)
    assert {*found.numbers, *found.texts} <= facts


def test_a_row_tells_what_its_noticeable_difference_rests_on() -> None:
    assert row("serving status", "request_rate").rests_on == TENTH
    assert row("serving status", "replicas.model-server").rests_on == WHOLE
    assert row("serving status", "timeout_ratio").rests_on == ACTED_ON
    assert row("alerts rules", "threshold.timeouts-high").rests_on == ANY_SHOWN
    assert row("sources volume", "volume_ratio").rests_on == OWN_SHARE
    assert row("serving status", "transform").rests_on == ANOTHER_TEXT
    assert row("alerts", "state.latency-p99-high").rests_on == "another text; pending tells nothing"
    assert row("changes", "changed.alias.champion").rests_on == "another text, where it is no"


def test_a_value_differs_beyond_three_times_the_noise_and_what_is_noticeable() -> None:
    found = row("serving status", "p99_ms.total")
    assert found.varied is not None
    assert found.noticeable is not None
    least = max(found.noticeable.absolute, found.noticeable.relative * found.varied.mean)
    assert found.differs_by == pytest.approx(3 * found.varied.standard_deviation + least, rel=0.01)
    assert row("serving status", "transform").differs_by is None


def test_what_no_measured_world_showed_is_told_by_its_declaration() -> None:
    found = row("alerts", "for_s.…")
    assert (found.varied, found.differs_by) == (None, None)
    assert found.noticeable == registry()["alerts"].noticeable["for_s."]

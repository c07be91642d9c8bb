"""What is found while a drill is played: the same evidence as at the end of a drill that nobody prepared, and shares that are told."""

from __future__ import annotations

import pytest

from grader.evidence import Evidence
from grader.gather import GUARDS, LOOKS, MOVES, REFERENCE, WORLDS, gather
from grader.preparation import preparation
from scenarios.chain import MemoryJournal
from scenarios.drill import Drill
from scenarios.incident import Incident, incident
from scenarios.library import find_scenario
from scenarios.scenario import Scenario

LINES = (
    "alerts",
    "features parity card_velocity",
    "rollout status",
    "features list",
    "declare registry concept-drift --because 2",
)
Told = list[tuple[str, float]]


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    """A packaged scenario with two candidates of its differential only: worlds enough, and few."""
    whole = find_scenario("the-quiet-store")
    few = tuple(possible for possible in whole.differential if possible.fault in ("materialise-empty-source", "concept-drift"))
    return whole.model_copy(update={"differential": few})


def begun(scenario: Scenario) -> Drill:
    return Drill(incident(scenario, 3), MemoryJournal({"session": "x", "scenario": scenario.name, "seed": 3}))


def graded(drill: Drill) -> tuple[Evidence, Told]:
    told: Told = []
    return gather(drill.incident, drill.journal.rows(), progress=lambda text, share: told.append((text, share))), told


@pytest.fixture(scope="module")
def cold(scenario: Scenario) -> tuple[Evidence, Told]:
    drill = begun(scenario)
    for line in LINES:
        drill.submit(line)
    return graded(drill)


def test_shares_rise_stage_by_stage_to_nearly_the_whole(cold: tuple[Evidence, Told]) -> None:
    told = cold[1]
    shares = [share for _, share in told]
    assert shares == sorted(shares)
    assert shares[0] == 0.0
    assert 0.7 < shares[-1] < 1.0
    assert list(dict.fromkeys(text for text, _ in told)) == [WORLDS, LOOKS, REFERENCE, MOVES, GUARDS]
    assert sum(text == WORLDS for text, _ in told) > 10


def test_the_page_what_did_no_harm_and_the_quickest_way_are_part_of_the_evidence(cold: tuple[Evidence, Told]) -> None:
    e = cold[0]
    assert e.page is not None
    assert (e.page.alert, e.page.fired, e.page.bound) == ("missed-fraud-high", True, 130.0)
    assert e.page.value > e.page.bound
    assert {change.change for change in e.benign or ()} == {"serving-release", "campaign", "late-delivery", "schema-bump", "model-promotion"}
    assert e.quickest is not None
    assert {v for look in e.quickest.looks for v in look.excludes} >= set(e.variants["concept-drift"])


@pytest.mark.parametrize("slices", [40, 10_000])
def test_evidence_is_the_same_however_much_of_it_was_prepared_between_the_lines(scenario: Scenario, cold: tuple[Evidence, Told], slices: int) -> None:
    drill = begun(scenario)
    work = preparation(drill.incident)
    for line in LINES:
        for _ in zip(range(slices // len(LINES)), work, strict=False):
            pass
        drill.submit(line)
    evidence, told = graded(drill)
    assert evidence.to_json() == cold[0].to_json()
    if slices > 1_000:
        assert next(work, "done") == "done"
        assert sum(text == WORLDS for text, _ in told) == 1


def test_a_preparation_that_is_left_off_keeps_whole_worlds_only(scenario: Scenario) -> None:
    made: Incident = incident(scenario, 3)
    before, work = set(made.eves), preparation(made)
    while set(made.eves) == before:
        next(work)
    work.close()  # type: ignore[attr-defined]
    (new,) = set(made.eves) - before
    assert f"presents {new}" not in made.kept
    assert made.differential is None

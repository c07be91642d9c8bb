from __future__ import annotations

from console.host.briefings import briefing_of, map_of, paragraphs
from console.host.shown import MapNode, Person
from scenarios.chain import MemoryJournal
from scenarios.drill import Drill
from scenarios.incident import Incident
from simulator.spec import load_system


def test_a_briefing_is_the_scenario_as_its_seed_drew_it(built: Incident) -> None:
    found = briefing_of(Drill(built, MemoryJournal({"session": "s", "scenario": "the-quiet-store", "seed": 3})))
    assert (found.title, found.minutes) == ("Fraud slips through, everything is green", 35)
    assert found.system == "Card fraud scoring for payments above the first filter"
    assert found.page == "missed-fraud-high is firing: network fraud warnings per 10,000 approved payments, last 48 h"
    assert found.text.startswith("You are on call for the fraud score.")
    assert "\n" not in found.text
    assert len(found.context) == 2
    assert found.people == (Person("product manager", "impact on customers and money", 3600.0),)
    assert found.objectives[0] == "fraud-capture: network fraud warnings stay at or under 130 per 10,000 approved payments"


def test_lines_that_follow_each_other_are_one_paragraph() -> None:
    assert paragraphs("one\n two\n\n\nthree\n \n") == ["one two", "three"]


def test_the_map_names_each_component_with_its_monitors() -> None:
    rows = map_of(load_system("card-fraud"))
    assert rows[0].nodes[:2] == (MapNode("payments", "payments", ()), MapNode("ingest", "ingest", ("features.ingest",)))
    assert rows[1].nodes[1] == MapNode("online-store", "online store", ("features.materialise", "feature-job-late"))

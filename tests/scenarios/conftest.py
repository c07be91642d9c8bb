"""One incident of each kind for the tests of drills, built once."""

from __future__ import annotations

import pytest

from scenarios.chain import MemoryJournal
from scenarios.drill import Drill
from scenarios.incident import Incident, incident
from scenarios.library import find_scenario


@pytest.fixture(scope="session")
def quiet_store() -> Incident:
    return incident(find_scenario("the-quiet-store"), 1)


@pytest.fixture
def drill(quiet_store: Incident) -> Drill:
    return Drill(quiet_store, MemoryJournal({"session": "test", "scenario": "the-quiet-store", "seed": 1}))

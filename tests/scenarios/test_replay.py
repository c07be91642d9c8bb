"""Looks in other worlds: what is kept of them is what taking them again shows."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scenarios.chain import MemoryJournal
from scenarios.drill import Drill
from scenarios.incident import Incident
from scenarios.replay import Showing, looks_again
from scenarios.steps import Step, steps_of

LINES = ("features age", "alerts", "serving restart model-server", "wait 30m", "serving latency", "features status", "wait 2h", "alerts")


@pytest.fixture
def steps(quiet_store: Incident) -> list[Step]:
    drill = Drill(quiet_store, MemoryJournal({"session": "test", "scenario": "the-quiet-store", "seed": 1}))
    for line in LINES:
        drill.submit(line)
    return steps_of(drill.journal.rows())


def shown(incident: Incident, steps: list[Step]) -> list[object]:
    showing = Showing(incident, ())
    return [showing.through(step) for step in steps]


def again(incident: Incident, steps: list[Step]) -> list[object]:
    seen = {step.step: facts for step, facts in looks_again(incident.world(()), steps, lambda step: True)}
    return [seen.get(step.step) for step in steps]


def test_what_is_shown_is_what_replaying_all_steps_shows_kept_or_not(quiet_store: Incident, steps: list[Step], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quiet_store, "kept", {})
    expected = again(quiet_store, steps)
    assert sum(facts is not None for facts in expected) == 5
    assert shown(quiet_store, steps) == expected
    monkeypatch.setattr(Incident, "world", lambda *args, **options: pytest.fail("all of it was kept"))
    assert shown(quiet_store, steps) == expected


def test_a_look_that_is_not_kept_is_taken_after_the_moves_before_it(quiet_store: Incident, steps: list[Step], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quiet_store, "kept", {})
    shown(quiet_store, steps[:-1])
    later = [*steps[:-1], replace(steps[-1], took_s=steps[-1].took_s + 3600.0)]
    assert shown(quiet_store, later) == again(quiet_store, later)


def test_other_moves_before_a_look_are_another_look(quiet_store: Incident, steps: list[Step], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quiet_store, "kept", {})
    shown(quiet_store, steps)
    count = len(quiet_store.kept["showings"])
    without = [step for step in steps if step.kind != "move"]
    assert shown(quiet_store, without) == again(quiet_store, without)
    assert len(quiet_store.kept["showings"]) > count

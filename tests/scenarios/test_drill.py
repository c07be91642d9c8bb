"""A drill: what a line costs, what is journaled, and that whatever was journaled can be gone on from."""

from __future__ import annotations

from pathlib import Path

import pytest

from scenarios.chain import MemoryJournal
from scenarios.drill import REFUSED_TAKES_S, Drill
from scenarios.incident import Incident
from scenarios.journal import Journal
from scenarios.phases import TRANSITIONS, next_phase
from scenarios.replay import replayed
from scenarios.steps import steps_of
from simulator.durations import HOUR_S
from simulator.errors import Refused

LINES = (
    *("alerts", "features age", "nonsense", "pipelines repoint card_profile", "hypothesis feature-store stale-materialisation"),
    *("pipelines repoint card_velocity", "wait 30m", "features age"),
)


def test_a_drill_begins_when_the_page_has_just_fired(quiet_store: Incident, drill: Drill) -> None:
    assert quiet_store.paged
    assert drill.now_s == quiet_store.start_s
    reply = drill.submit("alerts")
    assert reply.observation is not None
    assert reply.observation.facts["state.missed-fraud-high"] == "firing"


def test_a_look_takes_its_time_and_shows_the_end_of_it(drill: Drill) -> None:
    before = drill.now_s
    reply = drill.submit("features age")
    assert reply.took_s == drill.now_s - before == 5 * 60


def test_a_line_that_is_not_understood_costs_nothing_and_the_drill_goes_on(drill: Drill) -> None:
    before = drill.now_s
    reply = drill.submit("featres age")
    assert reply.kind == "error"
    assert "features age" in reply.error
    assert drill.now_s == before
    assert drill.submit("alerts").error == ""


def test_a_refused_move_changes_nothing_but_the_time(drill: Drill) -> None:
    edits = list(drill.world.levers.all_edits())
    reply = drill.submit("registry promote v99")
    assert reply.kind == "refused"
    assert reply.took_s == REFUSED_TAKES_S
    assert [e for e in drill.world.levers.all_edits() if e.who == "you"] == []
    assert len(edits) <= len(list(drill.world.levers.all_edits()))


def test_steps_are_numbered_by_typed_line(drill: Drill) -> None:
    assert [drill.submit(line).step for line in LINES] == list(range(1, len(LINES) + 1))


def test_citing_a_step_that_does_not_exist_is_an_error(drill: Drill) -> None:
    drill.submit("alerts")
    assert "step 7" in drill.submit("declare none nothing-wrong --because 7").error
    assert drill.submit("declare none nothing-wrong --because 1").error == ""


def test_phases_follow_the_table(drill: Drill) -> None:
    seen = [drill.submit(line).phase for line in ("alerts", "pipelines repoint card_velocity", "features age", "resolve")]
    assert seen == ["investigating", "mitigating", "verifying", "closed"]
    with pytest.raises(Refused):
        drill.submit("alerts")


def test_every_phase_of_the_table_can_be_reached_and_closed() -> None:
    reached = {"briefing"} | {to for row in TRANSITIONS.values() for to in row.values()}
    assert reached == set(TRANSITIONS)
    assert all(next_phase(phase, "resolve") == "closed" for phase in TRANSITIONS)


def test_a_drill_over_a_journal_goes_on_where_it_ended(quiet_store: Incident, tmp_path: Path) -> None:
    path = tmp_path / "one.journal"
    with Journal.create(path, {"session": "s", "scenario": "the-quiet-store", "seed": 1}) as journal:
        first = Drill(quiet_store, journal)
        for line in LINES:
            first.submit(line)
        digest, phase, now = first.world.digest(), first.phase, first.now_s
    with Journal.open(path) as journal:
        again = Drill(quiet_store, journal)
        assert (again.world.digest(), again.phase, again.now_s) == (digest, phase, now)
        assert again.submit("alerts").step == len(LINES) + 1


def test_a_replay_reaches_the_same_world_as_the_drill(quiet_store: Incident, drill: Drill) -> None:
    for line in LINES:
        drill.submit(line)
    twin = replayed(quiet_store, steps_of(drill.journal.rows()), until_s=drill.now_s, exact=True)
    assert twin.digest() == drill.world.digest()


def test_a_live_clock_that_ticks_replays_the_same(quiet_store: Incident) -> None:
    header = {"session": "s", "scenario": "the-quiet-store", "seed": 1}
    live = Drill(quiet_store, MemoryJournal(header))
    live.tick(live.now_s + 437.0)
    live.submit("pipelines repoint card_velocity")
    live.tick(live.now_s + 2 * HOUR_S)
    again = Drill(quiet_store, live.journal)
    assert again.world.digest() == live.world.digest()


def test_people_ask_until_they_are_told(drill: Drill) -> None:
    assert any(m.sender == "product manager" for m in drill.submit("wait 61m").messages)
    drill.submit('update --impact "150 per 10,000" --status investigating --next looks --eta 1h')
    assert not any(m.sender == "product manager" for m in drill.submit("wait 30m").messages)


def test_waiting_is_bounded(drill: Drill) -> None:
    assert "at most" in drill.submit("wait 90d").error

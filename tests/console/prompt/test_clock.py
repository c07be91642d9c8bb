from __future__ import annotations

import pytest

from console.host.clock import LiveClock
from scenarios.chain import MemoryJournal
from scenarios.drill import Drill
from scenarios.incident import Incident


@pytest.fixture
def drill(built: Incident) -> Drill:
    return Drill(built, MemoryJournal({"session": "a", "scenario": "the-quiet-store", "seed": 3}))


class Wall:
    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


def test_wall_time_times_the_speed_moves_the_drill_and_is_journaled(drill: Drill) -> None:
    wall = Wall()
    clock = LiveClock(drill, 60.0, wall)
    wall.now_s += 5.0
    clock.catch_up()
    assert drill.now_s == drill.incident.start_s + 300.0
    assert (drill.journal.head.kind, drill.journal.head.payload) == ("clock", {"to_s": drill.now_s})


def test_less_than_a_minute_is_saved_up(drill: Drill) -> None:
    wall = Wall()
    clock = LiveClock(drill, 1.0, wall)
    for _ in range(59):
        wall.now_s += 1.0
        clock.catch_up()
    assert drill.now_s == drill.incident.start_s
    wall.now_s += 1.0
    clock.catch_up()
    assert drill.now_s == drill.incident.start_s + 60.0


def test_what_a_command_took_the_machine_is_not_the_persons_time(drill: Drill) -> None:
    wall = Wall()
    clock = LiveClock(drill, 3600.0, wall)
    wall.now_s += 30.0
    clock.restart()
    clock.catch_up()
    assert drill.now_s == drill.incident.start_s


def test_people_speak_while_the_clock_runs(drill: Drill) -> None:
    wall = Wall()
    clock = LiveClock(drill, 3600.0, wall)
    wall.now_s += 1.1
    assert [m.sender for m in clock.catch_up()] == ["product manager"]


def test_the_clock_stops_at_the_longest_drill(drill: Drill, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.host.clock.LONGEST_DRILL_S", 1800.0)
    wall = Wall()
    clock = LiveClock(drill, 3600.0, wall)
    for _ in range(2):
        wall.now_s += 3600.0
        clock.catch_up()
    assert drill.now_s == drill.incident.start_s + 1800.0
    assert drill.journal.head.step == 1


def test_a_drill_gone_on_with_stands_where_the_clock_had_left_it(drill: Drill) -> None:
    wall = Wall()
    clock = LiveClock(drill, 60.0, wall)
    wall.now_s += 7.0
    clock.catch_up()
    drill.submit("alerts")
    again = Drill(drill.incident, drill.journal)
    assert (again.now_s, again.phase) == (drill.now_s, drill.phase)

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from console.home import sessions
from console.host.host import Host
from console.host.messages import (
    Answered,
    AnyRequest,
    Begin,
    Debriefed,
    DrillsListed,
    Event,
    ExportDebrief,
    Exported,
    Failed,
    Grade,
    Leave,
    Left,
    ListDrills,
    Moved,
    Progressed,
    ReadDebrief,
    Resume,
    Seated,
    SetClock,
    Submit,
    encoded,
)
from console.host.seat import go_on
from grader.evidence import Evidence
from scenarios.incident import Incident
from scenarios.journal import Journal
from simulator.errors import HotseatError

ID = "the-quiet-store-3-1"
BEGIN = Begin(id=1, scenario="the-quiet-store", seed=3)


class Wall:
    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


class Desk:
    """A host, its wall clock and all that it told before it answered."""

    def __init__(self) -> None:
        self.told: list[Event] = []
        self.wall = Wall()
        self.host = Host(self.told.append, self.wall)

    def begun(self, speed: float | None = None) -> Seated:
        seated = self.host.handle(Begin(scenario="the-quiet-store", seed=3, speed=speed))
        assert isinstance(seated, Seated)
        return seated

    def typed(self, line: str) -> Answered:
        answered = self.host.handle(Submit(line=line))
        assert isinstance(answered, Answered), answered
        return answered

    def failed(self, request: AnyRequest) -> str:
        answer = self.host.handle(request)
        assert isinstance(answer, Failed), answer
        return answer.text

    def set(self, **how: float | bool) -> Moved:
        moved = self.host.handle(SetClock(**how))  # type: ignore[arg-type]
        assert isinstance(moved, Moved), moved
        return moved

    def ticked(self, wall_s: float) -> Moved | None:
        self.wall.now_s += wall_s
        return self.host.tick()


@pytest.fixture
def desk(world: Incident) -> Iterator[Desk]:
    desk = Desk()
    yield desk
    desk.host.close()


def rows_of(session: str = ID) -> list[tuple[str, str]]:
    return [(row.kind, row.payload.get("line", "")) for row in sessions().resolve(session).rows[1:]]


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> Callable[[bool], None]:
    """Fills the disk, or frees it."""
    append, full = Journal.append, [False]

    def failing(self: Journal, **row: object) -> object:
        if full[0]:
            raise HotseatError("the disk is full")
        return append(self, **row)  # type: ignore[arg-type]

    def fill(now: bool) -> None:
        full[0] = now

    monkeypatch.setattr(Journal, "append", failing)
    return fill


def test_a_drill_is_begun_with_all_that_a_screen_needs(desk: Desk, world: Incident) -> None:
    seated = desk.host.handle(BEGIN)
    assert isinstance(seated, Seated)
    assert (seated.to, seated.session, seated.role, seated.level, seated.closed) == (1, ID, "generalist", "senior", False)
    assert (seated.start_s, seated.snapshot.now_s, seated.blocks) == (world.start_s, world.start_s, ())
    assert not seated.snapshot.clock.live
    assert {"alerts", "declare"} <= {card.name for card in seated.commands}
    assert "concept-drift" in seated.mechanisms
    assert seated.map
    assert seated.briefing.title == "Fraud slips through, everything is green"
    assert [(type(told), told.to) for told in desk.told] == [(Progressed, 1)]


def test_reports_of_progress_that_hardly_differ_are_not_all_told(desk: Desk, world: Incident, monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(scenario: object, seed: int, progress: Callable[[str, float], None]) -> Incident:
        for day in range(100):
            desk.wall.now_s += 0.03
            progress("history", day / 100)
        progress("the page", 0.99)
        return world

    monkeypatch.setattr("scenarios.incident.incident", slow)
    desk.begun()
    told = [(event.text, event.share) for event in desk.told if isinstance(event, Progressed)]
    assert 20 < len(told) < 30
    assert told[0] == ("building the world…", 0.0)
    assert told[-1] == ("building the world: the page", 0.99)
    assert [share for _, share in told] == sorted(share for _, share in told if share is not None)


def test_a_drill_whose_alert_never_fires_says_so(desk: Desk, world: Incident, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(world, "paged", False)
    desk.begun()
    assert [told.text for told in desk.told if isinstance(told, Progressed) and "does not fire" in told.text]


def test_a_line_is_answered_once_it_is_in_the_journal(desk: Desk) -> None:
    desk.begun()
    answered = desk.host.handle(Submit(id=7, line="  alerts  # first"))
    assert isinstance(answered, Answered)
    assert (answered.to, answered.block.step, answered.block.line, answered.block.kind) == (7, 1, "alerts", "look")
    assert answered.snapshot.now_s == answered.block.at_s + answered.block.took_s
    assert desk.typed("alrets").block.error.startswith("unknown command 'alrets'")
    assert rows_of() == [("look", "alerts"), ("error", "alrets")]


def test_nothing_typed_leaves_no_row(desk: Desk) -> None:
    desk.begun()
    assert desk.failed(Submit(id=3, line="  # just thinking")).startswith("nothing was typed")
    assert rows_of() == []


@pytest.mark.parametrize(
    ("request_", "complaint"),
    [
        (Submit(line="alerts"), "no drill is open"),
        (SetClock(live=True), "no drill is open"),
        (Grade(), "no drill is open"),
        (Begin(scenario="the-loud-store"), "there is no scenario 'the-loud-store'"),
        (Begin(scenario="the-quiet-store", seed=3, role="cook"), "there is no role 'cook'"),
        (Begin(scenario="the-quiet-store", seed=3, speed=0.5), "a live clock runs at 1 to 3600 times wall time, not 0.5"),
        (Resume(session="the-quiet-store-3-9"), "there is no session the-quiet-store-3-9"),
        (ReadDebrief(session="the-quiet-store-3-9"), "the-quiet-store-3-9 is neither a session nor a file"),
    ],
)
def test_what_cannot_be_done_is_one_line(desk: Desk, request_: AnyRequest, complaint: str) -> None:
    text = desk.failed(request_)
    assert text.startswith(complaint)
    assert "\n" not in text


def test_a_mistake_of_the_program_is_not_taken_for_a_failure(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.begun()
    monkeypatch.delattr("console.host.snapshot.snapshot_of")
    with pytest.raises(ImportError):
        desk.host.handle(Submit(line="alerts"))


def test_a_session_is_resumed_where_it_stopped_by_another_host(desk: Desk) -> None:
    desk.begun()
    desk.typed("registry rollback")
    before = desk.typed("alerts")
    assert isinstance(desk.host.handle(Leave(id=9)), Left)
    again = Desk()
    seated = again.host.handle(Resume(id=2, session=ID))
    assert isinstance(seated, Seated)
    again.host.close()
    assert [block.line for block in seated.blocks] == ["registry rollback", "alerts"]
    assert seated.blocks[1] == before.block
    assert seated.snapshot == before.snapshot


def test_one_session_has_one_host(desk: Desk) -> None:
    desk.begun()
    assert Desk().failed(Resume(session=ID)) == f"session {ID} is open elsewhere; close it there first"
    assert desk.typed("alerts").block.step == 1


def test_another_drill_takes_the_place_of_the_one_that_was_open(desk: Desk) -> None:
    desk.begun()
    desk.typed("alerts")
    assert desk.begun().session == "the-quiet-store-3-2"
    seated = desk.host.handle(Resume(session=ID))
    assert isinstance(seated, Seated)
    assert [block.line for block in seated.blocks] == ["alerts"]


def test_the_metrics_looked_at_last_are_charted_also_after_a_restart(desk: Desk) -> None:
    desk.begun()
    for name in ("service.timed_out", "service.default_filled", "no.such.metric", "service.timed_out", "service.replica_cost"):
        shown = desk.typed(f"metrics show {name}").snapshot.charts
    names = {chart.name for chart in shown}
    assert {"service.timed_out", "service.replica_cost"} <= names
    assert "service.default_filled" not in names
    seated = desk.host.handle(Resume(session=ID))
    assert isinstance(seated, Seated)
    assert seated.snapshot.charts == shown


def test_a_row_that_cannot_be_written_undoes_its_move(desk: Desk, full_disk: Callable[[bool], None]) -> None:
    desk.begun()
    desk.typed("alerts")
    full_disk(True)
    assert desk.failed(Submit(line="registry rollback")) == "the disk is full"
    full_disk(False)
    desk.typed("registry rollback")
    played = desk.typed("alerts").snapshot
    desk.host.close()
    seat = go_on(ID)
    seat.journal.close()
    assert [row.at_s for row in seat.journal.rows()[1:]] == [seat.incident.start_s + passed for passed in (0.0, 60.0, 240.0)]
    assert seat.drill.now_s == played.now_s


def test_no_clock_runs_by_itself_unless_it_is_asked_for(desk: Desk) -> None:
    assert desk.host.due_s() is None
    desk.begun()
    assert desk.host.due_s() is None
    assert desk.ticked(3600.0) is None


def test_a_live_clock_ticks_once_a_second_and_moves_by_a_minute_or_more(desk: Desk, world: Incident) -> None:
    desk.begun(speed=30.0)
    assert desk.host.due_s() == 1.0
    assert desk.ticked(1.0) is None
    assert rows_of() == []
    moved = desk.ticked(1.0)
    assert moved is not None
    assert (moved.to, moved.snapshot.now_s, moved.snapshot.clock.live) == (0, world.start_s + 60.0, True)
    assert rows_of() == [("clock", "")]
    desk.wall.now_s += 0.25
    assert desk.host.due_s() == 0.75


def test_time_spent_thinking_counts_and_the_machines_time_does_not(desk: Desk, world: Incident, monkeypatch: pytest.MonkeyPatch) -> None:
    from scenarios.drill import Drill, Reply

    desk.begun(speed=60.0)
    submit = Drill.submit

    def slow(self: Drill, line: str, *, wall: str = "") -> Reply:
        desk.wall.now_s += 30.0
        return submit(self, line, wall=wall)

    monkeypatch.setattr(Drill, "submit", slow)
    desk.wall.now_s += 1.5
    assert desk.typed("note a").block.at_s == world.start_s + 90.0
    desk.wall.now_s += 0.5
    assert desk.typed("note b").block.at_s == world.start_s + 90.0
    desk.wall.now_s += 0.5
    assert desk.typed("note c").block.at_s == world.start_s + 150.0


def test_a_paused_clock_stands_still_and_keeps_what_had_passed(desk: Desk, world: Incident) -> None:
    desk.begun(speed=60.0)
    desk.wall.now_s += 0.5
    assert desk.set(live=True, paused=True).snapshot.clock.paused
    assert desk.host.due_s() is None
    assert desk.ticked(4.0) is None
    desk.set(live=True, speed=120.0)
    moved = desk.ticked(1.0)
    assert moved is not None
    assert moved.snapshot.now_s == world.start_s + 30.0 + 120.0
    assert moved.snapshot.clock.speed == 120.0


def test_a_step_passes_at_once_whatever_the_clock(desk: Desk, world: Incident) -> None:
    desk.begun()
    assert desk.set(live=False, step_s=900.0).snapshot.now_s == world.start_s + 900.0
    assert desk.set(live=True, paused=True, step_s=300.0).snapshot.now_s == world.start_s + 1200.0
    assert rows_of() == [("clock", "")] * 2
    for step_s in (-1.0, float("nan"), 36 * 86_400.0):
        assert desk.failed(SetClock(live=False, step_s=step_s)).startswith("a step of the clock takes nothing or more, and at most 35d")
    assert desk.failed(SetClock(live=True, speed=1e6)).startswith("a live clock runs at")


def test_a_live_clock_can_be_given_up_again(desk: Desk) -> None:
    desk.begun(speed=60.0)
    assert not desk.set(live=False).snapshot.clock.live
    assert desk.host.due_s() is None


def test_a_host_that_was_stopped_for_an_hour_does_not_leap(desk: Desk, world: Incident) -> None:
    desk.begun(speed=60.0)
    moved = desk.ticked(3600.0)
    assert moved is not None
    assert moved.snapshot.now_s == world.start_s + 5 * 60.0


def test_a_machine_that_cannot_keep_up_slows_the_clock(desk: Desk, world: Incident, monkeypatch: pytest.MonkeyPatch) -> None:
    from console.host import snapshot

    taken = snapshot.snapshot_of

    def slow(*args: object) -> object:
        desk.wall.now_s += 3.0
        return taken(*args)  # type: ignore[arg-type]

    desk.begun(speed=60.0)
    monkeypatch.setattr("console.host.snapshot.snapshot_of", slow)
    for ticks in (1, 2, 3):
        moved = desk.ticked(1.0)
        assert moved is not None
        assert moved.snapshot.now_s == world.start_s + ticks * 60.0


def test_a_tick_that_cannot_be_written_is_made_up_for_when_it_can(desk: Desk, world: Incident, full_disk: Callable[[bool], None]) -> None:
    desk.begun(speed=60.0)
    full_disk(True)
    assert desk.ticked(1.0) is None
    assert desk.failed(Submit(line="alerts")) == "the disk is full"
    full_disk(False)
    moved = desk.ticked(1.0)
    assert moved is not None
    assert moved.snapshot.now_s == world.start_s + 120.0
    assert rows_of() == [("clock", "")]


def test_the_clock_stops_at_the_longest_drill(desk: Desk, world: Incident, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.host.clock.LONGEST_DRILL_S", 90.0)
    monkeypatch.setattr("scenarios.drill.LONGEST_DRILL_S", 90.0)
    desk.begun(speed=60.0)
    moved = desk.ticked(2.0)
    assert moved is not None
    assert moved.snapshot.now_s == world.start_s + 90.0
    assert desk.host.due_s() is None


def test_a_resolved_drill_takes_only_its_grade(desk: Desk, replayed_at_once: Evidence) -> None:
    desk.begun(speed=60.0)
    assert desk.typed("resolve").snapshot.phase == "closed"
    assert desk.host.due_s() is None
    assert desk.failed(Submit(line="alerts")) == "this drill is closed; only its grade is missing"
    assert desk.failed(SetClock(live=False)) == "this drill is closed; only its grade is missing"
    seated = desk.host.handle(Resume(session=ID))
    assert isinstance(seated, Seated)
    assert seated.closed
    graded = desk.host.handle(Grade(id=5))
    assert isinstance(graded, Debriefed)
    assert (graded.to, graded.debrief.session) == (5, ID)
    assert desk.failed(Grade()).startswith("no drill is open")
    assert encoded(desk.host.handle(ReadDebrief(id=5, session=ID))) == encoded(graded)


def test_a_drill_that_is_not_resolved_is_graded_as_it_stands(desk: Desk, replayed_at_once: Evidence) -> None:
    desk.begun()
    desk.typed("alerts")
    assert desk.failed(ReadDebrief(session=ID)).startswith(f"session {ID} is not graded yet")
    assert isinstance(desk.host.handle(Grade()), Debriefed)
    assert [kind for kind, _ in rows_of()] == ["look", "closed", "grading", "scorecard"]
    assert desk.failed(Resume(session=ID)).startswith(f"session {ID} is closed and graded")
    listed = desk.host.handle(ListDrills())
    assert isinstance(listed, DrillsListed)
    assert [(card.session, card.state) for card in listed.sessions] == [(ID, "closed")]


def test_a_closing_that_failed_is_made_again_and_no_clock_runs_into_it(
    desk: Desk, replayed_at_once: Evidence, full_disk: Callable[[bool], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.begun(speed=60.0)

    def filled(incident: object, rows: object, progress: Callable[[str, float], None], **more: object) -> Evidence:
        progress("the candidates' worlds", 0.25)
        full_disk(True)
        return replayed_at_once

    with monkeypatch.context() as patch:
        patch.setattr("grader.closing.gather", filled)
        assert desk.failed(Grade(id=4)) == "the disk is full"
    assert desk.told[-1] == Progressed(to=4, text="grading: the candidates' worlds", share=0.25)
    full_disk(False)
    assert desk.host.due_s() is None
    assert desk.ticked(60.0) is None
    assert isinstance(desk.host.handle(Grade()), Debriefed)
    assert [kind for kind, _ in rows_of()] == ["closed", "closed", "grading", "scorecard"]


def test_a_debrief_is_exported_but_never_over_a_file_of_another_kind(desk: Desk, replayed_at_once: Evidence, tmp_path: Path) -> None:
    desk.begun()
    desk.host.handle(Grade())
    page, notes = tmp_path / "debrief.html", tmp_path / "notes.txt"
    notes.write_text("mine")
    for _ in range(2):
        assert desk.host.handle(ExportDebrief(id=6, session=ID, file=str(page))) == Exported(to=6, file=str(page))
    assert "the-quiet-store" in page.read_text(encoding="utf-8")
    assert "notes.txt is there and is no HTML file" in desk.failed(ExportDebrief(session=ID, file=str(notes)))
    assert notes.read_text() == "mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["debrief.html", "home", "notes.txt"]

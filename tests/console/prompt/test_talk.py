from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from console.home import sessions
from console.host.seat import begin, go_on
from console.plain.style import Style
from console.prompt.session import Talk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import Hotseat

    from grader.evidence import Evidence
    from scenarios.incident import Incident

ID = "the-quiet-store-3-1"


class Typist:
    """Types these lines; an exception among them is raised in its place. Answers questions with `yes`."""

    def __init__(self, *lines: str | type[BaseException], yes: bool = True) -> None:
        self._lines, self._yes = iter(lines), yes
        self.asked: list[str] = []

    def line(self) -> str:
        said = next(self._lines, EOFError)
        if isinstance(said, str):
            return said
        raise said

    def agrees(self, question: str) -> bool:
        self.asked.append(question)
        return self._yes


def typed(world: Incident, typist: Typist) -> tuple[bool, list[str]]:
    """Whether the drill was resolved, and the lines in its journal."""
    seat = begin("the-quiet-store", 3, actor="you")
    try:
        resolved = Talk(seat, Style(), None, typist).until_resolved()
        return resolved, [row.payload["line"] for row in seat.journal.rows()[1:]]
    finally:
        seat.journal.close()


def test_lines_are_answered_until_the_drill_is_resolved(world: Incident, capsys: pytest.CaptureFixture[str]) -> None:
    resolved, lines = typed(world, Typist("alerts  # look", "", "# think", "resolve", "alerts"))
    assert (resolved, lines) == (True, ["alerts", "resolve"])
    assert "! firing" in capsys.readouterr().out


def test_a_drill_whose_alert_never_fires_says_so_first(hotseat: Hotseat, world: Incident, monkeypatch: pytest.MonkeyPatch) -> None:
    said = "with seed 3 the alert missed-fraud-high does not fire"
    assert said not in hotseat("play", "the-quiet-store", "--seed", "3").err
    monkeypatch.setattr(world, "paged", False)
    assert said in hotseat("play", "the-quiet-store", "--seed", "3").err


def test_leaving_keeps_the_session_open(world: Incident) -> None:
    assert typed(world, Typist("alerts")) == (False, ["alerts"])
    assert typed(world, Typist("quit", "alerts")) == (False, [])
    assert [s.state for s in sessions().list()] == ["open", "open"]


def test_giving_up_a_line_loses_nothing(world: Incident) -> None:
    assert typed(world, Typist("alerts", KeyboardInterrupt, "features age")) == (False, ["alerts", "features age"])


def test_a_costly_line_is_asked_once_and_a_no_leaves_no_trace(world: Incident) -> None:
    typist = Typist("wait 2d", "alerts", yes=False)
    assert typed(world, typist) == (False, ["alerts"])
    assert typist.asked == ["wait takes 2d of the incident. Go ahead?"]
    assert typed(world, Typist("ask payments-platform", yes=True)) == (False, ["ask payments-platform"])


def test_help_leaves_no_row(world: Incident) -> None:
    assert typed(world, Typist("help", "help causes", "journal")) == (False, [])


def test_a_disk_that_refuses_does_not_end_the_drill(world: Incident, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    from scenarios.journal import Journal
    from simulator.errors import HotseatError

    append, full = Journal.append, iter([False, True, False])

    def failing(self: Journal, **row: object) -> object:
        if next(full):
            raise HotseatError("the disk is full")
        return append(self, **row)  # type: ignore[arg-type]

    monkeypatch.setattr(Journal, "append", failing)
    seat = begin("the-quiet-store", 3, actor="you")
    Talk(seat, Style(), None, Typist("alerts", "registry rollback", "registry rollback")).until_resolved()
    rows = seat.journal.rows()
    played = seat.drill.world.digest()
    seat.journal.close()
    assert [(row.payload["line"], row.at_s) for row in rows[1:]] == [("alerts", world.start_s), ("registry rollback", world.start_s + 60.0)]
    assert "the disk is full" in capsys.readouterr().err
    again = go_on(ID)
    again.journal.close()
    assert again.drill.world.digest() == played


def test_a_tick_that_cannot_be_written_leaves_the_world_where_its_journal_is(world: Incident, monkeypatch: pytest.MonkeyPatch) -> None:
    from scenarios.journal import Journal
    from simulator.errors import HotseatError

    def failing(self: Journal, **row: object) -> object:
        raise HotseatError("the disk is full")

    ticks = iter(range(0, 10_000, 2))
    monkeypatch.setattr("console.host.clock.LiveClock.__init__.__defaults__", (lambda: float(next(ticks)),))
    seat = begin("the-quiet-store", 3, actor="you")
    talk = Talk(seat, Style(), 60.0, Typist())
    with monkeypatch.context() as patch:
        patch.setattr(Journal, "append", failing)
        talk._tick()
    assert seat.drill.now_s == world.start_s
    talk._tick()
    seat.journal.close()
    assert seat.drill.now_s == seat.journal.head.payload["to_s"] > world.start_s


def test_a_drill_is_gone_on_with_where_it_stopped(hotseat: Hotseat, world: Incident) -> None:
    first = hotseat("play", "the-quiet-store", "--seed", "3", stdin=b"alerts\nregistry rollback\nwait 30m\n")
    assert first.status == 0
    assert f"hotseat play --resume {ID}" in first.err
    seat = go_on(ID)
    before = (seat.drill.now_s, seat.drill.phase, seat.drill.world.digest())
    seat.journal.close()
    assert before[:2] == (world.start_s + 60 + 180 + 1800, "mitigating")
    again = hotseat("play", "--resume", ID, stdin=b"features age\n")
    assert again.status == 0
    assert "gone on with after step 3" in again.out
    rows = sessions().resolve(ID).rows
    assert (rows[-1].payload["line"], rows[-1].at_s) == ("features age", before[0])


def test_bytes_that_are_no_text_are_told_with_their_line_and_passed_over(hotseat: Hotseat, world: Incident) -> None:
    ran = hotseat("play", "the-quiet-store", "--seed", "3", stdin=b"alerts\n\0\ncaf\xe9\nnote on\n")
    assert ran.status == 0
    assert [line for line in ran.err.splitlines() if line.startswith("hotseat:")] == [
        "hotseat: standard input:2: holds a zero byte; a script is plain text",
        "hotseat: standard input:3:4: is no text in UTF-8",
    ]
    assert [row.payload["line"] for row in sessions().resolve(ID).rows[1:]] == ["alerts", "note on"]


def test_resolving_grades_and_tells_the_debrief(hotseat: Hotseat, replayed_at_once: Evidence) -> None:
    ran = hotseat("play", "the-quiet-store", "--seed", "3", stdin=b"alerts\nresolve\n")
    assert ran.status == 0
    assert "Debrief: the-quiet-store, seed 3" in ran.out
    assert f"hotseat debrief {ID} --html FILE" in ran.err
    assert json.loads(hotseat("sessions", "list", "--json").out)["sessions"][0]["state"] == "closed"
    closed = hotseat("play", "--resume", ID)
    assert (closed.status, closed.err) == (2, f"hotseat: session {ID} is closed and graded; hotseat debrief {ID} tells how it went\n")


def test_a_closing_that_was_interrupted_is_made_again(hotseat: Hotseat, replayed_at_once: Evidence, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(incident: object, rows: object, **more: object) -> object:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("grader.closing.gather", stopped)
        ran = hotseat("play", "the-quiet-store", "--seed", "3", stdin=b"resolve\n")
    assert ran.status == 130
    assert f"hotseat play --resume {ID}" in ran.err
    assert hotseat("play", "--resume", ID).status == 0
    assert hotseat("grade", ID).status == 0


def test_a_live_clock_runs_between_lines_and_is_replayed(hotseat: Hotseat, world: Incident, monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = iter(range(0, 10_000, 2))
    monkeypatch.setattr("console.host.clock.LiveClock.__init__.__defaults__", (lambda: float(next(ticks)),))
    assert hotseat("play", "the-quiet-store", "--seed", "3", "--speed", "60", stdin=b"alerts\n").status == 0
    assert "clock" in [row.kind for row in sessions().resolve(ID).rows]
    seat = go_on(ID)
    seat.journal.close()
    assert seat.drill.now_s >= world.start_s + 60 + 120


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("the-quiet-store", "--speed", "0.5"), "a live clock runs at 1 to 3600 times wall time, not 0.5"),
        (("the-quiet-store", "--speed", "nan"), "a live clock runs at 1 to 3600 times wall time, not nan"),
        (("the-quiet-store", "--resume", "x"), "--resume goes on with a session as it is"),
        (("the-loud-store",), "there is no scenario 'the-loud-store'"),
    ],
)
def test_what_cannot_be_played_is_one_line(hotseat: Hotseat, arguments: tuple[str, ...], complaint: str) -> None:
    ran = hotseat("play", *arguments)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith(f"hotseat: {complaint}")


def test_without_a_name_a_menu_offers_the_catalogue_with_the_last_results(hotseat: Hotseat, replayed_at_once: Evidence) -> None:
    hotseat("run", "the-quiet-store", "--seed", "3", "--script", "-", stdin=b"resolve\n")
    hotseat("play", "the-quiet-store", "--seed", "3", stdin=b"")
    ran = hotseat(stdin=b"nonsense\nq\n")
    assert ran.status == 0
    assert "Fraud slips through, everything is green" in ran.out
    assert "not finished: --resume the-quiet-store-3-2" in " ".join(ran.out.split())
    assert "a number from 1 to" in ran.out


def test_a_number_from_the_menu_begins_that_drill(hotseat: Hotseat, world: Incident, monkeypatch: pytest.MonkeyPatch) -> None:
    from scenarios.library import scenario_names

    monkeypatch.setattr("console.host.seat.secrets.randbelow", lambda limit: 3)
    number = scenario_names().index("the-quiet-store") + 1
    ran = hotseat("play", stdin=b"%d\nalerts\n" % number)
    assert ran.status == 0
    assert [s.session for s in sessions().list()] == [ID]
    assert "! firing" in ran.out


def test_a_grade_is_prepared_while_a_person_at_a_terminal_types_nothing(world: Incident, monkeypatch: pytest.MonkeyPatch) -> None:
    found: list[Incident] = []

    with create_pipe_input() as keys, create_app_session(input=keys, output=DummyOutput()):

        def preparation(incident: Incident) -> Iterator[None]:
            yield
            found.append(incident)
            keys.send_text("quit\r")

        monkeypatch.setattr("grader.preparation.preparation", preparation)
        monkeypatch.setattr("console.prompt.session.on_terminal", lambda: True)
        seat = begin("the-quiet-store", 3, actor="you")
        try:
            assert not Talk(seat, Style()).until_resolved()
        finally:
            seat.journal.close()
    assert found == [seat.incident]

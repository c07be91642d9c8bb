"""Hints as a person meets them: typed in a drill, told by the mentor, priced in the grade, and withheld in an interview."""

from __future__ import annotations

import json
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from console.home import sessions
from console.host.host import Host
from console.host.messages import Answered, Begin, Event, Progressed, Submit
from console.host.seat import HINTING, begin
from console.host.shown import ClockState
from console.host.snapshot import snapshot_of
from scenarios.hint import Hint

if TYPE_CHECKING:
    from conftest import Hotseat

    from grader.evidence import Evidence
    from scenarios.incident import Incident

ID = "the-quiet-store-3-1"


@pytest.fixture
def mentor(monkeypatch: pytest.MonkeyPatch) -> None:
    """Gives the second hint at once, instead of playing the candidates' worlds."""
    monkeypatch.setattr("grader.hints.hint", lambda incident, steps, now_s: Hint(2, 4.0, "Two are open."))
    monkeypatch.setattr("grader.variants.variants", lambda incident, told: None)


def test_a_script_hears_it_and_the_grade_takes_its_price(hotseat: Hotseat, replayed_at_once: Evidence, mentor: None) -> None:
    ran = hotseat("run", "the-quiet-store", "--seed", "3", "--script", "-", "--json", stdin=b"alerts\nhint\nresolve\n")
    lines = [json.loads(line) for line in ran.out.splitlines()]
    assert lines[1]["hint"] == {"level": 2, "price": 4.0, "text": "Two are open."}
    assert "hint" not in lines[0]
    found = [f for f in lines[-1]["scorecard"]["findings"] if f["rubric"] == "diagnosis.hint"]
    assert [(f["points"], f["steps"]) for f in found] == [(-4.0, [2])]
    assert json.loads(hotseat("grade", ID, "--json").out) == lines[-1]["scorecard"]


def test_the_war_room_s_channel_has_it_also_after_going_on(world: Incident, mentor: None) -> None:
    seat = begin("the-quiet-store", 3, actor="you")
    with closing(seat.journal):
        seat.drill.submit("hint")
        seat.restore()
        said = [one.text for one in snapshot_of(seat, ClockState(False, 60.0, False), ()).channel if one.sender == "mentor"]
    assert said == ["Two are open. (This costs 4 points.)"]


def test_the_host_tells_how_far_the_hint_is_before_it_answers(world: Incident, mentor: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grader.variants.variants", lambda incident, told: told(0.25))
    told: list[Event] = []
    host = Host(told.append, lambda: 100.0)
    host.handle(Begin(scenario="the-quiet-store", seed=3))
    told.clear()
    assert isinstance(host.handle(Submit(id=7, line="  hint ")), Answered)
    assert [(event.to, event.text, event.share) for event in told if isinstance(event, Progressed)] == [(7, HINTING, 0.25)]
    host.close()


def test_an_interview_waits_for_no_hint(world: Incident, mentor: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grader.variants.variants", lambda incident, told: pytest.fail("nothing is to be found"))
    host = Host(lambda event: None, lambda: 100.0)
    host.handle(Begin(scenario="the-quiet-store", seed=3, interview=True))
    answered = host.handle(Submit(line="hint"))
    assert isinstance(answered, Answered)
    assert (answered.block.kind, answered.block.error) == ("refused", "there are no hints in an interview")
    host.close()


@pytest.mark.parametrize("begun", [("run", "the-quiet-store", "--seed", "3", "--script", "-", "--interview"), ("play", "the-quiet-store", "--seed", "3", "--plain", "--interview")])
def test_the_option_makes_an_interview_and_every_report_says_so(hotseat: Hotseat, replayed_at_once: Evidence, mentor: None, begun: tuple[str, ...]) -> None:
    ran = hotseat(*begun, stdin=b"hint\nresolve\n")
    assert "there are no hints in an interview" in ran.out
    card = json.loads(hotseat("grade", ID, "--json").out)
    assert card["interview"] is True
    assert [f for f in card["findings"] if f["rubric"] == "diagnosis.hint"] == []
    assert "interview: hints were refused" in hotseat("grade", ID).out
    assert "an interview, without hints" in " ".join(hotseat("debrief", ID).out.split())


def test_without_the_option_no_report_speaks_of_an_interview(hotseat: Hotseat, replayed_at_once: Evidence, mentor: None) -> None:
    hotseat("run", "the-quiet-store", "--seed", "3", "--script", "-", stdin=b"alerts\nresolve\n")
    assert json.loads(hotseat("grade", ID, "--json").out)["interview"] is False
    assert "interview" not in hotseat("grade", ID).out
    assert "an interview" not in hotseat("debrief", ID).out


def test_an_interview_that_is_gone_on_with_stays_one(hotseat: Hotseat, world: Incident) -> None:
    hotseat("play", "the-quiet-store", "--seed", "3", "--interview", stdin=b"alerts\n")
    assert "there are no hints in an interview" in hotseat("play", "--resume", ID, stdin=b"hint\n").out
    assert hotseat("play", "--resume", ID, "--interview").status == 2


def test_an_interview_has_none_and_its_head_says_so(world: Incident, mentor: None) -> None:
    seat = begin("the-quiet-store", 3, actor="you", interview=True)
    with closing(seat.journal):
        reply = seat.drill.submit("hint")
        assert (reply.kind, reply.error) == ("refused", "there are no hints in an interview")
    header = sessions().resolve(ID).header
    assert (header["interview"], header["mode"]) == (True, "practice")

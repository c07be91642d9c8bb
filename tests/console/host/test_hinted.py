"""Hints as a person meets them: typed in a drill, told by the mentor, priced in the grade, and withheld in an interview."""

from __future__ import annotations

import json
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from console.home import sessions
from console.host.seat import begin
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


def test_an_interview_has_none_and_its_head_says_so(world: Incident, mentor: None) -> None:
    seat = begin("the-quiet-store", 3, actor="you", interview=True)
    with closing(seat.journal):
        reply = seat.drill.submit("hint")
        assert (reply.kind, reply.error) == ("refused", "there are no hints in an interview")
    header = sessions().resolve(ID).header
    assert (header["interview"], header["mode"]) == (True, "practice")

from __future__ import annotations

import pytest
from textual.pilot import Pilot

from console.host.shown import ClockState, Harm
from console.widgets.status_bar import StatusBar, harm_text, pace_text, status_line
from simulator.calendar import clock
from tests.console.samples import NASTY, START_S, UNSAFE, snapshot
from tests.console.widgets.pane_stage import Stage, play, settled

TITLE = "Fraud slips through, everything is green"
NOW_S = START_S + 2520.0


def line(width: int, **changed: object) -> str:
    return status_line(TITLE, START_S, snapshot(NOW_S, **changed), NOW_S, width).plain


def test_a_wide_line_says_everything() -> None:
    shown = line(200)
    assert shown.startswith(f"Hotseat  {TITLE}  {clock(NOW_S)} · 42 min since page · investigating · by action")
    assert shown.endswith("harm 18.4k USD (+410/min)  ! 1 firing")
    assert len(shown) == 200


@pytest.mark.parametrize("width", range(18, 200))
def test_no_width_cuts_the_time_or_the_count_of_alerts(width: int) -> None:
    shown = line(width)
    assert "09:42" in shown
    assert shown.endswith("! 1 firing")
    assert len(shown) <= width


def test_a_live_clock_is_told_longer_than_one_that_waits() -> None:
    live = ClockState(True, 60.0, False)
    assert "live 60x ▶" in line(56, clock=live)
    assert "by action" not in line(56)


@pytest.mark.parametrize(
    ("state", "words"),
    [(ClockState(False, 60.0, False), "by action"), (ClockState(True, 60.0, False), "live 60x ▶"), (ClockState(True, 600.0, True), "paused ‖")],
)
def test_how_time_passes_is_said_in_words(state: ClockState, words: str) -> None:
    assert pace_text(state) == words


def test_harm_has_its_rate_with_its_sign() -> None:
    assert harm_text(Harm(950.0, -52.0, "USD")) == "harm 950 USD (-52/min)"


def test_nothing_firing_is_said_too() -> None:
    assert line(100, alerts=()).endswith("+ 0 firing")


def test_an_alert_counts_once_the_shown_clock_reaches_it() -> None:
    alert = snapshot().alerts[0]
    late = snapshot(NOW_S, alerts=(type(alert)(alert.rule, alert.severity, "firing", 141.5, 130.0, ">", NOW_S - 60, ""),))
    assert status_line(TITLE, START_S, late, NOW_S - 120, 120).plain.endswith("+ 0 firing")
    assert status_line(TITLE, START_S, late, NOW_S - 60, 120).plain.endswith("! 1 firing")


def test_the_clock_runs_from_the_old_snapshot_to_the_new_one() -> None:
    async def scene(stage: Stage, pilot: Pilot[None]) -> None:
        stage.snapshot = snapshot(NOW_S + 600)
        await settled(pilot)
        assert "09:42" in stage.lines[0]
        stage.shown_s = NOW_S + 300
        await settled(pilot)
        assert "09:47" in stage.lines[0]
        assert "47 min" in stage.lines[0]
        stage.shown_s = NOW_S + 6000
        await settled(pilot)
        assert "09:52" in stage.lines[0], "the clock never runs ahead of what is known"

    play(StatusBar(TITLE, START_S), scene, size=(100, 3), first=snapshot(NOW_S))


def test_a_narrower_screen_shows_a_shorter_line() -> None:
    async def scene(stage: Stage, pilot: Pilot[None]) -> None:
        assert "Hotseat" in stage.lines[0]
        await pilot.resize_terminal(40, 3)
        await settled(pilot)
        assert "Hotseat" not in stage.lines[0]
        assert stage.lines[0].rstrip().endswith("! 1 firing")

    play(StatusBar(TITLE, START_S), scene, size=(160, 3))


def test_a_nasty_title_is_only_text() -> None:
    async def scene(stage: Stage, pilot: Pilot[None]) -> None:
        bar = stage.pane
        assert isinstance(bar, StatusBar)
        for text in NASTY:
            bar.title = text
            stage.take(snapshot(NOW_S, phase=text))
            await settled(pilot)
            assert not set(UNSAFE) & set(stage.text), repr(text)
            assert "! 1 firing" in stage.lines[0], repr(text)

    play(StatusBar(TITLE, START_S), scene, size=(120, 3))

from __future__ import annotations

import re
from typing import Any

import pytest
from textual.pilot import Pilot

from console.host.shown import Said, Snapshot
from console.widgets.channel_pane import ChannelPane, said_texts
from console.widgets.plain_text import PlainText
from simulator.durations import HOUR_S
from tests.console.samples import NASTY, START_S, UNSAFE, snapshot
from tests.console.widgets.pane_stage import Scene, Stage, play, settled

NOW_S = START_S + 2520.0


def said(count: int) -> Snapshot:
    return snapshot(NOW_S, channel=tuple(Said(START_S + k, "support", f"message number {k}") for k in range(1, count + 1)))


def play_channel(scene: Scene, **kwargs: Any) -> Stage:
    return play(ChannelPane(classes="pane"), scene, **kwargs)


def channel(stage: Stage) -> ChannelPane:
    assert isinstance(stage.pane, ChannelPane)
    return stage.pane


def in_view(stage: Stage) -> list[str]:
    return re.findall(r"number \d+", stage.text)


def test_a_line_has_time_sender_and_text() -> None:
    shown = [text.plain for text in said_texts(snapshot().channel)]
    assert shown[2] == "09:40 product manager: How many payments are affected? I need a number."


def test_the_day_stands_before_the_first_line_of_another_day() -> None:
    lines = [Said(START_S, "a", "x"), Said(START_S + 16 * HOUR_S, "a", "y"), Said(START_S + 17 * HOUR_S, "a", "z")]
    assert [text.plain for text in said_texts(lines)] == ["09:00 a: x", "Wed 07 Oct 01:00 a: y", "02:00 a: z"]


def test_long_lines_are_wrapped() -> None:
    async def scene(stage: Stage, pilot: Pilot[None]) -> None:
        joined = " ".join(line.strip("│ ") for line in stage.lines)
        assert "How many payments are affected? I need a number." in joined

    play_channel(scene, size=(46, 14))


def test_the_newest_line_is_in_view_and_nothing_is_unread() -> None:
    async def scene(stage: Stage, pilot: Pilot[None]) -> None:
        assert "message number 30" in stage.text
        stage.take(said(31))
        await settled(pilot)
        assert "message number 31" in stage.text
        assert channel(stage).unread == 0
        assert channel(stage).border_subtitle is None

    play_channel(scene, size=(60, 12), first=said(30))


def test_scrolled_away_it_stays_there_and_counts_what_is_new() -> None:
    async def scene(stage: Stage, pilot: Pilot[None]) -> None:
        stage.pane.focus()
        await pilot.press("home")
        channel(stage).scroll_to(y=3, animate=False, immediate=True)
        await settled(pilot)
        before = in_view(stage)
        stage.take(said(32))
        await settled(pilot)
        assert in_view(stage) == before
        assert channel(stage).unread == 2
        assert "2 new" in stage.text
        channel(stage).scroll_end(animate=False, immediate=True)
        await settled(pilot)
        assert channel(stage).unread == 0
        assert "new" not in stage.text
        stage.take(said(33))
        await settled(pilot)
        assert "message number 33" in stage.text

    play_channel(scene, size=(60, 12), first=said(30))


def test_what_came_while_it_was_hidden_is_unread_until_it_is_shown() -> None:
    pane = ChannelPane(classes="pane")

    async def scene(stage: Stage, pilot: Pilot[None]) -> None:
        pane.display = False
        await settled(pilot)
        stage.take(said(35))
        await settled(pilot)
        assert pane.unread == 5
        pane.display = True
        await settled(pilot)
        assert pane.unread == 0
        assert "message number 35" in stage.text

    play(pane, scene, size=(60, 12), first=said(30))


def test_a_line_is_there_once_the_shown_clock_reaches_it() -> None:
    async def scene(stage: Stage, pilot: Pilot[None]) -> None:
        stage.shown_s = START_S + 2.5
        await settled(pilot)
        assert "message number 2" in stage.text
        assert "message number 3" not in stage.text
        stage.shown_s = NOW_S
        await settled(pilot)
        assert "message number 3" in stage.text

    play_channel(scene, size=(60, 12), first=said(3))


def test_lines_that_are_there_are_not_built_anew() -> None:
    async def scene(stage: Stage, pilot: Pilot[None]) -> None:
        before = list(stage.pane.query(PlainText))
        early = Said(START_S + 1.5, "you", "an update in between")
        first, *others = said(3).channel
        stage.take(snapshot(NOW_S, channel=(first, early, *others)))
        await settled(pilot)
        assert list(stage.pane.query(PlainText))[:3] == before
        shown = [line.strip("│ ").strip() for line in stage.lines[1:5]]
        assert shown == ["09:00 support: message number 1", "09:00 you: an update in between", "09:00 support: message number 2", "09:00 support: message number 3"]

    play_channel(scene, size=(60, 12), first=said(3))


@pytest.mark.parametrize("size", [(46, 14), (78, 12), (200, 60), (12, 5)])
def test_every_size_can_be_shown(size: tuple[int, int]) -> None:
    async def scene(stage: Stage, pilot: Pilot[None]) -> None:
        await pilot.resize_terminal(*size)
        await settled(pilot)
        assert len(stage.lines) == size[1]

    play_channel(scene)


def test_nasty_messages_are_only_text() -> None:
    async def scene(stage: Stage, pilot: Pilot[None]) -> None:
        stage.take(snapshot(NOW_S, channel=tuple(Said(START_S, text, text) for text in NASTY)))
        await settled(pilot)
        for _ in range(6):
            assert not set(UNSAFE) & set(stage.text)
            channel(stage).scroll_page_up(animate=False)
            await settled(pilot)

    play_channel(scene)

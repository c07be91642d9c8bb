from __future__ import annotations

import pytest
from rich.console import Console
from textual.pilot import Pilot
from textual.widgets import ProgressBar

from console.host.messages import Progressed
from console.screens.working import WorkingScreen, _BarOnBlank, elapsed_text
from tests.console.samples import NASTY, UNSAFE
from tests.console.screens.stage import SIZES, Stage, play, pressed


def after(*events: Progressed, size: tuple[int, int] = (80, 24)) -> tuple[str, float | None]:
    """What is shown after these events, and how much of the bar is full."""
    screen = WorkingScreen("Grading by replay", now=lambda: 0.0)
    shown, full = "", None

    async def scene(app: Stage, pilot: Pilot[None]) -> None:
        nonlocal shown, full
        for event in events:
            screen.progressed(event)
        await pilot.pause()
        shown, full = app.shown, screen.query_one(ProgressBar).percentage

    play(screen, scene, size=size)
    return shown, full


@pytest.mark.parametrize("size", SIZES)
def test_what_goes_on_is_said_with_its_share(size: tuple[int, int]) -> None:
    shown, full = after(Progressed(text="building the world", share=None), Progressed(text="the incident without step 4", share=0.634), size=size)
    assert "Grading by replay" in shown
    assert "building the world" in shown
    assert "the incident without step 4" in shown
    assert "63 %" in shown
    assert full == pytest.approx(0.634)


def test_without_a_share_no_percentage_is_claimed() -> None:
    shown, full = after(Progressed(text="building", share=0.5), Progressed(text="building more", share=None))
    assert "%" not in shown
    assert full is None


def test_the_last_five_lines_stay_and_the_same_text_twice_is_one_line() -> None:
    shown, _ = after(*(Progressed(text=f"candidate {k // 2}", share=k / 20) for k in range(20)))
    assert [line.split("│")[1].strip() for line in shown.splitlines() if "candidate" in line] == [f"candidate {k}" for k in range(5, 10)]


@pytest.mark.parametrize(("share", "full"), [(-1.0, 0.0), (2.0, 1.0), (0.0, 0.0), (1.0, 1.0), (float("nan"), None)])
def test_a_share_out_of_bounds_is_put_into_them(share: float, full: float | None) -> None:
    assert after(Progressed(text="x", share=share))[1] == full


def test_news_that_comes_before_the_screen_is_mounted_is_shown() -> None:
    screen = WorkingScreen("Building the world")
    screen.progressed(Progressed(text="building the world of card-fraud", share=0.25))
    shown = ""

    async def scene(app: Stage, pilot: Pilot[None]) -> None:
        nonlocal shown
        shown = app.shown

    play(screen, scene)
    assert "building the world of card-fraud" in shown
    assert "25 %" in shown


def test_escape_asks_to_leave_off_and_leaves_the_screen_to_the_app() -> None:
    app = pressed(WorkingScreen("Building the world"), "escape")
    assert len(app.posted(WorkingScreen.LeaveAsked)) == 1
    assert app.results == []


def test_the_time_that_passed_is_shown() -> None:
    times = iter((10.0, 10.0, *[82.0] * 100))
    screen = WorkingScreen("Building the world", now=lambda: next(times))
    shown = ""

    async def scene(app: Stage, pilot: Pilot[None]) -> None:
        nonlocal shown
        screen._tick()
        await pilot.pause()
        shown = app.shown

    play(screen, scene)
    assert "1 min 12 s · Escape leaves off" in shown


@pytest.mark.parametrize(("seconds", "text"), [(-3.0, "0 s"), (0.0, "0 s"), (59.9, "59 s"), (60.0, "1 min 00 s"), (3725.0, "62 min 05 s")])
def test_elapsed_time_reads_as_people_say_it(seconds: float, text: str) -> None:
    assert elapsed_text(seconds) == text


def test_nasty_texts_are_only_texts() -> None:
    screen = WorkingScreen("[/x]")

    async def scene(app: Stage, pilot: Pilot[None]) -> None:
        for text in NASTY:
            screen.progressed(Progressed(text=text, share=0.1))
            await pilot.pause()
            assert not any(sign in app.shown for sign in UNSAFE)
        assert "`rm -rf` $HOME {{7*7}} %s" in app.shown

    play(screen, scene)


def test_the_bar_ends_where_the_work_ends_without_colours_too() -> None:
    console = Console(width=20, no_color=True, force_terminal=False)
    with console.capture() as drawn:
        console.print(_BarOnBlank(highlight_range=(0, 8), highlight_style="red", background_style="white"))
    assert drawn.get().rstrip() == "━" * 8

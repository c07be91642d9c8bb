"""The whole way through the app by keys: Home, the form, the briefing, a drill, its debrief; and back after a host has died."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from textual.pilot import Pilot

import content
from console.app import HotseatApp
from console.host.child import ChildLink
from console.host.link import Link, Told
from console.host.local import LocalLink
from console.host.messages import AnyEvent, Begin, Failed, Left, Request, Resume, SetClock
from console.screens.briefing import BriefingScreen
from console.screens.debrief import DebriefScreen
from console.screens.home import HomeScreen
from console.screens.message import MessageScreen
from console.screens.question import QuestionScreen
from console.screens.room import PANES
from console.screens.start_form import StartForm
from console.screens.table_screen import TableScreen
from console.screens.war_room import WarRoomScreen
from console.screens.working import WorkingScreen
from console.widgets.command_line import CommandLine
from grader.evidence import Evidence
from scenarios.hint import Hint
from scenarios.incident import Incident
from simulator.durations import HOUR_S
from tests.console.conftest import SCENARIO, SEED
from tests.console.samples import UNSAFE
from tests.console.screens.stage import shown_on

Scene = Callable[[HotseatApp, Pilot[None]], Awaitable[None]]
BEGIN = Begin(scenario=SCENARIO, seed=SEED)
TRIES = 3000


async def until(pilot: Pilot[None], there: Callable[[], object], what: str) -> None:
    """Go on when `there` holds; fails where it never does."""
    for _ in range(TRIES):
        if there():
            await pilot.pause()
            return
        await pilot.pause(0.01)
    raise AssertionError(f"{what} never came; there is\n{shown_on(pilot.app)}")


def play(scene: Scene, opening: Begin | Resume | None = None, *, size: tuple[int, int] = (120, 36), new_link: Callable[[], Link] = LocalLink) -> HotseatApp:
    async def run() -> HotseatApp:
        app = HotseatApp(opening, new_link=new_link)
        async with app.run_test(size=size, notifications=True) as pilot:
            await scene(app, pilot)
        return app

    return asyncio.run(run())


async def in_the_room(app: HotseatApp, pilot: Pilot[None]) -> WarRoomScreen:
    """Past the briefing."""
    await until(pilot, lambda: isinstance(app.screen, BriefingScreen), "the briefing")
    await pilot.press("enter")
    return await back_in_the_room(app, pilot)


async def back_in_the_room(app: HotseatApp, pilot: Pilot[None]) -> WarRoomScreen:
    await until(pilot, lambda: isinstance(app.screen, WarRoomScreen), "the war room")
    room = app.screen
    assert isinstance(room, WarRoomScreen)
    return room


async def typed(pilot: Pilot[None], room: WarRoomScreen, line: str, *, steps: int | None = None) -> None:
    """Enter a line, and wait until the runbook has as many steps."""
    room.query_one(CommandLine).put(line)
    await pilot.press("enter")
    if steps is not None:
        await until(pilot, lambda: room.snapshot is not None and len(room.snapshot.runbook.steps) == steps and not room.query_one(CommandLine).busy, f"step {steps}")


def lines_of(room: WarRoomScreen) -> list[str]:
    assert room.snapshot is not None
    return [step.line for step in room.snapshot.runbook.steps]


def test_from_home_to_the_debrief_and_home_again(replayed_at_once: Evidence) -> None:
    async def scene(app: HotseatApp, pilot: Pilot[None]) -> None:
        await until(pilot, lambda: "Fraud slips through" in shown_on(app), "the catalogue")
        for _ in range(10):
            if "scored, and declined from a score" in " ".join(shown_on(app).split()):
                break
            await pilot.press("down")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, StartForm), "the form")
        await pilot.press("down", "down", "down", "down", *str(SEED), "enter")
        room = await in_the_room(app, pilot)
        await typed(pilot, room, "alerts", steps=1)
        await typed(pilot, room, "features age", steps=2)
        await typed(pilot, room, "declare feature-store/online/card_velocity stale-materialisation --because 2", steps=3)
        await until(pilot, lambda: room.snapshot is not None and room.shown_s == room.snapshot.now_s, "the end of the time that passes")
        shown = shown_on(app)
        assert "feast_feature_freshness_seconds" in shown
        assert "= declared" in shown
        await typed(pilot, room, "resolve")
        assert lines_of(room)[-1] != "resolve", "it asks once"
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, DebriefScreen), "the debrief")
        assert "The cause was stale-materialisation at feature-store/online/card_velocity" in " ".join(shown_on(app).split())
        await pilot.press("q")
        await until(pilot, lambda: isinstance(app.screen, HomeScreen) and "+ graded" in shown_on(app), "home with the result")

    play(scene)


def test_a_dangerous_command_asks_once_and_can_be_left(world: Incident) -> None:
    async def scene(app: HotseatApp, pilot: Pilot[None]) -> None:
        room = await in_the_room(app, pilot)
        await typed(pilot, room, "registry rollback")
        assert "Enter again goes ahead" in shown_on(app)
        await pilot.press("escape")
        await typed(pilot, room, "note I would rather look first", steps=1)
        assert lines_of(room) == ["note I would rather look first"]

    play(scene, BEGIN)


def test_a_hint_that_takes_long_to_get_ready_shows_how_far_it_is(world: Incident, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = threading.Event()

    def slow(incident: Incident, told: Callable[[float], None]) -> None:
        told(0.4)
        assert seen.wait(60)

    async def scene(app: HotseatApp, pilot: Pilot[None]) -> None:
        room = await in_the_room(app, pilot)
        monkeypatch.setattr("grader.variants.variants", slow)
        monkeypatch.setattr("grader.hints.hint", lambda incident, steps, now_s: Hint(1, 2.0, "Look first."))
        await typed(pilot, room, "hint")
        await until(pilot, lambda: isinstance(app.screen, WorkingScreen) and "40 %" in shown_on(app), "the progress")
        assert "Getting the hint ready" in shown_on(app)
        seen.set()
        await until(pilot, lambda: app.screen is room and lines_of(room) == ["hint"], "the hint")

    play(scene, BEGIN)


def test_a_drill_is_left_and_gone_on_with(world: Incident) -> None:
    async def first(app: HotseatApp, pilot: Pilot[None]) -> None:
        room = await in_the_room(app, pilot)
        await typed(pilot, room, "alerts", steps=1)
        await typed(pilot, room, "quit")
        await until(pilot, lambda: isinstance(app.screen, HomeScreen) and "not finished" in shown_on(app), "home with the session")

    async def second(app: HotseatApp, pilot: Pilot[None]) -> None:
        room = await back_in_the_room(app, pilot)
        assert lines_of(room) == ["alerts"]
        assert "missed-fraud-high" in shown_on(app)

    play(first, BEGIN)
    play(second, Resume(session=f"{SCENARIO}-{SEED}-1"))


@pytest.mark.parametrize("size", [(80, 24), (100, 30), (120, 36), (160, 45), (240, 70)])
def test_at_each_size_the_clock_what_fires_and_the_prompt_are_seen_and_every_pane_can_be_reached(world: Incident, size: tuple[int, int]) -> None:
    async def scene(app: HotseatApp, pilot: Pilot[None]) -> None:
        room = await in_the_room(app, pilot)
        await typed(pilot, room, "alerts", steps=1)
        for key, (pane, title) in zip(("f2", "f3", "f4", "f5", "f6"), PANES.items(), strict=True):
            await pilot.press(key)
            shown = shown_on(app)
            first = shown.splitlines()[0]
            assert "firing" in first
            assert "min" in first
            assert f"{title} {key}" in shown
            assert room.query_one(f"#{pane}").size.height > 5, pane
            assert any(line.startswith(" >") for line in shown.splitlines())
            await pilot.press("escape")
            assert room.query_one(CommandLine).has_focus_within

    play(scene, BEGIN, size=size)


def test_without_colour_every_state_is_still_a_sign_and_a_word(world: Incident, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")

    async def scene(app: HotseatApp, pilot: Pilot[None]) -> None:
        room = await in_the_room(app, pilot)
        await typed(pilot, room, "alerts", steps=1)
        await typed(pilot, room, "features agee", steps=2)
        shown = shown_on(app)
        for said in ("! firing", "? none", "+ ok", "! not understood"):
            assert said in shown
        assert app.no_color

    play(scene, BEGIN)


def test_help_costs_nothing_and_knows_the_causes(world: Incident) -> None:
    async def scene(app: HotseatApp, pilot: Pilot[None]) -> None:
        room = await in_the_room(app, pilot)
        await typed(pilot, room, "help causes")
        await until(pilot, lambda: "what fraudsters do" in shown_on(app), "the causes")
        assert lines_of(room) == []

    play(scene, BEGIN)


def test_the_clock_is_set_live_and_steps_and_a_half_typed_line_stays(world: Incident) -> None:
    async def scene(app: HotseatApp, pilot: Pilot[None]) -> None:
        room = await in_the_room(app, pilot)
        await pilot.press(*"feat", "f8")
        await until(pilot, lambda: isinstance(app.screen, QuestionScreen), "the clock's choices")
        await pilot.press("down", "enter")
        await until(pilot, lambda: "live 1x" in shown_on(app), "a live clock")
        await pilot.press("f7")
        await until(pilot, lambda: "paused" in shown_on(app), "the pause")
        assert room.snapshot is not None
        before_s = room.snapshot.now_s
        assert await room._asked(SetClock(live=True, speed=1.0, paused=True, step_s=1e12)) is None, "the host refuses such a step"
        assert room.query_one(CommandLine).text == "feat"
        await pilot.press("f8")
        await until(pilot, lambda: isinstance(app.screen, QuestionScreen), "the clock's choices")
        await pilot.press("end", "enter")
        await until(pilot, lambda: room.snapshot is not None and room.snapshot.now_s == before_s + 2 * HOUR_S, "a step of two hours")
        assert room.query_one(CommandLine).text == "feat"

    play(scene, BEGIN)


def test_a_room_that_was_left_does_not_open_its_drill_again(world: Incident) -> None:
    async def scene(app: HotseatApp, pilot: Pilot[None]) -> None:
        room = await in_the_room(app, pilot)
        await typed(pilot, room, "quit")
        await until(pilot, lambda: isinstance(app.screen, HomeScreen) and "~ open" in shown_on(app), "home with the session")
        link = app.link
        assert isinstance(link, LocalLink)
        asked: list[Request] = []

        async def ask(request: Request, told: Told = lambda event: None) -> AnyEvent:
            asked.append(request)
            return Left()

        link.ask = ask  # type: ignore[method-assign]
        link._listener(Failed(text="the host ended (signal 9)"))
        await pilot.pause()
        await app.workers.wait_for_complete()
        assert asked == []
        assert isinstance(app.screen, HomeScreen)

    play(scene, BEGIN)


def test_what_cannot_be_opened_ends_the_app_and_says_why() -> None:
    async def scene(app: HotseatApp, pilot: Pilot[None]) -> None:
        # Not through the pilot: it would wait for the messages of an app that has ended.
        for _ in range(TRIES):
            if app.not_opened:
                break
            await asyncio.sleep(0.01)

    assert "there is no scenario 'nosuch'" in play(scene, Begin(scenario="nosuch")).not_opened


@pytest.mark.skipif(sys.platform != "linux", reason="kills a process")
def test_a_host_that_is_killed_in_mid_command_and_between_comes_back_with_everything(home: Path) -> None:
    async def scene(app: HotseatApp, pilot: Pilot[None]) -> None:
        link = app.link
        assert isinstance(link, ChildLink)
        room = await in_the_room(app, pilot)
        await typed(pilot, room, "alerts", steps=1)
        assert link.pid is not None
        os.kill(link.pid, signal.SIGSTOP)
        await typed(pilot, room, "features age")
        os.kill(link.pid, signal.SIGKILL)
        await until(pilot, lambda: not room.query_one(CommandLine).busy, "the end of the command")
        await until(pilot, lambda: link.pid is not None and "features age" in (lines_of(room)[-1], room.query_one(CommandLine).text), "the line")
        if len(lines_of(room)) == 1:
            await pilot.press("enter")
            await until(pilot, lambda: len(lines_of(room)) == 2, "the look")
        assert lines_of(room) == ["alerts", "features age"]
        os.kill(link.pid, signal.SIGKILL)
        await until(pilot, lambda: "nothing was lost" in shown_on(app), "the word that it is back")
        await typed(pilot, room, "changes", steps=3)
        assert not isinstance(app.screen, MessageScreen)

    play(scene, BEGIN, new_link=ChildLink)


def test_a_scenario_and_lines_full_of_markup_show_it_as_text(built: Incident, tmp_path: Path) -> None:
    """Every text that an author or a person can write; control and reordering signs are refused in files, and replaced in lines."""
    nasty = "[/x] [@click=app.quit]go[/] [red]a[0]"
    text = content.read("scenarios", f"{SCENARIO}.yaml").replace("title: Fraud slips through, everything is green", f'title: "{nasty} T"')
    text = text.replace("  You are on call for the fraud score.", f"  {nasty} B. You are on call for the fraud score.")
    text = text.replace('  - "Service: a feature server', f'  - "{nasty} C: a feature server').replace("{asks_for: impact on customers and money", f'{{asks_for: "{nasty} P"')
    text = text.replace('  true: "Payments traffic', f'  true: "{nasty} H').replace('  misleading: "There was', f'  misleading: "{nasty} M')
    assert text.count(nasty) == 6
    file = tmp_path / "nasty.yaml"
    file.write_text(text, encoding="utf-8")
    shown: list[str] = []

    async def scene(app: HotseatApp, pilot: Pilot[None]) -> None:
        await until(pilot, lambda: isinstance(app.screen, BriefingScreen), "the briefing")
        shown.append(shown_on(app))
        await pilot.press("enter")
        room = await back_in_the_room(app, pilot)
        query = "sql select '[/x] [@click=app.quit]x[/]' || chr(27) || '[2J' || chr(8238) as \"[/y]\""
        for step, line in enumerate((f"note {nasty}", f"hypothesis {nasty}", f'alerts --expect "{nasty}"', "wait 2h", "logs --grep [/x]", query), start=1):
            await typed(pilot, room, line, steps=step)
        for key in ("f2", "f3", "f4", "f5", "f6"):
            await pilot.press(key)
            shown.append(shown_on(app))
            await pilot.press("escape")
        await pilot.press("f4", "t")
        await until(pilot, lambda: isinstance(app.screen, TableScreen), "the table")
        shown.append(shown_on(app))
        await pilot.press("escape", "escape", "f10")
        shown.append(shown_on(app))
        await pilot.press("escape")
        await typed(pilot, room, "quit")
        await until(pilot, lambda: isinstance(app.screen, HomeScreen) and "~ open" in shown_on(app), "home with the session")
        shown.append(shown_on(app))

    play(scene, Begin(scenario=str(file), seed=SEED), size=(200, 60))
    seen = "\n".join(shown)
    assert nasty in seen
    assert "[/y]" in seen
    assert "\ufffd[2J\ufffd" in seen
    assert [sign for sign in UNSAFE if sign in seen] == []

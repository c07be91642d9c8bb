from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, ClassVar

from textual.app import App
from textual.command import CommandList, CommandPalette
from textual.content import Content
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Input

from console.palette import DrillCommands
from simulator.commands import Command
from tests.console.samples import NASTY, seated_commands

ODD = "odd one"


class Room(Screen[None]):
    def __init__(self) -> None:
        super().__init__()
        self.commands = {**seated_commands(), ODD: Command(ODD, "word", "x", f"{NASTY[0]} {NASTY[2]}", 0.0)}
        self.taken: list[str] = []

    def take_command(self, name: str) -> None:
        self.taken.append(name)


class House(App[None]):
    COMMANDS: ClassVar[set[Any]] = {DrillCommands}

    def __init__(self, first: Screen[None]) -> None:
        super().__init__()
        self.first = first

    def on_mount(self) -> None:
        self.push_screen(self.first)


def opened(play: Callable[[Pilot[None]], Awaitable[None]], screen: Screen[None] | None = None) -> Screen[None]:
    app = House(screen or Room())

    async def run() -> None:
        async with app.run_test(size=(100, 40)) as pilot:
            await pilot.pause()
            app.push_screen(CommandPalette())
            await pilot.pause()
            await app.screen.workers.wait_for_complete()
            await play(pilot)

    asyncio.run(run())
    return app.first


async def searched(pilot: Pilot[None], text: str) -> None:
    pilot.app.screen.query_one(Input).value = text
    await pilot.pause()
    await pilot.app.screen.workers.wait_for_complete()


def offered(pilot: Pilot[None]) -> list[str]:
    prompts = [option.prompt for option in pilot.app.screen.query_one(CommandList).options]
    assert all(isinstance(prompt, Content) for prompt in prompts)
    return [str(prompt) for prompt in prompts]


def test_every_command_is_offered_looks_before_moves_before_words() -> None:
    async def play(pilot: Pilot[None]) -> None:
        found = offered(pilot)
        assert len(found) == len(seated_commands()) + 1
        assert [text.partition(" ")[0] for text in found] == ["look"] * 3 + ["move"] * 2 + ["word"] * 5
        assert found[1] == "look  features age  costs 5 min\nAge of each view in the online store"
        assert found[3].startswith("move  registry rollback  costs 5 min · ! touches all of production\n")
        assert found[4].startswith("move  labels rejoin  costs 20 min · ! cannot be undone\n")
        assert found[-1] == f"word  {ODD}  no time\n{NASTY[0]} {NASTY[2]}"

    opened(play)


def test_a_search_finds_names_first_and_then_what_the_help_says() -> None:
    async def play(pilot: Pilot[None]) -> None:
        await searched(pilot, "declare")
        assert [text.split("  ")[1] for text in offered(pilot)] == ["declare"]
        await searched(pilot, "offline values")
        assert [text.split("  ")[1] for text in offered(pilot)] == ["features parity"]
        await searched(pilot, "fea")
        assert [text.split("  ")[1] for text in offered(pilot)][:2] == ["features age", "features parity"]

    opened(play)


def test_choosing_a_command_hands_its_name_to_the_screen() -> None:
    async def play(pilot: Pilot[None]) -> None:
        await searched(pilot, "labels")
        await pilot.press("enter")
        await pilot.pause()

    room = opened(play)
    assert isinstance(room, Room)
    assert room.taken == ["labels rejoin"]


def test_a_screen_without_commands_offers_none() -> None:
    async def play(pilot: Pilot[None]) -> None:
        assert [text for text in offered(pilot) if not text.startswith("No matches")] == []

    opened(play, Screen())

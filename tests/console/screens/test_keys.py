from __future__ import annotations

import asyncio
from typing import Any, ClassVar

import pytest
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.widgets import Input

from console import theme
from console.screens.keys import EVERYWHERE, HERE, SCREEN, KeysScreen, groups_of
from tests.console.samples import NASTY, UNSAFE
from tests.console.screens.stage import shown_on


class Room(Screen[None]):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f2,f12", "nothing", "Map", id="pane.map"),
        Binding("f9", "nothing", "Resolve", group=Binding.Group("The drill")),
        Binding("f10", "sometimes", "Brief"),
        Binding("f11", "nothing", "", id="silent"),
    ]

    def compose(self) -> ComposeResult:
        yield Input()

    def action_nothing(self) -> None:
        pass

    def action_sometimes(self) -> None:
        pass

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return None if action == "sometimes" else True


class Program(App[None]):
    BINDINGS: ClassVar[list[BindingType]] = [Binding("f1", "keys", "Keys", id="app.keys")]

    def __init__(self, room: Screen[Any]) -> None:
        super().__init__()
        theme.register(self)
        self.room = room

    def on_mount(self) -> None:
        self.push_screen(self.room)

    def action_keys(self) -> None:
        self.push_screen(KeysScreen(self.screen))


def test_keys_are_grouped_by_where_they_work_and_one_action_is_one_row() -> None:
    async def run() -> None:
        app = Program(Room())
        async with app.run_test() as pilot:
            await pilot.pause()
            groups = groups_of(app.screen.active_bindings, app.get_key_display)
            assert ("f2 f12", "Map") in groups[SCREEN]
            assert ("f10", "Brief (not now)") in groups[SCREEN]
            assert ("f1", "Keys") in groups[EVERYWHERE]
            assert ("f9", "Resolve") in groups["The drill"]
            assert any("Delete" in about for _, about in groups[HERE])
            assert next(iter(groups)) == SCREEN
            assert not any(keys == "f11" for rows in groups.values() for keys, _ in rows)

    asyncio.run(run())


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 60)])
def test_the_keys_of_the_screen_beneath_are_listed_until_escape(size: tuple[int, int]) -> None:
    async def run() -> None:
        app = Program(Room())
        async with app.run_test(size=size) as pilot:
            await pilot.press("f1")
            await pilot.pause()
            shown = shown_on(app)
            assert SCREEN in shown
            assert "Map" in shown
            assert "Escape closes" in shown
            await pilot.press("escape")
            await pilot.pause()
            assert app.screen is app.room

    asyncio.run(run())


def test_a_key_that_was_changed_is_listed_as_it_is_now() -> None:
    async def run() -> None:
        app = Program(Room())
        async with app.run_test() as pilot:
            app.set_keymap({"pane.map": "f8"})
            await pilot.press("f1")
            await pilot.pause()
            row = next(line for line in shown_on(app).splitlines() if "Map" in line)
            assert "f8" in row
            assert "f2" not in row

    asyncio.run(run())


def test_nasty_descriptions_are_only_texts() -> None:
    class Nasty(Room):
        BINDINGS: ClassVar[list[BindingType]] = [Binding(f"ctrl+{chr(97 + k)}", f"nothing({k})", text, group=Binding.Group(text)) for k, text in enumerate(NASTY) if text]

    async def run() -> None:
        app = Program(Nasty())
        async with app.run_test(size=(80, 60)) as pilot:
            app.push_screen(KeysScreen(app.screen))
            await pilot.pause()
            shown = shown_on(app)
            assert "[@click=app.quit]click[/]" in shown
            assert not any(sign in shown for sign in UNSAFE)

    asyncio.run(run())

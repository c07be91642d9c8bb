"""An app that shows one screen, for tests of screens: what it ends with, what it posts, and what can be read on it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from textual import events
from textual.app import App
from textual.message import Message
from textual.pilot import Pilot
from textual.screen import Screen

from console import theme

Kind = TypeVar("Kind", bound=Message)
SIZES = ((80, 24), (120, 36), (200, 60))


class Stage(App[None]):
    def __init__(self, screen: Screen[Any], theme_name: str = theme.NAMES[0]) -> None:
        super().__init__()
        self.first, self._theme_name = screen, theme_name
        self.results: list[Any] = []
        self.heard: list[Message] = []

    def on_mount(self) -> None:
        theme.register(self)
        self.theme = self._theme_name
        self.push_screen(self.first, self.results.append)

    def posted(self, kind: type[Kind]) -> list[Kind]:
        """Messages of a kind, in order, each once."""
        return list({id(message): message for message in self.heard if isinstance(message, kind)}.values())

    @property
    def shown(self) -> str:
        return shown_on(self)


def shown_on(app: App[Any]) -> str:
    """What the top screen shows, line by line."""
    return "\n".join("".join(segment.text for segment in strip).rstrip() for strip in app.screen._compositor.render_strips())


def play(screen: Screen[Any], scene: Callable[[Stage, Pilot[None]], Awaitable[None]], *, size: tuple[int, int] = (80, 24), theme_name: str = theme.NAMES[0]) -> Stage:
    """Run `scene` on the screen, at a size; the app as it ended."""

    async def run() -> Stage:
        app = Stage(screen, theme_name)
        async with app.run_test(size=size, message_hook=app.heard.append) as pilot:
            await pilot.pause()
            await scene(app, pilot)
        return app

    return asyncio.run(run())


def pressed(screen: Screen[Any], *keys: str, size: tuple[int, int] = (80, 24)) -> Stage:
    """The app after these keys."""

    async def scene(app: Stage, pilot: Pilot[None]) -> None:
        await pilot.press(*keys)
        await pilot.pause()

    return play(screen, scene, size=size)


async def typed(pilot: Pilot[None], text: str) -> None:
    """Type at once; the last key is waited for, and all others come before it."""
    *before, last = list(text)
    for sign in before:
        pilot.app.post_message(events.Key("space" if sign == " " else sign, sign))
    await pilot.press("space" if last == " " else last)

"""One pane of the war room alone on a screen, bound to values as the war room binds it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.reactive import reactive
from textual.widget import Widget

from console.host.shown import MapRow, Snapshot
from tests.console.samples import MAP, START_S, snapshot

Scene = Callable[["Stage", Pilot[None]], Awaitable[None]]


class Stage(App[None]):
    CSS = ".pane { border: round $panel; padding: 0 1; height: 1fr; }"

    snapshot: reactive[Snapshot | None] = reactive(None, repaint=False)
    shown_s: reactive[float] = reactive(0.0, repaint=False)
    rows: reactive[tuple[MapRow, ...]] = reactive(MAP, repaint=False)

    def __init__(self, pane: Widget, first: Snapshot) -> None:
        super().__init__()
        self.pane = pane
        self.messages: list[Any] = []
        self.set_reactive(Stage.snapshot, first)
        self.set_reactive(Stage.shown_s, first.now_s)

    def compose(self) -> ComposeResult:
        bound = [variable for variable in (Stage.snapshot, Stage.shown_s, Stage.rows) if variable.name in self.pane._reactives]
        yield self.pane.data_bind(*bound)

    @property
    def lines(self) -> list[str]:
        """What is on the screen."""
        return [strip.text for strip in self.screen._compositor.render_strips()]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    def take(self, newer: Snapshot) -> None:
        """A newer snapshot, with its time reached at once."""
        self.snapshot = newer
        self.shown_s = newer.now_s


async def settled(pilot: Pilot[Any]) -> None:
    """Wait until what was asked for is painted. Some panes look again after a refresh, which brings another one."""
    for _ in range(4):
        painted = asyncio.Event()
        pilot.app.screen.call_after_refresh(painted.set)
        await painted.wait()
        await pilot.pause()


def play(pane: Widget, scene: Scene, *, size: tuple[int, int] = (80, 24), first: Snapshot | None = None) -> Stage:
    """Run `scene` with the pane on a screen of `size`."""
    stage = Stage(pane, first if first is not None else snapshot(START_S + 2520.0))

    async def run() -> None:
        async with stage.run_test(size=size, message_hook=stage.messages.append) as pilot:
            await settled(pilot)
            await scene(stage, pilot)

    asyncio.run(run())
    return stage

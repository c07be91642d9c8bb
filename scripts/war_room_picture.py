"""Plays a short drill in the app and keeps what the war room then shows: docs/pictures/war-room.svg, and its text beside it.

Run by `make picture`. The same world gives the same bytes: nothing in the picture comes from the wall clock or from chance.
"""

from __future__ import annotations

import asyncio
import os
import re
import tempfile
import xml.etree.ElementTree as ET
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

from textual.widgets import Input

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from console.screens.war_room import WarRoomScreen

PICTURE = Path(__file__).parents[1] / "docs/pictures/war-room.svg"
TEXT = PICTURE.with_suffix(".txt")
SIZE = (120, 36)
SCENARIO, SEED = "the-quiet-store", 5
LINES = (
    "alerts",
    "changes --last 4d",
    "hypothesis registry/alias wrong-version",
    'models served --expect "another version than the champion"',
    "rule-out wrong-version --because 4",
    "hypothesis world/fraud-behaviour concept-drift",
    "wait 55m",
    'update --impact "130 warnings per 10,000 payments, usually 95" --status investigating --next "scores by segment" --eta 30m',
    'drift scores --expect "scores that sank"',
)
"""A plausible way to begin, and not to the cause: the picture gives no drill away."""
ROUNDS, ROUND_S = 3000, 0.05
STILL = 8
"""Pictures in a row that are the same; on a busy machine two may be while something is still to be drawn."""
_CELL = 12.2
"""Width of a character in Rich's pictures."""


def played() -> str:
    """The picture of the war room after `LINES`. Its session is kept in a folder that is thrown away."""
    with tempfile.TemporaryDirectory(prefix="hotseat-picture-") as home, patch.dict(os.environ, {"HOTSEAT_HOME": home}):
        os.environ.pop("NO_COLOR", None)
        return _lasting(asyncio.run(_played()))


async def _played() -> str:
    from console.app import HotseatApp
    from console.host.local import LocalLink
    from console.host.messages import Begin
    from console.screens.briefing import BriefingScreen
    from console.screens.war_room import WarRoomScreen

    app = HotseatApp(Begin(scenario=SCENARIO, seed=SEED), new_link=LocalLink)
    app.animation_level = "none"
    async with app.run_test(size=SIZE) as pilot:
        await _until(pilot, lambda: isinstance(app.screen, BriefingScreen), "the briefing")
        await pilot.press("enter")
        await _until(pilot, lambda: isinstance(app.screen, WarRoomScreen), "the war room")
        room = app.screen
        assert isinstance(room, WarRoomScreen)
        for box in room.query(Input):
            box.cursor_blink = False
        for steps, line in enumerate(LINES, start=1):
            await pilot.press(*line, "enter")
            await _until(pilot, partial(_shows, room, steps), line)
        return await _at_rest(pilot)


async def _at_rest(pilot: Pilot[None]) -> str:
    """The picture once it stands still: what is drawn late has come by then."""
    before, same = "", 0
    for _ in range(ROUNDS):
        await pilot.pause(5 * ROUND_S)
        now = pilot.app.export_screenshot(title="Hotseat")
        same = same + 1 if now == before else 0
        if same == STILL:
            return now
        before = now
    raise SystemExit("the war room does not come to rest")


def _shows(room: WarRoomScreen, steps: int) -> bool:
    """Whether the room shows that many steps, and the time that they took has passed."""
    return room.snapshot is not None and len(room.snapshot.runbook.steps) == steps and room.shown_s == room.snapshot.now_s


async def _until(pilot: Pilot[None], reached: Callable[[], bool], what: str) -> None:
    for _ in range(ROUNDS):
        if reached():
            await pilot.pause()
            return
        await pilot.pause(ROUND_S)
    raise SystemExit(f"the app did not come to it: {what}")


def _lasting(svg: str) -> str:
    """The picture without a name that changes with every pixel, and without addresses of fonts elsewhere."""
    return re.sub(r"terminal-\d+", "war-room", re.sub(r"\s*@font-face \{.*?\}", "", svg, flags=re.DOTALL))


def text_of(svg: str) -> str:
    """The screen in the picture as plain text."""
    lines: dict[int, str] = {}
    for text in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text"):
        line = re.search(r"-line-(\d+)", text.get("clip-path", ""))
        if line:
            number, column = int(line[1]), round(float(text.get("x", "0")) / _CELL)
            lines[number] = lines.get(number, "").ljust(column) + (text.text or "").replace("\xa0", " ")
    return "\n".join(lines.get(number, "").rstrip() for number in range(max(lines) + 1)) + "\n"


def main() -> None:
    svg = played()
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    PICTURE.write_text(svg, encoding="utf-8")
    TEXT.write_text(text_of(svg), encoding="utf-8")
    print(f"{PICTURE}\n{TEXT}")


if __name__ == "__main__":
    main()

"""The screen's process stays light: nothing of the world is loaded for the first frame, nor by importing any screen or widget but those that draw."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.architecture.imported_names import imported_names

pytest.importorskip("textual")

ROOT = Path(__file__).parents[2]
HEAVY = ("numpy", "pandas", "sklearn", "scipy", "duckdb", "pydantic", "numba", "simpy", "prompt_toolkit", "sqlite3")
WORLD = ("simulator.world", "scenarios", "grader.closing", "console.host.seat")
"""Our own modules that belong to the host's process."""

FIRST_FRAME = """
import asyncio, json, sys
import console.start
from console.app import HotseatApp

class Silent:
    "A host that has not answered yet."
    async def ask(self, request, told=None):
        await asyncio.Event().wait()
    def listen(self, told):
        pass
    async def close(self):
        pass

async def first_frame():
    app = HotseatApp(new_link=Silent)
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        shown = "Hotseat" in app.export_screenshot()
        print(json.dumps({"shown": shown, "screen": type(app.screen).__name__, "loaded": sorted(sys.modules)}))

asyncio.run(first_frame())
"""
EVERY_PANE = """
import importlib, json, pkgutil, sys
import console.screens, console.widgets
names = [module.name for package in (console.screens, console.widgets) for module in pkgutil.iter_modules(package.__path__, package.__name__ + ".")]
for name in names:
    if name not in sys.argv[1:]:
        importlib.import_module(name)
print(json.dumps({"names": names, "loaded": sorted(sys.modules)}))
"""


def plots() -> list[str]:
    """Modules that draw curves with textual_plot. It needs NumPy, so they are themselves imported where a curve is first drawn."""
    files = [file for folder in ("console/screens", "console/widgets") for file in sorted((ROOT / folder).glob("*.py"))]
    drawing = [file for file in files if any(name.startswith(("textual_plot", "numpy")) for _, name in imported_names(ast.parse(file.read_text(encoding="utf-8"))))]
    return [".".join(file.relative_to(ROOT).with_suffix("").parts) for file in drawing]


def told_by(program: str, home: Path, *arguments: str) -> dict[str, Any]:
    """What `program` prints last, run in a fresh interpreter."""
    done = subprocess.run([sys.executable, "-c", program, *arguments], cwd=ROOT, env={**os.environ, "HOTSEAT_HOME": str(home)}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


@pytest.fixture(scope="module")
def first_frame(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return told_by(FIRST_FRAME, tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def every_pane(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return told_by(EVERY_PANE, tmp_path_factory.mktemp("home"), *plots())


def test_home_is_shown_before_a_host_has_answered(first_frame: dict[str, Any]) -> None:
    assert (first_frame["shown"], first_frame["screen"]) == (True, "HomeScreen")


@pytest.mark.parametrize("library", [*HEAVY, *WORLD, "typer"])
def test_the_first_frame_does_not_load(library: str, first_frame: dict[str, Any]) -> None:
    assert library not in first_frame["loaded"]


def test_every_screen_and_widget_is_looked_at(every_pane: dict[str, Any]) -> None:
    assert {"console.screens.war_room", "console.widgets.charts", "console.widgets.command_line"} <= set(every_pane["loaded"])
    assert {*every_pane["names"]} - {*every_pane["loaded"]} == {*plots()}


@pytest.mark.parametrize("library", [*HEAVY, *WORLD])
def test_importing_every_screen_and_widget_does_not_load(library: str, every_pane: dict[str, Any]) -> None:
    assert library not in every_pane["loaded"]

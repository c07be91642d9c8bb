"""Screens show text through one door, know a host only by its messages, and leave starting one to the app. Read from the syntax trees."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.imported_names import imported_names, used_names

ROOT = Path(__file__).parents[2]
DOOR = "console/widgets/plain_text.py"
READS_MARKUP = ("Static", "Label", "Markdown", "MarkdownViewer", "RichLog", "Log")
"""Widgets of Textual that take brackets or Markdown in a text for orders, or pass control signs on."""
MARKUP_DOORS = ("textual.content.Content.from_markup", "textual.content.Content.from_rich_text", "rich.text.Text.from_markup", "textual.markup", "rich.markup")
KNOWN_OF_HOSTS = ("messages", "shown", "link")
STARTERS = ("console.host.child", "console.host.local")
STARTS_PROCESSES = ("subprocess", "multiprocessing", "asyncio.create_subprocess_exec", "asyncio.create_subprocess_shell", "os.fork", "os.spawn", "pty")


def files(*places: str) -> list[str]:
    """Python files of the places, relative to the root."""
    found = [path for place in places for path in ([ROOT / place] if place.endswith(".py") else (ROOT / place).rglob("*.py")) if path.exists()]
    return sorted(str(path.relative_to(ROOT)) for path in found)


PANES = files("console/widgets", "console/screens")
SHOWN_BY = [*PANES, *files("console/app.py", "console/palette.py", "console/theme.py", "console/settings.py")]
CONSOLE = [file for file in files("console") if not file.startswith("console/host/")]


def tree_of(file: str) -> ast.Module:
    return ast.parse((ROOT / file).read_text(encoding="utf-8"))


def names_in(tree: ast.AST) -> Iterator[str]:
    """Names from elsewhere, imported or used."""
    yield from (name for _, name in imported_names(tree))
    yield from (name for _, name in used_names(tree))


def within(name: str, place: str) -> bool:
    return name == place or name.startswith(f"{place}.")


def markup(tree: ast.AST) -> list[str]:
    """Ways by which text could become markup."""
    found = {name for name in names_in(tree) if any(within(name, door) for door in MARKUP_DOORS)}
    found |= {name for name in names_in(tree) if within(name, "textual.widgets") and any(part in READS_MARKUP for part in name.split("."))}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            said = {keyword.arg: keyword.value for keyword in node.keywords}
            off = isinstance(said.get("markup"), ast.Constant) and getattr(said["markup"], "value", None) is False
            if "markup" in said and not off:
                found.add("markup is not False")
            if isinstance(node.func, ast.Attribute) and node.func.attr == "notify" and not off:
                found.add("notify without markup=False")
    return sorted(found)


def hosts_known(tree: ast.AST) -> list[str]:
    """Parts of `console.host` beyond the boundary."""
    known = [f"console.host.{part}" for part in KNOWN_OF_HOSTS]
    # `from console.host import messages` names a part, `import console.host` names all of them.
    return sorted({name for name in names_in(tree) if within(name, "console.host") and not any(within(name, part) for part in known)})


def started(tree: ast.AST, starters: tuple[str, ...]) -> list[str]:
    """Means of starting a host or any other process."""
    return sorted({name for name in names_in(tree) if any(within(name, starter) for starter in starters)})


@pytest.mark.parametrize("file", [file for file in SHOWN_BY if file != DOOR])
def test_no_text_becomes_markup(file: str) -> None:
    assert markup(tree_of(file)) == []


@pytest.mark.parametrize("file", PANES)
def test_a_screen_or_widget_knows_a_host_by_its_messages_only(file: str) -> None:
    assert hosts_known(tree_of(file)) == []


@pytest.mark.parametrize("file", PANES)
def test_a_screen_or_widget_starts_no_process(file: str) -> None:
    assert started(tree_of(file), STARTS_PROCESSES) == []


def test_the_app_alone_starts_a_link() -> None:
    assert [file for file in CONSOLE if started(tree_of(file), STARTERS)] == ["console/app.py"]


def test_the_door_is_where_it_is_said_to_be() -> None:
    assert "textual.widgets.Static" in markup(tree_of(DOOR))


@pytest.mark.parametrize(
    "source",
    [
        "from textual.widgets import DataTable, Static",
        "from textual.widgets import Label as Text",
        "from textual.widgets._markdown import Markdown",
        "import textual.widgets\ntextual.widgets.RichLog()",
        "from textual import widgets\nwidgets.Log()",
        "def f():\n    from textual.widgets import Static",
        "OptionList(markup=True)",
        "OptionList(markup=chosen)",
        "self.notify('done')",
        "self.app.notify(text, markup=True)",
        "from textual.content import Content\nContent.from_markup(text)",
        "from rich.text import Text\nText.from_markup(text)",
        "from rich.markup import escape",
    ],
)
def test_markup_is_noticed(source: str) -> None:
    assert markup(ast.parse(source)) != []


@pytest.mark.parametrize("source", ["from textual.widgets import DataTable, Input", "OptionList(markup=False)", "self.notify(text, severity='error', markup=False)"])
def test_text_that_stays_text_is_let_be(source: str) -> None:
    assert markup(ast.parse(source)) == []


@pytest.mark.parametrize("source", ["from console.host.seat import begin", "from console.host import child", "import console.host", "def f():\n    import console.host.clock"])
def test_a_look_into_the_host_is_noticed(source: str) -> None:
    assert hosts_known(ast.parse(source)) != []


@pytest.mark.parametrize("source", ["from console.host.messages import Submit", "from console.host import shown", "import console.host.link", "from console.hosting import x"])
def test_the_boundary_may_be_known(source: str) -> None:
    assert hosts_known(ast.parse(source)) == []


@pytest.mark.parametrize("source", ["import subprocess", "from os import fork", "import multiprocessing.pool as p", "import asyncio\nasyncio.create_subprocess_exec('x')"])
def test_a_process_is_noticed(source: str) -> None:
    assert started(ast.parse(source), STARTS_PROCESSES) != []

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from textual.app import App
from textual.pilot import Pilot
from textual.widgets import Checkbox, Select

from console.screens.command_form import CommandFormScreen, Field, choice_helps
from console.widgets.completing_input import CompletingInput
from console.widgets.plain_text import PlainText
from scenarios.guards import GUARDS
from scenarios.words import registry
from simulator.commands import Command, Param, parse
from tests.console.samples import NASTY, UNSAFE, seated_commands, snapshot
from tests.console.screens.stage import typed

COMMANDS: dict[str, Any] = seated_commands()
GUARD = Param("guard", "text", "data-age: the newest row is not older; latency: answers are quick", required=True, positional=True, choices=("data-age", "latency"))
EVERY_KIND = Command(
    "set all",
    "move",
    "x",
    "Sets all.",
    120.0,
    (
        GUARD,
        Param("view", "text", "which view", positional=True, names="view"),
        Param("limit", "number", "its bound", unit="ms", default=2.5),
        Param("last", "duration", "how far back", default=21_600.0),
        Param("dry", "switch", "change nothing"),
        Param("side", "text", "which side", default="left", choices=("left", "right")),
        Param("because", "steps", "steps that show it"),
    ),
)


class Desk(App[None]):
    def __init__(self, command: Command, line: str = "") -> None:
        super().__init__()
        self._command, self._line = command, line
        self.ended: list[str | None] = []

    def on_mount(self) -> None:
        self.form = CommandFormScreen(self._command, snapshot(), self._line)
        self.push_screen(self.form, self.ended.append)

    def field(self, name: str) -> Field:
        return next(field for field in self.form.query(Field) if field.param.name == name)

    def said(self, where: str) -> str:
        return self.form.query_one(f".{where}", PlainText).visual.plain  # type: ignore[attr-defined, no-any-return]


def filled(command: Command, play: Callable[[Desk, Pilot[None]], Awaitable[None]], *, line: str = "", size: tuple[int, int] = (100, 30)) -> Desk:
    app = Desk(command, line)

    async def run() -> None:
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            await play(app, pilot)

    asyncio.run(run())
    return app


def test_the_kinds_of_parameters_have_fields_that_suit_them() -> None:
    async def play(app: Desk, pilot: Pilot[None]) -> None:
        kinds = {field.param.name: type(field.control) for field in app.form.query(Field)}
        assert {name for name, kind in kinds.items() if kind is Select} == {"guard", "side"}
        assert {name for name, kind in kinds.items() if kind is Checkbox} == {"dry"}
        assert {name for name, kind in kinds.items() if issubclass(kind, CompletingInput)} == {"view", "limit", "last", "because"}
        labels = {field.param.name: field.query_one(".label", PlainText).visual.plain for field in app.form.query(Field)}  # type: ignore[attr-defined]
        assert {name for name, label in labels.items() if label.endswith("required")} == {"guard"}
        assert app.field("limit").query_one(".about", PlainText).visual.plain == "its bound (ms)"  # type: ignore[attr-defined]

    filled(EVERY_KIND, play)


def test_what_is_filled_in_by_hand_is_what_the_parser_reads() -> None:
    async def play(app: Desk, pilot: Pilot[None]) -> None:
        await pilot.press("enter", "down", "down", "enter", "tab")
        await typed(pilot, "merch")
        await pilot.press("down", "enter", "tab")
        await typed(pilot, "7")
        await pilot.press("tab", "tab", "space", "tab", "tab")
        await typed(pilot, "4 1")
        await pilot.press("ctrl+s")

    (line,) = filled(EVERY_KIND, play).ended
    assert line == "set all latency merchant_risk --limit 7 --dry --because 4 1"
    assert parse(line, {EVERY_KIND.name: EVERY_KIND}).args == {
        "guard": "latency",
        "view": "merchant_risk",
        "limit": 7.0,
        "last": 21_600.0,
        "dry": True,
        "side": "left",
        "because": [4, 1],
    }


def test_the_line_that_results_and_what_is_wrong_with_it_are_said_live() -> None:
    async def play(app: Desk, pilot: Pilot[None]) -> None:
        assert (app.said("line"), app.said("problem")) == ("> wait", "wait needs DURATION")
        await typed(pilot, "so")
        assert app.said("line") == "> wait so"
        await pilot.press("enter")
        assert app.said("problem") == "! wait: duration takes a duration such as 15m or 2d, not 'so'"
        assert app.ended == []
        await pilot.press("backspace", "backspace")
        await typed(pilot, "2h")
        assert (app.said("line"), app.said("problem")) == ("> wait 2h", "")
        await pilot.press("enter")

    assert filled(COMMANDS["wait"], play).ended == ["wait 2h"]


def test_escape_ends_without_a_line() -> None:
    async def play(app: Desk, pilot: Pilot[None]) -> None:
        await typed(pilot, "2h")
        await pilot.press("escape")

    assert filled(COMMANDS["wait"], play).ended == [None]


def test_escape_first_closes_the_list_of_names() -> None:
    async def play(app: Desk, pilot: Pilot[None]) -> None:
        await pilot.press("down", "escape")
        assert app.ended == []
        await pilot.press("escape")

    assert filled(COMMANDS["declare"], play).ended == [None]


def test_names_of_the_world_are_shown_by_down_and_by_typing() -> None:
    async def play(app: Desk, pilot: Pilot[None]) -> None:
        control = app.field("component").control
        assert isinstance(control, CompletingInput)
        await pilot.press("down")
        assert control.completion.chosen is not None
        assert control.completion.chosen.text == "feature-store/online"
        await pilot.press("down", "tab")
        assert control.value == "feature-store/online/merchant_risk"
        assert app.field("mechanism").control.has_focus
        await typed(pilot, "stale")
        await pilot.press("down", "enter", "enter")

    assert filled(COMMANDS["declare"], play).ended == ["declare feature-store/online/merchant_risk stale-materialisation"]


def test_the_form_begins_with_what_was_typed() -> None:
    async def play(app: Desk, pilot: Pilot[None]) -> None:
        await pilot.press("ctrl+s")

    line = "set all latency card_profile --last 2d --side right --because 4 1"
    assert filled(EVERY_KIND, play, line=line).ended == [line]


def test_a_value_with_spaces_is_quoted() -> None:
    async def play(app: Desk, pilot: Pilot[None]) -> None:
        await typed(pilot, "it was stale")
        await pilot.press("enter")

    assert filled(COMMANDS["resolve"], play).ended == ["resolve --summary 'it was stale'"]


def test_the_help_of_choices_is_said_choice_by_choice() -> None:
    assert choice_helps(GUARD) == {"data-age": "the newest row is not older", "latency": "answers are quick"}
    assert choice_helps(EVERY_KIND.params[5]) == {}
    assert len(choice_helps(registry()["action-item"].params[0])) == len(GUARDS)

    async def play(app: Desk, pilot: Pilot[None]) -> None:
        about = app.field("guard").query_one(".about", PlainText)
        await pilot.press("enter", "down", "down", "enter")
        assert about.visual.plain == "answers are quick"  # type: ignore[attr-defined]

    filled(EVERY_KIND, play)


def test_a_command_without_parameters_has_a_form_too() -> None:
    async def play(app: Desk, pilot: Pilot[None]) -> None:
        await pilot.press("ctrl+s")

    assert filled(COMMANDS["registry rollback"], play).ended == ["registry rollback"]


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
def test_every_command_there_is_fits_with_its_line_on_the_screen(size: tuple[int, int]) -> None:
    async def play(app: Desk, pilot: Pilot[None]) -> None:
        for command in max(registry().values(), key=lambda command: sum(len(p.help) for p in command.params)), registry()["train start"], registry()["sql"]:
            form = CommandFormScreen(command, snapshot())
            await app.push_screen(form)
            await pilot.pause()
            for where in (".line", ".problem", ".keys"):
                part = form.query_one(where)
                assert form.region.contains_region(part.region), (command.name, where)
                assert part.region.height == 1, (command.name, where)

    filled(COMMANDS["wait"], play, size=size)


def test_no_text_of_a_form_is_an_order_to_the_terminal() -> None:
    params = tuple(Param(f"p{k}", "text", text, default=text, choices=(text,) if k % 2 else ()) for k, text in enumerate(NASTY))
    shown: list[str] = []

    async def play(app: Desk, pilot: Pilot[None]) -> None:
        shown.append(app.export_screenshot())

    filled(Command("x", "look", "x", NASTY[0] + NASTY[5], 0.0, params), play, size=(100, 60))
    assert "[/x]" in shown[0]
    assert not [sign for sign in UNSAFE if sign in shown[0].replace("\r\n", "\n")]

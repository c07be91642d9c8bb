from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from console import theme
from console.widgets.one_of import OneOf
from console.widgets.plain_text import content
from console.widgets.row_list import GAP, Row, RowList, fitted, one_line
from tests.console.samples import NASTY, UNSAFE


class Shelf(App[None]):
    def __init__(self, theme_name: str = theme.NAMES[0]) -> None:
        super().__init__()
        theme.register(self)
        self.theme = theme_name

    def compose(self) -> ComposeResult:
        yield RowList()

    @property
    def rows(self) -> RowList:
        return self.query_one(RowList)


def played(scene: Callable[[Shelf, Pilot[None]], Awaitable[None]], theme_name: str = theme.NAMES[0], size: tuple[int, int] = (60, 12)) -> None:
    async def run() -> None:
        app = Shelf(theme_name)
        async with app.run_test(size=size) as pilot:
            app.rows.focus()
            await pilot.pause()
            await scene(app, pilot)

    asyncio.run(run())


def rows(*names: str) -> list[Row]:
    return [Row(name, content(f"about {name}"), (content("35 min"), content("open"))) for name in names]


@pytest.mark.parametrize("width", [10, 24, 40, 60, 200])
@pytest.mark.parametrize("lead", ["short", "x" * 300, "漢字" * 40, ""])
def test_a_row_is_as_wide_as_it_may_be(width: int, lead: str) -> None:
    assert fitted(content(lead), (content("35 min"), content("not finished")), (6, 12), width).cell_length == width


def test_cells_are_left_out_from_the_left_before_the_lead_gets_too_narrow() -> None:
    cells, widths = (content("35 min"), content("3 of 5"), content("open")), (6, 6, 4)
    assert fitted(content("lead"), cells, widths, 60).plain.split() == ["lead", "35", "min", "3", "of", "5", "open"]
    assert fitted(content("lead"), cells, widths, 24 + 4 + GAP).plain.split() == ["lead", "open"]
    assert fitted(content("lead"), cells, widths, 20).plain.split() == ["lead"]


def test_a_lead_that_is_cut_says_so() -> None:
    assert fitted(content("x" * 40), (), (), 10).plain == "x" * 9 + "…"


def test_cells_of_a_column_stand_under_each_other() -> None:
    async def scene(app: Shelf, pilot: Pilot[None]) -> None:
        app.rows.fill(
            [
                Row("a", content("a"), (content("5 min"), content("x"))),
                Row("head", content("a heading of its own"), disabled=True),
                Row("b", content("b"), (content("35 min"), content("y"))),
            ]
        )
        await pilot.pause()
        lines = ["".join(segment.text for segment in app.rows.render_line(y)) for y in range(3)]
        assert lines[0].index("5 min") == lines[2].index("35 min")
        assert lines[0].rindex("x") == lines[2].rindex("y")
        assert "a heading of its own" in lines[1]

    played(scene)


def test_a_heading_cannot_be_chosen() -> None:
    async def scene(app: Shelf, pilot: Pilot[None]) -> None:
        app.rows.fill([Row("head", content("Home"), disabled=True), *rows("a", "b")])
        assert app.rows.chosen is not None
        assert app.rows.chosen.id == "a"
        await pilot.press("down", "down")
        assert app.rows.chosen.id == "a"

    played(scene)


def test_filling_again_with_the_same_rows_keeps_cursor_and_scroll_and_shows_what_changed() -> None:
    async def scene(app: Shelf, pilot: Pilot[None]) -> None:
        names = [f"r{k}" for k in range(40)]
        app.rows.fill(rows(*names))
        await pilot.press("end", "up", "up", "up")
        await pilot.pause()
        before = app.rows.highlighted, app.rows.scroll_offset
        app.rows.fill([Row(name, content(f"new {name}")) for name in names])
        await pilot.pause()
        assert (app.rows.highlighted, app.rows.scroll_offset) == before
        assert "new r36" in "".join(segment.text for y in range(8) for segment in app.rows.render_line(y))

    played(scene)


def test_rows_before_the_chosen_one_come_and_go_and_it_stays_chosen() -> None:
    async def scene(app: Shelf, pilot: Pilot[None]) -> None:
        app.rows.fill(rows("a", "b", "c"))
        await pilot.press("down")
        app.rows.fill(rows("new", "newer", "a", "b", "c"))
        assert app.rows.chosen is not None
        assert app.rows.chosen.id == "b"
        app.rows.fill(rows("b"))
        assert app.rows.chosen.id == "b"
        app.rows.fill(rows("x", "y"))
        assert app.rows.chosen.id == "x"
        app.rows.fill([])
        assert app.rows.chosen is None

    played(scene)


@pytest.mark.parametrize(
    ("theme_name", "no_color", "reverse"), [("hotseat-dark", False, False), ("hotseat-dark", True, True), ("hotseat-light", True, True), ("hotseat-contrast", False, True)]
)
def test_the_row_under_the_cursor_is_reversed_where_colours_do_not_show_it(theme_name: str, no_color: bool, reverse: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    if no_color:
        monkeypatch.setenv("NO_COLOR", "1")

    async def scene(app: Shelf, pilot: Pilot[None]) -> None:
        app.rows.fill(rows("a", "b"))
        await pilot.pause()
        assert bool(list(app.rows.render_line(0))[1].style.reverse) is reverse
        assert not list(app.rows.render_line(1))[1].style.reverse

    played(scene, theme_name)


def test_nasty_texts_are_one_line_each() -> None:
    async def scene(app: Shelf, pilot: Pilot[None]) -> None:
        app.rows.fill([Row(text, one_line(text), (one_line(text[:8]),)) for text in NASTY])
        await pilot.pause()
        assert app.rows.virtual_size.height == len(NASTY)
        shown = "".join(segment.text for y in range(10) for segment in app.rows.render_line(y))
        assert not any(sign in shown for sign in (*UNSAFE, "\n"))

    played(scene)


def test_a_word_is_chosen_by_the_arrow_keys_and_comes_round() -> None:
    class Words(App[None]):
        chosen: list[str]

        def compose(self) -> ComposeResult:
            self.chosen = []
            yield OneOf(("model", "platform", "[/x]"), 1)

        def on_one_of_changed(self, event: OneOf.Changed) -> None:
            self.chosen.append(event.one_of.word)

    async def run() -> list[str]:
        app = Words()
        async with app.run_test() as pilot:
            app.query_one(OneOf).focus()
            assert app.query_one(OneOf).word == "platform"
            await pilot.press("right", "space", "left", "left")
            await pilot.pause()
            return app.chosen

    assert asyncio.run(run()) == ["[/x]", "model", "[/x]", "platform"]

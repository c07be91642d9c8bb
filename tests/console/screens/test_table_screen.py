from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from textual.app import App
from textual.coordinate import Coordinate
from textual.pilot import Pilot
from textual.widgets import DataTable, Input

from console.screens.table_screen import TableScreen
from simulator.observation import Observation, Table, table
from tests.console.samples import NASTY, START_S, UNSAFE

PAYMENTS = table(
    "Payments",
    [("payment", ""), ("amount", "EUR"), ("state", ""), ("at", "time")],
    [[f"pay_{k:02d}", (k * 7) % 20, ("firing", "ok", "x")[k % 3], START_S - 60.0 * k] for k in range(20)],
)
TASKS = table("Tasks", ["task", "took"], [["ingest", 1.5], ["build", None]])
SEEN = Observation("What was seen", (PAYMENTS, TASKS))


def play(scene: Callable[[Pilot[None], TableScreen], Awaitable[None]], seen: Observation = SEEN, size: tuple[int, int] = (80, 24)) -> App[None]:
    """Play a scene on the screen of an observation's tables."""
    app: App[None] = App()

    async def run() -> None:
        async with app.run_test(size=size) as pilot:
            screen = TableScreen(seen)
            await app.push_screen(screen)
            await pilot.pause()
            await scene(pilot, screen)

    asyncio.run(run())
    return app


def text_of(screen: TableScreen) -> str:
    return "\n".join(strip.text for strip in screen._compositor.render_strips())


def column(screen: TableScreen) -> list[str]:
    """First cells of the rows that are shown, from top to bottom."""
    view = screen._view
    return [view.texts[place][0] for place in screen._rows]


def under_cursor(screen: TableScreen) -> str:
    return column(screen)[screen.query_one(DataTable).cursor_row]


def test_a_table_shows_heads_values_signs_and_numbers_to_the_right():
    async def scene(pilot: Pilot[None], screen: TableScreen) -> None:
        text = text_of(screen)
        assert "What was seen" in text
        assert "[1 Payments] 2 Tasks" in text
        assert "! firing" in text
        assert "Tue 06 Oct 08:59" in text
        assert "Payments · 20 rows" in text
        heads = next(line for line in text.splitlines() if "amount [EUR]" in line)
        row = next(line for line in text.splitlines() if "pay_03" in line)
        assert heads.index("EUR]") + 4 == row.index(" 1 ") + 2

    play(scene)


def test_states_have_colours_of_their_own_beside_sign_and_word(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("NO_COLOR", raising=False)

    async def scene(pilot: Pilot[None], screen: TableScreen) -> None:
        colours = {segment.text.strip(): segment.style.color for strip in screen._compositor.render_strips() for segment in strip if segment.style}
        assert len({colours["! firing"], colours["+ ok"], colours["x"]}) == 3

    play(scene)


def test_sorting_goes_by_the_column_under_the_cursor_and_turns_round():
    async def scene(pilot: Pilot[None], screen: TableScreen) -> None:
        await pilot.press("right", "s")
        assert column(screen)[:3] == ["pay_00", "pay_03", "pay_06"]
        assert "amount [EUR] ▲" in text_of(screen)
        assert "sorted by amount, least first" in text_of(screen)
        await pilot.press("s")
        assert column(screen)[0] == "pay_17"
        assert "amount [EUR] ▼" in text_of(screen)
        await pilot.press("s")
        assert column(screen)[:2] == ["pay_00", "pay_01"]

    play(scene)


def test_the_cursor_stays_on_its_row_while_rows_are_sorted_and_hidden():
    async def scene(pilot: Pilot[None], screen: TableScreen) -> None:
        await pilot.press("right", "down", "down", "down", "down")
        assert under_cursor(screen) == "pay_04"
        await pilot.press("s")
        await pilot.pause()
        grid = screen.query_one(DataTable)
        assert under_cursor(screen) == "pay_04"
        assert (grid.cursor_column, grid.cursor_row) == (1, 8)
        await pilot.press("slash", *"ok")
        await pilot.pause()
        assert under_cursor(screen) == "pay_04"
        await pilot.press(*"zzz")
        assert column(screen) == []
        await pilot.press("escape")
        await pilot.pause()
        assert under_cursor(screen) == "pay_04"
        assert grid.has_focus

    play(scene)


def test_the_row_under_the_cursor_stays_on_its_line():
    async def scene(pilot: Pilot[None], screen: TableScreen) -> None:
        grid = screen.query_one(DataTable)
        grid.move_cursor(row=19)
        await pilot.pause()
        grid.move_cursor(row=16)
        await pilot.pause()
        line = grid.cursor_row - grid.scroll_y
        await pilot.press("slash", *"pay")
        await pilot.pause()
        assert (grid.cursor_row, grid.cursor_row - grid.scroll_y) == (16, line)

    play(scene)


def test_a_filter_narrows_what_is_shown_and_says_how_much_is():
    async def scene(pilot: Pilot[None], screen: TableScreen) -> None:
        await pilot.press("slash", *"state:ok", "enter")
        assert len(column(screen)) == 7
        assert "7 of 20 rows" in text_of(screen)
        assert screen.query_one(DataTable).has_focus
        await pilot.press("slash", "1", "q")
        assert column(screen) == []
        assert "No row has that text." in text_of(screen)
        await pilot.press("escape")
        assert len(column(screen)) == 20
        await pilot.press("escape")
        assert not isinstance(pilot.app.screen, TableScreen)

    play(scene)


def test_numbers_open_other_tables_and_each_keeps_its_order_and_filter():
    async def scene(pilot: Pilot[None], screen: TableScreen) -> None:
        await pilot.press("right", "s", "slash", *"ok", "enter", "2")
        await pilot.pause()
        assert column(screen) == ["ingest", "build"]
        assert screen.query_one(Input).value == ""
        assert " 1 Payments [2 Tasks]" in text_of(screen)
        await pilot.press("9", "2", "s", "1")
        await pilot.pause()
        assert screen.query_one(Input).value == "ok"
        assert column(screen)[0] == "pay_01"

    play(scene)


def test_clicks_sort_and_choose_a_table():
    async def scene(pilot: Pilot[None], screen: TableScreen) -> None:
        await pilot.click(DataTable, offset=(16, 0))
        await pilot.pause()
        assert "sorted by amount" in text_of(screen)
        await pilot.click("TabRow", offset=(16, 0))
        await pilot.pause()
        assert column(screen) == ["ingest", "build"]

    play(scene)


def test_what_is_shown_is_copied_as_tab_separated_text():
    async def scene(pilot: Pilot[None], screen: TableScreen) -> None:
        await pilot.press("slash", *"pay_0", "enter", "right", "s", "s", "y")

    lines = play(scene).clipboard.splitlines()
    assert lines[0] == "payment\tamount [EUR]\tstate\tat"
    assert lines[1].split("\t")[:2] == ["pay_08", "16"]
    assert len(lines) == 11


def test_a_long_cell_is_shown_in_full_below_the_table():
    long = "because " * 12 + "of this"
    seen = Observation("x", (table("t", ["why", "n"], [[long, 1], ["short", 2]]),))

    async def scene(pilot: Pilot[None], screen: TableScreen) -> None:
        assert "…" in text_of(screen)
        assert "of this" in text_of(screen)
        await pilot.press("down")
        await pilot.pause()
        assert "why: short" in text_of(screen)
        assert "of this" not in text_of(screen)

    play(scene, seen)


def test_a_wide_table_scrolls_sideways_with_its_first_column_in_sight():
    wide = table("t", [f"column {k}" for k in range(30)], [[f"row {r}", *range(29)] for r in range(3)])

    async def scene(pilot: Pilot[None], screen: TableScreen) -> None:
        assert "column 29" not in text_of(screen)
        await pilot.press("end")
        await pilot.pause()
        across = screen.query_one(DataTable).scroll_x
        assert "column 29" in text_of(screen)
        assert "row 2" in text_of(screen)
        await pilot.press("s")
        await pilot.pause()
        assert screen.query_one(DataTable).scroll_x == across > 0

    play(scene, Observation("x", (wide,)))


def test_a_thousand_rows_are_laid_out_without_making_text_of_more_than_is_seen(monkeypatch: pytest.MonkeyPatch):
    import console.screens.table_screen as drawn

    made: list[str] = []
    real = drawn.GridCell.__rich_console__

    def counting(self: drawn.GridCell, *others: object) -> object:
        made.append(self._text)
        return real(self, *others)  # type: ignore[arg-type]

    monkeypatch.setattr(drawn.GridCell, "__rich_console__", counting)
    many = table("t", ["a", "b", "c"], [[f"name {k}", k, k / 7] for k in range(1000)])

    async def scene(pilot: Pilot[None], screen: TableScreen) -> None:
        await pilot.press("right", "s", "s")
        await pilot.pause()
        assert column(screen)[0] == "name 999"
        assert screen.query_one(DataTable).row_count == 1000
        assert 0 < len(made) < 1000

    play(scene, Observation("x", (many,)))


def test_an_observation_without_tables_or_rows_can_be_looked_at():
    async def none(pilot: Pilot[None], screen: TableScreen) -> None:
        assert "This step has no table." in text_of(screen)
        await pilot.press("s", "y", "slash", "x", "escape", "escape")
        assert not isinstance(pilot.app.screen, TableScreen)

    async def empty(pilot: Pilot[None], screen: TableScreen) -> None:
        assert "0 rows" in text_of(screen)
        await pilot.press("s", "s", "y", "down", "right", "slash", "x", "escape")
        assert "No rows." in text_of(screen)

    play(none, Observation("x"))
    play(empty, Observation("x", (table("t", ["a", "b"], []),)))
    play(empty, Observation("x", (Table("t", (), ()),)))


@pytest.mark.parametrize("size", [(30, 10), (160, 50)])
def test_no_text_breaks_the_screen_or_reaches_the_terminal_as_a_control_sign(size: tuple[int, int]):
    every = table("\x1b[2J", [("state", ""), *((text, text) for text in NASTY)], [["ok", *NASTY], [None, *reversed(NASTY)]])
    seen = Observation("\x1b]0;title\x07[/x]", (every, *(table(text, [(text, text)], [[text]]) for text in NASTY)))

    async def scene(pilot: Pilot[None], screen: TableScreen) -> None:
        painted = text_of(screen)
        grid = screen.query_one(DataTable)
        for k in range(len(NASTY) + 1):
            grid.cursor_coordinate = Coordinate(0, k)
            await pilot.pause()
            painted += text_of(screen)
        await pilot.press("s")
        for text in NASTY:
            screen.query_one(Input).value = text
            await pilot.pause()
            painted += text_of(screen)
        for number in range(2, 10):
            screen.action_open(number - 1)
            await pilot.pause()
            painted += text_of(screen)
        assert "[@click=app.quit]" in painted or size[0] < 80
        assert not set(UNSAFE) & set(painted)

    play(scene, seen, size)


def test_a_change_of_theme_repaints_the_states_and_keeps_the_cursor(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("NO_COLOR", raising=False)

    def colour(screen: TableScreen) -> object:
        return next(segment.style.color for strip in screen._compositor.render_strips() for segment in strip if segment.style and segment.text.strip() == "+ ok")

    async def scene(pilot: Pilot[None], screen: TableScreen) -> None:
        await pilot.press("down", "down")
        before = colour(screen)
        pilot.app.theme = "textual-light"
        await pilot.pause()
        await pilot.pause()
        assert colour(screen) != before
        assert under_cursor(screen) == "pay_02"

    play(scene)

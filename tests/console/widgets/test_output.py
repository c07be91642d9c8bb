from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from textual.app import App, ComposeResult
from textual.geometry import Region
from textual.message import Message
from textual.pilot import Pilot
from textual.widget import Widget

from console.host.shown import Block, Said
from console.widgets.output import OutputPane
from console.widgets.output_block import Note, OutputBlock, block_text
from console.widgets.output_filters import FILTERS, FilterRow, titles_in_sight
from simulator.observation import Observation, Series, table
from tests.console.samples import BLOCKS, NASTY, START_S, UNSAFE, look_block

Scene = Callable[[Pilot[None], OutputPane], Awaitable[None]]


class PaneApp(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.heard: list[Message] = []

    def compose(self) -> ComposeResult:
        yield OutputPane(id="output")

    def on_mount(self) -> None:
        self.query_one(OutputPane).focus()

    def on_output_pane_re_run(self, message: OutputPane.ReRun) -> None:
        self.heard.append(message)

    def on_output_pane_cite(self, message: OutputPane.Cite) -> None:
        self.heard.append(message)

    def on_output_pane_open_table(self, message: OutputPane.OpenTable) -> None:
        self.heard.append(message)

    def on_output_pane_open_curve(self, message: OutputPane.OpenCurve) -> None:
        self.heard.append(message)


def play(scene: Scene, size: tuple[int, int] = (80, 24)) -> PaneApp:
    """Play a scene on a pane that is alone on the screen."""
    app = PaneApp()

    async def run() -> None:
        async with app.run_test(size=size) as pilot:
            await scene(pilot, app.query_one(OutputPane))

    asyncio.run(run())
    return app


async def filled(pilot: Pilot[None], pane: OutputPane, blocks: tuple[Block, ...] = BLOCKS) -> None:
    pane.fill(blocks)
    await settled(pilot)


async def settled(pilot: Pilot[None]) -> None:
    await pilot.pause()
    await pilot.pause()


def shown_text(widget: Widget) -> str:
    """What a widget would paint, all of it, as text."""
    width, height = widget.outer_size
    return "\n".join(strip.text for strip in widget.render_lines(Region(0, 0, width, height)))


def block_at(pane: OutputPane, position: int) -> OutputBlock:
    return list(pane.query(OutputBlock))[position]


def current_step(pane: OutputPane) -> int | None:
    return pane.current.step if isinstance(pane.current, Block) else None


def nasty_block(text: str, step: int = 1) -> Block:
    seen = Observation(
        text,
        (table(text, [(text, text), ("state", ""), ("n", text)], [[text, "firing", 1.5], [None, text, 2]]),),
        (Series(text, text, (START_S, START_S + 60), (1.0, 2.0)), Series(text, text, (START_S,), (None,))),
        (text, text),
    )
    return Block(step, text, text, "look", START_S, 300.0, seen, text, (Said(START_S, text, text),))


def test_a_block_shows_its_head_its_tables_its_curves_its_sentences_and_what_people_said():
    async def scene(pilot: Pilot[None], pane: OutputPane) -> None:
        await filled(pilot, pane)
        text = shown_text(block_at(pane, 3))
        assert '▾ #4 · Tue 06 Oct 09:20 · 5 min · features age --expect "old rows"' in text
        assert "view_1" in text
        assert "Tue 06 Oct 08:00" in text
        assert "age: min 0s, max 23s, last 23s" in text
        assert "▁" in text
        assert "Two views are loaded every hour." in text
        assert "» Tue 06 Oct 09:21  support: Cardholders call." in text

    play(scene)


def test_what_was_not_done_says_so_by_sign_word_and_reason():
    async def scene(pilot: Pilot[None], pane: OutputPane) -> None:
        await filled(pilot, pane)
        assert "! not understood · features agee" in shown_text(block_at(pane, 2))
        assert "did you mean features age?" in shown_text(block_at(pane, 2))
        assert "~ refused · registry rollback" in shown_text(block_at(pane, 4))
        assert "there is no earlier version that passed its gate" in shown_text(block_at(pane, 4))

    play(scene)


def test_states_in_tables_have_a_sign_and_a_colour_of_their_own(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("NO_COLOR", raising=False)

    async def scene(pilot: Pilot[None], pane: OutputPane) -> None:
        await filled(pilot, pane)
        block = block_at(pane, 0)
        looks = {}
        for strip in block.render_lines(Region(0, 0, *block.outer_size)):
            for segment in strip:
                looks[segment.text.strip()] = segment.style.color if segment.style else None
        assert looks["! firing"] is not None
        assert looks["! firing"] != looks["+ inactive"]

    play(scene)


def test_a_long_table_shows_its_first_rows_and_says_how_many_are_left():
    async def scene(pilot: Pilot[None], pane: OutputPane) -> None:
        await filled(pilot, pane, (look_block(1, 42), look_block(2, 12), look_block(3, 13)))
        long, short, one_over = (shown_text(block_at(pane, k)) for k in range(3))
        assert "view_12 " in long
        assert "view_13 " not in long
        assert "… 30 more rows; t opens the table" in long
        assert "more row" not in short
        assert "… 1 more row; t opens the table" in one_over

    play(scene)


def test_columns_that_do_not_fit_are_named_and_the_names_in_the_first_one_stay_whole():
    rules = table(
        "Rules",
        ["rule", ("since", "time"), "state", "severity", "value", "an explanation_that_is_as_wide_as_a_pane", "silenced"],
        [["feature-drift-high", START_S, "firing", "page", 188.94, "x", False], ["latency-p99-high", None, "inactive", "ticket", 505.77, "x", True]],
    )
    block = Block(1, "alerts", "alerts", "look", START_S, 60.0, Observation("Alerts", (rules,)), "", ())

    async def scene(pilot: Pilot[None], pane: OutputPane) -> None:
        await filled(pilot, pane, (block,))
        text = shown_text(block_at(pane, 0))
        assert "feature-drift-high" in text
        assert "! firing" in text
        told = " ".join(text.split("…")[1].replace("▌", "").split())
        assert told == "more columns: severity, value, an explanation_that_is_as_wide_as_a_pane, silenced; t opens the table"
        await pilot.resize_terminal(140, 24)
        await settled(pilot)
        assert "188.94" in shown_text(block_at(pane, 0))
        assert "more columns" not in shown_text(block_at(pane, 0))

    play(scene, (52, 24))


def test_of_a_table_without_room_for_two_columns_some_rows_are_shown_line_by_line():
    wide = table("t", ["a_name_that_is_longer_than_the_pane", "another_name_that_is_longer_than_it"], [[f"value {k}", k] for k in range(6)])
    block = Block(1, "x", "x", "look", START_S, 60.0, Observation("x", (wide,)), "", ())

    async def scene(pilot: Pilot[None], pane: OutputPane) -> None:
        await filled(pilot, pane, (block,))
        text = shown_text(block_at(pane, 0))
        assert "value 3" in text
        assert "value 4" not in text
        assert "… 2 more rows; t opens the table" in " ".join(text.split())

    play(scene, (60, 24))


def test_blocks_are_written_again_when_the_width_changes():
    async def scene(pilot: Pilot[None], pane: OutputPane) -> None:
        await filled(pilot, pane)
        block = block_at(pane, 3)
        wide = block.outer_size.height
        assert "Mon 05 Oct 09:00 ▁" in shown_text(block)
        await pilot.resize_terminal(40, 24)
        await settled(pilot)
        assert block.outer_size.height > wide
        text = shown_text(block)
        assert "Mon 05 Oct 09:00 – Tue 06 Oct 08:00" in text
        assert "view_3" in text
        assert max(len(line) for line in text.splitlines()) <= 40

    play(scene)


@pytest.mark.parametrize("size", [(24, 8), (80, 24), (240, 70)])
def test_no_text_breaks_the_pane_or_reaches_the_terminal_as_a_control_sign(size: tuple[int, int]):
    async def scene(pilot: Pilot[None], pane: OutputPane) -> None:
        await filled(pilot, pane, tuple(nasty_block(text, step) for step, text in enumerate(NASTY, start=1)))
        for text in NASTY:
            pane.add_text(text, text)
        await settled(pilot)
        painted = "".join(shown_text(block) for block in pane.query(OutputBlock))
        screen = "".join(strip.text for strip in pane.screen._compositor.render_strips())
        assert "[/x]" in painted
        assert "[@click=app.quit]click[/]" in painted or size[0] < 80
        assert not set(UNSAFE) & set(painted + screen)
        for block in pane.query(OutputBlock):
            block.fold(True)
        await settled(pilot)
        assert not set(UNSAFE) & set("".join(shown_text(block) for block in pane.query(OutputBlock)))

    play(scene, size)


def test_the_newest_block_is_current_and_comes_into_sight_where_the_person_is_at_the_end():
    async def scene(pilot: Pilot[None], pane: OutputPane) -> None:
        await filled(pilot, pane)
        assert current_step(pane) == 5
        for step in range(6, 10):
            pane.add(look_block(step))
            await settled(pilot)
        assert current_step(pane) == 9
        assert pane.scroll_y == pane.max_scroll_y > 0
        assert "#9" in "".join(strip.text for strip in pane.screen._compositor.render_strips())

    play(scene)


def test_of_a_block_higher_than_the_pane_the_head_comes_into_sight_and_the_next_one_still_follows():
    async def scene(pilot: Pilot[None], pane: OutputPane) -> None:
        await filled(pilot, pane, (*BLOCKS, look_block(6, 12)))
        assert pane.scroll_y < pane.max_scroll_y
        assert "#6" in "".join(strip.text for strip in pane.screen._compositor.render_strips()[:3])
        pane.add(look_block(7))
        await settled(pilot)
        assert pane.scroll_y == pane.max_scroll_y

    play(scene, (80, 14))


def test_nothing_scrolls_under_a_person_who_reads_further_up():
    async def scene(pilot: Pilot[None], pane: OutputPane) -> None:
        await filled(pilot, pane, tuple(look_block(step) for step in range(1, 6)))
        pane.scroll_to(y=3, animate=False)
        await settled(pilot)
        pane.add(look_block(6))
        pane.add_text("help", "a text")
        await settled(pilot)
        assert pane.scroll_y == 3
        assert pane.border_subtitle == "2 new below"
        pane.scroll_end(animate=False)
        await settled(pilot)
        assert pane.border_subtitle is None

    play(scene)


def test_a_change_of_width_keeps_the_end_or_the_line_of_the_block_that_is_looked_at():
    def line(pane: OutputPane, position: int) -> float:
        return block_at(pane, position).virtual_region.y - pane.scroll_y

    async def scene(pilot: Pilot[None], pane: OutputPane) -> None:
        await filled(pilot, pane, tuple(look_block(step, 6) for step in range(1, 9)))
        for width in (50, 160, 80):
            await pilot.resize_terminal(width, 24)
            await settled(pilot)
            await settled(pilot)
            assert pane.scroll_y == pane.max_scroll_y
        await pilot.press("up", "up", "up")
        await settled(pilot)
        before = line(pane, 4)
        for width in (50, 160, 44, 80):
            await pilot.resize_terminal(width, 24)
            await settled(pilot)
            await settled(pilot)
            assert (current_step(pane), line(pane, 4)) == (5, before)

    play(scene)


def test_what_came_while_the_pane_was_hidden_is_in_sight_when_it_is_shown():
    async def scene(pilot: Pilot[None], pane: OutputPane) -> None:
        await filled(pilot, pane, tuple(look_block(step) for step in range(1, 6)))
        for step in (6, 7):
            pane.display = False
            await settled(pilot)
            pane.add(look_block(step))
            await settled(pilot)
            pane.display = True
            await settled(pilot)
            assert pane.scroll_y == pane.max_scroll_y > 0
            assert pane.border_subtitle is None

    play(scene)


def test_a_person_who_reads_further_up_stays_there_while_the_pane_is_hidden():
    async def scene(pilot: Pilot[None], pane: OutputPane) -> None:
        await filled(pilot, pane, tuple(look_block(step) for step in range(1, 6)))
        pane.scroll_to(y=7, animate=False)
        await settled(pilot)
        pane.display = False
        await settled(pilot)
        pane.add(look_block(6))
        await settled(pilot)
        pane.display = True
        await settled(pilot)
        assert pane.scroll_y == 7

    play(scene)


def test_keys_choose_a_block_and_bring_its_head_into_sight():
    async def scene(pilot: Pilot[None], pane: OutputPane) -> None:
        await filled(pilot, pane, tuple(look_block(step) for step in range(1, 8)))
        await pilot.press("up", "k")
        assert current_step(pane) == 5
        await pilot.press("j")
        assert current_step(pane) == 6
        for _ in range(9):
            await pilot.press("up")
        assert current_step(pane) == 1
        assert pane.scroll_y == 0
        for _ in range(9):
            await pilot.press("down")
        assert current_step(pane) == 7
        assert pane.scroll_y == pane.max_scroll_y

    play(scene)


def test_choosing_goes_on_from_what_is_in_sight():
    async def scene(pilot: Pilot[None], pane: OutputPane) -> None:
        await filled(pilot, pane, tuple(look_block(step) for step in range(1, 8)))
        pane.scroll_to(y=0, animate=False)
        await settled(pilot)
        await pilot.press("down")
        assert current_step(pane) == 1
        assert pane.scroll_y == 0

    play(scene)


def test_the_current_block_is_seen_without_colour():
    async def scene(pilot: Pilot[None], pane: OutputPane) -> None:
        await filled(pilot, pane)
        await pilot.press("up")
        chosen, other = block_at(pane, 3), block_at(pane, 4)
        assert shown_text(chosen).startswith("▌")
        assert not shown_text(other).startswith("▌")
        first = chosen.render_lines(Region(0, 0, *chosen.outer_size))[0]
        assert any(segment.style and segment.style.bold for segment in first)

    play(scene)


def test_a_folded_block_is_one_line_and_can_be_unfolded():
    async def scene(pilot: Pilot[None], pane: OutputPane) -> None:
        await filled(pilot, pane, (look_block(1),))
        block = block_at(pane, 0)
        before = block.outer_size.height
        await pilot.press("space")
        await settled(pilot)
        assert block.outer_size.height == 1
        assert shown_text(block).startswith("▌▸ #1")
        await pilot.press("enter")
        await settled(pilot)
        assert block.outer_size.height == before
        assert shown_text(block).startswith("▌▾ #1")

    play(scene)


def test_a_block_without_a_body_cannot_be_folded():
    async def scene(pilot: Pilot[None], pane: OutputPane) -> None:
        await filled(pilot, pane, BLOCKS[:2])
        assert pane.check_action("fold", ()) is None
        await pilot.press("space")
        assert not block_at(pane, 1).folded

    play(scene)


def test_a_click_on_a_head_chooses_and_folds_and_a_click_on_a_body_only_chooses():
    async def scene(pilot: Pilot[None], pane: OutputPane) -> None:
        await filled(pilot, pane, (look_block(1), look_block(2)))
        pane.scroll_to(y=0, animate=False)
        await settled(pilot)
        block = block_at(pane, 0)
        await pilot.click(block, offset=(6, 2))
        await settled(pilot)
        assert (current_step(pane), block.folded) == (1, False)
        await pilot.click(block, offset=(6, 0))
        await settled(pilot)
        assert (current_step(pane), block.folded) == (1, True)

    play(scene)


def test_the_pane_asks_for_what_the_current_block_has():
    async def scene(pilot: Pilot[None], pane: OutputPane) -> None:
        await filled(pilot, pane, (look_block(4),))
        await pilot.press("r", "i", "t", "c")

    line, cited, opened, drawn = play(scene).heard
    assert isinstance(line, OutputPane.ReRun)
    assert line.line == 'features age --expect "old rows"'
    assert isinstance(cited, OutputPane.Cite)
    assert cited.step == 4
    assert isinstance(opened, OutputPane.OpenTable)
    assert isinstance(drawn, OutputPane.OpenCurve)
    assert opened.block == drawn.block == look_block(4)


def test_what_the_current_block_does_not_have_is_dim_and_does_nothing():
    async def scene(pilot: Pilot[None], pane: OutputPane) -> None:
        await filled(pilot, pane)
        assert [pane.check_action(action, ()) for action in ("open_table", "open_curve", "cite", "run_again", "copy")] == [None, None, None, True, True]
        await pilot.press("t", "c", "i")
        pane.add_text("help", "a text")
        await settled(pilot)
        assert pane.check_action("run_again", ()) is None
        await pilot.press("r", "i")
        pane.fill(())
        await settled(pilot)
        assert [pane.check_action(action, ()) for action in ("fold", "copy", "choose")] == [None, None, True]
        await pilot.press("up", "down", "space", "y")

    assert play(scene).heard == []


def test_a_curve_without_values_cannot_be_drawn():
    async def scene(pilot: Pilot[None], pane: OutputPane) -> None:
        await filled(pilot, pane, (Block(1, "x", "x", "look", START_S, 0.0, Observation("x", (), (Series("s", "", (START_S,), (None,)),)), "", ()),))
        assert "s: nothing was measured" in shown_text(block_at(pane, 0))
        assert pane.check_action("open_curve", ()) is None

    play(scene)


def test_the_whole_block_is_copied_as_safe_text():
    async def scene(pilot: Pilot[None], pane: OutputPane) -> None:
        await filled(pilot, pane, (look_block(1, 42),))
        await pilot.press("y")

    copied = play(scene).clipboard
    assert copied.startswith("#1 · Tue 06 Oct 09:05 · 5 min · features age")
    assert "view_42" in copied
    assert "more rows" not in copied


@pytest.mark.parametrize("text", NASTY)
def test_copied_text_holds_no_control_sign(text: str):
    assert not set(UNSAFE) & set(block_text(nasty_block(text)) + block_text(Note(text, text)))


def test_filters_hide_blocks_and_keep_their_state():
    async def scene(pilot: Pilot[None], pane: OutputPane) -> None:
        await filled(pilot, pane)
        block_at(pane, 3).fold(True)
        shown: dict[str, list[int]] = {}
        for _ in FILTERS:
            title = FILTERS[pane.query_one(FilterRow).chosen].title
            shown[title] = [b.shown.step for b in pane.query(OutputBlock) if b.display and isinstance(b.shown, Block)]
            await pilot.press("right")
        assert shown == {"All": [1, 2, 3, 4, 5], "Looks": [1, 4], "Moves": [5], "Words": [2], "Alerts": [1], "Changes": [], "Logs": [], "Data": []}
        assert "[All]" in shown_text(pane.query_one(FilterRow))
        assert block_at(pane, 3).folded
        await pilot.press("left")
        assert "[Data]" in shown_text(pane.query_one(FilterRow))
        assert pane.current is None

    play(scene)


def test_the_current_block_stays_current_where_the_filter_shows_it():
    async def scene(pilot: Pilot[None], pane: OutputPane) -> None:
        await filled(pilot, pane)
        await pilot.press("up")
        assert current_step(pane) == 4
        await pilot.press("right")
        assert current_step(pane) == 4
        await pilot.press("up")
        assert current_step(pane) == 1

    play(scene)


def test_an_answer_is_shown_whatever_the_filter_says():
    async def scene(pilot: Pilot[None], pane: OutputPane) -> None:
        await filled(pilot, pane)
        await pilot.press("right")
        pane.add(look_block(6))
        await settled(pilot)
        assert "[Looks]" in shown_text(pane.query_one(FilterRow))
        pane.add_text("help", "a text")
        await settled(pilot)
        assert "[All]" in shown_text(pane.query_one(FilterRow))
        assert all(block.display for block in pane.query(OutputBlock))

    play(scene)


def test_a_click_chooses_a_filter():
    async def scene(pilot: Pilot[None], pane: OutputPane) -> None:
        await filled(pilot, pane)
        await pilot.click(FilterRow, offset=(14, 0))
        await settled(pilot)
        assert "[Moves]" in shown_text(pane.query_one(FilterRow))

    play(scene)


def test_a_step_can_be_gone_to_even_where_it_is_folded_and_hidden():
    async def scene(pilot: Pilot[None], pane: OutputPane) -> None:
        await filled(pilot, pane, tuple(look_block(step) for step in range(1, 6)))
        block_at(pane, 1).fold(True)
        await pilot.press("right", "right")
        assert pane.show_step(2)
        await settled(pilot)
        assert (current_step(pane), block_at(pane, 1).folded) == (2, False)
        assert "#2" in "".join(strip.text for strip in pane.screen._compositor.render_strips()[:3])
        assert not pane.show_step(99)
        assert current_step(pane) == 2

    play(scene)


def test_filling_again_replaces_what_was_there():
    async def scene(pilot: Pilot[None], pane: OutputPane) -> None:
        await filled(pilot, pane)
        await filled(pilot, pane, (look_block(7),))
        assert [b.shown.step for b in pane.query(OutputBlock) if isinstance(b.shown, Block)] == [7]
        assert current_step(pane) == 7

    play(scene)


def test_blocks_are_written_once_for_a_width(monkeypatch: pytest.MonkeyPatch):
    import console.widgets.output_block as written

    counted: list[int] = []
    real = written.body_text

    def counting(shown: Any, *others: Any) -> str:
        counted.append(shown.step)
        return real(shown, *others)

    monkeypatch.setattr(written, "body_text", counting)

    async def scene(pilot: Pilot[None], pane: OutputPane) -> None:
        await filled(pilot, pane, tuple(look_block(step) for step in range(1, 301)))
        assert sorted(counted) == list(range(1, 301))
        pane.add(look_block(301))
        await settled(pilot)
        await pilot.press("up", "up", "space", "space", "right", "left", "pageup")
        assert counted.count(301) == 1
        assert len(counted) == 301

    play(scene)


def test_the_titles_in_sight_have_the_chosen_one_among_them():
    titles = ["All", "Looks", "Moves", "Words"]
    assert list(titles_in_sight(titles, 0, 80)) == [0, 1, 2, 3]
    assert list(titles_in_sight(titles, 0, 12)) == [0, 1]
    assert list(titles_in_sight(titles, 3, 14)) == [2, 3]
    assert list(titles_in_sight(titles, 2, 1)) == [2]

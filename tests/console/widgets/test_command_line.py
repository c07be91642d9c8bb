from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import pytest
from textual import events
from textual.app import App, ComposeResult
from textual.message import Message
from textual.pilot import Pilot

from console.host.shown import Runbook, RunbookStep, Snapshot
from console.prompt.suggest import Suggestion
from console.widgets.command_line import STILL_AT_IT, CommandLine, LineInput
from console.widgets.completing_input import MAX_LINE
from console.widgets.completion import MOST, Completion
from console.widgets.plain_text import PlainText
from simulator.commands import Command, Param
from tests.console.samples import NASTY, UNSAFE, seated_commands, snapshot
from tests.console.screens.stage import typed

ROLLBACK = "registry rollback"


class Room(App[None]):
    """A command line at the bottom, as in a war room."""

    CSS = "#above { height: 1fr; }"

    def __init__(self, shown: Snapshot | None = None, top: bool = False) -> None:
        super().__init__()
        self.posted: list[Message] = []
        self._first, self._top = shown or snapshot(), top

    def compose(self) -> ComposeResult:
        line = CommandLine(id="line")
        line.commands = dict(seated_commands())  # type: ignore[arg-type]
        above = PlainText("panes", id="above")
        yield from (line, above) if self._top else (above, line)

    def on_mount(self) -> None:
        self.line.snapshot = self._first
        self.line.focus()

    def on_command_line_submitted(self, event: CommandLine.Submitted) -> None:
        self.posted.append(event)

    def on_command_line_help_asked(self, event: CommandLine.HelpAsked) -> None:
        self.posted.append(event)

    def on_command_line_form_asked(self, event: CommandLine.FormAsked) -> None:
        self.posted.append(event)

    @property
    def line(self) -> CommandLine:
        return self.query_one(CommandLine)

    @property
    def input(self) -> LineInput:
        return self.query_one(LineInput)

    @property
    def completion(self) -> Completion:
        return self.query_one(Completion)

    @property
    def lines(self) -> list[str]:
        return [event.line for event in self.posted if isinstance(event, CommandLine.Submitted)]

    def said(self, where: str) -> str:
        return self.query_one(f".{where}", PlainText).visual.plain  # type: ignore[attr-defined, no-any-return]

    def offered(self) -> list[str]:
        """What the list shows, from top to bottom; empty while it is closed."""
        return [option.prompt.plain.split("  ")[0].strip() for option in self.completion.option_list.options] if self.completion.display else []  # type: ignore[union-attr]

    def chosen(self) -> str | None:
        return self.completion.chosen.text if self.completion.chosen is not None else None


Play = Callable[[Room, "Pilot[None]"], Awaitable[None]]


def played(play: Play, *, size: tuple[int, int] = (100, 30), room: Room | None = None) -> Room:
    app = room or Room()

    async def run() -> None:
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            await play(app, pilot)

    asyncio.run(run())
    return app


def test_enter_posts_the_line_and_clears_it() -> None:
    async def play(app: Room, pilot: Pilot[None]) -> None:
        await typed(pilot, " features age ")
        await pilot.press("enter")
        assert app.input.value == ""

    assert played(play).lines == ["features age"]


def test_enter_on_nothing_does_nothing() -> None:
    async def play(app: Room, pilot: Pilot[None]) -> None:
        await pilot.press("enter", "space", "enter")

    assert played(play).posted == []


def test_keys_that_come_at_once_are_taken_one_after_another() -> None:
    async def play(app: Room, pilot: Pilot[None]) -> None:
        for sign in "alerts\nnote x\nfeatures a\t\nquit\n":
            key = {"\n": "enter", "\t": "tab", " ": "space"}.get(sign, sign)
            app.post_message(events.Key(key, None if key in ("enter", "tab") else sign))
        await pilot.pause()
        await pilot.pause()

    assert played(play).lines == ["alerts", "note x", "features age", "quit"]


def test_spoken_words_are_posted_like_commands() -> None:
    spoken = ["help", "help features age", "journal", "show 4", "quit"]

    async def play(app: Room, pilot: Pilot[None]) -> None:
        for line in spoken:
            app.line.put(line)
            await pilot.press("enter")

    assert played(play).lines == spoken


def test_the_list_offers_while_typing_and_chooses_nothing() -> None:
    async def play(app: Room, pilot: Pilot[None]) -> None:
        await typed(pilot, "fea")
        assert (app.offered(), app.chosen()) == (["features age", "features parity"], None)
        await typed(pilot, "tures parity ")
        assert app.offered() == ["card_velocity", "card_profile", "merchant_risk", "--last", "--expect"]
        await typed(pilot, "card_v")
        assert app.offered() == ["card_velocity"]
        await typed(pilot, "elocity")
        assert app.offered() == []

    played(play)


def test_enter_is_never_swallowed_by_a_list_that_only_offers() -> None:
    async def play(app: Room, pilot: Pilot[None]) -> None:
        await typed(pilot, "features parity ")
        assert app.offered()
        await pilot.press("enter")

    assert played(play).lines == ["features parity"]


def test_tab_puts_in_what_all_entries_share_then_goes_through_them() -> None:
    async def play(app: Room, pilot: Pilot[None]) -> None:
        await typed(pilot, "fea")
        await pilot.press("tab")
        assert (app.input.value, app.chosen()) == ("features ", None)
        seen = []
        for key in ("tab", "tab", "down", "up", "shift+tab"):
            await pilot.press(key)
            seen.append(app.chosen())
        assert seen == ["features age", "features parity", "features age", "features parity", "features age"]
        assert app.posted == []
        await pilot.press("enter")
        assert (app.input.value, app.posted) == ("features age ", [])
        await pilot.press("enter")

    assert played(play).lines == ["features age"]


def test_tab_completes_the_only_entry() -> None:
    async def play(app: Room, pilot: Pilot[None]) -> None:
        await typed(pilot, "declare feature-store/online/m")
        await pilot.press("tab")
        assert app.input.value == "declare feature-store/online/merchant_risk "
        await typed(pilot, "conc")
        await pilot.press("tab", "enter")

    assert played(play).lines == ["declare feature-store/online/merchant_risk concept-drift"]


def test_a_name_that_begins_another_name_can_be_kept() -> None:
    async def play(app: Room, pilot: Pilot[None]) -> None:
        await typed(pilot, "declare feature-store/online")
        await pilot.press("tab")
        assert app.chosen() == "feature-store/online"
        await pilot.press("enter")
        assert app.input.value == "declare feature-store/online "

    played(play)


def test_completing_before_other_text_adds_no_second_space() -> None:
    async def play(app: Room, pilot: Pilot[None]) -> None:
        app.line.put("declare reg concept-drift")
        app.input.cursor_position = len("declare reg")
        await pilot.press("tab")
        assert (app.input.value, app.input.cursor_position) == ("declare registry concept-drift", len("declare registry "))

    played(play)


def test_options_are_offered_when_they_are_asked_for() -> None:
    async def play(app: Room, pilot: Pilot[None]) -> None:
        await typed(pilot, "features age card_velocity ")
        assert app.offered() == []
        await typed(pilot, "--")
        assert app.offered() == ["--expect"]

    played(play)


def test_tab_on_an_empty_line_shows_all_there_is() -> None:
    async def play(app: Room, pilot: Pilot[None]) -> None:
        await pilot.press("tab")
        assert app.offered() == ["help", "journal", "show", "quit", *seated_commands()]

    played(play)


def test_escape_closes_the_list_until_the_text_changes() -> None:
    async def play(app: Room, pilot: Pilot[None]) -> None:
        await typed(pilot, "fea")
        await pilot.press("escape")
        assert app.offered() == []
        await typed(pilot, "t")
        assert app.offered() == ["features age", "features parity"]

    played(play)


def test_down_goes_into_an_open_list_and_up_stays_with_the_lines_before() -> None:
    async def play(app: Room, pilot: Pilot[None]) -> None:
        await typed(pilot, "fea")
        await pilot.press("down", "down")
        assert app.chosen() == "features parity"
        await pilot.press("escape", "up")
        assert app.input.value == 'features age --expect "old rows"'

    played(play)


def test_a_list_longer_than_is_useful_says_how_much_more_there_is() -> None:
    names = {"view": tuple(f"view_{k}" for k in range(MOST + 30))}

    async def play(app: Room, pilot: Pilot[None]) -> None:
        await typed(pilot, "features age ")
        options = app.completion.option_list.options
        assert (len(options), options[-1].prompt.plain, options[-1].disabled) == (MOST + 1, f"{31} more; type on", True)  # type: ignore[union-attr]
        await pilot.press("down", "up")
        assert app.chosen() == f"view_{MOST - 1}"

    played(play, room=Room(snapshot(names=names)))


def test_the_list_opens_upward_at_the_bottom_and_downward_at_the_top() -> None:
    regions = []

    async def play(app: Room, pilot: Pilot[None]) -> None:
        await typed(pilot, "features parity ")
        await pilot.pause()
        regions.append((app.completion.region, app.input.region, app.screen.region))

    played(play)
    played(play, room=Room(top=True))
    (upper, line, screen), (lower, first_line, _) = regions
    assert upper.bottom == line.y
    assert lower.y == first_line.bottom
    assert screen.contains_region(upper)


@pytest.mark.parametrize("size", [(80, 24), (40, 12), (200, 60)])
def test_the_list_stays_on_the_screen(size: tuple[int, int]) -> None:
    async def play(app: Room, pilot: Pilot[None]) -> None:
        await typed(pilot, "features parity ")
        await pilot.pause()
        assert app.screen.region.contains_region(app.completion.region)
        assert not app.completion.region.overlaps(app.input.region)

    played(play, size=size)


def test_a_click_on_an_entry_takes_it() -> None:
    async def play(app: Room, pilot: Pilot[None]) -> None:
        await typed(pilot, "fea")
        await pilot.pause()
        await pilot.click(app.completion.option_list, offset=(4, 2))
        await pilot.pause()
        assert app.input.value == "features parity "
        assert app.input.has_focus

    played(play)


def test_shift_tab_leaves_the_line_when_nothing_is_chosen() -> None:
    async def play(app: Room, pilot: Pilot[None]) -> None:
        app.query_one("#above").can_focus = True
        await typed(pilot, "fea")
        await pilot.press("shift+tab")
        assert app.focused is app.query_one("#above")
        assert app.offered() == []

    played(play)


def test_up_and_down_walk_the_lines_of_the_session() -> None:
    async def play(app: Room, pilot: Pilot[None]) -> None:
        await typed(pilot, "alerts")
        await pilot.press("enter", "up")
        assert app.input.value == "alerts"
        await pilot.press("up")
        assert app.input.value == "registry rollback"
        await pilot.press("down", "down")
        assert app.input.value == ""
        assert app.offered() == []

    played(play)


def test_a_half_typed_line_is_kept_and_searches_by_its_beginning() -> None:
    async def play(app: Room, pilot: Pilot[None]) -> None:
        await typed(pilot, "hyp")
        await pilot.press("up")
        assert app.input.value == "hypothesis feature-store/online stale-materialisation"
        await pilot.press("down")
        assert app.input.value == "hyp"

    played(play)


def test_ctrl_r_searches_in_the_middle_of_lines() -> None:
    async def play(app: Room, pilot: Pilot[None]) -> None:
        await typed(pilot, "old")
        await pilot.press("ctrl+r")
        assert app.input.value == 'features age --expect "old rows"'
        await pilot.press("ctrl+u")
        await typed(pilot, "zzz")
        await pilot.press("ctrl+r")
        assert (app.input.value, app.said("hint")) == ("zzz", "no earlier line has this in it")

    played(play)


def test_later_snapshots_leave_the_lines_before_alone() -> None:
    async def play(app: Room, pilot: Pilot[None]) -> None:
        app.line.snapshot = snapshot(runbook=Runbook((RunbookStep(1, 0.0, 0.0, "look", "changes", "", ""),), ()))
        assert app.line.history.lines[-1] == ROLLBACK

    played(play)


def test_what_deserves_a_second_thought_is_asked_once() -> None:
    async def play(app: Room, pilot: Pilot[None]) -> None:
        await typed(pilot, ROLLBACK)
        await pilot.press("enter")
        assert app.said("hint") == "! registry rollback touches all of production at once. Enter again goes ahead, Esc changes it."
        assert (app.input.value, app.posted) == (ROLLBACK, [])
        await pilot.press("enter")

    assert played(play).lines == [ROLLBACK]


def test_a_question_that_does_not_fit_takes_a_second_line() -> None:
    async def play(app: Room, pilot: Pilot[None]) -> None:
        await typed(pilot, ROLLBACK)
        await pilot.press("enter")
        await pilot.pause()
        assert app.query_one(".hint").size.height == 2
        await pilot.press("escape")
        await pilot.pause()
        assert app.query_one(".hint").size.height == 1

    played(play, size=(80, 24))


def test_changing_the_text_withdraws_the_question() -> None:
    async def play(app: Room, pilot: Pilot[None]) -> None:
        await typed(pilot, ROLLBACK)
        await pilot.press("enter", "x", "backspace", "enter")
        assert app.posted == []
        await pilot.press("enter")

    assert played(play).lines == [ROLLBACK]


def test_escape_withdraws_the_question_and_keeps_the_line() -> None:
    async def play(app: Room, pilot: Pilot[None]) -> None:
        await typed(pilot, ROLLBACK)
        await pilot.press("enter", "escape")
        assert app.said("hint").startswith("registry rollback")
        await pilot.press("enter")
        assert app.input.value == ROLLBACK

    assert played(play).posted == []


def test_while_the_host_works_enter_keeps_the_line_and_says_so() -> None:
    async def play(app: Room, pilot: Pilot[None]) -> None:
        app.line.busy = True
        await typed(pilot, "alerts")
        await pilot.press("enter")
        assert (app.input.value, app.said("hint"), app.posted) == ("alerts", STILL_AT_IT, [])
        app.line.busy = False
        assert app.said("hint") != STILL_AT_IT
        await pilot.press("enter")

    assert played(play).lines == ["alerts"]


def test_one_may_leave_while_the_host_works() -> None:
    async def play(app: Room, pilot: Pilot[None]) -> None:
        app.line.busy = True
        await typed(pilot, "quit")
        await pilot.press("enter")

    assert played(play).lines == ["quit"]


def test_cost_and_usage_stand_beside_the_line() -> None:
    beside = {
        "": ("", "Tab completes"),
        "featu": ("", "2 commands begin like this"),
        "features age": ("costs 5 min", "features age [VIEW] [--expect EXPECT]  Age of each view"),
        "features age card": ("costs 5 min", "features age [VIEW] [--expect EXPECT]  which view"),
        "wait 2h": ("takes 2h", "wait DURATION"),
        "note x": ("no time", "note TEXT  what"),
        "quit": ("no time", "quit  leave; the session stays open"),
        "xyz": ("", "! no command begins with xyz; help lists them"),
    }
    seen: dict[str, tuple[str, str]] = {}

    async def play(app: Room, pilot: Pilot[None]) -> None:
        for line, (_, hint) in beside.items():
            app.line.put(line)
            seen[line] = (app.said("cost"), app.said("hint")[: len(hint)])

    played(play)
    assert seen == beside


def test_put_replaces_the_line_and_takes_the_focus() -> None:
    async def play(app: Room, pilot: Pilot[None]) -> None:
        app.query_one("#above").can_focus = True
        app.query_one("#above").focus()
        app.line.put("features age card_")
        await pilot.pause()
        assert app.input.has_focus
        assert app.offered() == []
        await pilot.press("tab")
        assert app.input.value == "features age card_"
        assert app.chosen() == "card_velocity"

    played(play)


def test_the_end_of_a_long_line_is_seen_while_it_is_typed() -> None:
    async def play(app: Room, pilot: Pilot[None]) -> None:
        app.line.put("note " + "word " * 40)
        await typed(pilot, "end")
        shown = "".join(segment.text for segment in app.input.render_line(0)).rstrip()
        assert shown.endswith("word end")
        await pilot.press("home")
        assert "".join(segment.text for segment in app.input.render_line(0)).startswith("note word")

    played(play, size=(80, 24))


def test_a_cited_step_goes_into_the_line() -> None:
    async def play(app: Room, pilot: Pilot[None]) -> None:
        app.line.put("declare registry concept-drift")
        app.line.cite(4)
        app.line.cite(1)
        assert app.input.value == "declare registry concept-drift --because 4 1"
        await pilot.press("enter")

    assert played(play).lines == ["declare registry concept-drift --because 4 1"]


def test_looks_can_be_cited_by_completion_newest_first() -> None:
    async def play(app: Room, pilot: Pilot[None]) -> None:
        app.line.put("declare registry concept-drift --because")
        await pilot.press("space")
        assert app.offered()[:2] == ["4", "1"]

    played(play)


def test_a_question_mark_first_in_the_line_asks_for_help() -> None:
    async def play(app: Room, pilot: Pilot[None]) -> None:
        await pilot.press("question_mark")
        app.line.put("features age")
        await pilot.press("home", "question_mark", "end", "question_mark")
        assert app.input.value == "features age?"

    assert [event.topic for event in played(play).posted if isinstance(event, CommandLine.HelpAsked)] == ["", "features age"]


def test_ctrl_o_asks_for_a_form_of_the_command_typed() -> None:
    async def play(app: Room, pilot: Pilot[None]) -> None:
        await pilot.press("ctrl+o")
        assert app.posted == []
        for line in ("features parity card_velocity", "decl"):
            app.line.put(line)
            await pilot.press("ctrl+o")

    asked = [(event.command_name, event.line) for event in played(play).posted if isinstance(event, CommandLine.FormAsked)]
    assert asked == [("features parity", "features parity card_velocity"), ("declare", "decl")]


def test_ctrl_u_clears_the_whole_line() -> None:
    async def play(app: Room, pilot: Pilot[None]) -> None:
        app.line.put("features age")
        await pilot.press("home", "right", "ctrl+u")
        assert app.input.value == ""

    played(play)


def test_pasted_lines_become_one_line_without_control_signs() -> None:
    async def play(app: Room, pilot: Pilot[None]) -> None:
        app.input.post_message(events.Paste("sql select 1,\r\n\t2\rfrom x\x1b[2J\u202e\n"))
        await pilot.pause()
        assert app.input.value == "sql select 1,  2 from x\ufffd[2J\ufffd"

    assert played(play).posted == []


def test_a_paste_that_is_too_long_changes_nothing_and_says_so() -> None:
    async def play(app: Room, pilot: Pilot[None]) -> None:
        app.line.put("note ")
        app.input.post_message(events.Paste("x" * MAX_LINE))
        await pilot.pause()
        assert app.input.value == "note "
        assert app.said("hint") == "! a line has at most 4,000 characters; it stays as it was"

    played(play)


def test_no_name_or_line_of_the_world_reaches_the_terminal_as_an_order() -> None:
    steps = tuple(RunbookStep(k, 0.0, 0.0, "look", text, "", "") for k, text in enumerate(NASTY))
    room = Room(snapshot(names={"view": tuple(f"v{text}" for text in NASTY)}, runbook=Runbook(steps, ())))
    commands: dict[str, Command] = {"peek": Command("peek", "look", "x", "[/x] \x1b[2J", 0.0, (Param("view", "text", "[red]\x07", positional=True, names="view"),))}
    shown: list[str] = []

    async def play(app: Room, pilot: Pilot[None]) -> None:
        app.line.set_commands(commands)
        await typed(pilot, "peek v")
        await pilot.pause()
        shown.append(app.export_screenshot())
        await pilot.press("tab", "enter", "ctrl+u", *["up"] * 6)
        shown.append(app.export_screenshot())
        for text in NASTY:
            app.line.put(text)
            await pilot.pause()
            shown.append(app.input.value)

    played(play, room=room)
    assert not [sign for sign in UNSAFE for text in shown if sign in text.replace("\r\n", "\n")]


def test_a_key_asks_for_no_more_than_local_work(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    offers = CommandLine.offers

    def counted(line: CommandLine, before_cursor: str) -> Sequence[Suggestion]:
        asked.append(before_cursor)
        return offers(line, before_cursor)

    monkeypatch.setattr(CommandLine, "offers", counted)

    async def play(app: Room, pilot: Pilot[None]) -> None:
        await typed(pilot, "features age")

    played(play)
    assert asked, "the list never followed"
    assert asked == sorted(set(asked), key=len), "once for each text at most"
    assert all("features age".startswith(before) for before in asked)

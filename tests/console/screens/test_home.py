from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from textual.pilot import Pilot

from console.host.messages import DrillsListed
from console.host.shown import DrillCard, SessionCard
from console.screens.home import HomeScreen
from console.screens.home_cards import drill_details, drill_row, in_order, last_result, session_details, standing
from console.widgets.row_list import RowList
from tests.console.samples import DRILLS, NASTY, SESSIONS, UNSAFE
from tests.console.screens.stage import SIZES, Stage, play

LISTED = DrillsListed(drills=DRILLS, sessions=SESSIONS)
RESOLVED = SessionCard("the-busy-season-3-1", "the-busy-season", "Drift alert in the busy season", 3, "closed", None, 12)


def drills(home: HomeScreen) -> RowList:
    return home.query_one("#drills", RowList)


def sessions(home: HomeScreen) -> RowList:
    return home.query_one("#sessions", RowList)


@dataclass
class Shown:
    """Home after it was given a listing and some keys."""

    listed: DrillsListed = field(default_factory=lambda: LISTED)
    size: tuple[int, int] = (80, 24)

    def after(self, *keys: str) -> tuple[Stage, HomeScreen, str]:
        home, text = HomeScreen(), ""

        async def scene(app: Stage, pilot: Pilot[None]) -> None:
            nonlocal text
            home.show(self.listed)
            await pilot.pause()
            await pilot.press(*keys)
            await pilot.pause()
            text = app.shown

        return play(home, scene, size=self.size), home, text


@pytest.mark.parametrize("size", SIZES)
def test_home_is_there_before_the_host_has_answered_and_says_what_it_is(size: tuple[int, int]) -> None:
    text = ""

    async def scene(app: Stage, pilot: Pilot[None]) -> None:
        nonlocal text
        text = app.shown

    play(HomeScreen(), scene, size=size)
    assert "You are on call for an ML system that breaks" in text
    assert "thinking is free" in text
    assert "reading the catalogue…" in text


@pytest.mark.parametrize("size", SIZES)
def test_drills_and_sessions_are_listed_with_what_one_chooses_by(size: tuple[int, int]) -> None:
    _, _, text = Shown(size=size).after()
    first = next(line for line in text.splitlines() if "Fraud slips through, everything is green" in line)
    assert "35 min" in first
    assert "3 of 5" in first
    assert "not finished" in first
    assert "87 of 100" in text or "88 of 100" in text
    assert "~ open" in text
    assert "! damaged" in text


@pytest.mark.parametrize(("keys", "name"), [((), "the-quiet-store"), (("down",), "the-busy-season"), (("down", "down"), "the-quiet-store")])
def test_enter_asks_to_play_the_drill_under_the_cursor(keys: tuple[str, ...], name: str) -> None:
    app, _, _ = Shown().after(*keys, "enter")
    assert [message.drill.name for message in app.posted(HomeScreen.PlayAsked)] == [name]


def test_tab_goes_to_the_sessions_where_enter_goes_on_with_an_open_one() -> None:
    app, _, _ = Shown().after("tab", "enter")
    assert [message.session for message in app.posted(HomeScreen.ResumeAsked)] == ["the-quiet-store-5-1"]
    assert not app.posted(HomeScreen.PlayAsked)


def test_enter_on_a_graded_session_asks_for_its_debrief() -> None:
    app, _, _ = Shown().after("tab", "down", "enter")
    assert [message.session for message in app.posted(HomeScreen.DebriefAsked)] == ["the-busy-season-2-1"]


def test_enter_on_a_session_that_lacks_only_its_grade_goes_on_with_it() -> None:
    app, _, _ = Shown(DrillsListed(drills=DRILLS, sessions=(*SESSIONS, RESOLVED))).after("tab", "down", "enter")
    assert [message.session for message in app.posted(HomeScreen.ResumeAsked)] == [RESOLVED.session]


def test_enter_on_a_damaged_session_says_what_to_do_and_asks_for_nothing() -> None:
    app, _, text = Shown().after("tab", "end", "enter")
    assert "hotseat sessions verify" in text
    assert "the-quiet-store-9-1" in text
    assert "This session is damaged" in text
    assert not app.posted(HomeScreen.ResumeAsked)
    assert not app.posted(HomeScreen.DebriefAsked)


def test_s_and_r_ask_for_settings_and_a_new_listing() -> None:
    app, _, _ = Shown().after("s", "r")
    assert len(app.posted(HomeScreen.SettingsAsked)) == 1
    assert len(app.posted(HomeScreen.RefreshAsked)) == 1


def test_q_quits() -> None:
    app, _, _ = Shown().after("q")
    assert app._exit


def test_before_a_listing_enter_asks_for_nothing() -> None:
    home = HomeScreen()

    async def scene(app: Stage, pilot: Pilot[None]) -> None:
        await pilot.press("enter", "tab", "enter")

    app = play(home, scene)
    assert not [message for message in app.heard if type(message).__name__.endswith("Asked")]


def test_a_listing_that_comes_before_the_screen_is_mounted_is_shown() -> None:
    home, text = HomeScreen(), ""
    home.show(LISTED)

    async def scene(app: Stage, pilot: Pilot[None]) -> None:
        nonlocal text
        text = app.shown

    play(home, scene)
    assert "Drift alert in the busy season" in text


def test_what_is_chosen_stays_chosen_when_the_listing_changes() -> None:
    home = HomeScreen()

    async def scene(app: Stage, pilot: Pilot[None]) -> None:
        home.show(LISTED)
        await pilot.press("down", "tab", "down")
        await pilot.pause()
        newer = SessionCard("the-quiet-store-7-1", "the-quiet-store", "Fraud slips through", 7, "open", None, 1)
        home.show(DrillsListed(drills=(DrillCard("new", "A new one", "card-fraud", 20, 1, ("model",), ("mid",), "New."), *DRILLS), sessions=(*SESSIONS, newer)))
        await pilot.pause()
        assert home.drill is not None
        assert home.session is not None
        assert (home.drill.name, home.session.session) == ("the-busy-season", "the-busy-season-2-1")
        assert sessions(home).has_focus

    play(home, scene)


def test_the_same_listing_again_moves_nothing() -> None:
    home = HomeScreen()
    many = DrillsListed(drills=tuple(DrillCard(f"d{k}", f"Drill {k}", "s", 30, 1, ("model",), ("mid",), "x") for k in range(60)), sessions=())

    async def scene(app: Stage, pilot: Pilot[None]) -> None:
        home.show(many)
        await pilot.press("pagedown", "pagedown", "up", "up")
        await pilot.pause()
        before = drills(home).highlighted, drills(home).scroll_offset
        assert before[1].y > 0
        home.show(many)
        await pilot.pause()
        assert (drills(home).highlighted, drills(home).scroll_offset) == before

    play(home, scene)


def test_where_the_chosen_session_is_gone_the_one_in_its_place_is_chosen() -> None:
    home = HomeScreen()

    async def scene(app: Stage, pilot: Pilot[None]) -> None:
        home.show(LISTED)
        await pilot.press("tab", "down")
        home.show(DrillsListed(drills=DRILLS, sessions=(SESSIONS[0], SESSIONS[2])))
        await pilot.pause()
        assert home.session is not None
        assert home.session.session == "the-quiet-store-9-1"

    play(home, scene)


def test_details_follow_the_list_that_has_the_focus() -> None:
    _, _, text = Shown(size=(120, 36)).after("down")
    assert "Marketing started something." in text
    _, _, text = Shown(size=(120, 36)).after("down", "tab")
    assert "Marketing started something." not in text
    assert "Enter goes on where you stopped" in text
    _, _, text = Shown(size=(120, 36)).after("down", "tab", "tab")
    assert "Enter goes on where you stopped" in text


@pytest.mark.parametrize(("size", "beside"), [((80, 24), False), ((120, 36), True), ((200, 60), True)])
def test_details_stand_beside_the_lists_where_there_is_room(size: tuple[int, int], beside: bool) -> None:
    home = HomeScreen()

    async def scene(app: Stage, pilot: Pilot[None]) -> None:
        home.show(LISTED)
        await pilot.pause()
        lists, about = home.query_one("#lists").region, home.query_one("#about").region
        assert (about.x >= lists.right) is beside
        assert (about.y >= lists.bottom) is not beside
        assert about.height >= 5
        assert home.query_one("#drills").region.width >= 70

    play(home, scene, size=size)


def test_a_listing_that_failed_is_said_and_the_next_one_takes_it_away() -> None:
    home = HomeScreen()

    async def scene(app: Stage, pilot: Pilot[None]) -> None:
        home.failed("scenario [/x] is broken. Press r to read it again.")
        await pilot.pause()
        assert "! scenario [/x] is broken" in app.shown
        assert "reading the catalogue" not in app.shown
        home.show(LISTED)
        await pilot.pause()
        assert "is broken" not in app.shown
        home.failed("the host ended")
        await pilot.pause()
        assert "! the host ended" in app.shown
        assert "Drift alert in the busy season" in app.shown

    play(home, scene)


def test_an_empty_catalogue_is_said_and_enter_asks_for_nothing() -> None:
    app, _, text = Shown(DrillsListed(drills=(), sessions=())).after("enter", "tab", "enter")
    assert "the catalogue is empty" in text
    assert "starts the first" in text
    assert not app.posted(HomeScreen.PlayAsked)


@pytest.mark.parametrize("size", SIZES)
def test_nasty_texts_are_only_texts(size: tuple[int, int]) -> None:
    nasty = DrillsListed(
        drills=tuple(DrillCard(text, text, text, 30, 3, (text,), (text,), text * 2) for text in NASTY),
        sessions=tuple(SessionCard(text, text, text, 1, ("open", "closed", "damaged", text)[k % 4], 5.0 if k % 3 else None, k) for k, text in enumerate(NASTY)),
    )
    home, seen = HomeScreen(), []

    async def scene(app: Stage, pilot: Pilot[None]) -> None:
        home.show(nasty)
        for rows in (drills(home), sessions(home)):
            rows.focus()
            for place in range(len(NASTY) if size == SIZES[0] else 1):
                rows.highlighted = place
                await pilot.pause()
                seen.append(app.shown)
        await pilot.click("#details")

    app = play(home, scene, size=size)
    assert not app._exit
    assert "[@click=app.quit]click[/]" in seen[0]
    assert not any(sign in text for text in seen for sign in UNSAFE)


def test_two_drills_of_one_name_are_two_rows() -> None:
    twins = (DRILLS[0], DrillCard("the-quiet-store", "Its twin", "card-fraud", 5, 1, (), (), ""))
    app, _, _ = Shown(DrillsListed(drills=twins, sessions=())).after("down", "enter")
    assert [message.drill.title for message in app.posted(HomeScreen.PlayAsked)] == ["Its twin"]


def test_sessions_that_wait_for_the_person_come_first_and_the_latest_of_a_kind_before_the_others() -> None:
    other = SessionCard("the-quiet-store-6-1", "the-quiet-store", "x", 6, "open", None, 2)
    ordered = in_order((SESSIONS[1], SESSIONS[2], SESSIONS[0], RESOLVED, other))
    assert [standing(card) for card in ordered] == ["open", "open", "resolved", "graded", "damaged"]
    assert ordered[0] is other


def test_the_last_result_is_that_of_the_latest_readable_session() -> None:
    graded = SessionCard("the-quiet-store-6-1", "the-quiet-store", "x", 6, "closed", 12.4, 2)
    assert last_result(DRILLS[0], SESSIONS) == "not finished"
    assert last_result(DRILLS[0], (*SESSIONS, graded)) == "12 of 100"
    assert last_result(DRILLS[0], (SESSIONS[2],)) == "–"
    assert last_result(DRILLS[0], ()) == "–"


def test_a_drill_in_full_tells_what_was_reached_so_far() -> None:
    graded = SessionCard("the-quiet-store-6-1", "the-quiet-store", "x", 6, "closed", 12.4, 2)
    text = drill_details(DRILLS[0], (*SESSIONS, graded)).plain
    assert "2 sessions · best 12 of 100, last 12 · 1 not finished" in text
    assert "model, platform, generalist" in text
    assert "not played yet" in drill_details(DRILLS[0], ()).plain


@pytest.mark.parametrize(
    ("card", "said"), [(SESSIONS[0], "Enter goes on"), (SESSIONS[1], "Enter opens the debrief"), (SESSIONS[2], "cannot be read"), (RESOLVED, "Enter grades it")]
)
def test_a_session_in_full_says_what_enter_does(card: SessionCard, said: str) -> None:
    assert said in session_details(card).plain


def test_a_row_of_a_drill_is_one_line_whatever_its_title() -> None:
    row = drill_row(DrillCard("a", "two\nlines\x1b[2J", "s", 5, 1, (), (), ""), ())
    assert row.lead.plain == "two lines\ufffd[2J"

from __future__ import annotations

import asyncio

import pytest
from msgspec.structs import replace
from textual.containers import VerticalScroll
from textual.pilot import Pilot

from console.host.messages import Seated
from console.host.shown import Briefing, ClockState, Person
from console.screens.briefing import BriefingScreen
from console.screens.briefing_text import paragraphs, rules, situation
from tests.console.samples import BLOCKS, BRIEFING, COMMANDS, MAP, NASTY, START_S, UNSAFE, snapshot
from tests.console.screens.stage import SIZES, Stage, play, pressed

SEATED = Seated(
    session="the-quiet-store-5-1",
    role="generalist",
    level="senior",
    start_s=START_S,
    closed=False,
    briefing=BRIEFING,
    map=MAP,
    commands=COMMANDS,
    components={},
    mechanisms={},
    blocks=(),
    snapshot=snapshot(START_S),
)


def told(seated: Seated) -> dict[str, str]:
    """Titles of the sections with their text."""
    return {section.title: section.text.plain for section in (*situation(seated), *rules(seated))}


def whole(screen: BriefingScreen, size: tuple[int, int]) -> str:
    """What can be read on the screen, scrolled from its top to its bottom."""
    seen: list[str] = []

    async def scene(app: Stage, pilot: Pilot[None]) -> None:
        pages = screen.query_one("#pages", VerticalScroll)
        while True:
            seen.append(app.shown)
            if pages.scroll_offset.y >= pages.max_scroll_y:
                return
            pages.scroll_page_down(animate=False)
            await pilot.pause()

    play(screen, scene, size=size)
    return "\n".join(seen)


@pytest.mark.parametrize("size", SIZES)
def test_all_that_a_person_is_told_can_be_read(size: tuple[int, int]) -> None:
    text = " ".join(whole(BriefingScreen(SEATED), size).split())
    for words in (
        "about 35 min",
        "role generalist · level senior",
        "missed-fraud-high is firing",
        "Each hour of missed fraud costs real money.",
        "A feature server reads the online store",
        "product manager wants impact on customers and money, every 60m",
        "fraud-capture: network fraud warnings stay",
        "Thinking and typing take none.",
        "A guess does not pass",
        "lists the commands",
    ):
        assert words in text, words


def test_the_page_comes_first() -> None:
    assert next(iter(told(SEATED))) == "Page"
    assert told(SEATED)["Page"].startswith("! ")


def test_costs_are_those_of_the_commands_that_there_are() -> None:
    assert "A look takes 1m to 10m and a move takes 5m to 20m of the incident." in told(SEATED)["What time costs"]
    assert "A look takes 1m of the incident." in told(replace(SEATED, commands=COMMANDS[:1]))["What time costs"]
    assert "takes" not in told(replace(SEATED, commands=()))["What time costs"].split("\n")[0]


def test_a_live_clock_is_told_with_its_speed() -> None:
    live = told(replace(SEATED, snapshot=snapshot(START_S, clock=ClockState(True, 60.0, False))))["What time costs"]
    assert "60 seconds of the incident each second, also while you think" in live
    assert "take none" not in live


def test_people_who_only_listen_ask_for_nothing() -> None:
    people = told(replace(SEATED, briefing=replace(BRIEFING, people=(Person("support lead", "", None), Person("lead", "a date", None)))))["Who waits to hear from you"]
    assert people == "· support lead listens\n· lead wants a date"


def test_sections_without_content_are_left_out() -> None:
    bare = told(replace(SEATED, briefing=replace(BRIEFING, context=(), people=(), objectives=())))
    assert "What is known" not in bare
    assert "Who waits to hear from you" not in bare
    assert "What must hold again" not in bare


def test_a_drill_that_goes_on_says_where_it_stands() -> None:
    assert "So far" not in told(SEATED)
    assert "5 steps taken" in told(replace(SEATED, blocks=BLOCKS))["So far"]
    assert "only its grade is missing" in told(replace(SEATED, blocks=BLOCKS, closed=True))["So far"]


def test_lines_of_one_paragraph_are_joined_and_paragraphs_kept_apart() -> None:
    assert paragraphs("one\ntwo\n\n\n  three  \n\n \n") == ["one two", "three"]
    assert paragraphs("") == []


def test_enter_says_that_the_person_is_ready_and_the_screen_goes() -> None:
    app = pressed(BriefingScreen(SEATED), "enter")
    assert len(app.posted(BriefingScreen.Ready)) == 1
    assert app.results == [None]


def test_ready_reaches_the_app_though_the_screen_goes() -> None:
    reached = []

    class Listening(Stage):
        def on_briefing_screen_ready(self) -> None:
            reached.append(True)

    async def run() -> None:
        async with Listening(BriefingScreen(SEATED)).run_test() as pilot:
            await pilot.pause()
            await pilot.press("enter")
            await pilot.pause()

    asyncio.run(run())
    assert reached == [True]


def test_escape_closes_it_without_a_word() -> None:
    app = pressed(BriefingScreen(SEATED), "escape")
    assert not app.posted(BriefingScreen.Ready)
    assert app.results == [None]


@pytest.mark.parametrize(("size", "beside"), [((80, 24), False), ((120, 36), True)])
def test_the_rules_stand_beside_the_situation_where_there_is_room(size: tuple[int, int], beside: bool) -> None:
    screen = BriefingScreen(SEATED)

    async def scene(app: Stage, pilot: Pilot[None]) -> None:
        left, right = screen.query_one("#situation").region, screen.query_one("#rules").region
        assert (right.x >= left.right) is beside

    play(screen, scene, size=size)


@pytest.mark.parametrize("size", SIZES)
def test_nasty_texts_are_only_texts(size: tuple[int, int]) -> None:
    nasty = Briefing("[/x]", "[red]red", 35, "[@click=app.quit]c[/]", "\n\n".join(NASTY), NASTY, tuple(Person(text, text, 60.0) for text in NASTY), NASTY)
    text = whole(BriefingScreen(replace(SEATED, briefing=nasty, session="\x1b[2J", role="[/x]", level="\u202e")), size)
    assert "[@click=app.quit]c[/]" in text
    assert "[type=x, v={'a[0]'}]" in text
    assert not any(sign in text for sign in UNSAFE)

from __future__ import annotations

from math import inf

import pytest
from msgspec.structs import replace
from textual.pilot import Pilot
from textual.widgets import Input

from console.host.messages import Begin, decoded_request, encoded
from console.host.shown import DrillCard
from console.screens.start_form import StartForm, begin_of
from simulator.errors import UsageError
from tests.console.samples import DRILLS, NASTY, UNSAFE
from tests.console.screens.stage import SIZES, Stage, play, pressed

CARD = DRILLS[0]


def test_enter_at_once_begins_the_usual_drill() -> None:
    app = pressed(StartForm(CARD), "enter")
    assert app.results == [Begin(scenario="the-quiet-store", seed=None, role="generalist", level="senior", speed=None)]


def test_a_role_or_level_that_is_not_offered_is_not_chosen() -> None:
    app = pressed(StartForm(DrillCard("n", "t", "s", 30, 3, ("platform", "model"), ("mid",), "")), "enter")
    assert (app.results[0].role, app.results[0].level) == ("platform", "mid")


def test_a_card_without_roles_and_levels_leaves_them_to_the_host() -> None:
    app = pressed(StartForm(DrillCard("n", "t", "s", 30, 3, (), (), "")), "enter")
    assert (app.results[0].role, app.results[0].level) == (None, None)


def test_arrows_choose_and_move_between_fields() -> None:
    app = pressed(StartForm(CARD), "right", "down", "left", "enter")
    assert (app.results[0].role, app.results[0].level) == ("model", "mid")


def test_a_live_clock_asks_for_its_speed() -> None:
    form = StartForm(CARD)

    async def scene(app: Stage, pilot: Pilot[None]) -> None:
        assert not form.query_one("#speed-row").display
        await pilot.press("down", "down", "down", "right")
        await pilot.pause()
        assert form.query_one("#speed-row").display
        await pilot.press("down", *"300", "enter")
        await pilot.pause()

    app = play(form, scene)
    assert app.results[0].speed == 300.0


def test_the_clock_that_was_chosen_before_is_offered_first() -> None:
    assert pressed(StartForm(CARD, speed=900.0), "enter").results[0].speed == 900.0


def test_hints_can_be_refused_from_the_start_by_keys() -> None:
    form = StartForm(CARD)

    async def scene(app: Stage, pilot: Pilot[None]) -> None:
        assert "[on request]" in app.shown
        assert "each costs points" in app.shown
        await pilot.press("down", "down", "right")
        await pilot.pause()
        assert "[refused, as in an interview]" in app.shown
        assert "the scorecard says so" in app.shown
        await pilot.press("enter")
        await pilot.pause()

    assert play(form, scene).results == [Begin(scenario="the-quiet-store", seed=None, role="generalist", level="senior", speed=None, interview=True)]


def test_hints_can_be_refused_with_the_mouse_and_the_next_form_offers_them_again() -> None:
    form = StartForm(CARD)

    async def scene(app: Stage, pilot: Pilot[None]) -> None:
        await pilot.click("#hints", offset=(20, 0))
        await pilot.click("#begin")
        await pilot.pause()
        app.push_screen(StartForm(CARD), app.results.append)
        await pilot.pause()
        await pilot.press("enter")
        await pilot.pause()

    assert [begin.interview for begin in play(form, scene).results] == [True, False]


def test_a_seed_can_be_typed() -> None:
    app = pressed(StartForm(CARD), "down", "down", "down", "down", *"42", "enter")
    assert app.results[0].seed == 42


def test_a_seed_that_is_none_is_said_and_the_form_stays_until_it_is_mended() -> None:
    form = StartForm(CARD)

    async def scene(app: Stage, pilot: Pilot[None]) -> None:
        await pilot.press("down", "down", "down", "down", *"-4", "enter")
        await pilot.pause()
        assert "! seed: a whole number from 0 on" in app.shown
        assert app.results == []
        assert app.focused is form.query_one("#seed", Input)
        await pilot.press("home", "delete", "enter")
        await pilot.pause()

    assert play(form, scene).results[0].seed == 4


def test_escape_and_back_begin_nothing() -> None:
    assert pressed(StartForm(CARD), "escape").results == [None]

    async def click(app: Stage, pilot: Pilot[None]) -> None:
        await pilot.click("#back")
        await pilot.pause()

    assert play(StartForm(CARD), click).results == [None]


def test_the_button_begins_as_enter_does() -> None:
    async def click(app: Stage, pilot: Pilot[None]) -> None:
        await pilot.click("#begin")
        await pilot.pause()

    assert play(StartForm(CARD), click).results[0].scenario == "the-quiet-store"


def test_a_click_chooses_a_word() -> None:
    form = StartForm(CARD)

    async def scene(app: Stage, pilot: Pilot[None]) -> None:
        await pilot.click("#role", offset=(2, 0))
        await pilot.press("enter")
        await pilot.pause()

    assert play(form, scene).results[0].role == "model"


@pytest.mark.parametrize("size", SIZES)
def test_all_of_the_form_is_on_the_screen_even_with_trouble(size: tuple[int, int]) -> None:
    form = StartForm(CARD, speed=60.0)

    async def scene(app: Stage, pilot: Pilot[None]) -> None:
        form.query_one("#speed", Input).value = "7777"
        await pilot.press("enter")
        await pilot.pause()
        for name in ("role", "level", "hints", "hints-about", "clock", "speed", "seed", "begin", "trouble"):
            region = form.query_one(f"#{name}").region
            assert region.area > 0, name
            assert form.region.contains_region(region), name
        assert "! speed: a number from 1 to 3600" in app.shown

    play(form, scene, size=size)


def test_nasty_texts_are_only_texts() -> None:
    async def scene(app: Stage, pilot: Pilot[None]) -> None:
        for text in NASTY:
            app.push_screen(StartForm(replace(CARD, name=text, title=text, roles=(text, "model"), levels=(text,))), app.results.append)
            await pilot.pause()
            assert not any(sign in app.shown for sign in UNSAFE)
            await pilot.press("right", "enter")
            await pilot.pause()

    assert [begin.role for begin in play(StartForm(CARD), scene).results] == ["model"] * len(NASTY)


@pytest.mark.parametrize(("seed", "wanted"), [("", None), ("  ", None), ("0", 0), (" 42 ", 42), ("9" * 18, 10**18 - 1), ("007", 7)])
def test_seeds_that_are_understood(seed: str, wanted: int | None) -> None:
    begin = begin_of(CARD, "model", "mid", seed, False, "")
    assert begin.seed == wanted
    assert decoded_request(encoded(begin)) == begin


@pytest.mark.parametrize("seed", ["-1", "1.5", "1e3", "0x10", "1 2", "1_000", "٣", "²", "9" * 19, "seed", *filter(str.strip, NASTY)])
def test_seeds_that_are_not(seed: str) -> None:
    with pytest.raises(UsageError, match=r"^seed: a whole number from 0 on"):
        begin_of(CARD, "model", "mid", seed, False, "")


@pytest.mark.parametrize(("speed", "wanted"), [("1", 1.0), ("3600", 3600.0), (" 60 ", 60.0), ("1.5", 1.5), ("1e3", 1000.0)])
def test_speeds_that_are_understood(speed: str, wanted: float) -> None:
    assert begin_of(CARD, "model", "mid", "", True, speed).speed == wanted


@pytest.mark.parametrize("speed", ["", "0", "0.99", "3601", "-60", "nan", "inf", str(inf), "1e999", "fast", "٦٠", *NASTY])
def test_speeds_that_are_not(speed: str) -> None:
    with pytest.raises(UsageError, match=r"^speed: a number from 1 to 3600"):
        begin_of(CARD, "model", "mid", "", True, speed)


def test_a_clock_by_action_does_not_read_the_speed() -> None:
    assert begin_of(CARD, "model", "mid", "", False, "nonsense").speed is None

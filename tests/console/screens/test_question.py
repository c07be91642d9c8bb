from __future__ import annotations

import pytest
from textual.pilot import Pilot

from console.screens.message import MessageScreen
from console.screens.question import Answer, QuestionScreen
from tests.console.samples import NASTY, UNSAFE
from tests.console.screens.stage import SIZES, Stage, play, pressed

THREE = (Answer("Carry on", 1, "c"), Answer("Set it aside", 2, "s"), Answer("Throw it away", 3))


def yes_or_no(text: str, *, yes: str = "Yes", no: str = "No", title: str = "", first_yes: bool = False) -> QuestionScreen[bool]:
    return QuestionScreen(text, (Answer(yes, True, "y"), Answer(no, False, "n")), title=title, first=0 if first_yes else 1)


@pytest.mark.parametrize(("keys", "answer"), [(("enter",), False), (("y",), True), (("n",), False), (("up", "enter"), True), (("escape",), None)])
def test_a_question_of_yes_and_no_ends_with_the_answer_and_enter_says_no(keys: tuple[str, ...], answer: bool | None) -> None:
    assert pressed(yes_or_no("Resolve?"), *keys).results == [answer]


def test_enter_says_yes_where_that_does_no_harm() -> None:
    assert pressed(yes_or_no("Go on?", first_yes=True), "enter").results == [True]


@pytest.mark.parametrize(("keys", "answer"), [(("enter",), 2), (("down", "enter"), 3), (("c",), 1), (("s",), 2), (("escape",), None)])
def test_one_of_a_few_answers_is_chosen_by_cursor_or_letter(keys: tuple[str, ...], answer: int | None) -> None:
    assert pressed(QuestionScreen("What now?", THREE, first=1), *keys).results == [answer]


def test_a_letter_that_is_no_answer_is_no_answer() -> None:
    assert pressed(QuestionScreen("What now?", THREE), "x").results == []


@pytest.mark.parametrize("size", SIZES)
def test_question_answers_and_their_letters_are_shown(size: tuple[int, int]) -> None:
    shown = ""

    async def scene(app: Stage, pilot: Pilot[None]) -> None:
        nonlocal shown
        shown = app.shown

    play(yes_or_no("resolve closes the incident. Go ahead?", yes="Resolve it", no="Go back", title="Resolve"), scene, size=size)
    for words in ("resolve closes the incident", "y  Resolve it", "n  Go back", "Escape goes back"):
        assert words in shown, words


def test_nasty_texts_are_only_texts() -> None:
    async def scene(app: Stage, pilot: Pilot[None]) -> None:
        for text in NASTY:
            app.push_screen(QuestionScreen(text, (Answer(text, 1), Answer("the other", 2)), title=text), app.results.append)
            await pilot.pause()
            assert not any(sign in app.shown for sign in UNSAFE)
            await pilot.press("down", "enter")
            await pilot.pause()

    assert play(MessageScreen("x"), scene).results == [2] * len(NASTY)


@pytest.mark.parametrize("key", ["enter", "escape"])
def test_a_message_stays_until_it_is_answered(key: str) -> None:
    assert pressed(MessageScreen("the host ended")).results == []
    assert pressed(MessageScreen("the host ended"), key).results == [None]


def test_a_long_question_leaves_its_answers_on_the_screen() -> None:
    shown = ""

    async def scene(app: Stage, pilot: Pilot[None]) -> None:
        nonlocal shown
        shown = app.shown

    play(QuestionScreen("long " * 2000, [Answer(f"answer {k}", k) for k in range(30)]), scene)
    assert "answer 0" in shown
    assert "Escape goes back" in shown


def test_a_message_is_shown_as_it_is_and_how_to_go_on_with_it() -> None:
    async def scene(app: Stage, pilot: Pilot[None]) -> None:
        assert "the host ended with status 137" in app.shown
        for text in (*NASTY, "long " * 2000):
            app.push_screen(MessageScreen(text, title=text[:40]))
            await pilot.pause()
            assert "Enter goes on" in app.shown
            assert not any(sign in app.shown for sign in UNSAFE)
            await pilot.press("enter")
            await pilot.pause()

    play(MessageScreen("the host ended with status 137"), scene)

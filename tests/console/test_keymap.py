from __future__ import annotations

from typing import ClassVar

import pytest
from textual.app import App
from textual.binding import Binding, BindingType
from textual.screen import Screen

from console.keymap import EVERYWHERE, Rebindable, keys_of, objection, rebindable, taken_by, with_key

QUIT = Rebindable("app.quit", "Quit", "ctrl+q")
REFRESH = Rebindable("home.refresh", "Refresh", "r", "Home")
SETTINGS = Rebindable("home.settings", "Settings", "s", "Home")
MAP = Rebindable("pane.map", "Map", "f2", "War room")
CHARTS = Rebindable("pane.charts", "Charts", "f3", "War room")
HELP = Rebindable("app.keys", "Keys", "f1,?", EVERYWHERE)
ALL = (QUIT, REFRESH, SETTINGS, MAP, CHARTS, HELP)


def test_bindings_with_an_id_are_found_once_with_the_screen_that_they_are_for() -> None:
    class Room(Screen[None]):
        BINDINGS: ClassVar[list[BindingType]] = [Binding("f2", "pane", "Map", id="pane.map"), Binding("x", "nothing", "No id"), ("y", "tuple", "A tuple")]

    class Program(App[None]):
        BINDINGS: ClassVar[list[BindingType]] = [Binding("f1", "keys", "Keys", id="app.keys"), Binding("f9", "pane", "Map again", id="pane.map")]

    assert rebindable({"Room": (Room,), EVERYWHERE: (Program,)}) == (Rebindable("pane.map", "Map", "f2", "Room"), Rebindable("app.keys", "Keys", "f1", EVERYWHERE))


@pytest.mark.parametrize(
    ("chosen", "keys"),
    [({}, ("f1", "question_mark")), ({"app.keys": "f12"}, ("f12",)), ({"app.keys": " f12 , ctrl+k"}, ("f12", "ctrl+k")), ({"app.keys": ","}, ("f1", "question_mark"))],
)
def test_the_keys_of_a_binding_are_the_chosen_ones_else_its_default(chosen: dict[str, str], keys: tuple[str, ...]) -> None:
    assert keys_of(HELP, chosen) == keys


def test_a_free_key_may_be_taken() -> None:
    assert objection("f12", MAP, ALL, {}) == ""
    assert objection("ctrl+g", MAP, ALL, {}) == ""


def test_a_key_of_the_same_screen_or_of_all_screens_is_taken_and_the_holder_is_named() -> None:
    assert "taken by Charts (War room)" in objection("f3", MAP, ALL, {})
    assert "taken by Quit (Everywhere)" in objection("ctrl+q", MAP, ALL, {})
    assert "taken by Map (War room)" in objection("f2", QUIT, ALL, {})


def test_a_key_of_another_screen_is_free() -> None:
    assert objection("f2", REFRESH, ALL, {}) == ""


def test_a_key_that_its_holder_gave_up_is_free_and_its_new_one_is_taken() -> None:
    assert objection("f3", MAP, ALL, {"pane.charts": "f12"}) == ""
    assert "taken by Charts" in objection("f12", MAP, ALL, {"pane.charts": "f12"})


def test_the_own_default_is_always_open_to_a_binding() -> None:
    assert objection("escape", Rebindable("prompt.focus", "Prompt", "escape", "War room"), ALL, {"prompt.focus": "f12"}) == ""


@pytest.mark.parametrize("key", ["enter", "escape", "tab", "up", "space", "backspace", "ctrl+c"])
def test_keys_that_lists_and_forms_need_are_kept_for_them(key: str) -> None:
    assert "needed" in objection(key, MAP, ALL, {})


@pytest.mark.parametrize("key", ["x", "X", "question_mark", "1", "shift+x", "é"])
def test_a_sign_that_types_is_refused_where_there_is_a_command_line_and_open_where_a_letter_stood(key: str) -> None:
    assert "would be typed" in objection(key, MAP, (MAP, CHARTS), {})
    assert objection(key, REFRESH, (REFRESH, SETTINGS), {}) == ""


@pytest.mark.parametrize("key", ["f12", "ctrl+x", "alt+x", "ctrl+shift+f5", "shift+f5", "insert", "ctrl+question_mark"])
def test_keys_that_type_nothing_are_open(key: str) -> None:
    assert objection(key, MAP, (MAP, CHARTS), {}) == ""


def test_who_holds_a_key_is_found_by_it() -> None:
    assert taken_by("s", REFRESH, ALL, {}) is SETTINGS
    assert taken_by("question_mark", REFRESH, ALL, {}) is HELP
    assert taken_by("f12", REFRESH, ALL, {}) is None


def test_a_default_is_not_kept_as_a_choice_and_other_choices_stay() -> None:
    chosen = with_key({"other.version": "f11"}, MAP, "f12")
    assert chosen == {"other.version": "f11", "pane.map": "f12"}
    assert with_key(chosen, MAP, "f2") == {"other.version": "f11"}

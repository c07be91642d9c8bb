from __future__ import annotations

import pytest
from textual.pilot import Pilot

from console.keymap import EVERYWHERE, Rebindable
from console.screens.settings_screen import PressKey, SettingsScreen
from console.settings import Settings, load_settings, save_settings
from console.widgets.row_list import RowList
from tests.console.samples import NASTY, UNSAFE
from tests.console.screens.stage import SIZES, Stage, play, pressed

BINDINGS = (
    Rebindable("app.keys", "Keys", "f1", EVERYWHERE),
    Rebindable("home.refresh", "Refresh", "r", "Home"),
    Rebindable("pane.map", "Map", "f2", "War room"),
    Rebindable("pane.charts", "Charts", "f3", "War room"),
)


def screen(settings: Settings | None = None) -> SettingsScreen:
    return SettingsScreen(settings or Settings(), BINDINGS)


def test_going_back_without_a_change_ends_with_none() -> None:
    assert pressed(screen(), "escape").results == [None]


def test_a_theme_is_seen_at_once_and_part_of_the_result() -> None:
    async def scene(app: Stage, pilot: Pilot[None]) -> None:
        await pilot.press("down", "enter")
        await pilot.pause()
        assert app.theme == "hotseat-light"
        assert "(•) hotseat-light" in app.shown
        assert "( ) hotseat-dark" in app.shown
        await pilot.press("escape")
        await pilot.pause()

    app = play(screen(Settings(speed=60.0, others={"sound": 1})), scene)
    assert app.results == [Settings("hotseat-light", {}, 60.0, {"sound": 1})]


def test_the_theme_in_use_is_under_the_cursor_first() -> None:
    assert pressed(screen(Settings("hotseat-contrast")), "up", "enter", "escape").results[0].theme == "hotseat-light"


def test_a_key_is_changed_by_pressing_it() -> None:
    async def scene(app: Stage, pilot: Pilot[None]) -> None:
        await pilot.press("tab", "down", "down", "enter")
        await pilot.pause()
        assert "Press the new key for Map" in app.shown
        await pilot.press("f12")
        await pilot.pause()
        row = next(line for line in app.shown.splitlines() if "Map" in line)
        assert "f12" in row
        assert "changed" in row
        await pilot.press("escape")
        await pilot.pause()

    app = play(screen(), scene)
    assert app.results == [Settings(keys={"pane.map": "f12"})]


def test_what_was_chosen_here_is_kept_in_the_file() -> None:
    app = pressed(screen(), "down", "enter", "tab", "down", "down", "enter", "f12", "escape")
    assert save_settings(app.results[0]) == ""
    assert load_settings() == (Settings("hotseat-light", {"pane.map": "f12"}), "")


@pytest.mark.parametrize(("key", "reason"), [("f3", "f3 is taken by Charts"), ("f1", "f1 is taken by Keys"), ("tab", "needed"), ("x", "would be typed")])
def test_a_key_that_cannot_be_had_is_said_and_nothing_changes(key: str, reason: str) -> None:
    async def scene(app: Stage, pilot: Pilot[None]) -> None:
        await pilot.press("tab", "down", "down", "enter")
        await pilot.pause()
        await pilot.press(key)
        await pilot.pause()
        assert reason in app.shown
        await pilot.press("escape")
        await pilot.pause()

    assert play(screen(), scene).results == [None]


def test_escape_keeps_the_old_key() -> None:
    assert pressed(screen(), "tab", "enter", "escape", "escape").results == [None]


def test_d_gives_one_binding_its_default_and_a_gives_it_to_all_but_those_of_other_versions() -> None:
    changed = Settings(keys={"pane.map": "f12", "home.refresh": "u", "other.version": "f11"})
    assert pressed(screen(changed), "tab", "down", "d", "escape").results[0].keys == {"pane.map": "f12", "other.version": "f11"}
    assert pressed(screen(changed), "a", "escape").results[0].keys == {"other.version": "f11"}


def test_a_default_that_another_binding_took_is_not_given_back() -> None:
    async def scene(app: Stage, pilot: Pilot[None]) -> None:
        await pilot.press("tab", "down", "down", "d")
        await pilot.pause()
        assert "its default f2 is taken by Charts" in app.shown
        await pilot.press("escape")
        await pilot.pause()

    assert play(screen(Settings(keys={"pane.map": "f12", "pane.charts": "f2"})), scene).results == [None]


def test_the_cursor_stays_where_it_is_after_a_change() -> None:
    settings = screen()

    async def scene(app: Stage, pilot: Pilot[None]) -> None:
        await pilot.press("tab", "down", "down")
        place = settings.query_one("#keys", RowList).highlighted
        await pilot.press("enter")
        await pilot.pause()
        await pilot.press("f12")
        await pilot.pause()
        assert settings.query_one("#keys", RowList).highlighted == place
        assert settings.query_one("#keys", RowList).has_focus

    play(settings, scene)


@pytest.mark.parametrize("size", SIZES)
def test_themes_and_keys_are_listed_at_every_size(size: tuple[int, int]) -> None:
    shown = ""

    async def scene(app: Stage, pilot: Pilot[None]) -> None:
        nonlocal shown
        shown = app.shown

    play(screen(), scene, size=size)
    for words in ("hotseat-contrast", "War room", "Charts", "f3", "Default key"):
        assert words in shown, words


def test_without_bindings_the_themes_can_still_be_chosen() -> None:
    assert pressed(SettingsScreen(Settings()), "down", "enter", "tab", "enter", "d", "a", "escape").results[0].theme == "hotseat-light"


def test_nasty_texts_are_only_texts() -> None:
    settings = SettingsScreen(Settings(keys={"0": "f12"}), [Rebindable(str(k), text, "f2,f3", text) for k, text in enumerate(NASTY)])

    async def scene(app: Stage, pilot: Pilot[None]) -> None:
        keys = settings.query_one("#keys", RowList)
        keys.focus()
        for place in range(keys.option_count):
            if keys.options[place].disabled:
                continue
            keys.highlighted = place
            await pilot.press("enter")
            assert isinstance(app.screen, PressKey)
            assert not any(sign in app.shown for sign in UNSAFE)
            await pilot.press("escape")
            await pilot.pause()
            assert not any(sign in app.shown for sign in UNSAFE)

    play(settings, scene)


def test_a_nasty_description_in_a_refusal_is_only_text() -> None:
    settings = SettingsScreen(Settings(), (Rebindable("a", "Map", "f2"), Rebindable("b", "[/x]\x1b[2J", "f3")))

    async def scene(app: Stage, pilot: Pilot[None]) -> None:
        await pilot.press("tab", "enter", "f3")
        await pilot.pause()
        assert "f3 is taken by [/x]\ufffd[2J" in app.shown

    play(settings, scene)

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from console import settings as module
from console.settings import Settings, load_settings, save_settings, settings_file
from tests.console.samples import NASTY, UNSAFE

CHOSEN = Settings("hotseat-light", {"pane.map": "f12", "home.refresh": "ctrl+r"}, 60.0)


def written(text: str | bytes) -> Path:
    file = settings_file()
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


def test_without_a_file_the_defaults_are_used_and_nothing_is_created(home: Path) -> None:
    assert load_settings() == (Settings(), "")
    assert not home.exists()


def test_what_was_saved_is_loaded() -> None:
    assert save_settings(CHOSEN) == ""
    assert load_settings() == (CHOSEN, "")


def test_the_file_says_its_format_and_lies_in_the_state_folder(home: Path) -> None:
    save_settings(CHOSEN)
    assert settings_file() == home / "settings.json"
    assert json.loads(settings_file().read_text(encoding="utf-8"))["format_version"] == 1


def test_entries_of_another_version_are_kept_through_a_change() -> None:
    file = written('{"format_version": 1, "theme": "hotseat-dark", "sound": {"page": "bell"}}')
    settings, remark = load_settings()
    assert remark == ""
    save_settings(Settings("hotseat-contrast", settings.keys, settings.speed, settings.others))
    again = json.loads(file.read_text(encoding="utf-8"))
    assert again["sound"] == {"page": "bell"}
    assert again["theme"] == "hotseat-contrast"


@pytest.mark.parametrize(
    "broken",
    [
        "",
        "{",
        "[]",
        "null",
        "7",
        '"text"',
        b"\xff\xfe\x00",
        b"\x00" * 20,
        "[" * 100_000,
        '{"format_version": 2, "theme": "hotseat-light"}',
        '{"format_version": true}',
        '{"format_version": "\\u001b[2J"}',
        '{"theme": "hotseat-light"}',
        '{"format_version": 1, "speed": ' + "9" * 5000 + "}",
        '{"format_version": 1, "pad": "' + "A" * 300_000 + '"}',
    ],
    ids=lambda text: repr(text[:30]),
)
def test_a_broken_file_gives_the_defaults_and_one_line_that_names_it(broken: str | bytes) -> None:
    file = written(broken)
    settings, remark = load_settings()
    assert settings == Settings()
    assert remark.startswith(f"{file}: ")
    assert "\n" not in remark
    assert not any(sign in remark for sign in UNSAFE)


def test_a_file_that_could_not_be_read_is_set_aside_when_a_setting_changes() -> None:
    file = written('{"format_version": 2, "theme": "hotseat-sepia"}')
    assert save_settings(CHOSEN) == ""
    assert load_settings() == (CHOSEN, "")
    assert "hotseat-sepia" in file.with_name("settings.json.unread").read_text(encoding="utf-8")


def test_a_folder_in_the_place_of_the_file_is_one_line_and_no_crash() -> None:
    settings_file().mkdir(parents=True)
    settings, remark = load_settings()
    assert (settings, "is no file" in remark) == (Settings(), True)


def test_a_pipe_in_the_place_of_the_file_is_not_waited_for() -> None:
    settings_file().parent.mkdir(parents=True)
    os.mkfifo(settings_file())
    assert "is no file" in load_settings()[1]


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        ('"theme": "nord"', "there is no theme 'nord'"),
        ('"theme": ["hotseat-light"]', "there is no theme"),
        ('"theme": null', "there is no theme"),
        ('"keys": ["f1"]', "keys that cannot be read"),
        ('"keys": {"pane.map": 7}', "keys that cannot be read"),
        ('"keys": {"pane.map": "f 1"}', "keys that cannot be read"),
        ('"keys": {"pane.map": "\\u001b"}', "keys that cannot be read"),
        ('"speed": 0.5', "speed is not"),
        ('"speed": 3601', "speed is not"),
        ('"speed": NaN', "speed is not"),
        ('"speed": true', "speed is not"),
        ('"speed": "60"', "speed is not"),
    ],
)
def test_one_bad_entry_is_said_and_has_its_default(entry: str, fault: str) -> None:
    written('{"format_version": 1, "other": 5, ' + entry + "}")
    settings, remark = load_settings()
    assert settings == Settings(others={"other": 5})
    assert fault in remark


def test_good_keys_beside_a_bad_one_are_used() -> None:
    written('{"format_version": 1, "keys": {"pane.map": "", "pane.charts": "f12"}}')
    assert load_settings()[0].keys == {"pane.charts": "f12"}


@pytest.mark.parametrize("text", NASTY)
def test_nasty_text_in_the_file_reaches_no_remark_raw(text: str) -> None:
    written(json.dumps({"format_version": 1, "theme": text, "keys": {text: text}, "speed": text, text: text}))
    settings, remark = load_settings()
    assert settings.theme == "hotseat-dark"
    assert not any(sign in remark for sign in (*UNSAFE, "\n"))
    assert save_settings(settings) == ""
    assert load_settings()[0] == settings


def test_a_write_that_fails_leaves_the_old_file_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    save_settings(CHOSEN)

    def full(source: str, target: str) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module.os, "replace", full)
    assert "No space left on device" in save_settings(Settings())
    assert load_settings() == (CHOSEN, "")
    assert [path.name for path in settings_file().parent.iterdir()] == ["settings.json"]


def test_a_state_folder_that_is_a_file_is_one_line(home: Path) -> None:
    home.parent.mkdir(parents=True, exist_ok=True)
    home.write_text("", encoding="utf-8")
    assert "cannot be kept" in save_settings(CHOSEN)
    assert load_settings()[0] == Settings()


def test_a_link_to_a_file_elsewhere_stays_a_link(tmp_path: Path) -> None:
    elsewhere = tmp_path / "dotfiles.json"
    settings_file().parent.mkdir(parents=True)
    settings_file().symlink_to(elsewhere)
    assert save_settings(CHOSEN) == ""
    assert settings_file().is_symlink()
    assert json.loads(elsewhere.read_text(encoding="utf-8"))["theme"] == "hotseat-light"

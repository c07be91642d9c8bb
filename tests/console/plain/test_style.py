from __future__ import annotations

import io

import pytest

from console.plain.style import PIPE_WIDTH, Style, style_of, width_of


class Terminal(io.StringIO):
    encoding = "utf-8"  # type: ignore[assignment]

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def ordinary_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "100")


def test_a_terminal_has_colour_and_its_own_width() -> None:
    assert style_of(Terminal()) == Style(100, colour=True)


def test_no_color_takes_the_colour_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert style_of(Terminal()) == Style(100, colour=False)


def test_an_empty_no_color_means_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "")
    assert style_of(Terminal()).colour


def test_a_dumb_terminal_has_no_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")
    assert not style_of(Terminal()).colour


def test_a_pipe_has_neither_colour_nor_a_width_of_its_own() -> None:
    shown = style_of(io.TextIOWrapper(io.BytesIO(), encoding="ascii"))
    assert shown == Style(PIPE_WIDTH, colour=False, unicode=False)


def test_paint_leaves_text_alone_where_there_is_no_colour() -> None:
    assert Style().paint("late", "red") == "late"
    assert Style(colour=True).paint("late", "red", "bold") == "\x1b[31;1mlate\x1b[0m"


def test_combining_marks_take_no_room() -> None:
    assert width_of("e\u0301") == 1

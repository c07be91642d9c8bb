from __future__ import annotations

import pytest

from console.bench.painted import Painted


def painted(*written: str, columns: int = 12, rows: int = 3) -> Painted:
    screen = Painted(columns, rows)
    for part in written:
        screen.feed(part.encode())
    return screen


def test_text_stands_where_the_cursor_was_sent() -> None:
    screen = painted("\x1b[2;4Habc\x1b[1;1HX")
    assert screen.text == "X\n   abc\n"
    assert (screen.x, screen.y) == (1, 0)


def test_colours_titles_modes_and_questions_leave_no_text() -> None:
    assert painted("\x1b[?25l\x1b[>1u\x1b[?2026$p\x1b]0;title\x07\x1b]52;c;eA==\x1b\\\x1bP=1s\x1b\\\x1b(B\x1b=\x1b[1;38;2;1;2;3mred\x1b[0m").text == "red\n\n"


def test_a_sequence_or_letter_cut_in_two_is_put_together() -> None:
    screen = Painted(12, 1)
    for byte in "\x1b[1;3H\x1b[38;5;1mé漢".encode():
        screen.feed(bytes([byte]))
    assert screen.text == "  é漢"


def test_a_wide_sign_takes_two_cells_and_a_mark_on_a_letter_none() -> None:
    screen = painted("漢e\u0301x")
    assert (screen.text.splitlines()[0], screen.x) == ("漢ex", 4)


def test_nothing_is_painted_past_the_right_edge() -> None:
    assert painted("0123456789ABCDEF", rows=2).text == "0123456789AB\n"


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("one\r\ntwo", "one\ntwo\n"),
        ("one\x1b[2J", "\n\n"),
        ("one\x1b[?1049htwo", "   two\n\n"),
        ("one\x1b[1;2H\x1b[K", "o\n\n"),
        ("one\b\b12", "o12\n\n"),
        ("one\x1b[Btwo\x1b[A!\x1b[3D?\x1b[2C.", "one ? !.\n   two\n"),
        ("\x1b[99;99HX", "\n\n           X"),
    ],
)
def test_moves_and_clearing(written: str, text: str) -> None:
    assert painted(written).text == text


def test_the_line_before_the_cursor_is_what_was_typed_so_far() -> None:
    assert painted("\x1b[2;1H> alerts and more\x1b[2;9H").before_cursor == "> alerts"

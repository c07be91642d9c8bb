from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.untrusted import untrusted, untrusted_line


@pytest.mark.parametrize(
    ("nasty", "shown"),
    [
        ("\x1b]52;c;cm0gLXJm\x07", "\ufffd]52;c;cm0gLXJm\ufffd"),
        ("\x1b[2J", "\ufffd[2J"),
        ("\x9b31m", "\ufffd31m"),
        ("safe\u202egnp.exe", "safe\ufffdgnp.exe"),
        ("a\rb", "a\ufffdb"),
        ("half \ud800 pair", "half \ufffd pair"),
        ("del\x7f", "del\ufffd"),
    ],
)
def test_what_a_terminal_would_obey_becomes_a_sign_that_everybody_sees(nasty: str, shown: str) -> None:
    assert untrusted(nasty) == shown


def test_newlines_tabs_and_other_writings_stay() -> None:
    assert untrusted("a\tb\nc\r\nd é 日本 → ✓") == "a\tb\nc\nd é 日本 → ✓"


def test_a_line_stays_one_line() -> None:
    assert untrusted_line("one\ntwo\tthree") == "one two three"


@given(st.text())
def test_no_control_character_and_no_bidirectional_mark_comes_through_any_text(text: str) -> None:
    shown = untrusted(text)
    assert all(sign in "\n\t" or unicodedata.category(sign) not in ("Cc", "Cs") for sign in shown)
    assert not any(unicodedata.bidirectional(sign) in ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI") for sign in shown)
    assert untrusted(shown) == shown
    shown.encode()

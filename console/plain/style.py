"""How text may look where it goes: its width, and whether colour and signs beyond ASCII can be shown there.

Colour never says anything alone: a state has its sign and its word too.
"""

from __future__ import annotations

import os
import shutil
import sys
import unicodedata
from dataclasses import dataclass
from typing import TextIO

PIPE_WIDTH = 120
_SGR = {"red": "31", "green": "32", "yellow": "33", "cyan": "36", "dim": "2", "bold": "1"}

_STATES: dict[str, tuple[str, str]] = {
    **dict.fromkeys(("firing", "failed", "violated", "late", "damaged", "stale", "missing", "error", "breached", "missed"), ("!", "red")),
    **dict.fromkeys(("pending", "running", "refused", "retrying", "silenced", "withheld", "open"), ("~", "yellow")),
    **dict.fromkeys(("ok", "inactive", "success", "succeeded", "passed", "fresh", "held", "closed"), ("+", "green")),
}


@dataclass(frozen=True, slots=True)
class Style:
    width: int = PIPE_WIDTH
    """Columns to fill at most."""
    colour: bool = False
    unicode: bool = True

    def paint(self, text: str, *looks: str) -> str:
        """`text` in the named colours where there are colours."""
        return f"\x1b[{';'.join(_SGR[look] for look in looks)}m{text}\x1b[0m" if self.colour and text else text

    def state_sign(self, word: str) -> str:
        """The sign that goes before a word for a state, with a space; empty for any other word."""
        return f"{_STATES[word][0]} " if word in _STATES else ""

    def state_colour(self, word: str) -> str:
        """The colour of a state's word, empty for any other word."""
        return _STATES[word][1] if word in _STATES else ""


def stdout_style() -> Style:
    return style_of(sys.stdout)


def style_of(stream: TextIO) -> Style:
    """What `stream` can show: colour only on a terminal where NO_COLOR is unset or empty and TERM is not dumb."""
    terminal = stream.isatty()
    colour = terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    width = shutil.get_terminal_size((PIPE_WIDTH, 24)).columns if terminal else PIPE_WIDTH
    return Style(max(width, 40), colour, "utf" in (stream.encoding or "").lower())


def width_of(text: str) -> int:
    """Columns that `text` takes: two for wide characters, none for combining ones."""
    if text.isascii():
        return len(text)
    return sum(0 if unicodedata.combining(sign) else 2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def padded(text: str, width: int, *, right: bool = False) -> str:
    gap = " " * max(width - width_of(text), 0)
    return gap + text if right else text + gap

"""The one door for text from worlds, scenario files, journals and people on its way to a terminal.

A control character can move the cursor, set the clipboard or the title; a bidirectional control can show a line in another order
than it is. Both become the replacement sign, which everybody sees.
"""

from __future__ import annotations

import re

_UNSAFE = re.compile(
    "["
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 without tab and newline, DEL, C1
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # bidirectional marks, embeddings, overrides, isolates
    "\u2028\u2029"  # line ends that a terminal and a program count differently
    "\ud800-\udfff"  # halves of surrogate pairs, which no stream can encode
    "]"
)


def untrusted(text: str) -> str:
    """`text` with everything that a terminal would obey rather than show replaced by U+FFFD; newlines and tabs stay."""
    return _UNSAFE.sub("\ufffd", text.replace("\r\n", "\n"))


def untrusted_line(text: str) -> str:
    """As `untrusted`, on one line: newlines and tabs become spaces."""
    return untrusted(text).replace("\n", " ").replace("\t", " ")

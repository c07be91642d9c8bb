"""A table as aligned text that fits a width: columns shrink and wrap first, and become lines of name and value where even that is too wide."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from console.plain.cells import cell_text, head_text
from console.plain.style import Style, padded, width_of
from simulator.observation import Cell, Column

_GAP, _INDENT = "  ", "  "
_LEAST_TEXT = 12
"""Columns below which a column of text is not narrowed."""


def table_text(columns: Sequence[Column], rows: Sequence[Sequence[Cell]], style: Style) -> str:
    """Heads, then rows, indented by two; numbers to the right, texts to the left."""
    if not rows:
        return f"{_INDENT}(no rows)"
    heads = [head_text(c.name, c.unit) for c in columns]
    cells = [[_with_sign(cell_text(value, c.unit), value, style) for value, c in zip(row, columns, strict=True)] for row in rows]
    numeric = [all(not isinstance(row[i], str) or row[i] == "" for row in rows) and columns[i].unit != "time" for i in range(len(columns))]
    widths = _fitted(heads, cells, numeric, style.width - len(_INDENT))
    if widths is None:
        return _as_records(heads, cells, style)
    lines = _lines(heads, widths, numeric)
    out = [style.paint(line, "bold") for line in lines]
    for row, shown in zip(rows, cells, strict=True):
        colours = [style.state_colour(value) if isinstance(value, str) else "" for value in row]
        out += _lines(shown, widths, numeric, style, colours)
    return "\n".join(out)


def _with_sign(text: str, value: Cell, style: Style) -> str:
    return style.state_sign(value) + text if isinstance(value, str) else text


def _fitted(heads: list[str], cells: list[list[str]], numeric: list[bool], room: int) -> list[int] | None:
    """Widths of the columns, the widest texts narrowed until all fit; None where they cannot."""
    widths = [max(_head_width(head), *(width_of(row[i]) for row in cells)) for i, head in enumerate(heads)]
    over = sum(widths) + len(_GAP) * (len(widths) - 1) - room
    while over > 0:
        wide = [i for i in range(len(widths)) if not numeric[i] and widths[i] > max(_LEAST_TEXT, _longest_word(heads[i]))]
        if not wide:
            return None
        widest = max(wide, key=lambda i: widths[i])
        widths[widest] -= 1
        over -= 1
    return widths


def _head_width(head: str) -> int:
    """A head may take two lines or more: it needs the width of its longest word, or half of itself."""
    return max(_longest_word(head), (width_of(head) + 1) // 2) if width_of(head) > 10 else width_of(head)


def _longest_word(text: str) -> int:
    return max((width_of(word) for word in text.split()), default=0)


def _lines(cells: Sequence[str], widths: Sequence[int], numeric: Sequence[bool], style: Style | None = None, colours: Sequence[str] = ()) -> list[str]:
    """One row, over as many lines as its longest cell needs."""
    wrapped = [_wrapped(cell, width) for cell, width in zip(cells, widths, strict=True)]
    out = []
    for k in range(max(len(pieces) for pieces in wrapped)):
        parts = []
        for i, pieces in enumerate(wrapped):
            text = padded(pieces[k] if k < len(pieces) else "", widths[i], right=numeric[i])
            parts.append(style.paint(text, colours[i]) if style and colours[i] else text)
        out.append((_INDENT + _GAP.join(parts)).rstrip())
    return out


def _wrapped(text: str, width: int) -> list[str]:
    if width_of(text) <= width:
        return [text]
    return textwrap.wrap(text, width, break_on_hyphens=False) or [""]


def _as_records(heads: list[str], cells: list[list[str]], style: Style) -> str:
    room = max(width_of(head) for head in heads)
    blocks = []
    for shown in cells:
        lines = []
        for head, cell in zip(heads, shown, strict=True):
            pieces = _wrapped(cell, max(style.width - room - 4, _LEAST_TEXT))
            lines.append(f"{_INDENT}{style.paint(padded(head, room), 'bold')}  {pieces[0]}")
            lines += [f"{_INDENT}{' ' * room}  {piece}" for piece in pieces[1:]]
        blocks.append("\n".join(lines))
    return f"\n{_INDENT}{'-' * min(room + 10, style.width - 4)}\n".join(blocks)

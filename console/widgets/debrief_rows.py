"""Rows of a debrief: a short lead, and a text that is wrapped and hangs beside it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

from console.untrusted import untrusted_line
from console.widgets.plain_text import content

MUTED = "$foreground-muted"
"""Not $text-muted: where a theme leaves it to blend with the background, it comes out brighter than plain text within a content."""
_GAP = 2
_LEAST_BODY = 12


class Row(NamedTuple):
    lead: Content
    body: Content


def lead(text: str, style: str = "") -> Content:
    """A text that has to stay on one line."""
    return content(untrusted_line(text), style)


class HangingRows(Widget):
    """As high as its rows are at its width."""

    DEFAULT_CSS = """
    HangingRows {
        width: 1fr;
        height: auto;
    }
    """

    def __init__(self, rows: Sequence[Row] = (), *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._rows = tuple(rows)
        self._wrapped: tuple[int, list[Content]] = (0, [])

    def rows(self, width: int) -> Sequence[Row]:
        """What is shown at `width`; to be replaced where the width decides it."""
        return self._rows

    def lines(self, width: int) -> list[Content]:
        if self._wrapped[0] != width:
            self._wrapped = (width, hanging(self.rows(width), width))
        return self._wrapped[1]

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(self.lines(width)) if width else 0

    def render(self) -> Content:
        width = self.content_size.width
        return Content("\n").join(self.lines(width)) if width else Content()


def hanging(rows: Sequence[Row], width: int) -> list[Content]:
    """Lines of at most `width` columns: each lead beside its body, all bodies at the same column."""
    widest = max((row.lead.cell_length for row in rows), default=0)
    column = max(0, min(widest + _GAP, width - _LEAST_BODY)) if widest else 0
    out: list[Content] = []
    for row in rows:
        shown = row.lead.truncate(max(column - 1, 0), ellipsis=True) if row.lead.cell_length >= column else row.lead
        first, *more = row.body.wrap(max(width - column, 2)) or [Content()]
        out.append(Content.assemble(shown, " " * (column - shown.cell_length), first))
        out += [line.pad_left(column) for line in more]
    return out

"""A list of rows in columns that fit its width: what a row is about, cut where there is no room, and short cells at its right.

Filling it again keeps what is chosen and how far it is scrolled.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual.binding import Binding
from textual.content import Content
from textual.css.styles import RulesMap
from textual.strip import Strip
from textual.style import Style
from textual.visual import RenderOptions, Visual
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from console.untrusted import untrusted_line
from console.widgets.plain_text import content

GAP, LEAST_LEAD = 2, 24
"""Columns between cells, and those below which the lead is not cut before cells are left out."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row. `cells` are left out from the left where the lead would get too narrow."""

    id: str
    lead: Content
    cells: tuple[Content, ...] = ()
    disabled: bool = False


def fitted(lead: Content, cells: Sequence[Content], widths: Sequence[int], width: int) -> Content:
    """The row as one line of `width` columns."""
    cells, widths = list(cells), list(widths)
    while cells and width - sum(widths) - GAP * len(widths) < LEAST_LEAD:
        del cells[0], widths[0]
    room = max(width - sum(widths) - GAP * len(widths), 0)
    parts = [lead.truncate(room, ellipsis=True, pad=True)]
    for cell, wide in zip(cells, widths, strict=True):
        parts += [Content(" " * GAP), cell.truncate(wide, ellipsis=True, pad=True)]
    return Content("").join(parts)


class Line(Visual):
    """A row that is laid out when its width is known."""

    def __init__(self, lead: Content, cells: Sequence[Content], widths: Sequence[int]) -> None:
        self._lead, self._cells, self._widths = lead, tuple(cells), tuple(widths)

    def render_strips(self, width: int, height: int | None, style: Style, options: RenderOptions) -> list[Strip]:
        line = fitted(self._lead, self._cells, self._widths, width)
        return line.render_strips(width, 1, style, options) or [Strip.blank(width, style.rich_style)]

    def get_optimal_width(self, rules: RulesMap, container_width: int) -> int:
        return container_width

    def get_height(self, rules: RulesMap, width: int) -> int:
        return 1


def _lines(rows: Sequence[Row]) -> list[Line]:
    """Cells of one column get the width of the widest of them; a row without cells is a heading."""
    columns = max((len(row.cells) for row in rows), default=0)
    widths = [max(row.cells[k].cell_length for row in rows if len(row.cells) == columns) for k in range(columns)]
    return [Line(row.lead, row.cells, widths[columns - len(row.cells) :]) for row in rows]


def one_line(text: str, style: str = "") -> Content:
    """`text` as it is, on one line."""
    return content(untrusted_line(text), style)


class RowList(OptionList):
    """Rows of which one is chosen. Enter on it posts `OptionSelected`; rows are told apart by their index."""

    BINDINGS = [Binding("enter", "select", "Choose", show=True)]
    DEFAULT_CSS = """
    RowList {
        border: round $panel-lighten-2;
        border-title-style: bold;
        border-title-color: $foreground;
        border-subtitle-color: $text-muted;
        background: $background;
        padding: 0;
        scrollbar-size-vertical: 1;
        &:focus { border: heavy $primary; background-tint: initial; }
        & > .option-list--option { padding: 0 1; }
        & > .option-list--option-disabled { color: $text-muted; }
    }
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes, markup=False)
        self._rows: tuple[Row, ...] = ()

    def get_visual_style(self, *component_classes: str, partial: bool = False) -> Style:
        # Textual leaves reverse out of it, and without colours the row under the cursor is told by it.
        style = super().get_visual_style(*component_classes, partial=partial)
        swapped = any(self.get_component_styles(name).text_style.reverse for name in component_classes)
        return style + Style(reverse=True) if swapped else style

    @property
    def chosen(self) -> Row | None:
        """The row under the cursor."""
        return None if self.highlighted is None or self.highlighted >= len(self._rows) else self._rows[self.highlighted]

    def fill(self, rows: Sequence[Row]) -> None:
        """Show these rows. The row that was chosen stays chosen where it is still there, else the one in its place."""
        before, self._rows = self._rows, tuple(rows)
        lines = _lines(rows)
        if [(row.id, row.disabled) for row in before] == [(row.id, row.disabled) for row in rows]:
            for index, line in enumerate(lines):
                self.replace_option_prompt_at_index(index, line)
            return
        place, scrolled = self.highlighted, self.scroll_offset.y
        wanted = before[place].id if place is not None and place < len(before) else None
        self.set_options([Option(line, disabled=row.disabled) for line, row in zip(lines, rows, strict=True)])
        self.highlighted = self._place_of(wanted, place)
        self.scroll_to(y=scrolled, animate=False, immediate=True)
        self.scroll_to_highlight()

    def _place_of(self, wanted: str | None, place: int | None) -> int | None:
        able = [index for index, row in enumerate(self._rows) if not row.disabled]
        if not able:
            return None
        same = [index for index in able if self._rows[index].id == wanted]
        return same[0] if same else min(able, key=lambda index: abs(index - (place or 0)))

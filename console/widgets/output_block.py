"""One block of the output: a step of the drill, or a text that was asked for, with a head that stays when it is folded.

A block is written for the width it has, and again when that changes. What it shows is text of the world: see plain_text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual.content import Content
from textual.events import Click
from textual.geometry import Size
from textual.message import Message
from textual.widget import Widget

from console.host.shown import Block, Said
from console.plain.cells import cell_text
from console.plain.observations import paragraph
from console.plain.sparkline import bars, series_text
from console.plain.style import Style
from console.plain.tables import table_text
from console.untrusted import untrusted_line
from console.widgets.plain_text import STATE_STYLES, content, joined, state_content
from simulator.calendar import clock
from simulator.durations import MINUTE_S, format_duration
from simulator.observation import Series, Table

SHOWN_ROWS = 12
"""Rows of a table that a block shows; the rest is in the table's own screen."""
SHOWN_RECORDS = 4
"""Rows that a block shows of a table too wide for more than one column."""
_LEAST_WIDTH = 24
_CURVE_WIDTH = 56
"""Columns from which a curve and the times at its ends fit on one line."""
_MARK = "\x1b"
"""Stands around painted text on its way to a Content. No text of the world has it: `untrusted` takes it out."""
# Not $text-muted: within a content it loses its blend with the background and comes out brighter than plain text.
_MUTED = "$foreground-muted"
_LOOKS = {**STATE_STYLES, "cyan": "$text-primary", "dim": _MUTED, "bold": "bold"}


@dataclass(frozen=True, slots=True)
class Note:
    """A text that was asked for and is not journaled, such as help."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class _Marked(Style):
    """Marks what is to be painted where a terminal's style would write colours."""

    def paint(self, text: str, *looks: str) -> str:
        return f"{_MARK}{' '.join(looks)}{_MARK}{text}{_MARK}" if text else text


def painted(text: str) -> Content:
    """Text written with `_Marked`, as styled content."""
    pieces = text.split(_MARK)
    parts = [content(pieces[0])]
    for looks, inside, after in zip(pieces[1::3], pieces[2::3], pieces[3::3], strict=False):
        style = " ".join(filter(None, (_LOOKS.get(look, "") for look in looks.split())))
        parts += [content(inside, style), content(after)]
    return joined(*parts)


def head_content(shown: Block | Note, *, sign: str = "", current: bool = False) -> Content:
    """`#4 · Tue 06 Oct 11:36 · 5 min · features age`, with the state of what was not done."""
    strong = "bold" if current else ""
    if isinstance(shown, Note):
        return joined((sign + untrusted_line(shown.title), strong))
    when = f" · {clock(shown.at_s)}" + (f" · {_spent_text(shown.took_s)}" if shown.took_s else "") + " · "
    parts: list[Content | tuple[str, str]] = [(f"{sign}#{shown.step}", strong), (when, _MUTED)]
    if shown.kind == "refused":
        parts += [state_content("refused"), (" · ", _MUTED)]
    elif shown.kind == "error":
        parts += [state_content("error", "not understood"), (" · ", _MUTED)]
    return joined(*parts, (untrusted_line(shown.line), strong))


def _spent_text(seconds: float) -> str:
    whole = seconds / MINUTE_S
    return f"{whole:.0f} min" if whole.is_integer() and whole < 120 else format_duration(seconds)


def body_text(shown: Block | Note, style: Style, most_rows: int | None = None) -> str:
    """What came back, under the head; of each table at most `most_rows`."""
    if isinstance(shown, Note):
        return paragraph(shown.text.strip("\n"), style)
    parts = [paragraph(untrusted_line(shown.error), style)] if shown.error else []
    seen = shown.observation
    if seen is not None:
        parts.append("  " + style.paint(untrusted_line(seen.title), "bold"))
        parts += [_table(table, seen.title, style, most_rows) for table in seen.tables]
        parts += [_curve(series, style) for series in seen.series]
        parts += [paragraph(sentence, style) for sentence in seen.text]
    parts += [_said(said, style) for said in shown.messages]
    return "\n".join(parts)


def _table(table: Table, above: str, style: Style, most_rows: int | None) -> str:
    title = untrusted_line(table.title)
    head = f"  {title}\n" if title and table.title != above else ""
    if most_rows is None:
        return head + table_text(table.columns, table.rows, style)
    kept = _columns_that_fit(table, style, most_rows)
    # As lines of name and value each row takes as many lines as there are columns.
    rows = table.rows[:most_rows] if kept else table.rows[:SHOWN_RECORDS]
    shown = kept or range(len(table.columns))
    text = table_text([table.columns[k] for k in shown], [[row[k] for k in shown] for row in rows], style)
    left = len(table.rows) - len(rows)
    more = [f"{left} more {'row' if left == 1 else 'rows'}"] if left else []
    more += ["more columns: " + ", ".join(untrusted_line(column.name) for k, column in enumerate(table.columns) if k not in shown)] if len(shown) < len(table.columns) else []
    return head + text + ("\n" + style.paint(paragraph(f"… {'; '.join(more)}; t opens the table", style), "dim") if more else "")


def _columns_that_fit(table: Table, style: Style, most_rows: int) -> list[int]:
    """Columns that can stand beside each other, from the left; none where not even two can."""
    every = list(range(len(table.columns)))
    if not table.rows or _fits(table, every, style, most_rows):
        return every
    kept: list[int] = []
    for k in every:
        if _fits(table, [*kept, k], style, most_rows):
            kept.append(k)
    return kept if len(kept) > 1 else []


def _fits(table: Table, columns: Sequence[int], style: Style, most_rows: int) -> bool:
    """Whether these columns can stand beside each other without breaking the names in the first one."""
    rows = [[row[k] for k in columns] for row in table.rows[:most_rows]]
    text = table_text([table.columns[k] for k in columns], rows, style)
    # Heads on a line of their own are painted as a whole, those before a value each after its indent.
    return text.startswith(_MARK) and all(word in text for row in rows for word in cell_text(row[0], table.columns[columns[0]].unit).split())


def _curve(series: Series, style: Style) -> str:
    text = series_text(series, style)
    figures, line, _ = text.partition("\n")
    if not line or style.width >= _CURVE_WIDTH:
        return text
    shape = style.paint(bars(series.values, style.width - 4, style), "cyan")
    return f"{paragraph(figures.strip(), style, hanging='    ')}\n  {shape}\n  {clock(series.at_s[0])} – {clock(series.at_s[-1])}"


def _said(said: Said, style: Style) -> str:
    return paragraph(f"{clock(said.at_s)}  {untrusted_line(said.sender)}: {untrusted_line(said.text)}", style, indent="» ", hanging="  ")


def block_text(shown: Block | Note) -> str:
    """The whole block as plain text, for the clipboard."""
    return "\n".join(filter(None, (head_content(shown).plain, body_text(shown, Style()))))


class OutputBlock(Widget):
    """A block, folded or not; the pane says which one is current."""

    DEFAULT_CSS = """
    OutputBlock {
        width: 100%;
        height: auto;
        padding-left: 1;
        margin-bottom: 1;
        &.-folded { margin-bottom: 0; }
        &.-current { outline-left: outer $foreground-muted; }
    }
    """

    class Clicked(Message):
        """`head` says whether the head was clicked."""

        def __init__(self, block: OutputBlock, head: bool) -> None:
            super().__init__()
            self.block, self.head = block, head

    def __init__(self, shown: Block | Note) -> None:
        super().__init__()
        self.shown = shown
        self.folded = False
        self._body: tuple[int, Content] = (-1, content(""))

    @property
    def has_body(self) -> bool:
        shown = self.shown
        return bool(shown.text) if isinstance(shown, Note) else bool(shown.error or shown.observation or shown.messages)

    @property
    def has_tables(self) -> bool:
        return isinstance(self.shown, Block) and self.shown.observation is not None and bool(self.shown.observation.tables)

    @property
    def has_curves(self) -> bool:
        seen = self.shown.observation if isinstance(self.shown, Block) else None
        return seen is not None and any(value is not None for series in seen.series for value in series.values)

    @property
    def is_evidence(self) -> bool:
        """Whether the journal has something that can be cited."""
        return isinstance(self.shown, Block) and self.shown.observation is not None

    def choose(self, current: bool) -> None:
        self.set_class(current, "-current")
        self.refresh()

    def fold(self, folded: bool) -> None:
        if self.has_body and folded != self.folded:
            self.folded = folded
            self.set_class(folded, "-folded")
            self.refresh(layout=True)

    def _head(self) -> Content:
        sign = "  " if not self.has_body else "▸ " if self.folded else "▾ "
        return head_content(self.shown, sign=sign, current=self.has_class("-current"))

    def _written(self, width: int) -> Content:
        if self.folded or not self.has_body:
            return self._head().truncate(width, ellipsis=True) if self.folded else self._head()
        if self._body[0] != width:
            self._body = (width, painted(body_text(self.shown, _Marked(max(width, _LEAST_WIDTH)), SHOWN_ROWS)))
        return joined(self._head(), "\n", self._body[1])

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return self._written(width).get_height({}, width) if width else 0

    def render(self) -> Content:
        return self._written(self.content_size.width)

    def on_click(self, event: Click) -> None:
        head_lines = 1 if self.folded else self._head().get_height({}, max(self.content_size.width, 1))
        # A click that ends a selection of text was not meant to fold.
        self.post_message(self.Clicked(self, event.y < head_lines and self.text_selection is None))

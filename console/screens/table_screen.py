"""The tables of one observation, to sort, filter, read in full and copy."""

from __future__ import annotations

from rich.console import Console, ConsoleOptions, RenderResult
from rich.style import Style as RichStyle
from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import DataTable, Footer, Input

from console.plain.style import Style
from console.untrusted import untrusted_line
from console.widgets.grid_view import GridView
from console.widgets.plain_text import PlainText, content, joined
from console.widgets.tab_row import TabRow
from simulator.observation import Observation

_STATES = Style()
_TITLES_WIDTH, _MOST_TITLE = 76, 24
_FIXED_WIDTH = 24
"""A first column no wider than this stays in sight when a wide table is scrolled sideways."""


class GridCell:
    """One cell, made into text only when it is drawn: a thousand rows are laid out at once, a screenful is seen."""

    __slots__ = ("_right", "_style", "_text")

    def __init__(self, text: str, right: bool, style: RichStyle | None) -> None:
        self._text, self._right, self._style = text, right, style

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield Text(self._text, self._style or "", justify="right" if self._right else "left", no_wrap=True, overflow="ellipsis", end="")


class FilterInput(Input):
    """An Input shows its value as it is, and what is pasted may come from anywhere."""

    def validate_value(self, value: str) -> str:
        return untrusted_line(value)


class TableScreen(ModalScreen[None]):
    """One table at a time; the others are a number key away."""

    DEFAULT_CSS = """
    TableScreen {
        background: $background;
        #title { height: 1; padding: 0 1; text-style: bold; }
        TabRow { height: 1; padding: 0 1; color: $text-muted; }
        DataTable { height: 1fr; }
        DataTable > .datatable--fixed { background: $surface; color: $foreground; }
        #cell { height: auto; max-height: 4; padding: 0 1; }
        #state { height: 1; padding: 0 1; color: $text-muted; }
        #filter-row { height: 1; padding: 0 1; }
        #filter-label { width: auto; }
        Input { width: 1fr; }
        & > .table--red { color: $text-error; }
        & > .table--yellow { color: $text-warning; }
        & > .table--green { color: $text-success; }
    }
    """
    COMPONENT_CLASSES = {"table--red", "table--yellow", "table--green"}
    BINDINGS = [
        Binding("escape", "back", "Back"),
        Binding("s", "sort", "Sort by column"),
        Binding("slash", "filter", "Filter", key_display="/"),
        Binding("y", "copy", "Copy"),
        *(Binding(str(number), f"open({number - 1})", "Table", show=False) for number in range(1, 10)),
    ]
    AUTO_FOCUS = "DataTable"

    def __init__(self, observation: Observation) -> None:
        super().__init__()
        self._observation = observation
        self._views = [GridView(table) for table in observation.tables]
        self._position = 0
        self._rows: list[int] = []
        """Places in the table of the rows that are shown."""
        self._on: int | None = None
        """Place of the row that the cursor was last on."""

    def compose(self) -> ComposeResult:
        with Vertical():
            yield PlainText(untrusted_line(self._observation.title), id="title")
            if len(self._views) > 1:
                yield TabRow({str(k): f"{k + 1} {self._title(k)}" for k in range(len(self._views))})
            yield DataTable(zebra_stripes=True)
            yield PlainText(id="cell")
            yield PlainText(id="state")
            with Horizontal(id="filter-row"):
                yield PlainText("Filter: ", id="filter-label")
                yield FilterInput(compact=True, placeholder="text, or column:text; enter keeps it, escape takes it away")
        yield Footer()

    def _title(self, position: int) -> str:
        room = max(_TITLES_WIDTH // len(self._views) - 5, 3)
        return content(self._views[position].table.title or "table").truncate(min(room, _MOST_TITLE), ellipsis=True).plain.replace("\n", " ")

    def on_mount(self) -> None:
        self._show_table()
        # Colours of the new theme are known only once the styles have been applied.
        self.app.theme_changed_signal.subscribe(self, lambda _: self.call_after_refresh(self._show_rows))

    @property
    def _view(self) -> GridView:
        return self._views[self._position]

    @property
    def _grid(self) -> DataTable[GridCell]:
        return self.query_one(DataTable)

    # The table

    def _show_table(self) -> None:
        """Another table than before: its columns, its filter, its rows."""
        if not self._views:
            self._show_state()
            return
        view, grid = self._view, self._grid
        grid.clear(columns=True)
        for k, width in enumerate(view.widths):
            grid.add_column(self._head(k), width=width, key=str(k))
        grid.fixed_columns = 1 if len(view.widths) > 1 and view.widths[0] <= _FIXED_WIDTH else 0
        for row in self.query(TabRow):
            row.chosen = str(self._position)
        with self.prevent(Input.Changed):
            self.query_one(Input).value = view.wanted
        self._show_rows()

    def _head(self, column: int) -> Text:
        return Text(self._view.head(column), justify="right" if self._view.numeric[column] else "left", no_wrap=True, overflow="ellipsis", end="")

    def _show_rows(self) -> None:
        """The rows as they are now filtered and sorted; the cursor stays on its row, and that row on its line where it can."""
        if not self._views:
            return
        view, grid = self._view, self._grid
        cursor, across, line = grid.cursor_coordinate, grid.scroll_x, grid.cursor_row - grid.scroll_y
        if cursor.row < len(self._rows):
            self._on = self._rows[cursor.row]
        self._rows = view.shown_rows()
        grid.clear()
        for k, column in enumerate(grid.ordered_columns):
            column.label = self._head(k)
        looks = {colour: self.get_component_rich_style(f"table--{colour}", partial=True) for colour in ("red", "yellow", "green")}
        for place in self._rows:
            values = view.table.rows[place]
            styles = [looks.get(_STATES.state_colour(value)) if isinstance(value, str) else None for value in values]
            grid.add_row(*map(GridCell, view.texts[place], view.numeric, styles), key=str(place))
        row = self._rows.index(self._on) if self._on in self._rows else min(cursor.row, max(len(self._rows) - 1, 0))
        grid.move_cursor(row=row, column=cursor.column)
        self.call_after_refresh(grid.scroll_to, x=across, y=row - line, animate=False)
        self._show_state()

    def _show_state(self) -> None:
        state, cell = self.query_one("#state", PlainText), self.query_one("#cell", PlainText)
        if not self._views:
            state.show("This step has no table.")
            return
        title = f"{untrusted_line(self._view.table.title)} · " if len(self._views) > 1 else ""
        state.show(title + self._view.state_text(len(self._rows)))
        cursor = self._grid.cursor_coordinate
        if cursor.row >= len(self._rows):
            cell.show("No row has that text." if self._view.table.rows else "No rows.")
            return
        text = self._view.texts[self._rows[cursor.row]][cursor.column]
        cell.show(joined((self._view.heads[cursor.column] + ": ", "bold"), text))

    @on(DataTable.CellHighlighted)
    def _cursor_moved(self) -> None:
        self._show_state()

    # Keys and clicks

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in ("sort", "filter", "copy"):
            return True if self._views else None
        return True

    def action_back(self) -> None:
        """From the filter to the table, taking the filter away; from the table to where one came from."""
        field = self.query_one(Input)
        if field.has_focus:
            field.value = ""
            self._grid.focus()
        else:
            self.dismiss(None)

    def action_sort(self) -> None:
        self._sort(self._grid.cursor_column)

    @on(DataTable.HeaderSelected)
    def _head_clicked(self, event: DataTable.HeaderSelected) -> None:
        self._sort(event.column_index)

    def _sort(self, column: int) -> None:
        if column < len(self._view.heads):
            self._view.sort(column)
            self._show_rows()

    def action_filter(self) -> None:
        self.query_one(Input).focus()

    @on(Input.Changed)
    def _filter_changed(self, event: Input.Changed) -> None:
        if self._views:
            self._view.wanted = event.value
            self._show_rows()

    @on(Input.Submitted)
    def _filter_done(self) -> None:
        self._grid.focus()

    def action_copy(self) -> None:
        self.app.copy_to_clipboard(self._view.tab_separated())
        self.notify(f"Copied {len(self._rows)} rows", markup=False, timeout=2)

    def action_open(self, position: int) -> None:
        if position < len(self._views) and position != self._position:
            self._position, self._rows, self._on = position, [], None
            self._show_table()

    @on(TabRow.Chosen)
    def _tab_clicked(self, event: TabRow.Chosen) -> None:
        self.action_open(int(event.name))

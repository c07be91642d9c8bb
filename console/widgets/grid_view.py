"""One table as a person looks at it: which of its rows are shown, in which order, and as what text.

Rows are known by their place in the table, so a cursor can stay on a row while others are sorted or hidden.
"""

from __future__ import annotations

from console.plain.cells import cell_text, head_text
from console.plain.style import Style, width_of
from console.untrusted import untrusted_line
from simulator.observation import Cell, Column, Table

MOST_WIDTH = 48
"""Columns of the screen that one column of the table takes at most; the cell under the cursor is shown in full elsewhere."""
_ARROWS = (" ▲", " ▼")
_SIGNS = Style()


class GridView:
    def __init__(self, table: Table) -> None:
        self.table = table
        self.texts: list[list[str]] = [[_shown(value, column) for value, column in zip(row, table.columns, strict=True)] for row in table.rows]
        self.heads = [head_text(column.name, column.unit) for column in table.columns]
        self.numeric = [_is_numeric(table, k) for k in range(len(table.columns))]
        self.widths = [min(max([width_of(head) + len(_ARROWS[0]), *(width_of(row[k]) for row in self.texts)]), MOST_WIDTH) for k, head in enumerate(self.heads)]
        self.sorted_by: int | None = None
        self.reverse = False
        self.wanted = ""
        self._folded = [[text.casefold() for text in row] for row in self.texts]

    def sort(self, column: int) -> None:
        """Sort by a column; the same one again turns the order round, a third time gives the order in which the rows came."""
        if self.sorted_by != column:
            self.sorted_by, self.reverse = column, False
        elif not self.reverse:
            self.reverse = True
        else:
            self.sorted_by, self.reverse = None, False

    def head(self, column: int) -> str:
        """A column's head, with an arrow where the rows are sorted by it."""
        return self.heads[column] + (_ARROWS[self.reverse] if self.sorted_by == column else "")

    def shown_rows(self) -> list[int]:
        """Places of the rows that pass the filter, in the order in which they are shown."""
        rows = self._filtered()
        if self.sorted_by is None:
            return rows
        values = {row: self.table.rows[row][self.sorted_by] for row in rows}
        known = [row for row in rows if not _is_nothing(values[row])]
        known.sort(key=lambda row: _sort_key(values[row]), reverse=self.reverse)
        return known + [row for row in rows if _is_nothing(values[row])]

    def _filtered(self) -> list[int]:
        column, needle = wanted_part(self.wanted, [c.name for c in self.table.columns])
        if not needle:
            return list(range(len(self._folded)))
        if column is None:
            return [k for k, row in enumerate(self._folded) if any(needle in text for text in row)]
        return [k for k, row in enumerate(self._folded) if needle in row[column]]

    def state_text(self, shown: int) -> str:
        """`12 of 340 rows · sorted by age, greatest first`."""
        total = len(self.table.rows)
        count = f"{shown} of {total} rows" if self.wanted.strip() else f"{total} {'row' if total == 1 else 'rows'}"
        if self.sorted_by is None:
            return count
        column = self.table.columns[self.sorted_by]
        orders = ("earliest first", "latest first") if column.unit == "time" else ("least first", "greatest first") if self.numeric[self.sorted_by] else ("A to Z", "Z to A")
        return f"{count} · sorted by {untrusted_line(column.name)}, {orders[self.reverse]}"

    def tab_separated(self) -> str:
        """What is shown, with its heads, to be pasted into a sheet or a message."""
        rows = [self.heads, *([cell_text(value, c.unit) for value, c in zip(self.table.rows[k], self.table.columns, strict=True)] for k in self.shown_rows())]
        return "\n".join("\t".join(row) for row in rows)


def wanted_part(wanted: str, names: list[str]) -> tuple[int | None, str]:
    """The column that a filter is about, None for all, and the text to find, both without regard to case.

    `age:3` is about the column age, or the one column whose name begins like that; where no column is meant, a colon is text like any other.
    """
    text = wanted.strip().casefold()
    folded = [untrusted_line(name).casefold() for name in names]
    whole = [k for k, name in enumerate(folded) if name and text.startswith(name + ":")]
    if whole:
        column = max(whole, key=lambda k: len(folded[k]))
        return column, text[len(folded[column]) + 1 :].strip()
    begin, colon, rest = text.partition(":")
    meant = [k for k, name in enumerate(folded) if begin and name.startswith(begin)]
    return (meant[0], rest.strip()) if colon and len(meant) == 1 else (None, text)


def _shown(value: Cell, column: Column) -> str:
    return (_SIGNS.state_sign(value) if isinstance(value, str) else "") + cell_text(value, column.unit)


def _is_numeric(table: Table, column: int) -> bool:
    return table.columns[column].unit != "time" and all(not isinstance(row[column], str) or row[column] == "" for row in table.rows)


def _is_nothing(value: Cell) -> bool:
    return value is None or value != value


def _sort_key(value: Cell) -> tuple[int, float, str]:
    """Numbers by their value, before texts."""
    return (1, 0.0, value.casefold()) if isinstance(value, str) else (0, value or 0.0, "")

"""The differential of a debrief: which explanation fell at which look, look by look by what, and what the argument lacked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.content import Content

from console.host.shown import Debrief
from console.untrusted import untrusted_line
from console.widgets.debrief_rows import MUTED, HangingRows, Row, lead
from console.widgets.plain_text import PlainText, content, joined, state_content
from grader.report_rows import AGAIN, FELL, LEGEND, ChainRow, Grid, GridRow, LookRow

_WIDEST_NAME = 32
_MARKS = {FELL: "bold $text-success", AGAIN: MUTED}


class DifferentialPane(Container):
    SCOPED_CSS = False
    DEFAULT_CSS = """
    DifferentialPane {
        height: auto;
        layout: vertical;
        Vertical { height: auto; }
    }
    .-broad DifferentialPane {
        layout: horizontal;
        #fallen { width: 2fr; margin-right: 3; }
        #looks { width: 3fr; }
        #looks .heading { margin-top: 0; }
    }
    """

    def __init__(self, debrief: Debrief) -> None:
        super().__init__()
        self._report = debrief.report

    def compose(self) -> ComposeResult:
        r = self._report
        with Vertical(id="fallen"):
            yield PlainText("Which explanation fell where, by step", classes="heading first")
            if r.grids:
                yield GridTable(r.grids)
                yield PlainText(content(f"{LEGEND}.", MUTED))
            else:
                yield PlainText("No look excluded any explanation.")
            if r.shortest:
                yield PlainText("The shortest way, and what you spent", classes="heading")
                yield HangingRows([Row(Content(), content(sentence)) for sentence in r.shortest])
                if r.shortest_grids:
                    yield GridTable(r.shortest_grids)
            if r.open:
                yield PlainText("What the argument lacked", classes="heading")
                yield HangingRows([Row(content("-", "$text-warning"), content(sentence)) for sentence in r.open])
            if r.chain:
                yield PlainText("From the cause to the losses, as far as your looks showed it", classes="heading")
                yield HangingRows([chain_row(part, at) for at, part in enumerate(r.chain)])
            yield PlainText("The explanations that were weighed", classes="heading")
            yield HangingRows([Row(content("-", MUTED), content(sentence)) for sentence in r.explanations])
            if r.benign:
                yield PlainText("Changes before the page that did no harm", classes="heading")
                yield HangingRows([Row(content("-", MUTED), content(change)) for change in r.benign])
        with Vertical(id="looks"):
            yield PlainText("Look by look, and what each told", classes="heading")
            yield HangingRows([look_row(look) for look in r.looks]) if r.looks else PlainText("No look was made.")


def chain_row(part: ChainRow, at: int) -> Row:
    """One part of the chain; an arrow leads to each but the first."""
    where = [(f" [{part.steps}]", MUTED)] if part.steps else []
    return Row(content("→" if at else "", MUTED), joined((f"{part.stage}: ", "bold"), part.said, *where))


class GridTable(HangingRows):
    """The grids as one table, in as many parts as the width needs."""

    def __init__(self, grids: Sequence[Grid]) -> None:
        super().__init__()
        self._grid = one_grid(grids)

    def lines(self, width: int) -> list[Content]:
        return grid_lines(self._grid, width)


def one_grid(grids: Sequence[Grid]) -> tuple[Grid, ...]:
    """Grids of the same explanations as one."""
    first, rest = grids[0], grids[1:]
    if any([row.name for row in grid.rows] != [row.name for row in first.rows] for grid in rest):
        return tuple(grids)
    looks = tuple(look for grid in grids for look in grid.looks)
    rows = tuple(replace(row, marks=tuple(mark for grid in grids for mark in grid.rows[at].marks)) for at, row in enumerate(first.rows))
    return (Grid(looks, rows),)


def grid_lines(grids: Sequence[Grid], width: int) -> list[Content]:
    """A line of step numbers and one for each explanation; again below where the looks do not fit side by side."""
    out: list[Content] = []
    for grid in grids:
        cell = max((len(str(look)) for look in grid.looks), default=1) + 1
        end = max((lead(row.end).cell_length for row in grid.rows), default=0) + 4
        name = min(max((lead(row.name).cell_length for row in grid.rows), default=0), _WIDEST_NAME, max(width - end - cell, 1))
        fit = max((width - name - end) // cell, 1)
        for at in range(0, max(len(grid.looks), 1), fit):
            looks = grid.looks[at : at + fit]
            out.append(content(" " * name + "".join(f"{look:>{cell}}" for look in looks), MUTED))
            out += [_grid_line(row, row.marks[at : at + fit], name, cell).truncate(max(width, 1)) for row in grid.rows]
    return out


def _grid_line(row: GridRow, marks: Sequence[str], name: int, cell: int) -> Content:
    end = state_content("open") if row.end == "open" else lead(row.end)
    cells = [content(f"{untrusted_line(mark)[:1]:>{cell}}", _MARKS.get(mark, "$text-warning")) for mark in marks]
    return joined(lead(row.name).truncate(name, ellipsis=True, pad=True), *cells, "  ", end)


def look_row(look: LookRow) -> Row:
    body = [content(look.line, "bold"), *(content(f"\n{sentence}") for sentence in look.closed)]
    again = [content(f"\n{look.again}", MUTED)] if look.again else []
    return Row(lead(f"#{look.step:<3} {look.clock:>5}", MUTED), joined(*body, *again))

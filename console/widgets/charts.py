"""The charts of the war room: a window onto the metrics being watched, as many as fit, and the newest events in words."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, inf

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Container
from textual.content import Content
from textual.events import Click, Resize, Show
from textual.reactive import reactive

from console.host.shown import Chart, Mark, Snapshot
from console.untrusted import untrusted_line
from console.widgets.chart_picture import mark_sign, seen_marks, time_label
from console.widgets.metric_chart import MetricChart
from console.widgets.plain_text import PlainText, joined
from simulator.calendar import clock
from simulator.durations import DAY_S

_TWO_FROM, _THREE_FROM = 60, 150
"""Columns from which two, and for more than four charts three, stand beside each other."""
_LEAST_HEIGHT = 5
_MARKS_IN_WORDS = 3


def grid_shape(width: int, height: int, count: int) -> tuple[int, int]:
    """Columns and lines of charts that fit, at least one."""
    columns = 3 if width >= _THREE_FROM and count > 4 else 2 if width >= _TWO_FROM and count > 1 else 1
    return columns, min(max(height // _LEAST_HEIGHT, 1), ceil(max(count, 1) / columns))


def legend(marks: Sequence[Mark], now_s: float, width: int) -> Content:
    """The newest marks in words, as many of the last three as have room, in the order of time."""
    line = Content("")
    for mark in reversed(marks[-_MARKS_IN_WORDS:]):
        when = time_label(mark.at_s) if now_s - mark.at_s < DAY_S and mark.at_s % DAY_S else clock(mark.at_s)
        kind = f"{mark.kind} " if mark.kind in ("alert", "page") and mark.label != mark.kind else ""
        entry = joined((mark_sign(mark), "bold $text-warning"), f" {when} {kind}{untrusted_line(mark.label)}")
        longer = joined(entry, "   ", line) if line else entry
        if line and longer.cell_length > width:
            break
        line = longer
    return line.truncate(width, ellipsis=True)


class ChartsPane(Container, can_focus=True):
    """All charts of the snapshot, a page of them at a time; `[` and `]` choose one, enter gives it the whole pane."""

    DEFAULT_CSS = """
    ChartsPane {
        layout: vertical;
        & > #chart-grid { layout: grid; height: 1fr; }
        & > #chart-legend { height: 1; text-wrap: nowrap; }
    }
    """
    BORDER_TITLE = "Charts f3"
    BINDINGS = [
        Binding("left_square_bracket,left,up", "choose(-1)", "Previous", key_display="[", id="charts.previous", tooltip="Go to the chart before"),
        Binding("right_square_bracket,right,down", "choose(1)", "Next", key_display="]", id="charts.next", tooltip="Go to the next chart"),
        Binding("enter", "zoom", "Zoom", id="charts.zoom", tooltip="Give this chart the whole pane, or go back to all"),
    ]

    snapshot: reactive[Snapshot | None] = reactive(None, repaint=False)
    shown_s: reactive[float] = reactive(inf, repaint=False)
    chosen: reactive[str] = reactive("", repaint=False)
    """Name of the chart that the keys are on; the first one where there is none of that name."""
    alone: reactive[bool] = reactive(False, repaint=False)
    """Whether the chosen chart has the whole pane."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._legend = self._subtitle = Content("")

    def compose(self) -> ComposeResult:
        yield Container(id="chart-grid")
        yield PlainText(id="chart-legend")

    def on_mount(self) -> None:
        # The first charts load the plotting library: what else there is to see is painted before.
        self.call_after_refresh(self._show)

    def on_show(self, event: Show) -> None:
        self.call_after_refresh(self._show)

    def on_resize(self, event: Resize) -> None:
        self.call_after_refresh(self._show)

    def watch_has_focus(self, _has_focus: bool) -> None:
        super().watch_has_focus(_has_focus)
        self._show()

    def watch_snapshot(self) -> None:
        if self.query(MetricChart):
            self._show()
        else:
            self.call_after_refresh(self._show)

    def watch_shown_s(self) -> None:
        if self.query(MetricChart):
            self._show()

    def watch_chosen(self) -> None:
        self._show()

    def watch_alone(self) -> None:
        self._show()

    def action_choose(self, step: int) -> None:
        """Go to the next or the previous chart."""
        charts = self._charts
        if charts:
            self.chosen = charts[(self._index + step) % len(charts)].name

    def action_zoom(self) -> None:
        """Give the chosen chart the whole pane, or go back to all."""
        self.alone = not self.alone

    def on_click(self, event: Click) -> None:
        self.chosen = next((slot.chart.name for slot in self.query(MetricChart) if slot.region.contains_point(event.screen_offset)), self.chosen)

    @property
    def _charts(self) -> tuple[Chart, ...]:
        return self.snapshot.charts if self.snapshot is not None else ()

    @property
    def _index(self) -> int:
        return next((k for k, chart in enumerate(self._charts) if chart.name == self.chosen), 0)

    def _show(self) -> None:
        """Bring what is seen up to date; nothing is done while nothing is seen."""
        if self.snapshot is None or not self.size.area or not all(node.display for node in self.ancestors_with_self):
            return
        charts, index, now_s = self._charts, self._index, min(self.shown_s, self.snapshot.now_s)
        grid = self.query_one("#chart-grid", Container)
        columns, lines = (1, 1) if self.alone else grid_shape(grid.size.width, grid.size.height, len(charts))
        room = columns * lines
        first = max(min(index // room * room, len(charts) - room), 0)
        page = charts[first : first + room]
        if (grid.styles.grid_size_columns, grid.styles.grid_size_rows) != (columns, lines):
            grid.styles.grid_size_columns, grid.styles.grid_size_rows = columns, lines
        marked = self.has_focus and len(page) > 1
        for slot, chart in zip(self._slots(grid, page), page, strict=True):
            slot.show(chart, self.snapshot.marks, now_s, chosen=marked and chart is charts[index])
        self._show_legend(page, now_s)
        self._show_subtitle(first, len(page), len(charts))

    def _slots(self, grid: Container, page: Sequence[Chart]) -> list[MetricChart]:
        """As many charts as the page has. They are places: which metric one shows may change."""
        slots = list(grid.query_children(MetricChart))
        for slot in slots[len(page) :]:
            slot.remove()
        fresh = [MetricChart(chart) for chart in page[len(slots) :]]
        if fresh:
            grid.mount(*fresh)
        return [*slots[: len(page)], *fresh]

    def _show_legend(self, page: Sequence[Chart], now_s: float) -> None:
        line = self.query_one("#chart-legend", PlainText)
        marks = dict.fromkeys(mark for chart in page for mark in seen_marks(chart, self.snapshot.marks if self.snapshot else (), now_s))
        text = legend(sorted(marks, key=lambda mark: mark.at_s), now_s, line.size.width)
        if not text.is_same(self._legend):
            self._legend = text
            line.update(text, layout=False)

    def _show_subtitle(self, first: int, seen: int, count: int) -> None:
        part = "" if seen == count else f"{first + 1} of {count}  " if seen == 1 else f"{first + 1}–{first + seen} of {count}  "
        subtitle = joined((part, "$text-warning"), ("⠒⠒ now  ⠂ ⠂ last week  ╌╌ alert", "$foreground 70%"))
        if not subtitle.is_same(self._subtitle):
            self._subtitle = subtitle
            self.border_subtitle = subtitle

"""One metric's chart: a title in words over its drawing. Redraws only when something in it changed."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Container
from textual.content import Content
from textual.events import Resize

from console.host.shown import Chart, Mark
from console.untrusted import untrusted_line
from console.widgets.amounts import amount
from console.widgets.chart_picture import chart_unit, drawn, latest, limits, seen_marks
from console.widgets.plain_text import PlainText, content, joined

if TYPE_CHECKING:
    from console.widgets.metric_plot import MetricPlot

_FRAME_WIDTH, _FRAME_HEIGHT = 3, 3
"""Cells of a plot that are not for lines: two sides of the frame and a column of air; top, bottom and the labels of time."""
_LEAST_NAME = 8
"""Columns to which a name may be cut so that last week's value has room."""


class MetricChart(Container):
    """A chart that shows what `show` was last told. Made only after the first frame, for it loads the plotting library."""

    DEFAULT_CSS = """
    MetricChart {
        layers: drawing title;
        layout: vertical;
        & > MetricPlot { layer: drawing; width: 100%; height: 100%; }
        & > PlainText { layer: title; width: 100%; height: 1; background: $background; text-wrap: nowrap; }
    }
    """

    def __init__(self, chart: Chart) -> None:
        super().__init__()
        self.chart = chart
        self._marks: tuple[Mark, ...] = ()
        self._shown_s = 0.0
        self._chosen = False
        self._drawn: tuple[object, ...] = ()
        self._titled: tuple[object, ...] = ()

    def compose(self) -> ComposeResult:
        from console.widgets.metric_plot import MetricPlot

        yield MetricPlot()
        yield PlainText()

    def show(self, chart: Chart, marks: Iterable[Mark], shown_s: float, *, chosen: bool) -> None:
        """Show `chart` as far as it is known at `shown_s`."""
        self.chart, self._marks, self._shown_s, self._chosen = chart, tuple(marks), shown_s, chosen
        self._draw()

    def on_mount(self) -> None:
        # A widget that is mounted later may get its size without being told.
        self.call_after_refresh(self._draw)

    def on_resize(self, event: Resize) -> None:
        self._draw()

    def _draw(self) -> None:
        if not self.size.area or not self.is_mounted:
            return
        known = bisect_right(self.chart.at_s, self._shown_s)
        titled = (self.chart, known, self._chosen, self.size.width)
        if titled != self._titled:
            self._titled = titled
            self.query_one(PlainText).update(chart_title(self.chart, known, self.size.width - 1, chosen=self._chosen), layout=False)
        drawing = (self.chart, known, tuple(seen_marks(self.chart, self._marks, self._shown_s)), self.size)
        if drawing != self._drawn:
            self._drawn = drawing
            plot: MetricPlot = self.query_one("MetricPlot")  # type: ignore[assignment]
            plot.draw(drawn(self.chart, self._marks, self._shown_s, self.size.width - _FRAME_WIDTH, self.size.height - _FRAME_HEIGHT))


def chart_title(chart: Chart, known: int, width: int, *, chosen: bool = False) -> Content:
    """Name, current value, last week's at the same time and the alert's bound, as much as has room; the value always stays."""
    unit = chart_unit(chart)
    now, before = latest(chart.values[:known]), chart.week_before[known - 1] if known else None
    name = (content("▸" if chosen else " ", "$text-accent"), (untrusted_line(chart.name), "bold"))
    before_text = amount(before, unit, with_unit=False)
    last_week = f"last week {before_text}"
    full = joined(*name)
    for words, name_room in (
        ((amount(now, unit), last_week, _bound_text(chart, unit)), full.cell_length),
        ((amount(now, unit), last_week), full.cell_length),
        ((amount(now, unit, with_unit=False), last_week), full.cell_length),
        ((amount(now, unit, with_unit=False), f"was {before_text}"), min(full.cell_length, _LEAST_NAME)),
        ((amount(now, unit, with_unit=False),), 0),
    ):
        rest = content(f"  {words[0]}", "bold $text-primary").append(content("".join(f"  {word}" for word in words[1:] if word), "dim"))
        room = width - rest.cell_length
        if name_room <= room:
            break
    return joined(full.truncate(max(room, 1), ellipsis=True), rest)


def _bound_text(chart: Chart, unit: str) -> str:
    if chart.threshold is None:
        return ""
    low, high = limits(chart)
    return f"alert at {amount(chart.threshold, unit, with_unit=False)}" + (" ↑" if chart.threshold > high else " ↓" if chart.threshold < low else "")

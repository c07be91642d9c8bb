"""textual-plot's widget, mended for this app. Loads NumPy, so it is imported only once a plot is to be seen."""

from __future__ import annotations

from collections.abc import Sequence

from rich.style import Style
from textual import events
from textual.app import ComposeResult
from textual.containers import Grid
from textual.geometry import Region
from textual.strip import Strip
from textual_hires_canvas import Canvas
from textual_plot import PlotWidget
from textual_plot.axis_formatter import AxisFormatter
from textual_plot.plot_widget import Legend


class _Canvas(Canvas):
    """A canvas whose lines all have a style, found once for all of them."""

    _found: Style | None = None

    @property
    def rich_style(self) -> Style:
        return super().rich_style if self._found is None else self._found

    def render_lines(self, crop: Region) -> list[Strip]:
        # The canvas asks for its style at each line, which took a third of the time that a refresh of four charts takes.
        self._found = super().rich_style
        try:
            return super().render_lines(crop)
        finally:
            self._found = None

    def render_line(self, y: int) -> Strip:
        # While its size is still to follow, a canvas gives lines without a style, on which the filter for NO_COLOR fails.
        strip = super().render_line(y)
        return strip if strip.cell_length else Strip.blank(self.size.width, self.rich_style)


class Labels(AxisFormatter):
    """Ticks and labels that were worked out before."""

    def __init__(self, ticks: Sequence[tuple[float, str]]) -> None:
        self._ticks = ticks

    def get_ticks(self, min_: float, max_: float, max_ticks: int = 8) -> list[float]:
        return [at for at, _ in self._ticks]

    def get_labels_for_ticks(self, ticks: Sequence[float]) -> list[str]:
        return [text for _, text in self._ticks]


class Plot(PlotWidget, can_focus=False):
    """A plot that leaves keys and the mouse wheel to what it stands in, and keeps up with its size and the theme."""

    DEFAULT_CSS = """
    Plot {
        & > .plot--axis { color: $foreground 35%; }
        & > .plot--tick { color: $foreground 70%; text-style: none; }
    }
    """

    def __init__(self, *, margin_top: int = 0, margin_bottom: int = 1, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes, allow_pan_and_zoom=False)
        self.set_reactive(PlotWidget.margin_top, margin_top)
        self.set_reactive(PlotWidget.margin_bottom, margin_bottom)

    def compose(self) -> ComposeResult:
        with Grid():
            for part in ("margin-top", "margin-left", "plot", "margin-bottom"):
                yield _Canvas(1, 1, id=part)
        yield Legend(id="legend")

    def on_mount(self) -> None:
        # The colours of a new theme are known only once the styles have been applied.
        self.app.theme_changed_signal.subscribe(self, lambda _: self.call_after_refresh(self.draw_again))

    def draw_again(self) -> None:
        """Draw what is there once more, in the colours of now. A plot whose lines were given theirs when they were made makes them anew."""
        self._rerender()

    def on_canvas_resize(self, event: Canvas.Resize) -> None:
        event.stop()
        self._needs_canvas_resize = True
        self._rerender()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.prevent_default()

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.prevent_default()

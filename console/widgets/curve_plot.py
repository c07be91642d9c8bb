"""The drawing of the curves of one unit. Loads NumPy, so it is imported only once a curve is to be seen."""

from __future__ import annotations

from textual.events import Resize
from textual_hires_canvas import Canvas
from textual_plot import HiResMode

from console.widgets.curve_group import SIGNS, CurveGroup, runs, signed_points
from console.widgets.plot import Labels, Plot

_LEAST_WIDTH, _LEAST_HEIGHT = 6, 4


class CurvePlot(Plot):
    """Lines with gaps where nothing was measured, each with its sign, and an upright at the moment that is read."""

    COMPONENT_CLASSES = {*(f"plot--curve{k}" for k in range(len(SIGNS))), "plot--cursor"}
    DEFAULT_CSS = """
    CurvePlot {
        & > .plot--curve0 { color: $text-primary; }
        & > .plot--curve1 { color: $text-accent; }
        & > .plot--curve2 { color: $text-success; }
        & > .plot--curve3 { color: $text-error; }
        & > .plot--curve4 { color: $text-secondary; }
        & > .plot--curve5 { color: $foreground; }
        & > .plot--cursor { color: $foreground; text-style: bold; }
    }
    """

    def __init__(self, group: CurveGroup, cursor_s: float) -> None:
        super().__init__()
        self._group, self._cursor_s = group, cursor_s

    def show(self, group: CurveGroup) -> None:
        """Draw other curves."""
        self._group = group
        self._draw()

    def read_at(self, at_s: float) -> None:
        """Put the upright at a moment."""
        self._cursor_s = at_s
        self._rerender()

    def time_at(self, screen_x: int) -> float | None:
        """The moment drawn in a column of the screen, None beside the plot."""
        canvas = self.query_one("#plot", Canvas)
        x = screen_x - canvas.region.x
        return self.get_coordinate_from_pixel(x, 0)[0] if 0 < x < canvas.size.width - 1 else None

    def on_resize(self, event: Resize) -> None:
        self._draw()

    def draw_again(self) -> None:
        self._draw()

    def notify_style_update(self) -> None:
        # Also the first time, after mounting has forgotten the limits of the axes.
        super().notify_style_update()
        if self.is_mounted:
            self._draw()

    def _draw(self) -> None:
        group, rows = self._group, self.size.height - self.margin_bottom - 2
        up = group.value_ticks(rows)
        self.margin_left = max((len(text) for _, text in up), default=3) + 1
        columns = max(self.size.width - self.margin_left - 2, 1)
        across = group.time_ticks(columns)
        self.clear()
        self.set_xlimits(group.from_s, group.to_s + (group.to_s - group.from_s) / (2 * columns))  # the last point would fall on the frame
        self.set_ylimits(group.low, group.high)
        self.set_xticks([at for at, _ in across])
        self.set_yticks([value for value, _ in up])
        self.set_x_formatter(Labels(across))
        self.set_y_formatter(Labels(up))
        # The first curve comes last: where lines share a cell, it is the one that stays whole.
        for k, curve in reversed(list(enumerate(group.series))):
            for times, values in runs(curve):
                if len(times) > 1:
                    self.plot(times, values, line_style=self._style(f"curve{k}"), hires_mode=HiResMode.BRAILLE)
                else:
                    self.scatter(times, values, marker="·", marker_style=self._style(f"curve{k}"))
        if len(group.series) > 1:
            for k in range(len(group.series)):
                self.scatter(*signed_points(group, k, columns), marker=SIGNS[k], marker_style=self._style(f"curve{k}"))

    def _render_plot(self) -> None:
        canvas = self.query_one("#plot", Canvas)
        if canvas.size.width < _LEAST_WIDTH or canvas.size.height < _LEAST_HEIGHT:
            return
        with canvas.batch_refresh():
            super()._render_plot()
            x, _ = self.get_pixel_from_coordinate(self._cursor_s, self._group.low)
            free = [(x, y) for y in range(1, canvas.size.height - 1) if canvas.get_pixel(x, y)[0] == " "]
            canvas.set_pixels(free, "│", self._style("cursor"))

    def _style(self, part: str) -> str:
        return str(self.get_component_rich_style(f"plot--{part}"))

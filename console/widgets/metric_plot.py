"""The drawing of one metric. Loads NumPy, so it is imported only once a chart is to be seen."""

from __future__ import annotations

from collections.abc import Iterable

from textual_hires_canvas import Canvas
from textual_plot import HiResMode

from console.widgets.chart_picture import Picture
from console.widgets.plot import Labels, Plot

_LEAST_WIDTH, _LEAST_HEIGHT = 6, 4
_BOUND_SIGN, _EVENT_SIGN = "╌", "┊"


class MetricPlot(Plot):
    """Now as a line, last week as dots, the alert's bound as dashes, events as dotted uprights with their sign on the time axis.

    The shapes differ, so that they can be told apart without colour. The top line of its frame is left to a title laid over it.
    """

    COMPONENT_CLASSES = {"plot--now", "plot--week", "plot--bound", "plot--event"}
    DEFAULT_CSS = """
    MetricPlot {
        & > .plot--now { color: $text-primary; }
        & > .plot--week { color: $foreground 60%; }
        & > .plot--bound { color: $text-error; }
        & > .plot--event { color: $text-warning; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._picture: Picture | None = None
        self._styles_drawn: dict[str, str] = {}

    def draw(self, picture: Picture) -> None:
        """Draw `picture` in place of what is there."""
        self._picture, self._styles_drawn = picture, self._styles_now()
        styles = self._styles_drawn
        self.margin_left = picture.margin
        self.clear()
        self.set_xlimits(picture.from_s, picture.to_s)
        self.set_ylimits(picture.low, picture.high)
        self.set_xticks([at_s for at_s, _ in picture.time_ticks])
        self.set_yticks([value for value, _ in picture.value_ticks])
        self.set_x_formatter(Labels(picture.time_ticks))
        self.set_y_formatter(Labels(picture.value_ticks))
        self.scatter(*picture.week_before, marker_style=styles["plot--week"], hires_mode=HiResMode.BRAILLE)
        for times, values in picture.now:
            if len(times) > 1:
                self.plot(times, values, line_style=styles["plot--now"], hires_mode=HiResMode.BRAILLE)
            else:
                self.scatter(times, values, marker_style=styles["plot--now"], hires_mode=HiResMode.BRAILLE)
        self._needs_canvas_resize = True
        # Drawn now, the canvases are painted together with this widget; drawn when it is painted, they would be painted once more.
        self.render()

    def draw_again(self) -> None:
        if self._picture is not None and self._styles_now() != self._styles_drawn:
            self.draw(self._picture)

    def _styles_now(self) -> dict[str, str]:
        return {part: str(self.get_component_rich_style(part)) for part in sorted(self.COMPONENT_CLASSES)}

    def _render_plot(self) -> None:
        canvas = self.query_one("#plot", Canvas)
        if self._picture is None or canvas.size.width < _LEAST_WIDTH or canvas.size.height < _LEAST_HEIGHT:
            return
        with canvas.batch_refresh():
            super()._render_plot()
            self._lay_under(canvas, self._picture)

    def _lay_under(self, canvas: Canvas, picture: Picture) -> None:
        """Bound and events, only where no line is: what was measured stays whole."""
        width, height = canvas.size
        if picture.bound is not None:
            _, y = self.get_pixel_from_coordinate(picture.from_s, picture.bound)
            if 0 < y < height - 1:
                _fill(canvas, ((x, y) for x in range(1, width - 1)), _BOUND_SIGN, self._styles_drawn["plot--bound"])
        style = self._styles_drawn["plot--event"]
        for at_s, sign in picture.events:
            x = min(self.get_pixel_from_coordinate(at_s, picture.low)[0], width - 2)
            _fill(canvas, ((x, y) for y in range(1, height - 1)), _EVENT_SIGN, style)
            canvas.set_pixel(x, height - 1, sign, style)


def _fill(canvas: Canvas, cells: Iterable[tuple[int, int]], sign: str, style: str) -> None:
    canvas.set_pixels([cell for cell in cells if canvas.get_pixel(*cell)[0] == " "], sign, style)

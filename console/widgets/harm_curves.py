"""The curves of harm, drawn. Loads NumPy with its plot, so it is only imported once somebody looks at the harm."""

from __future__ import annotations

from collections.abc import Sequence

from textual.events import Resize
from textual_hires_canvas import Canvas
from textual_plot import HiResMode

from console.widgets.harm_courses import LAST_STEP, Course, Picture, picture
from console.widgets.plot import Labels, Plot

_LEAST_WIDTH, _LEAST_HEIGHT = 6, 4


class Curves(Plot):
    """The courses, as large as there is room; `last_step_s` is marked where it can be told from the page."""

    COMPONENT_CLASSES = {"plot--left", "plot--nothing", "plot--reference", "plot--step"}
    DEFAULT_CSS = """
    Curves {
        width: 1fr;
        height: 1fr;
        & > .plot--left { color: $text-primary; }
        & > .plot--nothing { color: $text-error; }
        & > .plot--reference { color: $text-success; }
        & > .plot--step { color: $foreground-muted; }
    }
    """

    def __init__(self, courses: Sequence[Course], start_s: float, last_step_s: float) -> None:
        super().__init__()
        self._courses, self._start_s, self._last_step_s = tuple(courses), start_s, last_step_s
        self._picture: Picture | None = None

    def on_resize(self, event: Resize) -> None:
        self._picture = picture(self._courses, self._start_s, self._last_step_s, event.size.width, event.size.height - self.margin_bottom)
        self._draw(self._picture)

    def draw_again(self) -> None:
        if self._picture is not None:
            self._draw(self._picture)

    def _draw(self, shown: Picture) -> None:
        self.margin_left = max((len(text) for _, text in shown.up), default=3) + 1
        self.clear()
        # What ended at the very right would fall on the frame, which is drawn over it.
        self.set_xlimits(0.0, 1.01)
        self.set_ylimits(shown.frame.low, shown.frame.high)
        self.set_x_formatter(Labels(shown.across))
        self.set_y_formatter(Labels(shown.up))
        for stroke in shown.strokes:
            if stroke.sign:
                self.scatter(stroke.at, stroke.usd, marker=stroke.sign, marker_style=self._style(stroke.line))
            else:
                self.plot(stroke.at, stroke.usd, line_style=self._style(stroke.line), hires_mode=HiResMode.BRAILLE)

    def _render_plot(self) -> None:
        canvas = self.query_one("#plot", Canvas)
        if self._picture is None or canvas.size.width < _LEAST_WIDTH or canvas.size.height < _LEAST_HEIGHT:
            return
        with canvas.batch_refresh():
            super()._render_plot()
            if self._picture.last_step is not None:
                x, _ = self.get_pixel_from_coordinate(self._picture.last_step, 0.0)
                free = [(x, y) for y in range(1, canvas.size.height - 1) if canvas.get_pixel(x, y)[0] == " "]
                canvas.set_pixels(free, LAST_STEP, self._style("step"))

    def _style(self, part: str) -> str:
        return str(self.get_component_rich_style(f"plot--{part}"))

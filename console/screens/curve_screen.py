"""The curves of one observation, drawn large and read point by point."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.events import Click
from textual.screen import ModalScreen
from textual.widgets import Footer

from console.untrusted import untrusted_line
from console.widgets.curve_group import SIGNS, CurveGroup, curve_groups
from console.widgets.plain_text import PlainText, content, joined
from console.widgets.tab_row import TabRow
from simulator.calendar import clock
from simulator.observation import Observation

if TYPE_CHECKING:
    from console.widgets.curve_plot import CurvePlot

_TITLES_WIDTH, _MOST_TITLE = 76, 24
_FAR = 20
"""A long step goes over one part in so many of the curve."""
_COLOURS = ("$text-primary", "$text-accent", "$text-success", "$text-error", "$text-secondary", "$foreground")


class CurveScreen(ModalScreen[None]):
    """Curves of one unit at a time; those of another unit are a number key away."""

    DEFAULT_CSS = """
    CurveScreen {
        background: $background;
        #title { height: 1; padding: 0 1; text-style: bold; }
        TabRow { height: 1; padding: 0 1; color: $text-muted; }
        #span { height: 1; padding: 0 1; color: $text-muted; }
        CurvePlot { height: 1fr; }
        #nothing { height: 1fr; padding: 0 1; }
        #reading { height: auto; max-height: 50%; padding: 0 1; }
    }
    """
    BINDINGS = [
        Binding("escape", "back", "Back"),
        Binding("left", "read(-1)", "Earlier"),
        Binding("right", "read(1)", "Later"),
        Binding("pageup,shift+left", "read_far(-1)", "Far earlier", key_display="pgup"),
        Binding("pagedown,shift+right", "read_far(1)", "Far later", key_display="pgdn"),
        Binding("home", "read_end(0)", "First", show=False),
        Binding("end", "read_end(-1)", "Last", show=False),
        *(Binding(str(number), f"open({number - 1})", "Curves", show=False) for number in range(1, 10)),
    ]

    def __init__(self, observation: Observation) -> None:
        super().__init__()
        self._observation = observation
        self._groups = curve_groups(observation.series)
        self._position = 0
        self._read = len(self._groups[0].times) - 1 if self._groups else 0
        """Position of the moment that is read among the times of the shown curves."""

    @property
    def _group(self) -> CurveGroup:
        return self._groups[self._position]

    @property
    def _at_s(self) -> float:
        return self._group.times[self._read]

    def compose(self) -> ComposeResult:
        with Vertical():
            yield PlainText(untrusted_line(self._observation.title), id="title")
            if not self._groups:
                yield PlainText("This step has no curve with a value.", id="nothing")
            else:
                from console.widgets.curve_plot import CurvePlot

                if len(self._groups) > 1:
                    yield TabRow({str(k): f"{k + 1} {self._short_title(k)}" for k in range(len(self._groups))})
                yield PlainText(id="span")
                yield CurvePlot(self._group, self._at_s)
                yield PlainText(id="reading")
        yield Footer()

    def _short_title(self, position: int) -> str:
        room = max(_TITLES_WIDTH // len(self._groups) - 5, 3)
        return content(self._groups[position].title).truncate(min(room, _MOST_TITLE), ellipsis=True).plain

    def on_mount(self) -> None:
        self._show()

    @property
    def _plot(self) -> CurvePlot:
        from console.widgets.curve_plot import CurvePlot

        return self.query_one(CurvePlot)

    def _show(self) -> None:
        """Other curves than before, or the first ones."""
        if not self._groups:
            return
        for row in self.query(TabRow):
            row.chosen = str(self._position)
        self.query_one("#span", PlainText).show(f"{clock(self._group.from_s)} – {clock(self._group.to_s)}")
        self._show_reading()

    def _show_reading(self) -> None:
        group = self._group
        lines: list[Content | str | tuple[str, str]] = [(clock(self._at_s), "bold")]
        for k, series in enumerate(group.series):
            sign = f"{SIGNS[k]} " if len(group.series) > 1 else ""
            lines += ["\n", (sign, _COLOURS[k]), untrusted_line(series.name) + "  ", (group.value_text(k, self._at_s), "bold")]
        self.query_one("#reading", PlainText).show(joined(*lines))

    # Keys and clicks

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return None if action.startswith("read") and not self._groups else True

    def action_back(self) -> None:
        self.dismiss(None)

    def action_read(self, by: int) -> None:
        self._read_point(self._read + by)

    def action_read_far(self, by: int) -> None:
        self._read_point(self._read + by * max(len(self._group.times) // _FAR, 1))

    def action_read_end(self, position: int) -> None:
        self._read_point(position % len(self._group.times))

    def _read_point(self, position: int) -> None:
        self._read = min(max(position, 0), len(self._group.times) - 1)
        self._plot.read_at(self._at_s)
        self._show_reading()

    def action_open(self, position: int) -> None:
        if position < len(self._groups) and position != self._position:
            at_s = self._at_s
            self._position = position
            self._read = self._group.nearest(at_s)
            self._plot.show(self._group)
            self._plot.read_at(self._at_s)
            self._show()

    @on(TabRow.Chosen)
    def _tab_clicked(self, event: TabRow.Chosen) -> None:
        self.action_open(int(event.name))

    def on_click(self, event: Click) -> None:
        if self._groups and self._plot.region.contains(event.screen_x, event.screen_y):
            at_s = self._plot.time_at(event.screen_x)
            if at_s is not None:
                self._read_point(self._group.nearest(at_s))

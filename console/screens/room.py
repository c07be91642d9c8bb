"""The war room's panes: beside each other where there is room, one at a time where not; and time that is seen to pass.

What they show comes as one snapshot. Who asks the host for it, and what a typed line does, is `war_room`'s.
"""

from __future__ import annotations

import gc
from time import monotonic

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.reactive import reactive
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Footer

from console.host.messages import Seated
from console.host.shown import MapRow, Snapshot
from console.widgets.alerts_strip import AlertsStrip
from console.widgets.channel_pane import ChannelPane
from console.widgets.charts import ChartsPane
from console.widgets.command_line import CommandLine
from console.widgets.output import OutputPane
from console.widgets.passing_time import PassingTime
from console.widgets.plain_text import content
from console.widgets.platform_map import PlatformMap
from console.widgets.runbook_pane import RunbookPane
from console.widgets.status_bar import StatusBar
from console.widgets.tab_row import TabRow
from simulator.durations import MINUTE_S

PANES = {"map": "Platform", "charts": "Charts", "output": "Output", "runbook": "Runbook", "channel": "Channel"}
"""Panes in the order of their keys, f2 to f6."""
BOXES = {
    "system": ("map", "charts", "output"),
    "state": ("map", "output"),
    "work": ("output", "runbook", "channel"),
    "talk": ("runbook", "channel"),
    "alerts": ("map", "output"),
    **{pane: (pane,) for pane in PANES},
}
"""The panes with which each part of the screen is seen, where one pane fills it. What fires stays over the output."""
LIVE_STEP_S = 5 * MINUTE_S
"""A live clock's step up to this is no leap that one has to see pass."""
SETTLED_S = 2.0
"""How long after its opening the room has loaded what it needs."""
FRAME_S = 1 / 15
"""Pause between two pictures of the clock while time is seen to pass."""


def _settle_memory() -> None:
    """Take what is loaded out of the garbage collector's sight: its full rounds would hold keys up for a tenth of a second."""
    gc.collect()
    gc.freeze()


class RoomScreen(Screen[None]):
    """The panes over one command line."""

    CSS_PATH = "war_room.tcss"
    BINDINGS = [
        Binding("f2", "pane('map')", "Map", id="pane.map"),
        Binding("f3", "pane('charts')", "Charts", id="pane.charts"),
        Binding("f4", "pane('output')", "Output", id="pane.output"),
        Binding("f5", "pane('runbook')", "Runbook", id="pane.runbook"),
        Binding("f6", "pane('channel')", "Channel", id="pane.channel"),
        Binding("escape", "back", "Prompt", id="prompt.focus", show=False),
        Binding("pageup", "scroll_output(-1)", "Scroll", show=False, id="output.up"),
        Binding("pagedown", "scroll_output(1)", "Scroll", show=False, id="output.down"),
    ]

    snapshot: reactive[Snapshot | None] = reactive(None, repaint=False)
    shown_s: reactive[float] = reactive(0.0, repaint=False)
    """The clock as it is seen: on its way to the snapshot's time."""
    rows: reactive[tuple[MapRow, ...]] = reactive((), repaint=False)
    pane: reactive[str] = reactive("output")
    """The pane that fills the screen where only one is shown."""
    zoomed: reactive[bool] = reactive(False)

    def __init__(self, seated: Seated) -> None:
        super().__init__()
        self._seated = seated
        self._passing = PassingTime(seated.snapshot.now_s)
        self._frames: Timer | None = None
        self.set_reactive(RoomScreen.rows, seated.map)
        self.set_reactive(RoomScreen.snapshot, seated.snapshot)
        self.set_reactive(RoomScreen.shown_s, seated.snapshot.now_s)

    def compose(self) -> ComposeResult:
        screen = RoomScreen
        yield StatusBar(self._seated.briefing.title, self._seated.start_s, id="status").data_bind(screen.snapshot, screen.shown_s)
        yield TabRow({pane: f"f{number} {title}" for number, (pane, title) in enumerate(PANES.items(), start=2)}, id="tabs")
        with Vertical(id="panes"):
            with Horizontal(id="system"):
                with Vertical(id="state"):
                    yield PlatformMap(id="map", classes="pane").data_bind(screen.snapshot, screen.rows)
                    yield AlertsStrip(id="alerts").data_bind(screen.snapshot, screen.shown_s)
                yield ChartsPane(id="charts", classes="pane").data_bind(screen.snapshot, screen.shown_s)
            with Horizontal(id="work"):
                yield OutputPane(id="output", classes="pane")
                with Vertical(id="talk"):
                    yield RunbookPane(id="runbook", classes="pane").data_bind(screen.snapshot)
                    yield ChannelPane(id="channel", classes="pane").data_bind(screen.snapshot, screen.shown_s)
        yield CommandLine(id="command-line").data_bind(screen.snapshot)
        yield Footer(show_command_palette=True)

    def on_mount(self) -> None:
        for number, (pane, title) in enumerate(PANES.items(), start=2):
            self.query_one(f"#{pane}").border_title = content(f"{title} f{number}")
        self._arrange()
        self._line.focus()
        self.set_timer(SETTLED_S, _settle_memory)

    @property
    def _line(self) -> CommandLine:
        return self.query_one(CommandLine)

    @property
    def _output(self) -> OutputPane:
        return self.query_one(OutputPane)

    @property
    def _single(self) -> bool:
        """Whether there is room for one pane only."""
        return self.size.width < 120 or self.size.height < 30

    def on_resize(self) -> None:
        self._arrange()

    def watch_pane(self) -> None:
        self._arrange()

    def watch_zoomed(self) -> None:
        self._arrange()

    def _arrange(self) -> None:
        if not self.is_mounted:
            return
        self.set_class(not self._single, "-panes")
        alone = self._single or self.zoomed
        for box, panes in BOXES.items():
            self.query_one(f"#{box}").set_class(alone and self.pane not in panes, "hidden")
        self.set_class(alone, "-alone")
        self.set_class(alone and self.pane == "output", "-output-alone")
        self.query_one(TabRow).chosen = self.pane

    @on(TabRow.Chosen)
    def _choose_tab(self, event: TabRow.Chosen) -> None:
        self.action_pane(event.name)

    def action_pane(self, pane: str) -> None:
        """Show a pane and go into it; the same key again goes back."""
        here = self.query_one(f"#{pane}")
        if self._single:
            inside = self.pane == pane and here.has_focus_within
            self.pane = pane
        else:
            inside = self.zoomed and self.pane == pane
            self.pane, self.zoomed = pane, not inside
        if inside:
            self.action_back()
        elif here.focusable:
            here.focus()

    def action_back(self) -> None:
        """Back to the command line, with all panes where there is room."""
        self.zoomed = False
        self._line.focus()

    def action_scroll_output(self, pages: int) -> None:
        if pages < 0:
            self._output.scroll_page_up()
        else:
            self._output.scroll_page_down()

    def _take(self, snapshot: Snapshot) -> None:
        """Show a newer snapshot; its time is reached within a fraction of a second, a live clock's small step at once."""
        before, now = self.snapshot, monotonic()
        if before is not None and snapshot.clock.live and 0.0 <= snapshot.now_s - before.now_s <= LIVE_STEP_S and self._frames is None:
            self._passing = PassingTime(snapshot.now_s)
        else:
            self._passing.go_to(snapshot.now_s, now)
        self.snapshot = snapshot
        if self._frames is None:
            self._frames = self.set_interval(FRAME_S, self._pass_time)
        self._pass_time()

    def _pass_time(self) -> None:
        self.shown_s = self._passing.shown_s(monotonic())
        if self._passing.arrived and self._frames is not None:
            self._frames.stop()
            self._frames = None

"""The war room: panes over one command line. It alone asks the host; the panes show its snapshot and post what a person wants."""

from __future__ import annotations

import gc
from collections.abc import Mapping
from time import monotonic
from typing import TYPE_CHECKING, Any

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.reactive import reactive
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Footer

from console.host.link import HostDied, HostFailed
from console.host.messages import Answered, AnyEvent, Failed, Moved, Resume, Seated, SetClock, Submit
from console.host.shown import Block, MapRow, Snapshot
from console.palette import DrillCommands
from console.plain.style import Style
from console.prompt.explain import LEAVING, Causes, help_text
from console.screens.briefing import BriefingScreen
from console.screens.clock_form import ClockForm
from console.screens.command_form import CommandFormScreen
from console.screens.curve_screen import CurveScreen
from console.screens.table_screen import TableScreen
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

if TYPE_CHECKING:
    from console.host.link import Link
    from simulator.commands import Command

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


class WarRoomScreen(Screen[None]):
    """One drill being played."""

    CSS_PATH = "war_room.tcss"
    COMMANDS = Screen.COMMANDS | {DrillCommands}
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (120, "-broad")]
    VERTICAL_BREAKPOINTS = [(0, "-low"), (30, "-high")]
    BINDINGS = [
        Binding("f2", "pane('map')", "Map", id="pane.map"),
        Binding("f3", "pane('charts')", "Charts", id="pane.charts"),
        Binding("f4", "pane('output')", "Output", id="pane.output"),
        Binding("f5", "pane('runbook')", "Runbook", id="pane.runbook"),
        Binding("f6", "pane('channel')", "Channel", id="pane.channel"),
        Binding("f7", "pause", "Pause", id="clock.pause"),
        Binding("f8", "clock", "Clock", id="clock.set"),
        Binding("f9", "resolve", "Resolve", id="drill.resolve"),
        Binding("f10", "brief", "Briefing", id="drill.briefing"),
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

    class Finished(Message):
        """The drill was resolved, so it can be graded."""

    class Left(Message):
        """The person leaves; the session stays open."""

    class Lost(Message):
        """The host cannot be brought back; `text` says why."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def __init__(self, seated: Seated) -> None:
        super().__init__()
        self._seated = seated
        self.commands: Mapping[str, Command] = {card.name: card.command for card in seated.commands}
        self._steps = {block.step for block in seated.blocks}
        self._passing = PassingTime(seated.snapshot.now_s)
        self._frames: Timer | None = None
        self.set_reactive(WarRoomScreen.rows, seated.map)
        self.set_reactive(WarRoomScreen.snapshot, seated.snapshot)
        self.set_reactive(WarRoomScreen.shown_s, seated.snapshot.now_s)

    @property
    def session(self) -> str:
        return self._seated.session

    @property
    def _link(self) -> Link:
        link: Link = self.app.link  # type: ignore[attr-defined]
        return link

    def compose(self) -> ComposeResult:
        screen = WarRoomScreen
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
        self._output.fill(self._seated.blocks)
        self._line.set_commands(self.commands)
        self._link.listen(self._told)
        self._arrange()
        self._line.focus()
        self.set_timer(SETTLED_S, _settle_memory)
        if self._seated.closed:
            self.post_message(self.Finished())

    @property
    def _line(self) -> CommandLine:
        return self.query_one(CommandLine)

    @property
    def _output(self) -> OutputPane:
        return self.query_one(OutputPane)

    # What is shown where

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

    # Time

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

    def _told(self, event: AnyEvent) -> None:
        if isinstance(event, Moved):
            self._take(event.snapshot)
        elif isinstance(event, Failed):
            self._revive(event.text)

    def action_pause(self) -> None:
        """Stop a live clock or let it go on; a clock by action has nothing to stop."""
        if self.snapshot is not None and self.snapshot.clock.live:
            self.hold_clock(not self.snapshot.clock.paused)
        else:
            self.notify("Time passes by action here. f8 sets a live clock.", markup=False)

    def hold_clock(self, paused: bool) -> None:
        """Stop a live clock or let it go on; a clock by action stays as it is."""
        if self.snapshot is not None and self.snapshot.clock.live:
            self._set_clock(SetClock(live=True, speed=self.snapshot.clock.speed, paused=paused))

    @work
    async def action_clock(self) -> None:
        assert self.snapshot is not None
        chosen = await self.app.push_screen_wait(ClockForm(self.snapshot.clock))
        if chosen is not None:
            self._set_clock(chosen)

    @work
    async def _set_clock(self, wanted: SetClock) -> None:
        event = await self._asked(wanted)
        if isinstance(event, Moved):
            self._take(event.snapshot)

    # Commands

    @on(CommandLine.Submitted)
    def _line_submitted(self, event: CommandLine.Submitted) -> None:
        line = event.line.strip()
        word, _, rest = line.partition(" ")
        topic = " ".join(rest.split())
        if line in LEAVING:
            self.post_message(self.Left())
        elif word == "help":
            style = Style(width=max(self._output.size.width - 4, 40))
            self._output.add_text(line, help_text(topic, self.commands, Causes(self._seated.components, self._seated.mechanisms), style))
            self.pane = "output"
        elif line == "journal":
            self.pane = "runbook"
        elif word == "show":
            self._show_step(topic)
        elif self._line.busy:
            self._line.put(line)
        else:
            self._line.busy = True  # before anything else can be entered
            self._submit(line)

    def _show_step(self, topic: str) -> None:
        number = topic.lstrip("#")
        if number.isdecimal() and self._output.show_step(int(number)):
            self.pane = "output"
        else:
            self.notify("show takes the number of a step, such as show 4; the runbook lists them", markup=False)

    @work
    async def _submit(self, line: str) -> None:
        try:
            event = await self._asked(Submit(line=line), line)
        finally:
            self._line.busy = False
        if isinstance(event, Answered):
            self.pane = "output" if event.block.kind != "word" else self.pane
            self._keep(event.block)
            self._output.show_step(event.block.step)
            self._take(event.snapshot)
            if event.snapshot.phase == "closed":
                self.post_message(self.Finished())

    def _keep(self, block: Block) -> None:
        if block.step not in self._steps:
            self._steps.add(block.step)
            self._output.add(block)

    async def _asked(self, request: Any, line: str = "") -> AnyEvent | None:
        """The host's answer; None where it could not be done, which the person is told."""
        try:
            return await self._link.ask(request)
        except HostFailed as problem:
            self.notify(str(problem), severity="error", markup=False, timeout=10)
            self._line.put(line)
        except HostDied as problem:
            await self._bring_back(str(problem), line)
        return None

    @work
    async def _revive(self, how: str) -> None:
        await self._bring_back(how, "")

    async def _bring_back(self, how: str, line: str) -> None:
        """Start another host over the journal. What it had acknowledged is there; the line that was under way is there or can be typed again."""
        self.notify(f"{how}. It is being started again from the journal.", severity="warning", markup=False, timeout=10)
        clock = self.snapshot.clock if self.snapshot is not None else None
        try:
            event = await self._link.ask(Resume(session=self.session, speed=clock.speed if clock is not None and clock.live else None))
        except (HostFailed, HostDied) as problem:
            self.post_message(self.Lost(str(problem)))
            return
        if not isinstance(event, Seated):
            return
        newer = [block for block in event.blocks if block.step not in self._steps]
        for block in newer:
            self._keep(block)
        self._take(event.snapshot)
        if line and not any(block.line == line for block in newer):
            self._line.put(line)
            self.notify("The host is back. Your last line was not done; it is in the command line again.", markup=False, timeout=10)
        else:
            self.notify("The host is back; nothing was lost.", markup=False, timeout=10)
        if event.closed:
            self.post_message(self.Finished())

    def take_command(self, name: str) -> None:
        """Begin a command chosen elsewhere: in a form where it needs arguments, else in the command line."""
        command = self.commands[name]
        if any(param.required for param in command.params):
            self._open_form(name)
        else:
            self._line.put(name + " ")

    @on(CommandLine.FormAsked)
    def _form_asked(self, event: CommandLine.FormAsked) -> None:
        if event.command_name in self.commands:
            self._open_form(event.command_name, event.line)

    @work
    async def _open_form(self, name: str, begun: str = "") -> None:
        assert self.snapshot is not None
        line = await self.app.push_screen_wait(CommandFormScreen(self.commands[name], self.snapshot, begun))
        if line is not None:
            self._line.put(line)

    @on(CommandLine.HelpAsked)
    def _help_asked(self, event: CommandLine.HelpAsked) -> None:
        self._line_submitted(CommandLine.Submitted(f"help {event.topic}".strip()))

    @on(OutputPane.ReRun)
    def _rerun(self, event: OutputPane.ReRun) -> None:
        self.action_back()
        self._line.put(event.line)

    @on(OutputPane.Cite)
    @on(RunbookPane.Cite)
    def _cite(self, event: OutputPane.Cite | RunbookPane.Cite) -> None:
        self._line.cite(event.step)

    @on(RunbookPane.Show)
    def _show_from_runbook(self, event: RunbookPane.Show) -> None:
        self._show_step(str(event.step))

    @on(OutputPane.OpenTable)
    def _open_table(self, event: OutputPane.OpenTable) -> None:
        if event.block.observation is not None:
            self.app.push_screen(TableScreen(event.block.observation))

    @on(OutputPane.OpenCurve)
    def _open_curve(self, event: OutputPane.OpenCurve) -> None:
        if event.block.observation is not None:
            self.app.push_screen(CurveScreen(event.block.observation))

    def action_resolve(self) -> None:
        self.action_back()
        self._line.put("resolve ")

    def action_brief(self) -> None:
        self.app.push_screen(BriefingScreen(self._seated))

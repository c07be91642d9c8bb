"""The war room at work: it alone asks the host, shows what comes back in its panes, and does what they post."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from textual import on, work
from textual.binding import Binding
from textual.message import Message
from textual.screen import Screen

from console.host.link import HostDied, HostFailed
from console.host.messages import Answered, AnyEvent, Failed, Moved, Progressed, Resume, Seated, SetClock, Submit
from console.host.shown import Block
from console.palette import DrillCommands
from console.plain.style import Style
from console.prompt.explain import LEAVING, Causes, help_text
from console.screens.briefing import BriefingScreen
from console.screens.clock_question import clock_question
from console.screens.command_form import CommandFormScreen
from console.screens.curve_screen import CurveScreen
from console.screens.room import RoomScreen
from console.screens.table_screen import TableScreen
from console.screens.working import WorkingScreen
from console.widgets.command_line import CommandLine
from console.widgets.output import OutputPane
from console.widgets.runbook_pane import RunbookPane

if TYPE_CHECKING:
    from console.host.link import Link, Told
    from simulator.commands import Command


class WarRoomScreen(RoomScreen):
    """One drill being played."""

    COMMANDS = Screen.COMMANDS | {DrillCommands}
    BINDINGS = [
        Binding("f7", "pause", "Pause", id="clock.pause"),
        Binding("f8", "clock", "Clock", id="clock.set"),
        Binding("f9", "resolve", "Resolve", id="drill.resolve"),
        Binding("f10", "brief", "Briefing", id="drill.briefing"),
    ]

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
        super().__init__(seated)
        self.commands: Mapping[str, Command] = {card.name: card.command for card in seated.commands}
        self._steps = {block.step for block in seated.blocks}
        self._working: WorkingScreen | None = None

    @property
    def session(self) -> str:
        return self._seated.session

    @property
    def _link(self) -> Link:
        link: Link = self.app.link  # type: ignore[attr-defined]
        return link

    def on_mount(self) -> None:
        self._output.fill(self._seated.blocks)
        self._line.set_commands(self.commands)
        self._link.listen(self._told)
        if self._seated.closed:
            self.post_message(self.Finished())

    def on_unmount(self) -> None:
        # What a host does after the drill was put down is no concern of this room, which would open the drill again.
        self._link.listen(lambda event: None)

    # Time

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
        chosen = await self.app.push_screen_wait(clock_question(self.snapshot.clock))
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
        self._working = working = WorkingScreen("Getting the hint ready")

        def told(event: AnyEvent) -> None:
            # Whoever passes it on is no part of the app, in which alone a screen can be opened.
            self.call_later(self._progressed, working, event)

        try:
            event = await self._asked(Submit(line=line), line, told)
        finally:
            self._line.busy, self._working = False, None
            while working in self.app.screen_stack:
                self.app.pop_screen()
        if isinstance(event, Answered):
            self.pane = "output" if event.block.kind != "word" else self.pane
            self._keep(event.block)
            self._output.show_step(event.block.step)
            self._take(event.snapshot)
            if event.snapshot.phase == "closed":
                self.post_message(self.Finished())

    def _progressed(self, working: WorkingScreen, event: AnyEvent) -> None:
        if not isinstance(event, Progressed) or working is not self._working:
            return
        if working not in self.app.screen_stack:
            self.app.push_screen(working)
        working.progressed(event)

    def _keep(self, block: Block) -> None:
        if block.step not in self._steps:
            self._steps.add(block.step)
            self._output.add(block)

    async def _asked(self, request: Any, line: str = "", told: Told = lambda event: None) -> AnyEvent | None:
        """The host's answer; None where it could not be done, which the person is told."""
        try:
            return await self._link.ask(request, told)
        except HostFailed as problem:
            self.notify(str(problem), severity="error", markup=False, timeout=10)
            if line:  # else the person may be in the midst of one
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
        self.hold_clock(clock is not None and clock.paused)
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

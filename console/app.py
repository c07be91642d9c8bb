"""The app: screens over one host. It holds the link and says which screen comes next; what a screen shows is its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import App
from textual.binding import Binding, BindingType

from console import theme
from console.host.link import HostDied, HostFailed
from console.screens.home import HomeScreen
from console.settings import Settings, load_settings, save_settings

# What the first frame does not need is imported where it is: a host's messages, every screen but Home.
if TYPE_CHECKING:
    from console.host.link import Link, Told
    from console.host.messages import AnyEvent, Begin, Debriefed, Grade, Request, Resume
    from console.screens.debrief import DebriefScreen
    from console.screens.war_room import WarRoomScreen


def child_link() -> Link:
    from console.host.child import ChildLink

    return ChildLink()


class HotseatApp(App[None]):
    """Opens Home, or a drill at once where `opening` asks for one."""

    TITLE = "Hotseat"
    ENABLE_COMMAND_PALETTE = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "quit", "Quit", id="app.quit", show=False, priority=True),
        Binding("f1", "keys", "Keys", id="app.keys"),
    ]

    def __init__(self, opening: Begin | Resume | None = None, *, new_link: Callable[[], Link] = child_link) -> None:
        super().__init__()
        self._new_link = new_link
        self._link: Link | None = None
        self._opening = opening
        self.not_opened = ""
        """Why the app could not open with what it was asked for; empty where it did."""
        self.settings, self._remark = load_settings()

    @property
    def link(self) -> Link:
        """The host that this app talks to."""
        if self._link is None:
            self._link = self._new_link()
        return self._link

    def on_mount(self) -> None:
        theme.register(self)
        self._use(self.settings)
        self.push_screen(HomeScreen())
        if self._remark:
            self.notify(self._remark, severity="warning", markup=False)
        self.call_after_refresh(self._open)

    def _open(self) -> None:
        """What the first frame does not wait for."""
        self._list_drills()
        if self._opening is not None:
            self._play(self._opening)

    async def on_unmount(self) -> None:
        if self._link is not None:
            await self._link.close()

    def _use(self, settings: Settings) -> None:
        self.theme = settings.theme
        self.set_keymap(settings.keys)

    def action_keys(self) -> None:
        from console.screens.keys import KeysScreen

        if not isinstance(self.screen, KeysScreen):
            self.push_screen(KeysScreen(self.screen))

    # Home

    @property
    def _home(self) -> HomeScreen:
        return next(screen for screen in self.screen_stack if isinstance(screen, HomeScreen))

    @work(group="listing")
    async def _list_drills(self) -> None:
        from console.host.messages import DrillsListed, ListDrills

        try:
            event = await self.link.ask(ListDrills())
        except (HostFailed, HostDied) as problem:
            self._home.failed(str(problem))
            return
        if isinstance(event, DrillsListed):
            self._home.show(event)

    @on(HomeScreen.RefreshAsked)
    def _refresh(self) -> None:
        self._list_drills()

    @on(HomeScreen.PlayAsked)
    @work
    async def _choose(self, event: HomeScreen.PlayAsked) -> None:
        from console.screens.start_form import StartForm

        begin = await self.push_screen_wait(StartForm(event.drill, speed=self.settings.speed))
        if begin is not None:
            if begin.speed != self.settings.speed:
                self._keep(replace(self.settings, speed=begin.speed))
            self._play(begin)

    @on(HomeScreen.ResumeAsked)
    def _resume(self, event: HomeScreen.ResumeAsked) -> None:
        from console.host.messages import Resume

        self._play(Resume(session=event.session))

    @on(HomeScreen.SettingsAsked)
    @work
    async def _change_settings(self) -> None:
        from console.keymap import EVERYWHERE, rebindable
        from console.screens.room import RoomScreen
        from console.screens.settings_screen import SettingsScreen
        from console.screens.war_room import WarRoomScreen
        from console.widgets.command_line import CommandLine

        bindings = rebindable({EVERYWHERE: [HotseatApp], "Home": [HomeScreen], "War room": [RoomScreen, WarRoomScreen, CommandLine]})
        changed = await self.push_screen_wait(SettingsScreen(self.settings, bindings))
        if changed is not None:
            self._use(changed)
            self._keep(changed)

    def _keep(self, settings: Settings) -> None:
        self.settings = settings
        problem = save_settings(settings)
        if problem:
            self.notify(problem, severity="error", markup=False)

    # A drill

    @work(group="drill")
    async def _play(self, request: Begin | Resume) -> None:
        """Build the world, brief the person, open the war room."""
        from console.host.messages import Seated
        from console.screens.briefing import BriefingScreen

        seated = await self._worked(request, "Building the world")
        if isinstance(seated, str) and seated:
            if request is self._opening:
                self.not_opened = seated
                self.exit()
            else:
                self._say(seated)
        if not isinstance(seated, Seated):
            return
        from console.screens.war_room import WarRoomScreen  # its dozen widgets are not needed before

        room = WarRoomScreen(seated)
        await self.push_screen(room)
        if not seated.blocks and not seated.closed:
            # Nobody is on call before the hand-over: a live clock stands while the briefing is read.
            room.hold_clock(True)
            self.push_screen(BriefingScreen(seated), lambda _: room.hold_clock(False))

    @work(group="drill")
    async def on_war_room_screen_finished(self) -> None:
        from console.host.messages import Debriefed, Grade

        graded = await self._worked(Grade(), "Grading by replay")
        self._go_home()
        if isinstance(graded, Debriefed):
            self._show_debrief(graded)
        elif isinstance(graded, str) and graded:
            self._say(graded)

    @work(group="drill")
    async def on_war_room_screen_left(self) -> None:
        from console.host.messages import Leave

        self._go_home()
        await self._asked(Leave())

    def on_war_room_screen_lost(self, event: WarRoomScreen.Lost) -> None:
        self._go_home()
        self._say(event.text)

    def _go_home(self) -> None:
        """Take every screen off that lies over Home, and read the sessions anew."""
        while len(self.screen_stack) > 1 and not isinstance(self.screen, HomeScreen):
            self.pop_screen()
        self._list_drills()

    async def _worked(self, request: Begin | Resume | Grade, title: str) -> AnyEvent | str:
        """The answer to a long request, with its progress on a screen of its own; or why there is none, empty where the person left off."""
        from console.host.messages import Progressed
        from console.screens.working import WorkingScreen

        working = WorkingScreen(title)
        await self.push_screen(working)

        def told(event: AnyEvent) -> None:
            if isinstance(event, Progressed):
                working.progressed(event)

        try:
            return await self.link.ask(request, told)
        except (HostFailed, HostDied) as problem:
            return "" if working.left else str(problem)
        finally:
            while working in self.screen_stack:
                self.pop_screen()

    async def _asked(self, request: Request, told: Told = lambda event: None) -> AnyEvent | None:
        try:
            return await self.link.ask(request, told)
        except (HostFailed, HostDied) as problem:
            self._say(str(problem))
            return None

    async def on_working_screen_leave_asked(self) -> None:
        """Give up a long request: its host is ended, which whoever waits is told, and another takes its place."""
        old, self._link = self.link, None
        await old.close()

    # A debrief

    @on(HomeScreen.DebriefAsked)
    @work(group="drill")
    async def _read_debrief(self, event: HomeScreen.DebriefAsked) -> None:
        from console.host.messages import Debriefed, ReadDebrief

        read = await self._asked(ReadDebrief(session=event.session))
        if isinstance(read, Debriefed):
            self._show_debrief(read)

    def _show_debrief(self, event: Debriefed) -> None:
        from console.screens.debrief import DebriefScreen

        self.push_screen(DebriefScreen(event.debrief))

    async def on_debrief_screen_export_asked(self, event: DebriefScreen.ExportAsked) -> None:
        from console.host.messages import ExportDebrief, Exported

        written = await self._asked(ExportDebrief(session=event.session, file=event.file))
        if isinstance(written, Exported):
            self.notify(f"written: {written.file}", markup=False)

    def _say(self, text: str) -> None:
        from console.screens.message import MessageScreen

        self.push_screen(MessageScreen(text))

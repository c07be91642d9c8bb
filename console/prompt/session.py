"""An interactive drill in the plain terminal: what `hotseat` and `hotseat play` open."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from typing import TYPE_CHECKING

from console.cli.edge import print_text, say, say_first, say_stages
from console.cli.script import without_comment
from console.host.closing import close, regrade
from console.host.preparing import Preparing
from console.host.seat import Seat, asks_for_hint, begin, go_on, ready_for_hint
from console.plain.replies import messages_text, opening_text, reply_text
from console.plain.style import Style, stdout_style
from console.prompt.caution import caution
from console.prompt.explain import LEAVING, spoken_text
from console.prompt.readers import PipeReader, Reader, TerminalReader, on_terminal
from console.signals import unbroken
from console.untrusted import untrusted
from simulator.errors import HotseatError

if TYPE_CHECKING:
    from console.host.clock import LiveClock
    from scenarios.drill import Drill
    from simulator.commands import Command


def play_here(
    scenario: str | None = None,
    *,
    seed: int | None = None,
    resume: str | None = None,
    role: str | None = None,
    level: str | None = None,
    speed: float | None = None,
    interview: bool = False,
) -> None:
    """Play a drill, new or gone on with; without a name a menu offers the catalogue. Returns when the drill is graded or left."""
    if resume is None:
        scenario = scenario or _from_menu()
        if scenario is None:
            return
        seat = begin(scenario, seed, actor="you", role=role, level=level, interview=interview, progress=say_first())
    else:
        seat = go_on(resume, progress=say_first())
    with closing(seat.journal):
        if resume is None and seat.remark:
            say(seat.remark)
        style = stdout_style()
        print_text(opening_text(seat.drill, style))
        if resume is not None:
            print_text(f"  … gone on with after step {seat.journal.head.step}; journal lists your steps")
        try:
            resolved = seat.closed or Talk(seat, style, speed).until_resolved()
            if resolved:
                finish(seat)
                return
        except KeyboardInterrupt:
            _how_to_resume(seat)
            raise
        _how_to_resume(seat)


def finish(seat: Seat) -> None:
    """Grade and print the debrief."""
    from grader.debrief import debrief_text
    from scenarios.sessions import Stored

    close(seat, progress=say_stages())
    card, steps, evidence = regrade(Stored(seat.journal.rows(), seat.journal.header), str(seat.journal.path))
    print_text("\n" + untrusted(debrief_text(card, steps, evidence, seat.drill.incident.drawn.reference)).rstrip())
    say(f"hotseat debrief {seat.session} --html FILE writes it with charts")


def _how_to_resume(seat: Seat) -> None:
    say(f"session {seat.session} stays open; hotseat play --resume {seat.session} goes on with it")


def _from_menu() -> str | None:
    from console.home import sessions
    from console.prompt.menu import chosen, menu_text
    from scenarios.library import all_scenarios
    from scenarios.vocabulary import packaged_vocabulary

    catalogue = all_scenarios(packaged_vocabulary())
    print_text(menu_text(catalogue, sessions().list(), stdout_style()))
    return chosen(catalogue)


class Talk:
    """The conversation of one drill: lines in, replies out, until it is resolved or left."""

    def __init__(self, seat: Seat, style: Style, speed: float | None = None, reader: Reader | None = None) -> None:
        from scenarios.words import registry

        self._seat, self._style, self._speed = seat, style, speed
        self._registry: Mapping[str, Command] = registry()
        self._clock = self._live()
        self._firing = 0
        self._preparing = Preparing(seat.incident)
        self._reader = reader or self._own_reader()

    def until_resolved(self) -> bool:
        """Answer lines. True when the drill is resolved, False when the person leaves before."""
        while not self._drill.closed:
            try:
                self._catch_up()
                line = without_comment(self._reader.line())
            except EOFError:
                return False
            except KeyboardInterrupt:
                print_text("  (Ctrl-D leaves; the session stays)")
                continue
            except HotseatError as problem:
                self._not_kept(problem)
                continue
            if line in LEAVING:
                return False
            try:
                self._answer(line)
            except HotseatError as problem:
                self._not_kept(problem)
            except KeyboardInterrupt:
                print_text("  (that was done; Ctrl-D leaves)")
        return True

    @property
    def _drill(self) -> Drill:
        return self._seat.drill

    def _not_kept(self, problem: HotseatError) -> None:
        """A row could not be written, as on a full disk: the drill goes back to the last one that was, and the line can be typed again."""
        say(f"hotseat: {problem}")
        self._restore()

    def _restore(self) -> None:
        self._seat.restore()
        if self._clock is not None:
            self._clock.drill = self._drill
            self._clock.restart()

    def _answer(self, line: str) -> None:
        if not line:
            return
        spoken = spoken_text(line, self._drill, self._registry, self._style)
        if spoken is not None:
            print_text(spoken)
            return
        why = caution(line, self._registry)
        if why and not self._reader.agrees(f"{why}. Go ahead?"):
            return
        if asks_for_hint(line):
            ready_for_hint(self._seat, say_first())
        self._catch_up()
        with unbroken():
            reply = self._drill.submit(line)
            print_text(reply_text(reply, self._style, echo=not on_terminal()))
            self._look_around()

    def _look_around(self) -> None:
        from console.prompt.status import firing_count

        if isinstance(self._reader, TerminalReader):
            self._firing = firing_count(self._drill)
        if self._clock is not None:
            self._clock.restart()

    def _live(self) -> LiveClock | None:
        if self._speed is None:
            return None
        from console.host.clock import LiveClock

        return LiveClock(self._drill, self._speed)

    def _catch_up(self) -> None:
        """Let a live clock tick, and show what was said meanwhile."""
        if self._clock is None:
            return
        with unbroken():
            before = self._drill.now_s
            said = self._clock.catch_up()
            if said:
                print_text(messages_text(said, self._style))
            if self._drill.now_s > before and isinstance(self._reader, TerminalReader):
                from console.prompt.status import firing_count

                self._firing = firing_count(self._drill)

    def _tick(self) -> None:
        """Once a second while a person types. What fails here fails again, and is told, when the line is entered."""
        try:
            self._catch_up()
        except HotseatError:
            self._restore()

    def _prepare(self) -> bool:
        """A slice of what the grade will need; false once all of it is found."""
        self._preparing.go_on()
        return self._preparing.left

    def _own_reader(self) -> Reader:
        if not on_terminal():
            return PipeReader()
        from console.host.names import names_in, recent_steps
        from console.prompt.explain import SPOKEN
        from console.prompt.status import firing_count, status_text
        from console.prompt.suggest import suggestions

        self._firing = firing_count(self._drill)
        return TerminalReader(
            lambda text: suggestions(text, self._registry, lambda kind: names_in(self._drill, kind), lambda: recent_steps(self._drill), SPOKEN),
            lambda: status_text(self._drill, self._firing),
            self._tick if self._clock is not None else None,
            self._prepare,
        )

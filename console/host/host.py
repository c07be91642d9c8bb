"""The host of one person's drill: does what a screen asks, one request at a time, and lets a live clock tick.

It alone owns the seat, the clock and the journal. It knows neither processes nor threads: whoever runs it calls `handle`,
`tick` and, if it likes, `prepare` from one place, and passes on what they return.
"""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING

from console.host import messages
from console.host.messages import AnyRequest, Event, Failed, Moved, Progressed
from console.host.preparing import Preparing
from console.host.shown import ClockState, Snapshot
from console.untrusted import untrusted_line
from simulator.errors import HotseatError, Refused, UsageError

if TYPE_CHECKING:
    from console.host.clock import LiveClock
    from console.host.seat import Progress, Seat

TICK_S = 1.0
"""Wall time between two ticks of a live clock."""
HELD_UP_S = 5.0
"""Wall time that counts between two ticks at most: a machine that slept, or a host that was stopped, does not leap."""
PROGRESS_EVERY_S = 0.1
USUAL_SPEED = 60.0
PINNED = 2


class Host:
    def __init__(self, tell: Callable[[Event], None], now: Callable[[], float] = monotonic) -> None:
        """`tell` hears of each Progressed, before `handle` returns the event that answers."""
        self._tell, self._now = tell, now
        self._seat: Seat | None = None
        self._state = ClockState(False, USUAL_SPEED, False)
        self._clock: LiveClock | None = None
        self._ticked = now()
        self._preparing: Preparing | None = None

    def handle(self, request: AnyRequest) -> Event:
        """Do what is asked. What a person did wrong, and a disk that refuses, is answered by Failed; a bug propagates."""
        if self._clock is not None:
            self._clock.read()
        try:
            return self._answer(request)
        except HotseatError as problem:
            return Failed(to=request.id, text=untrusted_line(str(problem)))
        finally:
            if self._clock is not None:
                self._clock.restart()
            self._ticked = self._now()

    def due_s(self) -> float | None:
        """Wall time until `tick` is to be called; None while no clock runs."""
        seat, clock = self._seat, self._clock
        if seat is None or clock is None or clock.paused or clock.at_end or seat.closed:
            return None
        return max(0.0, self._ticked + TICK_S - self._now())

    def tick(self) -> Moved | None:
        """Let a live clock's time pass; None where less than a step of it has."""
        seat, clock = self._seat, self._clock
        if seat is None or clock is None or seat.closed:
            return None
        began = self._ticked = self._now()
        before = seat.drill.now_s
        try:
            clock.catch_up()
        except HotseatError:
            # It fails again, and is told, with the next request.
            self._restore(seat)
            return None
        moved = Moved(snapshot=self._snapshot(seat)) if seat.drill.now_s > before else None
        if self._now() - began > TICK_S:
            # A machine that cannot keep up slows the clock; it does not owe ever longer steps.
            clock.restart()
            self._ticked = self._now()
        return moved

    @property
    def can_prepare(self) -> bool:
        """Whether `prepare` has anything to do for the drill that is open."""
        return self._preparing is not None and self._preparing.left

    def prepare(self) -> None:
        """Do a slice of what grading will need: for moments in which nothing is asked and no tick is due."""
        if self._preparing is not None:
            self._preparing.go_on()

    def close(self) -> None:
        """Put the drill down, if there is one; its session stays as it is."""
        seat, self._seat, self._clock, self._preparing = self._seat, None, None, None
        if seat is not None:
            seat.journal.close()

    def _answer(self, request: AnyRequest) -> Event:
        match request:
            case messages.ListDrills():
                from console.host.catalogue import drills_listed

                drills, stored = drills_listed()
                return messages.DrillsListed(to=request.id, drills=drills, sessions=stored)
            case messages.Begin():
                return self._begin(request)
            case messages.Resume():
                return self._resume(request)
            case messages.Submit():
                return self._submit(request)
            case messages.SetClock():
                return self._set_clock(request)
            case messages.Grade():
                return self._grade(request)
            case messages.ReadDebrief():
                return _debriefed(request.session, request.id)
            case messages.ExportDebrief():
                from console.host.debriefs import export_html

                return messages.Exported(to=request.id, file=export_html(request.session, request.file))
            case messages.Leave():
                self.close()
                return messages.Left(to=request.id)

    def _begin(self, request: messages.Begin) -> Event:
        from console.host.seat import begin

        state = _clock_state(request.speed)
        self.close()
        progress = self._progress(request.id)
        seat = begin(request.scenario, request.seed, actor="you", role=request.role, level=request.level, interview=request.interview, progress=progress)
        if seat.remark:
            progress(seat.remark, None)
        return self._take(seat, state, request.id)

    def _resume(self, request: messages.Resume) -> Event:
        from console.host.seat import go_on

        state = _clock_state(request.speed)
        self.close()
        return self._take(go_on(request.session, progress=self._progress(request.id)), state, request.id)

    def _take(self, seat: Seat, state: ClockState, to: int) -> Event:
        from console.host.blocks import blocks_of
        from console.host.briefings import briefing_of, map_of
        from console.host.catalogue import command_cards
        from scenarios.taxonomy import COMPONENTS, MECHANISMS

        self._seat = seat
        self._preparing = Preparing(seat.incident)
        self._start_clock(seat, state)
        return messages.Seated(
            to=to,
            session=seat.session,
            role=seat.role,
            level=seat.level,
            start_s=seat.incident.start_s,
            closed=seat.closed,
            briefing=briefing_of(seat.drill),
            map=map_of(seat.incident.spec),
            commands=command_cards(),
            components=dict(COMPONENTS),
            mechanisms=dict(MECHANISMS),
            blocks=blocks_of(seat.journal.rows()),
            snapshot=self._snapshot(seat),
        )

    def _submit(self, request: messages.Submit) -> Event:
        from console.cli.script import without_comment
        from console.host.blocks import block_of
        from console.host.seat import asks_for_hint, ready_for_hint

        seat = self._playing()
        line = without_comment(request.line)
        if not line:
            raise UsageError("nothing was typed; alerts shows what fires, and help lists the commands")
        if asks_for_hint(line):
            ready_for_hint(seat, self._progress(request.id))
        try:
            if self._clock is not None:
                self._clock.catch_up()
            reply = seat.drill.submit(line)
        except HotseatError:
            self._restore(seat)
            raise
        return messages.Answered(to=request.id, block=block_of(reply), snapshot=self._snapshot(seat))

    def _set_clock(self, request: messages.SetClock) -> Event:
        from console.host.clock import checked_speed

        seat = self._playing()
        state = ClockState(request.live, checked_speed(request.speed), request.paused)
        left = _left_s(seat)
        if not 0.0 <= request.step_s <= left:
            from simulator.durations import format_duration

            raise UsageError(f"a step of the clock takes nothing or more, and at most {format_duration(left)} here")
        try:
            if self._clock is not None:
                self._clock.catch_up()
            to_s = seat.drill.now_s + min(request.step_s, _left_s(seat))
            if to_s > seat.drill.now_s:
                seat.drill.tick(to_s)
        except HotseatError:
            self._restore(seat)
            raise
        if self._clock is not None and state.live:
            self._clock.restart()
            self._clock.set(speed=state.speed, paused=state.paused)
            self._state = state
        else:
            self._start_clock(seat, state)
        return Moved(to=request.id, snapshot=self._snapshot(seat))

    def _grade(self, request: messages.Grade) -> Event:
        from console.host.closing import close

        seat, self._preparing = self._seated(), None
        close(seat, progress=self._progress(request.id))
        self.close()
        return _debriefed(seat.session, request.id)

    def _seated(self) -> Seat:
        if self._seat is None:
            raise Refused("no drill is open; begin one, or resume a session")
        return self._seat

    def _playing(self) -> Seat:
        seat = self._seated()
        if seat.closed:
            raise Refused("this drill is closed; only its grade is missing")
        return seat

    def _restore(self, seat: Seat) -> None:
        """A row could not be written, as on a full disk: the drill goes back to the last one that was."""
        seat.restore()
        if self._clock is not None:
            self._clock.drill = seat.drill

    def _start_clock(self, seat: Seat, state: ClockState) -> None:
        from console.host.clock import LiveClock

        self._state = state
        self._clock = LiveClock(seat.drill, state.speed, self._now, paused=state.paused, most_s=HELD_UP_S) if state.live else None

    def _snapshot(self, seat: Seat) -> Snapshot:
        from console.host.snapshot import snapshot_of

        return snapshot_of(seat, self._state, _pinned(seat))

    def _progress(self, to: int) -> Progress:
        """Passes progress on, but not what hardly differs from what was just told."""
        last_text, last_at = "", 0.0

        def told(text: str, share: float | None) -> None:
            nonlocal last_text, last_at
            at = self._now()
            if text == last_text and at - last_at < PROGRESS_EVERY_S:
                return
            last_text, last_at = text, at
            self._tell(Progressed(to=to, text=text, share=share))

        return told


def _debriefed(session: str, to: int) -> messages.Debriefed:
    from console.home import sessions
    from console.host.debriefs import debrief_of

    return messages.Debriefed(to=to, debrief=debrief_of(sessions().resolve(session), session))


def _clock_state(speed: float | None) -> ClockState:
    from console.host.clock import checked_speed

    return ClockState(False, USUAL_SPEED, False) if speed is None else ClockState(True, checked_speed(speed), False)


def _left_s(seat: Seat) -> float:
    """Virtual time that the longest drill still has."""
    from scenarios.drill import LONGEST_DRILL_S

    return max(0.0, seat.incident.start_s + LONGEST_DRILL_S - seat.drill.now_s)


def _pinned(seat: Seat) -> tuple[str, ...]:
    """Metrics that the person looked at last, newest first."""
    shown = (row.payload["args"].get("name") for row in reversed(seat.journal.rows()) if row.kind == "look" and row.payload["op"] == "metrics show")
    return tuple(dict.fromkeys(name for name in shown if isinstance(name, str)))[:PINNED]

"""What crosses between a screen and the host of its drill: requests one way, events the other, plain frozen values.

One JSON document a line. `decoded_event` is the one door by which text of worlds, authors and people comes into the
screen's process: what a terminal would obey rather than show is replaced on the way in. Nothing here loads NumPy.
"""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import Struct

from console.host.shown import Block, Briefing, CommandCard, Debrief, DrillCard, MapRow, SessionCard, Snapshot
from console.untrusted import untrusted


class Request(Struct, frozen=True, kw_only=True, tag_field="ask", tag=True):
    id: int = 0
    """Set by the link; the event that answers has the same."""


class ListDrills(Request, frozen=True):
    """The catalogue and the stored sessions. Answered by DrillsListed."""


class Begin(Request, frozen=True):
    """A new drill. Answered by Seated, with Progressed before."""

    scenario: str
    seed: int | None = None
    role: str | None = None
    level: str | None = None
    speed: float | None = None
    """A live clock from the start; None for a clock by action."""
    interview: bool = False
    """Whether hints are refused."""


class Resume(Request, frozen=True):
    """A stored session where it stopped. Answered by Seated, with Progressed before."""

    session: str
    speed: float | None = None


class Submit(Request, frozen=True):
    """A typed line. Answered by Answered, with Progressed before where a hint takes long to get ready."""

    line: str


class SetClock(Request, frozen=True):
    """Set how time passes, then let `step_s` of virtual time pass at once. Answered by Moved."""

    live: bool
    speed: float = 60.0
    paused: bool = False
    step_s: float = 0.0


class Grade(Request, frozen=True):
    """Close the drill where it stands and grade it. Answered by Debriefed, with Progressed before."""


class ReadDebrief(Request, frozen=True):
    """The debrief of a graded session, without building a world. Answered by Debriefed."""

    session: str


class ExportDebrief(Request, frozen=True):
    """Write the debrief of a graded session as an HTML file. Answered by Exported."""

    session: str
    file: str


class Leave(Request, frozen=True):
    """Put the drill down; its session stays open. Answered by Left."""


AnyRequest = ListDrills | Begin | Resume | Submit | SetClock | Grade | ReadDebrief | ExportDebrief | Leave


class Event(Struct, frozen=True, kw_only=True, tag_field="event", tag=True):
    to: int = 0
    """The request that it answers; 0 for what happens by itself, such as a tick of a live clock."""


class DrillsListed(Event, frozen=True):
    drills: tuple[DrillCard, ...]
    sessions: tuple[SessionCard, ...]


class Progressed(Event, frozen=True):
    """Work goes on; more events answer the same request."""

    text: str
    share: float | None
    """Done so far, 0 to 1; None where nobody can tell."""


class Seated(Event, frozen=True):
    """A drill is ready to be played."""

    session: str
    role: str
    level: str
    start_s: float
    closed: bool
    """Whether it was resolved before it was left, so that only the grade is missing."""
    briefing: Briefing
    map: tuple[MapRow, ...]
    commands: tuple[CommandCard, ...]
    components: dict[str, str]
    """Places that a cause can be declared at, with what they are."""
    mechanisms: dict[str, str]
    blocks: tuple[Block, ...]
    """Steps of the session so far."""
    snapshot: Snapshot


class Answered(Event, frozen=True):
    block: Block
    snapshot: Snapshot


class Moved(Event, frozen=True):
    """Time passed, or the clock was set."""

    snapshot: Snapshot


class Debriefed(Event, frozen=True):
    debrief: Debrief


class Exported(Event, frozen=True):
    file: str


class Left(Event, frozen=True):
    pass


class Failed(Event, frozen=True):
    """The request could not be done, or, to no request, the host has ended; nothing was lost."""

    text: str
    """One line that says what, where and what to do."""


AnyEvent = DrillsListed | Progressed | Seated | Answered | Moved | Debriefed | Exported | Left | Failed

_requests, _encoder = msgspec.json.Decoder(AnyRequest), msgspec.json.Encoder()


def encoded(message: Request | Event) -> bytes:
    """A message as one line, with its end."""
    return _encoder.encode(message) + b"\n"


def decoded_request(line: bytes) -> AnyRequest:
    """Raises msgspec.DecodeError or msgspec.ValidationError where the line is no request."""
    request: AnyRequest = _requests.decode(line)
    return request


def decoded_event(line: bytes) -> AnyEvent:
    """An event with every text in it made safe to show. Raises as `decoded_request` does."""
    return safe_event(msgspec.json.decode(line))


def safe_event(data: Any) -> AnyEvent:
    """An event from plain data, every text in it made safe to show."""
    event: AnyEvent = msgspec.convert(_safe(data), AnyEvent)
    return event


def _safe(value: Any) -> Any:
    if isinstance(value, str):
        return untrusted(value)
    if isinstance(value, list):
        # Curves are long lists of numbers, and hold no text.
        return value if all(item is None or isinstance(item, float) for item in value) else [_safe(item) for item in value]
    if isinstance(value, dict):
        return {untrusted(key): _safe(item) for key, item in value.items()}
    return value

"""The top line of the war room: which incident, what time it is, how time passes, what it costs, how many alerts fire."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import inf

from textual.content import Content
from textual.events import Resize
from textual.reactive import reactive

from console.host.shown import ClockState, Harm, Snapshot
from console.untrusted import untrusted_line
from console.widgets.amounts import short_number
from console.widgets.plain_text import PlainText, content, joined, state_content
from simulator.calendar import clock
from simulator.durations import HOUR_S, MINUTE_S

_GAP = "  "
_LONG_TITLE, _SHORT_TITLE = 28, 14
_BY_ACTION = "by action"
_LONG_S = 5 * HOUR_S
"""From here on minutes since the page are too many to be read."""


@dataclass(frozen=True, slots=True)
class _Parts:
    """The line's parts from left to right; an empty one is left out."""

    brand: str
    title: Content
    now: str
    since_page: str
    phase: str
    pace: str
    harm: str
    firing: Content

    def line(self, width: int) -> Content:
        about = [content(text) for text in (self.now, self.since_page, self.phase, self.pace) if text]
        left = [part for part in (content(self.brand, "bold"), self.title, Content(" · ").join(about)) if part]
        right = [part for part in (content(self.harm), self.firing) if part]
        start, end = Content(_GAP).join(left), Content(_GAP).join(right)
        gap = max(width - start.cell_length - end.cell_length, len(_GAP))
        return joined(start, " " * gap, end)


_ECONOMIES: tuple[Callable[[_Parts], _Parts], ...] = (
    lambda parts: replace(parts, since_page=parts.since_page.removesuffix(" since page")),
    lambda parts: replace(parts, brand=""),
    lambda parts: replace(parts, title=parts.title.truncate(_LONG_TITLE, ellipsis=True)),
    lambda parts: replace(parts, phase=""),
    lambda parts: replace(parts, harm=parts.harm.partition(" (")[0]),
    lambda parts: replace(parts, title=parts.title.truncate(_SHORT_TITLE, ellipsis=True)),
    lambda parts: replace(parts, pace="" if parts.pace == _BY_ACTION else parts.pace),
    lambda parts: replace(parts, title=Content("")),
    lambda parts: replace(parts, now=parts.now.rpartition(" ")[2]),
    lambda parts: replace(parts, since_page=""),
    lambda parts: replace(parts, harm=""),
    lambda parts: replace(parts, pace=""),
)
"""What a narrow line does without, least important first. The clock's time and the count of alerts always stay."""


def status_line(title: str, start_s: float, snapshot: Snapshot, now_s: float, width: int) -> Content:
    """The whole line for `width` columns."""
    firing = sum(alert.state == "firing" and (alert.since_s is None or alert.since_s <= now_s) for alert in snapshot.alerts)
    parts = _Parts(
        brand="Hotseat",
        title=content(untrusted_line(title)),
        now=clock(now_s),
        since_page=f"{_passed(max(now_s - start_s, 0.0))} since page",
        phase=untrusted_line(snapshot.phase),
        pace=pace_text(snapshot.clock),
        harm=harm_text(snapshot.harm),
        firing=state_content("firing" if firing else "ok", f"{firing} firing").stylize("bold" if firing else ""),
    )
    for economy in _ECONOMIES:
        line = parts.line(width)
        if line.cell_length <= width:
            return line
        parts = economy(parts)
    return parts.line(width)


def _passed(seconds: float) -> str:
    return f"{seconds // MINUTE_S:.0f} min" if seconds < _LONG_S else f"{seconds / HOUR_S:.1f} h"


def pace_text(state: ClockState) -> str:
    """How time passes, in words."""
    if not state.live:
        return _BY_ACTION
    return "paused ‖" if state.paused else f"live {state.speed:g}x ▶"


def harm_text(harm: Harm) -> str:
    """What the incident has cost as far as the company knows."""
    return f"harm {short_number(round(harm.usd))} {harm.currency} ({'+' if harm.per_min_usd >= 0 else ''}{short_number(round(harm.per_min_usd))}/min)"


class StatusBar(PlainText):
    """The status line of the drill `title`, whose page came at `start_s`."""

    DEFAULT_CSS = """
    StatusBar {
        height: 1;
        width: 1fr;
        padding: 0 1;
        background: $panel;
    }
    """

    snapshot: reactive[Snapshot | None] = reactive(None, repaint=False)
    shown_s: reactive[float] = reactive(inf, repaint=False)

    def __init__(self, title: str, start_s: float, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._written = Content("")
        self.title, self.start_s = title, start_s

    def on_mount(self) -> None:
        self.call_after_refresh(self._write)

    def watch_snapshot(self) -> None:
        self._write()

    def watch_shown_s(self) -> None:
        self._write()

    def on_resize(self, event: Resize) -> None:
        self._write()

    def _write(self) -> None:
        line = content(self.title)
        if self.snapshot is not None:
            line = status_line(self.title, self.start_s, self.snapshot, min(self.shown_s, self.snapshot.now_s), self.content_size.width)
        if not line.is_same(self._written):
            self._written = line
            self.update(line, layout=False)

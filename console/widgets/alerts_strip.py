"""What fires, is pending or is silenced, one line each: the rule, what it reads against its bound, since when."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.events import Resize
from textual.reactive import reactive

from console.host.shown import Alert, Snapshot
from console.untrusted import untrusted_line
from console.widgets.amounts import short_number
from console.widgets.plain_text import PlainText, content, state_content
from simulator.calendar import clock
from simulator.durations import DAY_S, format_duration

_LINES = 3
_ORDER = ("firing", "pending", "silenced")
_LEAST_RULE = 8
_GAP = "  "


def known_alerts(snapshot: Snapshot, now_s: float) -> list[Alert]:
    """Alerts as they stand at `now_s`, those that fire first. One that begins later is not known yet."""
    known = [alert for alert in snapshot.alerts if alert.since_s is None or alert.since_s <= now_s]
    return sorted(known, key=lambda alert: _ORDER.index(alert.state) if alert.state in _ORDER else len(_ORDER))


def alert_lines(alerts: Sequence[Alert], now_s: float, width: int) -> list[Content]:
    """A line for each alert, its parts under each other; since when, then the value, give way where there is no room."""
    states = [state_content(alert.state) for alert in alerts]
    rules = [content(untrusted_line(alert.rule)) for alert in alerts]
    values = [content(_against_bound(alert)) for alert in alerts]
    since = [content(_since(alert, now_s), "dim") for alert in alerts]
    columns = [states, rules, values, since]
    while len(columns) > 2 and _width(columns) - max(cell.cell_length for cell in rules) + _LEAST_RULE > width:
        columns.pop()
    spare = width - _width(columns)
    if spare < 0:
        room = max(max((rule.cell_length for rule in rules), default=0) + spare, _LEAST_RULE)
        columns[1] = [rule.truncate(room, ellipsis=True) for rule in rules]
    widths = [max(cell.cell_length for cell in column) for column in columns]
    return [Content(_GAP).join(_filled(cell, room) for cell, room in zip(row, widths, strict=True)) for row in zip(*columns, strict=True)]


def strip_text(alerts: Sequence[Alert], now_s: float, width: int, *, whole: bool) -> Content:
    """The strip's lines; with `whole` every alert and its summary."""
    if not alerts:
        return state_content("ok", "no alert fires or is pending")
    lines = alert_lines(alerts, now_s, width)
    if whole:
        summaries = [content(f"  {alert.severity}: {alert.summary}" if alert.severity else f"  {alert.summary}", "dim") for alert in alerts]
        return Content("\n").join(line for pair in zip(lines, summaries, strict=True) for line in pair)
    if len(lines) > _LINES:
        lines = [*lines[:_LINES], content(f"+{len(lines) - _LINES} more", "dim")]
    return Content("\n").join(lines)


def _width(columns: Sequence[Sequence[Content]]) -> int:
    return sum(max((cell.cell_length for cell in column), default=0) for column in columns) + len(_GAP) * (len(columns) - 1)


def _filled(cell: Content, room: int) -> Content:
    return cell.pad_right(max(room - cell.cell_length, 0))


def _against_bound(alert: Alert) -> str:
    bound = short_number(alert.threshold)
    return f"no value, bound {bound}" if alert.value is None else f"{short_number(alert.value)} {alert.op} {bound}"


def _since(alert: Alert, now_s: float) -> str:
    if alert.since_s is None:
        return ""
    long_ago = now_s - alert.since_s >= DAY_S
    return f"since {clock(alert.since_s) if long_ago else clock(alert.since_s)[-5:]}, {format_duration(max(now_s - alert.since_s, 0.0))}"


class AlertsStrip(VerticalScroll):
    """The first alerts on a line each; while it has the focus all of them, with what each rule watches."""

    DEFAULT_CSS = """
    AlertsStrip {
        height: auto;
        padding: 0 1;
        border-left: blank;
        &:focus { max-height: 12; border-left: thick $primary; }
        & > PlainText { width: 1fr; }
    }
    """

    snapshot: reactive[Snapshot | None] = reactive(None, repaint=False)
    shown_s: reactive[float] = reactive(inf, repaint=False)

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._text = PlainText()
        self._written = Content("")

    def compose(self) -> ComposeResult:
        yield self._text

    def on_mount(self) -> None:
        self.call_after_refresh(self._write)

    def watch_snapshot(self) -> None:
        self._write()

    def watch_shown_s(self) -> None:
        self._write()

    def on_resize(self, event: Resize) -> None:
        self._write()

    def watch_has_focus(self, _has_focus: bool) -> None:
        super().watch_has_focus(_has_focus)
        self._write()

    def _write(self) -> None:
        if self.snapshot is None:
            return
        now_s = min(self.shown_s, self.snapshot.now_s)
        text = strip_text(known_alerts(self.snapshot, now_s), now_s, self.scrollable_content_region.width, whole=self.has_focus)
        if not text.is_same(self._written):
            taller = len(text.plain.splitlines()) != len(self._written.plain.splitlines())
            self._written = text
            self._text.update(text, layout=False)
            if taller or self.has_focus:
                # After what is being painted now: a text that was never painted may not be laid out again.
                self.call_after_refresh(self._text.refresh, layout=True)

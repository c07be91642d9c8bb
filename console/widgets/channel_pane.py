"""The incident's channel: what people said, the newest in view until somebody scrolls up, and how much of it is unread."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf

from textual.containers import VerticalScroll
from textual.content import Content
from textual.events import Resize, Show
from textual.reactive import reactive

from console.host.shown import Said, Snapshot
from console.untrusted import untrusted_line
from console.widgets.plain_text import PlainText, content, joined
from simulator.calendar import clock
from simulator.durations import DAY_S


def said_texts(lines: Sequence[Said]) -> list[Content]:
    """Each line with its time and sender; the day stands before the first line of another day."""
    days = [None, *(line.at_s // DAY_S for line in lines)]
    return [_said_text(line, other_day=day is not None and day != line.at_s // DAY_S) for day, line in zip(days, lines, strict=False)]


def _said_text(line: Said, *, other_day: bool) -> Content:
    when = clock(line.at_s)
    return joined((f"{when if other_day else when[-5:]} ", "dim"), (f"{untrusted_line(line.sender)}:", "bold"), f" {line.text}")


class ChannelPane(VerticalScroll):
    """One text for each line of the channel. Lines that are there are never built anew."""

    DEFAULT_CSS = """
    ChannelPane {
        scrollbar-size-vertical: 1;
        & > PlainText { height: auto; }
    }
    """
    BORDER_TITLE = "Channel f6"

    snapshot: reactive[Snapshot | None] = reactive(None, repaint=False)
    shown_s: reactive[float] = reactive(inf, repaint=False)
    unread: reactive[int] = reactive(0, repaint=False)
    """Lines that came while the pane was hidden or scrolled away from its end."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._lines: list[Said] = []
        self._texts: list[Content] = []
        self._widgets: list[PlainText] = []
        self._seen = 0
        self._following = True

    def on_mount(self) -> None:
        self._take()

    def watch_snapshot(self) -> None:
        self._take()

    def watch_shown_s(self) -> None:
        self._take()

    def on_show(self, event: Show) -> None:
        self._settle()

    def on_resize(self, event: Resize) -> None:
        self._settle()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        self._following = round(new_value) >= self.max_scroll_y
        self._count()

    def watch_unread(self, unread: int) -> None:
        self.border_subtitle = content(f"{unread} new") if unread else None

    def _take(self) -> None:
        if self.snapshot is None or not self.is_attached:
            return
        now_s = min(self.shown_s, self.snapshot.now_s)
        lines = [line for line in self.snapshot.channel if line.at_s <= now_s]
        if lines == self._lines:
            return
        self._lines = lines
        texts = said_texts(lines)
        for widget, old, new in zip(self._widgets, self._texts, texts, strict=False):
            if not old.is_same(new):
                widget.show(new)
        for widget in self._widgets[len(texts) :]:
            widget.remove()
        fresh = [PlainText(text) for text in texts[len(self._widgets) :]]
        self._widgets = [*self._widgets[: len(texts)], *fresh]
        self._texts = texts
        if fresh:
            self.mount(*fresh)
        self._settle()

    def _settle(self) -> None:
        """Stay at the end where the person is there."""
        if self._following:
            self.scroll_end(animate=False)
        self._count()

    def _count(self) -> None:
        in_view = bool(self.size.area) and all(node.display for node in self.ancestors_with_self)
        if in_view and self._following:
            self._seen = len(self._lines)
        self.unread = max(len(self._lines) - self._seen, 0)

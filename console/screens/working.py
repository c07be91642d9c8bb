"""Something that takes a while, seen to go on: a world being built, a drill being graded."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.renderables.bar import Bar
from textual.screen import ModalScreen
from textual.widgets import ProgressBar

from console.host.messages import Progressed
from console.widgets.plain_text import PlainText, content
from console.widgets.row_list import one_line

LINES = 5
"""Lines on what went on that stay to be read."""


class _BarOnBlank(Bar):
    """Nothing is drawn where nothing is done yet, so that the end of the bar shows without colours too."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **{**named, "background_style": "default"})


class _Progress(ProgressBar):
    BAR_RENDERABLE = _BarOnBlank


def elapsed_text(seconds: float) -> str:
    minutes, rest = divmod(int(max(seconds, 0.0)), 60)
    return f"{minutes} min {rest:02} s" if minutes else f"{rest} s"


class WorkingScreen(ModalScreen[None]):
    """Shows how far the host is. Escape asks the app to leave off."""

    DEFAULT_CSS = """
    WorkingScreen { align: center middle; }
    WorkingScreen > Vertical { width: 76; max-width: 100%; height: auto; border: round $primary; border-title-style: bold; background: $surface; padding: 1 2 0 2; }
    WorkingScreen Horizontal { height: 1; margin: 0 0 1 0; }
    WorkingScreen ProgressBar { width: 1fr; }
    WorkingScreen Bar { width: 1fr; background: $panel; }
    WorkingScreen Bar > .bar--bar, WorkingScreen Bar > .bar--indeterminate { color: $primary; background: $panel; }
    WorkingScreen Bar > .bar--complete { color: $success; background: $panel; }
    WorkingScreen .share { width: 6; text-align: right; }
    WorkingScreen .lines { height: 5; text-wrap: nowrap; text-overflow: ellipsis; }
    WorkingScreen .hint { height: auto; padding: 1 0; color: $text-muted; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "Leave off")]

    class LeaveAsked(Message):
        """The person does not want to wait for this."""

    def __init__(self, title: str, *, now: Callable[[], float] = monotonic) -> None:
        super().__init__()
        self._title, self._now, self._since = title, now, now()
        self._said: list[str] = []
        self._share: float | None = None
        self._composed = False
        self.left = False
        """Whether the person asked to leave it."""

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_title = content(self._title)
            with Horizontal():
                yield _Progress(show_percentage=False, show_eta=False)
                yield PlainText(classes="share")
            yield PlainText(classes="lines")
            yield PlainText(classes="hint")

    def on_mount(self) -> None:
        self._composed = True
        self.set_interval(1.0, self._tick)
        self._tick()
        self._draw()

    def progressed(self, event: Progressed) -> None:
        """Show how far it is now."""
        if event.text and (not self._said or self._said[-1] != event.text):
            self._said = [*self._said, event.text][-LINES:]
        self._share = None if event.share is None or event.share != event.share else min(max(event.share, 0.0), 1.0)
        if self._composed:
            self._draw()

    def action_leave(self) -> None:
        self.left = True
        self.post_message(self.LeaveAsked())

    def _draw(self) -> None:
        share = self._share
        self.query_one(ProgressBar).update(total=None if share is None else 1.0, progress=share or 0.0)
        self.query_one(".share", PlainText).show("" if share is None else f"{100 * share:.0f} %")
        lines = [one_line(text, "bold" if text is self._said[-1] else "$text-muted") for text in self._said]
        self.query_one(".lines", PlainText).show(Content("\n").join(lines))

    def _tick(self) -> None:
        self.query_one(".hint", PlainText).show(f"{elapsed_text(self._now() - self._since)} · Escape leaves off; nothing is lost")

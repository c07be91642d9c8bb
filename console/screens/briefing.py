"""What a person reads before a drill begins, and can read again while it goes on."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical, VerticalScroll
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Footer

from console.host.messages import Seated
from console.screens.briefing_text import Section, rules, situation
from console.untrusted import untrusted_line
from console.widgets.plain_text import PlainText, joined


class BriefingScreen(Screen[None]):
    """Enter says that the person is ready; Enter and Escape both take it off the screen that lies under it."""

    DEFAULT_CSS = """
    BriefingScreen #head { height: auto; padding: 0 1; background: $panel; }
    BriefingScreen #pages { height: 1fr; padding: 0 1; scrollbar-size-vertical: 1; }
    BriefingScreen #columns { height: auto; layout: vertical; }
    BriefingScreen .column { height: auto; max-width: 100; }
    BriefingScreen .title { height: auto; margin: 1 0 0 0; color: $text-primary; text-style: bold; }
    BriefingScreen.-wide #columns { layout: horizontal; }
    BriefingScreen.-wide #situation { width: 3fr; margin: 0 3 0 0; }
    BriefingScreen.-wide #rules { width: 2fr; }
    """
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide")]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "ready", "Go to work"),
        Binding("escape", "dismiss(None)", "Close"),
    ]

    class Ready(Message):
        """The person has read it. The screen goes by itself."""

    def __init__(self, seated: Seated) -> None:
        super().__init__()
        self._seated = seated

    def compose(self) -> ComposeResult:
        briefing, seated = self._seated.briefing, self._seated
        yield PlainText(
            joined(
                (untrusted_line(briefing.title), "bold $text-primary"),
                f" · {untrusted_line(briefing.system)} · about {briefing.minutes} min\n",
                (f"session {untrusted_line(seated.session)} · role {untrusted_line(seated.role)} · level {untrusted_line(seated.level)}", "$text-muted"),
            ),
            id="head",
        )
        with VerticalScroll(id="pages"), Container(id="columns"):
            with Vertical(id="situation", classes="column"):
                yield from _texts(situation(seated))
            with Vertical(id="rules", classes="column"):
                yield from _texts(rules(seated))
        yield Footer()

    def on_mount(self) -> None:
        self.query_one("#pages").focus()

    def action_ready(self) -> None:
        self.post_message(self.Ready())
        self.dismiss(None)


def _texts(sections: list[Section]) -> ComposeResult:
    for section in sections:
        yield PlainText(section.title, classes="title")
        yield PlainText(section.text)

"""One thing that a person has to know before going on: what failed and why, or a plain notice."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen

from console.widgets.plain_text import PlainText, content


class MessageScreen(ModalScreen[None]):
    """Shows `text` until Enter or Escape."""

    DEFAULT_CSS = """
    MessageScreen { align: center middle; }
    MessageScreen > Vertical { width: 72; max-width: 95%; height: auto; max-height: 90%; border: heavy $warning; border-title-style: bold; background: $surface; padding: 1 2 0 2; }
    MessageScreen VerticalScroll { height: auto; max-height: 60vh; }
    MessageScreen VerticalScroll:focus { background-tint: initial; }
    MessageScreen .hint { height: auto; padding: 1 0; color: $text-muted; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter,escape", "dismiss(None)", "Go on")]

    def __init__(self, text: Content | str, *, title: str = "! That did not work") -> None:
        super().__init__()
        self._text, self._title = text, title

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_title = content(self._title)
            with VerticalScroll():
                yield PlainText(self._text)
            yield PlainText("Enter goes on", classes="hint")

"""The row of tabs over a single pane, where there is no room for all of them."""

from __future__ import annotations

from collections.abc import Mapping

from textual.events import Click
from textual.message import Message
from textual.reactive import reactive

from console.widgets.plain_text import PlainText, joined


class TabRow(PlainText):
    """Titles beside each other, the chosen one in brackets. A click chooses; the keys belong to the screen."""

    chosen: reactive[str] = reactive("")

    class Chosen(Message):
        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    def __init__(self, titles: Mapping[str, str], *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._titles = titles

    def watch_chosen(self) -> None:
        parts = [(f"[{title}]", "bold $text") if name == self.chosen else (f" {title} ", "") for name, title in self._titles.items()]
        self.show(joined(*parts))

    def on_click(self, event: Click) -> None:
        left = event.get_content_offset(self)
        if left is None:
            return
        edge = 0
        for name, title in self._titles.items():
            edge += len(title) + 2
            if left.x < edge:
                self.post_message(self.Chosen(name))
                return

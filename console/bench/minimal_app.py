"""The peer of our app: the least Textual app that shows a line and takes a typed one. Run as a program."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.widgets import Input, Static

SHOWN = "The least app"
INPUT_ROW = 2
"""Row of the typed line, under the other one and a border."""


class MinimalApp(App[None]):
    def compose(self) -> ComposeResult:
        yield Static(SHOWN)
        yield Input()


if __name__ == "__main__":
    MinimalApp().run()

"""A choice of one of a few words, on one line: the left and right keys choose, brackets show the chosen one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.events import Click
from textual.message import Message
from textual.reactive import reactive

from console.untrusted import untrusted_line
from console.widgets.plain_text import PlainText, content, joined


class OneOf(PlainText, can_focus=True):
    """Words beside each other, one of them chosen."""

    DEFAULT_CSS = """
    OneOf { width: 1fr; height: auto; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "turn(-1)", "Choose", show=False),
        Binding("right,space", "turn(1)", "Choose", show=False),
    ]
    chosen: reactive[int] = reactive(0)

    class Changed(Message):
        """Another word was chosen."""

        def __init__(self, one_of: OneOf) -> None:
            super().__init__()
            self.one_of = one_of

        @property
        def control(self) -> OneOf:
            return self.one_of

    def __init__(self, words: Sequence[str], chosen: int = 0, *, id: str | None = None) -> None:
        """`words` has at least one."""
        super().__init__(id=id)
        self._words = tuple(words)
        self.set_reactive(OneOf.chosen, chosen)

    @property
    def word(self) -> str:
        return self._words[self.chosen]

    def on_mount(self) -> None:
        self._draw()

    def watch_has_focus(self, focus: bool) -> None:
        super().watch_has_focus(focus)
        self._draw()

    def watch_chosen(self) -> None:
        self._draw()
        self.post_message(self.Changed(self))

    def validate_chosen(self, chosen: int) -> int:
        return chosen % len(self._words)

    def action_turn(self, steps: int) -> None:
        self.chosen += steps

    def on_click(self, event: Click) -> None:
        spot, edge = event.get_content_offset(self), 0
        if spot is None or spot.y:
            return
        for number, word in enumerate(self._words):
            edge += content(f"[{untrusted_line(word)}]").cell_length
            if spot.x < edge:
                self.chosen = number
                return

    def _draw(self) -> None:
        style = "bold reverse" if self.has_focus else "bold"
        self.show(joined(*((f"[{shown}]", style) if number == self.chosen else f" {shown} " for number, shown in enumerate(map(untrusted_line, self._words)))))

"""The filters of the output: which blocks each one shows, and the row on which one of them is chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual.content import Content
from textual.events import Click
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from console.host.shown import Block
from console.widgets.output_block import Note
from console.widgets.plain_text import joined


@dataclass(frozen=True, slots=True)
class Filter:
    """Which blocks are shown: of some kinds, or of commands that begin with some words. Neither: all."""

    title: str
    kinds: tuple[str, ...] = ()
    words: tuple[str, ...] = ()

    def passes(self, shown: Block | Note) -> bool:
        if not self.kinds and not self.words:
            return True
        return isinstance(shown, Block) and (shown.kind in self.kinds or shown.op.partition(" ")[0] in self.words)


FILTERS = (
    Filter("All"),
    Filter("Looks", kinds=("look",)),
    Filter("Moves", kinds=("move", "refused")),
    Filter("Words", kinds=("word",)),
    Filter("Alerts", words=("alerts",)),
    Filter("Changes", words=("changes", "config")),
    Filter("Logs", words=("logs", "traces")),
    Filter("Data", words=("sql", "sources", "predictions", "decisions")),
)


def titles_in_sight(titles: Sequence[str], chosen: int, width: int) -> range:
    """Positions of the titles that fit into `width` with the chosen one among them; each takes two columns more than its text."""
    first = 0
    while first < chosen and sum(len(title) + 2 for title in titles[first : chosen + 1]) > width:
        first += 1
    last = chosen
    while last + 1 < len(titles) and sum(len(title) + 2 for title in titles[first : last + 2]) <= width:
        last += 1
    return range(first, last + 1)


class FilterRow(Widget):
    """The filters between the arrows that move among them, the chosen one in brackets. A click chooses; the keys are the pane's."""

    DEFAULT_CSS = """
    FilterRow { dock: top; height: 1; width: 100%; background: $background; color: $text-muted; }
    """
    ALLOW_SELECT = False
    chosen: reactive[int] = reactive(0)

    class Chosen(Message):
        def __init__(self, position: int) -> None:
            super().__init__()
            self.position = position

    def _in_sight(self) -> range:
        return titles_in_sight([f.title for f in FILTERS], self.chosen, self.content_size.width - 2)

    def render(self) -> Content:
        parts = [(f"[{FILTERS[k].title}]", "bold $text") if k == self.chosen else (f" {FILTERS[k].title} ", "") for k in self._in_sight()]
        return joined("‹", *parts, "›")

    def on_click(self, event: Click) -> None:
        edge = 1
        for position in self._in_sight():
            edge += len(FILTERS[position].title) + 2
            if event.x < edge:
                self.post_message(self.Chosen(position))
                return

"""The output pane: every step as a block that can be folded, run again, opened, charted, cited and copied.

Blocks are mounted once and kept. A filter hides some of them; nothing scrolls under a person who reads further up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.events import Click
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from console.host.shown import Block
from console.widgets.output_block import Note, OutputBlock, block_text
from console.widgets.plain_text import content, joined


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


class OutputPane(VerticalScroll):
    """Blocks from the oldest to the newest; one of them is current, and the keys act on it."""

    DEFAULT_CSS = """
    OutputPane {
        scrollbar-gutter: stable;
        scrollbar-size-vertical: 1;
        overflow-x: hidden;
        &:focus OutputBlock.-current { outline-left: outer $primary; }
    }
    """
    BINDINGS = [
        Binding("up,k", "choose(-1)", "Block before", show=False),
        Binding("down,j", "choose(1)", "Next block", show=False),
        Binding("space,enter", "fold", "Fold", key_display="space"),
        Binding("t", "open_table", "Table"),
        Binding("c", "open_curve", "Chart"),
        Binding("r", "run_again", "Run again"),
        Binding("i", "cite", "Cite"),
        Binding("y", "copy", "Copy"),
        Binding("right", "filter(1)", "Filter", show=False),
        Binding("left", "filter(-1)", "Filter", show=False),
    ]

    @dataclass
    class ReRun(Message):
        """Put this line into the command line."""

        line: str

    @dataclass
    class Cite(Message):
        """Put this step into `--because`."""

        step: int

    @dataclass
    class OpenTable(Message):
        """Open the tables of this block's observation."""

        block: Block

    @dataclass
    class OpenCurve(Message):
        """Draw the curves of this block's observation."""

        block: Block

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._blocks: list[OutputBlock] = []
        self._current: OutputBlock | None = None
        self._can = self._abilities()
        self._chosen_filter = 0
        self._follows = True
        """Whether the newest block was brought into sight when it came."""
        self._unseen = 0

    def compose(self) -> ComposeResult:
        yield FilterRow()

    # Blocks

    def add(self, block: Block) -> None:
        """A step that was just done. It is shown whatever the filter says."""
        self._append([OutputBlock(block)])

    def add_text(self, title: str, text: str) -> None:
        """A text that was asked for and has no number, such as help."""
        self._append([OutputBlock(Note(title, text))])

    def fill(self, blocks: Sequence[Block]) -> None:
        """Show these steps in place of what was there."""
        for block in self._blocks:
            block.remove()
        self._blocks, self._follows, self._unseen = [], True, 0
        self.border_subtitle = None
        self._choose(None)
        self._append([OutputBlock(block) for block in blocks])

    def show_step(self, step: int) -> bool:
        """Go to the block of a step and unfold it; False where there is none."""
        found = next((b for b in self._blocks if isinstance(b.shown, Block) and b.shown.step == step), None)
        if found is None:
            return False
        if not found.display:
            self._filter(0)
        found.fold(False)
        self._choose(found)
        self.call_after_refresh(self._bring_into_sight, found, top=True)
        return True

    def _append(self, blocks: list[OutputBlock]) -> None:
        if not blocks:
            return
        self._follows = self._at_end()
        if not all(FILTERS[self._chosen_filter].passes(block.shown) for block in blocks):
            self._filter(0)
        self._blocks += blocks
        self.mount_all(blocks)
        self._choose(blocks[-1])
        if self._follows:
            self.call_after_refresh(self._bring_into_sight, blocks[-1], top=True)
        else:
            self._unseen += len(blocks)
            self.border_subtitle = content(f"{self._unseen} new below")

    @property
    def current(self) -> Block | Note | None:
        """What the current block shows."""
        return None if self._current is None else self._current.shown

    @property
    def _in_list(self) -> list[OutputBlock]:
        return [block for block in self._blocks if block.display]

    def _choose(self, block: OutputBlock | None) -> None:
        if self._current is not None and self._current is not block:
            self._current.choose(False)
        self._current = block
        if block is not None:
            block.choose(True)
        can = self._abilities()
        # The footer is built anew each time, so only where something in it changes.
        if can != self._can:
            self._can = can
            self.refresh_bindings()

    # What is in sight

    @property
    def _sight(self) -> range:
        """Lines of the list that are on the screen."""
        row = 1 + self.scroll_offset.y
        return range(row, row + max(self.scrollable_content_region.height - 1, 1))

    def _is_in_sight(self, block: OutputBlock) -> bool:
        region = block.virtual_region
        return region.y < self._sight.stop and region.bottom > self._sight.start

    def _at_end(self) -> bool:
        """Whether the last block is in sight, so that the next one may push it up."""
        shown = self._in_list
        if not shown:
            return True
        return self._is_in_sight(shown[-1]) if shown[-1].size else self._follows

    def _bring_into_sight(self, block: OutputBlock, top: bool = False) -> None:
        """Scroll no further than needed; `top`: until the head is the first line, as far as there is something below."""
        region, sight = block.virtual_region_with_margin, self._sight
        if top or region.y < sight.start or region.height > len(sight):
            self.scroll_to(y=region.y - 1, animate=False)
        elif region.bottom > sight.stop:
            self.scroll_to(y=region.bottom - 1 - len(sight), animate=False)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        if self._unseen and self._at_end():
            self._unseen = 0
            self.border_subtitle = None

    # Keys and clicks

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return True if self._can.get(action, True) else None

    def _abilities(self) -> dict[str, bool]:
        """Actions on the current block, and whether it has what they need."""
        current = self._current
        return {
            "fold": current is not None and current.has_body,
            "open_table": current is not None and current.has_tables,
            "open_curve": current is not None and current.has_curves,
            "run_again": current is not None and isinstance(current.shown, Block) and bool(current.shown.line),
            "cite": current is not None and current.is_evidence,
            "copy": current is not None,
        }

    def action_choose(self, by: int) -> None:
        shown = self._in_list
        if not shown:
            return
        if self._current in shown and self._is_in_sight(self._current):
            position = min(max(shown.index(self._current) + by, 0), len(shown) - 1)
            block = shown[position]
        else:
            seen = [b for b in shown if self._is_in_sight(b)] or shown
            block = seen[0] if by > 0 else seen[-1]
        self._choose(block)
        self._bring_into_sight(block)

    def action_fold(self) -> None:
        if self._current is not None:
            self._current.fold(not self._current.folded)
            self.call_after_refresh(self._bring_into_sight, self._current)

    def action_open_table(self) -> None:
        self._post_for_block(self.OpenTable)

    def action_open_curve(self) -> None:
        self._post_for_block(self.OpenCurve)

    def _post_for_block(self, message: type[OpenTable] | type[OpenCurve]) -> None:
        if isinstance(self.current, Block):
            self.post_message(message(self.current))

    def action_run_again(self) -> None:
        if isinstance(self.current, Block):
            self.post_message(self.ReRun(self.current.line))

    def action_cite(self) -> None:
        if isinstance(self.current, Block):
            self.post_message(self.Cite(self.current.step))

    def action_copy(self) -> None:
        if self.current is not None:
            self.app.copy_to_clipboard(block_text(self.current))
            self.notify("Copied as text", markup=False, timeout=2)

    @on(OutputBlock.Clicked)
    def _block_clicked(self, event: OutputBlock.Clicked) -> None:
        event.stop()
        self._choose(event.block)
        if event.head:
            event.block.fold(not event.block.folded)

    # Filters

    def action_filter(self, by: int) -> None:
        self._filter((self._chosen_filter + by) % len(FILTERS))

    @on(FilterRow.Chosen)
    def _filter_clicked(self, event: FilterRow.Chosen) -> None:
        event.stop()
        self._filter(event.position)

    def _filter(self, position: int) -> None:
        """Hide what the filter does not pass. The current block stays current where it is still shown."""
        self._chosen_filter = position
        self.query_one(FilterRow).chosen = position
        with self.app.batch_update():
            for block in self._blocks:
                block.display = FILTERS[position].passes(block.shown)
        shown = self._in_list
        if self._current not in shown:
            self._choose(shown[-1] if shown else None)
        if self._current is not None:
            self.call_after_refresh(self._bring_into_sight, self._current)

    def on_resize(self) -> None:
        if self._follows and self._current is not None and self._in_list and self._current is self._in_list[-1]:
            self.call_after_refresh(self._bring_into_sight, self._current)

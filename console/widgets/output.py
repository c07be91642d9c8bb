"""The output pane: every step as a block that can be folded, run again, opened, charted, cited and copied.

A filter hides some of them; what a person wants done with one is posted to the screen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.message import Message

from console.host.shown import Block
from console.widgets.block_list import BlockList
from console.widgets.output_block import Note, OutputBlock, block_text
from console.widgets.output_filters import FILTERS, FilterRow


class OutputPane(BlockList):
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
        self._can = self._abilities()
        self._chosen_filter = 0

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
        self._remove_all()
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

    def _append(self, blocks: Sequence[OutputBlock]) -> None:
        if not all(FILTERS[self._chosen_filter].passes(block.shown) for block in blocks):
            self._filter(0)
        super()._append(blocks)

    @property
    def current(self) -> Block | Note | None:
        """What the current block shows."""
        return None if self._current is None else self._current.shown

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

    def _choose(self, block: OutputBlock | None) -> None:
        super()._choose(block)
        can = self._abilities()
        # The footer is built anew each time, so only where something in it changes.
        if can != self._can:
            self._can = can
            self.refresh_bindings()

    def action_choose(self, by: int) -> None:
        self._choose_beside(by)

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

"""Blocks below each other, one of them current, in a list that keeps its place: nothing scrolls under a person who reads further up."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from textual.containers import VerticalScroll

from console.widgets.output_block import OutputBlock
from console.widgets.plain_text import content

HEAD_LINES = 1
"""Lines at the top that belong to a row docked there."""


class BlockList(VerticalScroll):
    """Mounts blocks once and keeps them; which of them are displayed is for others to say."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._blocks: list[OutputBlock] = []
        self._current: OutputBlock | None = None
        self._follows = True
        """Whether a new block comes into sight: the last one is there, or was when the list was hidden."""
        self._owed: tuple[OutputBlock, bool] | None = None
        """What `_bring_into_sight` was asked while the list was hidden."""
        self._unseen = 0
        self._held: tuple[OutputBlock, int, int] | None = None
        """A block in sight, its line in the list and its height, to find the place again when all is written for another width."""
        self._held_width = 0

    def _append(self, blocks: Sequence[OutputBlock]) -> None:
        """Add blocks at the end. The last one is current, and comes into sight where the person was at the end."""
        if not blocks:
            return
        self._follows = self._at_end()
        self._blocks += blocks
        self.mount_all(blocks)
        self._choose(blocks[-1])
        if self._follows:
            self.call_after_refresh(self._bring_into_sight, blocks[-1], top=True)
        else:
            self._unseen += len(blocks)
            self.border_subtitle = content(f"{self._unseen} new below")

    def _remove_all(self) -> None:
        for block in self._blocks:
            block.remove()
        self._blocks, self._follows, self._owed, self._held, self._unseen = [], True, None, None, 0
        self.border_subtitle = None
        self._choose(None)

    @property
    def _in_list(self) -> list[OutputBlock]:
        return [block for block in self._blocks if block.display]

    def _choose(self, block: OutputBlock | None) -> None:
        if self._current is not None and self._current is not block:
            self._current.choose(False)
        self._current = block
        if block is not None:
            block.choose(True)

    def _choose_beside(self, by: int) -> None:
        """The block after or before the current one; where that is out of sight, the first or last that is in sight."""
        shown = self._in_list
        if not shown:
            return
        if self._current in shown and self._is_in_sight(self._current):
            block = shown[min(max(shown.index(self._current) + by, 0), len(shown) - 1)]
        else:
            seen = self._those_in_sight(shown) or shown
            block = seen[0] if by > 0 else seen[-1]
        self._choose(block)
        self._bring_into_sight(block)
        self._hold()

    # What is in sight

    @property
    def _sight(self) -> range:
        """Lines of the list that are on the screen."""
        row = HEAD_LINES + self.scroll_offset.y
        return range(row, row + max(self.scrollable_content_region.height - HEAD_LINES, 1))

    def _is_in_sight(self, block: OutputBlock) -> bool:
        region = block.virtual_region
        return region.y < self._sight.stop and region.bottom > self._sight.start

    def _those_in_sight(self, shown: list[OutputBlock]) -> list[OutputBlock]:
        first = bisect_right(shown, self._sight.start, key=lambda block: block.virtual_region.bottom)
        after = bisect_left(shown, self._sight.stop, key=lambda block: block.virtual_region.y)
        return shown[first:after]

    def _at_end(self) -> bool:
        """Whether the last block is in sight, so that the next one may push it up; before it is laid out, whether the one before was."""
        shown = self._in_list
        if not shown:
            return True
        return self._is_in_sight(shown[-1]) if self.region and shown[-1].virtual_region else self._follows

    def _bring_into_sight(self, block: OutputBlock, top: bool = False) -> None:
        """Scroll no further than needed; `top`: until the head is the first line, as far as there is something below."""
        if not self.region:
            self._owed = (block, top)
            return
        if not block.virtual_region:
            return
        region, sight = block.virtual_region_with_margin, self._sight
        if top or region.y < sight.start or region.height > len(sight):
            self.scroll_to(y=region.y - HEAD_LINES, animate=False)
        elif region.bottom > sight.stop:
            self.scroll_to(y=region.bottom - HEAD_LINES - len(sight), animate=False)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        # While another width is laid out, places say nothing of what the person looked at.
        if self.size.width == self._held_width:
            self._hold()

    def _hold(self) -> None:
        """Remember the place: the current block where it is in sight, else the first one that is."""
        self._held_width = self.size.width
        self._follows = self._at_end()
        if self._unseen and self._follows:
            self._unseen = 0
            self.border_subtitle = None
        held = self._current
        if held is None or not held.display or not self._is_in_sight(held):
            held = next(iter(self._those_in_sight(self._in_list)), None)
        self._held = None if held is None else (held, held.virtual_region.y - self._sight.start, held.virtual_region.height)

    def on_resize(self) -> None:
        self.call_after_refresh(self._find_place)

    def _find_place(self) -> None:
        """After a change of size: the end where the person was there, else the block that they looked at on the line where it was."""
        if not self.region:
            return
        shown = self._in_list
        if self._follows and shown:
            self._bring_into_sight(shown[-1], top=True)
        elif self._held is not None and self._held[0] in shown:
            block, line, height = self._held
            now = block.virtual_region
            self.scroll_to(y=now.y - HEAD_LINES - (line if line >= 0 else line * now.height // max(height, 1)), animate=False)
        self.call_after_refresh(self._hold)

    def on_show(self) -> None:
        if self._owed is not None:
            self.call_after_refresh(self._bring_into_sight, *self._owed)
            self._owed = None

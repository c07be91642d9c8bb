"""The list of what may stand next in a line that is typed. Nothing in it is chosen until a person chooses it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from textual import events
from textual.content import Content
from textual.geometry import Region, Size
from textual.timer import Timer
from textual_autocomplete import AutoComplete, DropdownItem, TargetState

from console.plain.style import padded, width_of
from console.prompt.suggest import Suggestion
from console.untrusted import untrusted_line
from console.widgets.plain_text import joined

if TYPE_CHECKING:
    from console.widgets.completing_input import CompletingInput

Offers = Callable[[str], Sequence[Suggestion]]
"""What may follow the text before the cursor, in the order in which it is shown."""

ROWS, MOST, LONGEST_TEXT = 8, 50, 36
"""Rows of the list, entries in it, and columns that the entries' texts are lined up in."""
REST_S = 0.04
"""Pause in typing after which the list follows: placing it anew costs more than showing a key, and must not stand before it."""


class Offer(DropdownItem):
    """One entry: the text that it puts in, and what that is."""

    def __init__(self, suggestion: Suggestion, column: int, about: str) -> None:
        super().__init__(joined(padded(untrusted_line(suggestion.text), column) + "  ", (untrusted_line(about), "dim")))
        self.suggestion = suggestion

    @property
    def value(self) -> str:
        return self.suggestion.text


class Completion(AutoComplete):
    """The list. Its Input tells it at once what changed; it must be yielded beside it."""

    DEFAULT_CSS = f"""
    Completion {{
        max-height: {ROWS + 2};
        & AutoCompleteList {{
            width: 100%;
            height: 100%;
            border: round $primary;
            background: $surface;
            text-overflow: ellipsis;
            & > .option-list--option-highlighted {{ color: $block-cursor-foreground; background: $block-cursor-background; text-style: $block-cursor-text-style; }}
        }}
        &:nocolor AutoCompleteList > .option-list--option-highlighted {{ text-style: reverse; }}
    }}
    """

    def __init__(self, target: CompletingInput, offers: Offers) -> None:
        super().__init__(target, prevent_default_enter=False, prevent_default_tab=False)
        self._line = target
        self._offers = offers
        self._before: str | None = None
        self._found: Sequence[Suggestion] = ()
        self._widest = 0
        self._placed = Region()
        self._soon: Timer | None = None

    def _on_mount(self, event: events.Mount) -> None:
        # The library's own way follows the Input's messages, which come after the keys typed meanwhile: Enter could then be taken by a list that is no longer meant.
        event.prevent_default()

    @property
    def open(self) -> bool:
        return bool(self.display and self._found)

    @property
    def chosen(self) -> Suggestion | None:
        """The entry that a person went to; None while the list only offers, or is of a text that is no longer there."""
        at = self.option_list.highlighted
        meant = self.open and self._before == self._text_before()
        return self._found[at] if meant and at is not None and at < len(self._found) else None

    def follow_soon(self) -> None:
        """Follow when the person rests for a moment."""
        if self._soon is not None:
            self._soon.stop()
        self._soon = self.set_timer(REST_S, self._line.rest)

    def follow(self) -> None:
        """The text before the cursor may have changed: offer what may stand there now, if anything is typed."""
        before = self._text_before()
        if before == self._before:
            return
        self._read(before)
        # A list of nothing but options after each command would be in the way; Tab shows it.
        news = any(found.text != before[len(before) - found.replaces :] and (found.replaces or not found.text.startswith("-")) for found in self._found)
        self._show(bool(before.strip()) and news)

    def close(self) -> None:
        """Show no list until the text changes."""
        if self._soon is not None:
            self._soon.stop()
        self._before = self._text_before()
        self._show(False)

    def choose(self, by: int) -> None:
        """Open the list, or go `by` entries in it, round and round."""
        if not self.open or self._before != self._text_before():
            self._read(self._text_before())
        if not self._found:
            return
        self._show(True)
        here, count = self.option_list.highlighted, min(len(self._found), MOST)
        self.option_list.highlighted = (0 if by > 0 else count - 1) if here is None else (here + by) % count

    def complete(self) -> None:
        """What Tab does: put in what all entries begin with; where that is no more than is typed, go to the first entry."""
        before = self._text_before()
        self._read(before)
        if not self._found:
            self._show(False)
            return
        widest = max(found.replaces for found in self._found)
        shared = shared_beginning([before[len(before) - widest : len(before) - found.replaces] + found.text for found in self._found])
        if len(self._found) == 1:
            self.put(self._found[0])
        elif len(shared) > widest:
            self._line.swap(widest, shared)
        else:
            self.option_list.highlighted = None
            self.choose(1)

    def put(self, suggestion: Suggestion) -> None:
        """Put an entry into the line."""
        self._line.swap(suggestion.replaces, suggestion.text, self._line.after_completion)

    def apply_completion(self, value: str, state: TargetState) -> None:
        """An entry was clicked."""
        found = next((found for found in self._found if found.text == value), None)
        if found is not None:
            self.put(found)
        self._line.focus()

    def post_completion(self) -> None:
        """The list follows the text that was put in."""

    def align(self) -> None:
        """Place the list below the word that it completes, or above where there is no room below."""
        line, screen = self._line, self.screen.size
        replaced = max((found.replaces for found in self._found), default=0)
        word = self._text_before()[len(self._text_before()) - replaced :]
        x, y = line.cursor_screen_offset
        size = Size(min(self._widest + 4, line.list_width, screen.width), min(len(self._found), MOST, ROWS) + 2)
        left = max(min(x - (1 if line.cursor_at_end else 0) - width_of(word) - 1, screen.width - size.width), 0)
        below = screen.height - y - 1
        top = y + 1 if below >= size.height or below >= y else max(y - size.height, 0)
        place = Region(left, top, *size)
        if place != self._placed:
            self._placed = place
            self.absolute_offset = place.offset
            self.styles.width, self.styles.height = size
            self.refresh(layout=True)

    def _text_before(self) -> str:
        return self._line.value[: self._line.cursor_position]

    def _read(self, before: str) -> None:
        self._before = before
        found = self._offers(before)
        if found == self._found:
            self.option_list.highlighted = None
            return
        self._found = found
        column = min(max((width_of(each.text) for each in found), default=0), LONGEST_TEXT)
        # Names of one kind have one help; it is said once.
        shown = [Offer(each, column, each.about if k == 0 or each.about != found[k - 1].about else "") for k, each in enumerate(found[:MOST])]
        more = [DropdownItem(joined((f"{len(found) - MOST} more; type on", "dim")), disabled=True)] if len(found) > MOST else []
        self._widest = max((option.prompt.cell_length for option in (*shown, *more) if isinstance(option.prompt, Content)), default=0)
        self.option_list.set_options([*shown, *more])

    def _show(self, shown: bool) -> None:
        shown = shown and bool(self._found) and self._line.has_focus
        if not shown:
            self.option_list.highlighted = None
        else:
            self.align()
        if self.display != shown:
            self.display = shown


def shared_beginning(texts: Sequence[str]) -> str:
    """What all the texts begin with."""
    first, last = min(texts), max(texts)
    same = next((k for k, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), min(len(first), len(last)))
    return first[:same]

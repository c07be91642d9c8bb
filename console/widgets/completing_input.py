"""An Input that offers what may stand next, in a list over or under it, and does what keys mean to that list."""

from __future__ import annotations

from textual import events
from textual.geometry import Size
from textual.reactive import Reactive
from textual.widgets import Input

from console.untrusted import untrusted_line
from console.widgets.completion import Completion, Offers

MAX_LINE = 4_000
"""Characters of a line; a query of a page fits in."""


class CompletingInput(Input):
    """An Input whose list is moved in with Up, Down and Tab. Enter takes what a person chose in it, and is nothing to the list otherwise."""

    after_completion = ""
    """What is put in after a completed word."""
    tab_completes = False
    """Whether Tab completes; else it goes to the next widget, with what was chosen put in."""
    list_width = 100
    """Columns of the list, at most."""
    virtual_size = Reactive(Size(0, 0))
    """As any widget has it, but a longer text asks for no new layout of the whole screen with every key: the Input has its place whatever is in it."""

    def __init__(self, offers: Offers, value: str = "", *, placeholder: str = "", id: str | None = None) -> None:
        super().__init__(untrusted_line(value), placeholder, select_on_focus=False, max_length=MAX_LINE, compact=True, id=id)
        self.completion = Completion(self, offers)

    def edited(self) -> None:
        """The text changed; called before anything else happens."""

    def rest(self) -> None:
        """The person has stopped typing for a moment."""
        self.completion.follow()

    def set_line(self, text: str, cursor: int | None = None, *, offer: bool = False) -> None:
        """Replace all of the text."""
        self.value = one_line(text)[:MAX_LINE]
        self.cursor_position = len(self.value) if cursor is None else cursor
        self._changed(offer)

    def swap(self, back: int, text: str, gap: str = "") -> None:
        """Put `text` in place of the `back` characters before the cursor, with a gap after it."""
        cursor, line = self.cursor_position, self.value
        after = line[cursor:]
        gap_there = bool(gap) and after.startswith(gap)
        self.set_line(f"{line[: cursor - back]}{text}{'' if gap_there else gap}{after}", cursor - back + len(text) + len(gap), offer=True)

    def replace(self, text: str, start: int, end: int) -> None:
        before = self.value
        super().replace(one_line(text), start, end)
        if self.value != before:
            self._changed(True)

    def _changed(self, offer: bool) -> None:
        self.edited()
        if not self.completion.is_mounted:
            return
        if offer:
            self.completion.follow_soon()
        else:
            # After `close` there is nothing for the list to follow, so this only tells what else waits for a rest.
            self.completion.close()
            self.rest()

    def watch_selection(self) -> None:
        if self.is_mounted and self.completion.is_mounted and self.completion.open:
            self.completion.follow_soon()

    def on_key(self, event: events.Key) -> None:
        # Not by bindings: those are looked up after the key came back from the app, when later keys may have been typed into the line.
        if self.takes_key(event.key):
            event.stop()
            event.prevent_default()

    def takes_key(self, key: str) -> bool:
        """Do what `key` means to the list; False where it means nothing to it."""
        completion = self.completion
        chosen = completion.chosen
        if key == "tab" and self.tab_completes and chosen is None:
            completion.complete()
        elif key == "tab" and chosen is not None and not self.tab_completes:
            completion.put(chosen)
            completion.close()
            return False
        elif key in ("tab", "down") and chosen is not None:
            completion.choose(1)
        elif key in ("shift+tab", "up") and chosen is not None:
            completion.choose(-1)
        elif key == "down" and self.down_opens:
            completion.choose(1)
        elif key == "enter" and chosen is not None:
            completion.put(chosen)
        elif key == "escape" and completion.open:
            completion.close()
        else:
            return False
        return True

    @property
    def down_opens(self) -> bool:
        """Whether Down goes into the list now."""
        return True

    def on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.prevent_default()
        self.replace(event.text.strip(), *self.selection)

    def on_blur(self) -> None:
        self.completion.close()

    def on_resize(self) -> None:
        if self.completion.is_mounted and self.completion.open:
            self.completion.align()


def one_line(text: str) -> str:
    """`text` as a line: line ends become spaces, control signs the replacement sign."""
    return untrusted_line(text.replace("\r\n", "\n").replace("\r", "\n"))

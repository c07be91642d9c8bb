"""All keys that do something where the person is now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from textual.app import App, ComposeResult
from textual.binding import ActiveBinding, Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen, Screen

from console.untrusted import untrusted_line
from console.widgets.plain_text import PlainText, content, joined

HERE, SCREEN, EVERYWHERE = "Where the cursor is", "On this screen", "Everywhere"

Groups = dict[str, list[tuple[str, str]]]


def groups_of(active: Mapping[str, ActiveBinding], shown: Callable[[Binding], str]) -> Groups:
    """Keys and what they do, under a title for where they work; keys that do the same are in one row. The screen's own come first."""
    rows: dict[tuple[str, str], list[str]] = {}
    for found in active.values():
        binding = found.binding
        if binding.system or not binding.description:
            continue
        about = binding.description + ("" if found.enabled else " (not now)")
        keys = rows.setdefault((_title(found), about), [])
        if shown(binding) not in keys:
            keys.append(shown(binding))
    groups: Groups = {SCREEN: []} if any(title == SCREEN for title, _ in rows) else {}
    for (title, about), keys in rows.items():
        groups.setdefault(title, []).append((" ".join(keys), about))
    return groups


def _title(found: ActiveBinding) -> str:
    if found.binding.group is not None and found.binding.group.description:
        return found.binding.group.description
    if isinstance(found.node, App):
        return EVERYWHERE
    return SCREEN if isinstance(found.node, Screen) else HERE


class KeysScreen(ModalScreen[None]):
    """Lists the keys of the screen that lay on top when it was made."""

    DEFAULT_CSS = """
    KeysScreen { align: center middle; }
    KeysScreen > Vertical { width: 76; max-width: 100%; height: auto; max-height: 100%; border: round $primary; border-title-style: bold; background: $surface; padding: 0 2; }
    KeysScreen VerticalScroll { height: auto; max-height: 100%; scrollbar-size-vertical: 1; }
    KeysScreen .hint { height: auto; dock: bottom; color: $text-muted; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,enter,f1", "dismiss(None)", "Close")]

    def __init__(self, screen: Screen[Any]) -> None:
        super().__init__()
        self._groups = groups_of(screen.active_bindings, screen.app.get_key_display)

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_title = content("Keys")
            with VerticalScroll():
                yield PlainText(_text(self._groups))
            yield PlainText("Escape closes · ↑ ↓ scroll", classes="hint")


def _text(groups: Groups) -> Content:
    width = max((content(keys).cell_length for rows in groups.values() for keys, _ in rows), default=0)
    lines: list[Content] = []
    for title, rows in groups.items():
        lines += [content(untrusted_line(title), "bold $text-primary")]
        lines += [joined("  ", content(untrusted_line(keys), "bold").pad_right(width - content(keys).cell_length), "  ", untrusted_line(about)) for keys, about in rows]
        lines += [content("")]
    return Content("\n").join(lines)

"""Theme and keys of the person. A theme is seen at once; the caller keeps what this screen ends with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.events import Key
from textual.screen import ModalScreen, Screen
from textual.widgets import Footer, OptionList

from console.keymap import Rebindable, keys_of, objection, taken_by, with_key
from console.settings import THEMES, Settings
from console.untrusted import untrusted_line
from console.widgets.plain_text import PlainText, content, joined
from console.widgets.row_list import Row, RowList, one_line

ABOUT = dict(zip(THEMES, ("dark ground", "light ground", "white on black, at least 7 to 1"), strict=True))


class SettingsScreen(Screen[Settings | None]):
    """Ends with the settings as they were changed, or None where nothing was."""

    DEFAULT_CSS = """
    SettingsScreen #head { height: auto; padding: 0 1; background: $panel; }
    SettingsScreen #themes { height: auto; max-width: 110; }
    SettingsScreen #keys { height: 1fr; max-width: 110; }
    SettingsScreen #remark { height: auto; padding: 0 1; color: $text-warning; max-width: 110; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("d", "default", "Default key"),
        Binding("a", "all_defaults", "All default keys"),
        Binding("escape", "done", "Back"),
    ]

    def __init__(self, settings: Settings, bindings: Sequence[Rebindable] = ()) -> None:
        super().__init__()
        self._before = self._settings = settings
        self._offered = tuple(bindings)
        self._listed: list[Rebindable | None] = []

    def compose(self) -> ComposeResult:
        yield PlainText(joined(("Settings", "bold $text-primary"), "  Enter changes, Tab goes to the keys, Escape goes back and keeps it."), id="head")
        yield RowList(id="themes")
        yield RowList(id="keys")
        yield PlainText(id="remark")
        yield Footer()

    def on_mount(self) -> None:
        self._themes.border_title = content("Theme")
        self._keys.border_title = content("Keys")
        self._show()
        self._themes.highlighted = THEMES.index(self._settings.theme) if self._settings.theme in THEMES else 0
        self._themes.focus()

    @property
    def _themes(self) -> RowList:
        return self.query_one("#themes", RowList)

    @property
    def _keys(self) -> RowList:
        return self.query_one("#keys", RowList)

    def _show(self) -> None:
        self._themes.fill([_theme_row(name, name == self._settings.theme) for name in THEMES])
        rows: list[Row] = []
        self._listed = []
        for where in dict.fromkeys(binding.where for binding in self._offered):
            rows.append(Row(f"where {where}", one_line(where, "bold"), disabled=True))
            self._listed.append(None)
            for binding in self._offered:
                if binding.where == where:
                    rows.append(self._key_row(binding))
                    self._listed.append(binding)
        self._keys.fill(rows or [Row("", content("no keys can be changed"), disabled=True)])

    def _key_row(self, binding: Rebindable) -> Row:
        own = "changed" if binding.id in self._settings.keys else ""
        return Row(binding.id, one_line(f"  {binding.description}"), (content(own, "$text-warning"), self._shown(keys_of(binding, self._settings.keys))))

    def _shown(self, keys: Sequence[str]) -> Content:
        return one_line(" ".join(self.app.get_key_display(Binding(key, "")) for key in keys), "bold")

    def _say(self, text: str) -> None:
        self.query_one("#remark", PlainText).show(text)

    @on(OptionList.OptionSelected, "#themes")
    def _choose_theme(self, event: OptionList.OptionSelected) -> None:
        name = THEMES[event.option_index]
        self._settings = replace(self._settings, theme=name)
        if name in self.app.available_themes:
            self.app.theme = name
        self._show()

    @on(OptionList.OptionSelected, "#keys")
    @work
    async def _choose_key(self) -> None:
        binding = self._at
        if binding is None:
            return
        key = await self.app.push_screen_wait(PressKey(binding.description))
        if key is None:
            return
        problem = objection(key, binding, self._offered, self._settings.keys)
        self._say(f"! {untrusted_line(problem)}" if problem else "")
        if not problem:
            self._take(with_key(self._settings.keys, binding, key))

    @property
    def _at(self) -> Rebindable | None:
        """The binding under the cursor."""
        place = self._keys.highlighted
        return None if place is None or place >= len(self._listed) else self._listed[place]

    def _take(self, keys: dict[str, str]) -> None:
        self._settings = replace(self._settings, keys=keys)
        self._show()

    def action_default(self) -> None:
        """Give the binding under the cursor its default key again, where nothing else has taken that."""
        binding = self._at
        if binding is None or binding.id not in self._settings.keys:
            return
        rest = {name: keys for name, keys in self._settings.keys.items() if name != binding.id}
        for key in keys_of(binding, {}):
            other = taken_by(key, binding, self._offered, rest)
            if other is not None and other.id in rest:
                self._say(f"! its default {key} is taken by {untrusted_line(other.description)}; change that one first")
                return
        self._say("")
        self._take(rest)

    def action_all_defaults(self) -> None:
        """Give every binding listed here its default key; keys of another version of Hotseat stay."""
        self._say("")
        listed = {binding.id for binding in self._offered}
        self._take({name: keys for name, keys in self._settings.keys.items() if name not in listed})

    def action_done(self) -> None:
        self.dismiss(None if self._settings == self._before else self._settings)


class PressKey(ModalScreen[str | None]):
    """Ends with the key that was pressed, or None for Escape."""

    DEFAULT_CSS = """
    PressKey { align: center middle; }
    PressKey > Vertical { width: 60; max-width: 95%; height: auto; border: round $primary; background: $surface; padding: 1 2; }
    """

    def __init__(self, description: str) -> None:
        super().__init__()
        self._description = description

    def compose(self) -> ComposeResult:
        with Vertical():
            yield PlainText(joined("Press the new key for ", (untrusted_line(self._description), "bold"), ". Escape keeps the old one."))

    def on_key(self, event: Key) -> None:
        event.stop()
        event.prevent_default()
        self.dismiss(None if event.key == "escape" else event.key)


def _theme_row(name: str, used: bool) -> Row:
    return Row(name, joined(("(•) " if used else "( ) ", "bold" if used else ""), name), (content(ABOUT[name], "$text-muted"),))

"""The debrief of a graded session on five tabs. Asks for its export, and goes back."""

from __future__ import annotations

import re
from dataclasses import dataclass

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Footer, TabbedContent, TabPane, Tabs

from console.host.shown import Debrief
from console.screens.file_name import FileName
from console.widgets.debrief_differential import DifferentialPane
from console.widgets.debrief_harm import HarmPane
from console.widgets.debrief_prevention import PreventionPane
from console.widgets.debrief_rows import lead
from console.widgets.debrief_runbooks import RunbooksPane
from console.widgets.debrief_score import STYLES, ScorePane
from console.widgets.harm_plot import HarmPlot
from console.widgets.plain_text import PlainText, joined

TABS = ("score", "harm", "differential", "runbooks", "prevention")
_PAGE_KEYS = {"up": "scroll_up", "down": "scroll_down", "pageup": "scroll_page_up", "pagedown": "scroll_page_down", "home": "scroll_home", "end": "scroll_end"}


class DebriefScreen(Screen[None]):
    DEFAULT_CSS = """
    DebriefScreen {
        #head { height: 1; padding: 0 1; background: $panel; text-wrap: nowrap; text-overflow: ellipsis; }
        TabbedContent { height: 1fr; }
        TabPane { padding: 0; }
        VerticalScroll { padding-left: 1; scrollbar-size-vertical: 1; }
        VerticalScroll > Widget { padding-right: 1; }
        .heading { margin-top: 1; text-style: bold; color: $text-primary; }
        .heading.first { margin-top: 0; }
    }
    """
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide"), (160, "-broad")]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (34, "-tall")]
    BINDINGS = [
        *(Binding(str(number), f"tab('{name}')", show=False) for number, name in enumerate(TABS, 1)),
        Binding("left", "turn(-1)", "Tab before", show=False),
        Binding("right", "turn(1)", "Next tab", show=False),
        *(Binding(key, f"page('{key}')", show=False) for key in _PAGE_KEYS),
        Binding("e", "export", "Export as HTML", id="debrief.export"),
        Binding("q,escape", "back", "Back", id="debrief.back"),
    ]

    @dataclass
    class ExportAsked(Message):
        """Request that the debrief is written as an HTML file."""

        session: str
        file: str

    def __init__(self, debrief: Debrief) -> None:
        super().__init__()
        self._debrief = debrief

    def compose(self) -> ComposeResult:
        yield PlainText(self._head(), id="head")
        with TabbedContent(initial=TABS[0]):
            for number, (name, pane) in enumerate(self._panes(), 1):
                with TabPane(f"{number} {name.capitalize()}", id=name), VerticalScroll(can_focus=False):
                    yield pane
        yield Footer()

    def _panes(self) -> list[tuple[str, Widget]]:
        d = self._debrief
        return list(zip(TABS, (ScorePane(d), HarmPane(d), DifferentialPane(d), RunbooksPane(d), PreventionPane(d)), strict=True))

    def _head(self) -> Content:
        d = self._debrief
        passed = ("+ passed", STYLES["+"]) if d.passed else ("! not passed", STYLES["!"])
        return joined((lead(d.report.title).plain, "bold"), f" · {d.score:g} of 100 · ", passed)

    def on_mount(self) -> None:
        # Left and right are the screen's, so that they turn the tabs wherever the focus is.
        self.query_one(Tabs).can_focus = False

    def action_tab(self, name: str) -> None:
        self.query_one(TabbedContent).active = name
        self.set_focus(None)
        if name == "harm":
            self.call_after_refresh(self.query_one(HarmPlot).focus)

    def action_turn(self, by: int) -> None:
        self.set_focus(None)
        tabs = self.query_one(TabbedContent)
        tabs.active = TABS[(TABS.index(tabs.active) + by) % len(TABS)]

    def action_page(self, key: str) -> None:
        tabs = self.query_one(TabbedContent)
        getattr(tabs.get_pane(tabs.active).query_one(VerticalScroll), _PAGE_KEYS[key])(animate=False)

    def action_export(self) -> None:
        self.app.push_screen(FileName("Write this debrief as an HTML file named", default_file(self._debrief.session), ".html"), self._exported)

    def _exported(self, file: str | None) -> None:
        if file is not None:
            self.post_message(self.ExportAsked(self._debrief.session, file))

    def action_back(self) -> None:
        self.dismiss()


def default_file(session: str) -> str:
    """A file in the current folder, whatever a session from elsewhere calls itself."""
    return f"{re.sub(r'[^A-Za-z0-9._-]+', '-', session).strip('.-')[:100] or 'debrief'}.html"

"""Home: the catalogue of drills, the stored sessions, and what one can do with the one under the cursor.

It is there before the host has answered. It asks for nothing itself: what a person wants is posted to the app.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Footer, OptionList

from console.screens.home_cards import drill_details, drill_row, in_order, session_details, session_row, standing
from console.screens.message import MessageScreen
from console.widgets.plain_text import PlainText, content, joined
from console.widgets.row_list import Row, RowList

if TYPE_CHECKING:
    from console.host.messages import DrillsListed
    from console.host.shown import DrillCard, SessionCard


class HomeScreen(Screen[None]):
    """What Hotseat opens with."""

    CSS_PATH = "home.tcss"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (116, "-wide")]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s", "settings", "Settings", id="home.settings"),
        Binding("r", "refresh", "Refresh", id="home.refresh"),
        Binding("q", "app.quit", "Quit", id="home.quit"),
    ]

    class PlayAsked(Message):
        """A new drill of this scenario is wanted."""

        def __init__(self, drill: DrillCard) -> None:
            super().__init__()
            self.drill = drill

    class ResumeAsked(Message):
        """A session that is not graded is to go on where it stopped."""

        def __init__(self, session: str) -> None:
            super().__init__()
            self.session = session

    class DebriefAsked(Message):
        """The debrief of a graded session is to be read."""

        def __init__(self, session: str) -> None:
            super().__init__()
            self.session = session

    class RefreshAsked(Message):
        """Catalogue and sessions are to be read again."""

    class SettingsAsked(Message):
        """Settings are to be changed."""

    def __init__(self) -> None:
        super().__init__()
        self._listed: DrillsListed | None = None
        self._sessions: tuple[SessionCard, ...] = ()
        self._composed = False
        self._at = "drills"
        """The list that the details are about."""
        self._described = ""

    def compose(self) -> ComposeResult:
        yield PlainText(
            joined(
                ("Hotseat", "bold $text-primary"),
                "  You are on call for an ML system that breaks: find why, mend it.\n",
                ("Enter", "bold"),
                " starts a drill. Time in it is virtual; thinking is free. ",
                ("Tab", "bold"),
                ": sessions.",
            ),
            id="what",
        )
        yield PlainText(id="trouble")
        with Container(id="choices"):
            with Vertical(id="lists"):
                yield RowList(id="drills")
                yield RowList(id="sessions")
            with VerticalScroll(id="about"):
                yield PlainText(id="details")
        yield Footer()

    def on_mount(self) -> None:
        self._drills.border_title = content("Drills")
        self._drills.border_subtitle = content("takes · difficulty · last result")
        self._stored.border_title = content("Your sessions")
        self.query_one("#about").border_title = content("About it")
        self._drills.fill([_remark("reading the catalogue…")])
        self._stored.fill([_remark("reading your sessions…")])
        self._drills.focus()
        self._composed = True
        if self._listed is not None:
            self.show(self._listed)

    def show(self, listed: DrillsListed) -> None:
        """Show the catalogue and the sessions; what was chosen stays chosen."""
        self._listed, self._sessions = listed, in_order(listed.sessions)
        if not self._composed:
            return
        self._say("")
        self._drills.fill([drill_row(drill, listed.sessions) for drill in listed.drills] or [_remark("the catalogue is empty")])
        self._stored.fill([session_row(card) for card in self._sessions] or [_remark("none yet: Enter on a drill starts the first")])
        self._describe()

    def failed(self, text: str) -> None:
        """The catalogue could not be read. What was shown before stays."""
        if self._listed is None:
            self._drills.fill([_remark("the catalogue could not be read")])
            self._stored.fill([_remark("your sessions could not be read")])
        self._say(text)

    def _say(self, text: str) -> None:
        trouble = self.query_one("#trouble", PlainText)
        trouble.show(f"! {text}" if text else "")
        trouble.set_class(bool(text), "-said")

    @property
    def _drills(self) -> RowList:
        return self.query_one("#drills", RowList)

    @property
    def _stored(self) -> RowList:
        return self.query_one("#sessions", RowList)

    @property
    def drill(self) -> DrillCard | None:
        """The drill under the cursor of its list."""
        place = self._drills.highlighted
        return None if self._listed is None or place is None or place >= len(self._listed.drills) else self._listed.drills[place]

    @property
    def session(self) -> SessionCard | None:
        """The session under the cursor of its list."""
        place = self._stored.highlighted
        return None if place is None or place >= len(self._sessions) else self._sessions[place]

    @on(OptionList.OptionHighlighted)
    def _moved(self) -> None:
        self._describe()

    def on_descendant_focus(self) -> None:
        if self.focused in (self._drills, self._stored):
            self._at = str(self.focused.id)
        self._describe()

    def _describe(self) -> None:
        """Details of what is under the cursor of the list that has the focus, or had it last."""
        text, which = Content(""), ""
        if self._at == "sessions" and self.session is not None:
            text, which = session_details(self.session), f"session {self.session.session}"
        elif self._at == "drills" and self.drill is not None and self._listed is not None:
            text, which = drill_details(self.drill, self._listed.sessions), f"drill {self.drill.name}"
        self.query_one("#details", PlainText).show(text)
        if which != self._described:
            self._described = which
            self.query_one("#about", VerticalScroll).scroll_home(animate=False)

    @on(OptionList.OptionSelected, "#drills")
    def _play(self) -> None:
        if self.drill is not None:
            self.post_message(self.PlayAsked(self.drill))

    @on(OptionList.OptionSelected, "#sessions")
    def _open(self) -> None:
        card = self.session
        if card is None:
            return
        match standing(card):
            case "graded":
                self.post_message(self.DebriefAsked(card.session))
            case "damaged":
                self.app.push_screen(MessageScreen(session_details(card), title="This session is damaged"))
            case _:
                self.post_message(self.ResumeAsked(card.session))

    def action_settings(self) -> None:
        self.post_message(self.SettingsAsked())

    def action_refresh(self) -> None:
        self.post_message(self.RefreshAsked())


def _remark(text: str) -> Row:
    return Row("", content(text), disabled=True)

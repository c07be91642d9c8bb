"""How a drill begins: role, level, hints, clock and seed. What cannot be begun is said in one line before the host is asked."""

from __future__ import annotations

import re
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Button, Input

from console.host.messages import Begin
from console.host.shown import DrillCard
from console.settings import FASTEST, SLOWEST, is_speed
from console.untrusted import untrusted_line
from console.widgets.one_of import OneOf
from console.widgets.plain_text import PlainText, content
from simulator.errors import UsageError

CLOCKS = ("by action", "live")
HINTS = ("on request", "refused, as in an interview")
USUAL_ROLE, USUAL_LEVEL, USUAL_SPEED = "generalist", "senior", 60.0
_DIGITS = re.compile(r"[0-9]{1,18}")


def begin_of(drill: DrillCard, role: str, level: str, seed: str, live: bool, speed: str, *, interview: bool = False) -> Begin:
    """The request that the form asks for; in an `interview` hints are refused.

    Raises:
        UsageError: a field cannot be understood; one line says which and what it takes.
    """
    seed, speed = seed.strip(), speed.strip()
    if seed and not _DIGITS.fullmatch(seed):
        raise UsageError("seed: a whole number from 0 on, of at most 18 digits, or nothing for one that is drawn")
    chosen = _speed(speed) if live else None
    return Begin(scenario=drill.name, seed=int(seed) if seed else None, role=role or None, level=level or None, speed=chosen, interview=interview)


def _speed(text: str) -> float:
    try:
        speed = float(text) if text.isascii() else float("nan")
    except ValueError:
        speed = float("nan")
    if not is_speed(speed):
        raise UsageError(f"speed: a number from {SLOWEST:g} to {FASTEST:g}, in seconds of the incident per second")
    return speed


class StartForm(ModalScreen[Begin | None]):
    """Ends with the drill to begin, or None where the person went back."""

    DEFAULT_CSS = """
    StartForm { align: center middle; }
    StartForm > Vertical { width: 76; max-width: 100%; height: auto; max-height: 100%; border: round $primary; border-title-style: bold; background: $surface; padding: 0 2; }
    StartForm VerticalScroll { height: auto; max-height: 100%; }
    StartForm Horizontal { height: auto; }
    StartForm .name { width: 8; color: $text-muted; }
    StartForm .about { height: auto; padding: 0 0 1 8; color: $text-muted; }
    StartForm Input { width: 22; background: $panel; }
    StartForm Input:focus { text-style: underline; }
    StartForm #trouble { height: auto; color: $text-error; }
    StartForm Button { margin: 0 2 0 0; min-width: 12; }
    StartForm .hint { width: 1fr; color: $text-muted; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "begin", "Begin"),
        Binding("escape", "dismiss(None)", "Back"),
        Binding("down", "app.focus_next", "Next field", show=False),
        Binding("up", "app.focus_previous", "Field before", show=False),
    ]

    def __init__(self, drill: DrillCard, *, speed: float | None = None) -> None:
        """`speed` is that of the live clock to offer first; None offers a clock by action."""
        super().__init__()
        self._drill, self._live_first, self._speed = drill, speed is not None, speed or USUAL_SPEED

    def compose(self) -> ComposeResult:
        roles, levels = self._drill.roles or ("",), self._drill.levels or ("",)
        with Vertical() as box:
            box.border_title = content(untrusted_line(self._drill.title or self._drill.name))
            with VerticalScroll(can_focus=False):
                with Horizontal():
                    yield PlainText("role", classes="name")
                    yield OneOf(roles, _place(USUAL_ROLE, roles), id="role")
                with Horizontal():
                    yield PlainText("level", classes="name")
                    yield OneOf(levels, _place(USUAL_LEVEL, levels), id="level")
                yield PlainText("These two move points in the grade; the incident is the same.", classes="about")
                with Horizontal():
                    yield PlainText("hints", classes="name")
                    yield OneOf(HINTS, id="hints")
                yield PlainText(id="hints-about", classes="about")
                with Horizontal():
                    yield PlainText("clock", classes="name")
                    yield OneOf(CLOCKS, int(self._live_first), id="clock")
                yield PlainText(id="clock-about", classes="about")
                with Horizontal(id="speed-row"):
                    yield PlainText("speed", classes="name")
                    yield Input(f"{self._speed:g}", compact=True, max_length=20, id="speed")
                    yield PlainText(f"  {SLOWEST:g} to {FASTEST:g}; 60: a minute a second", classes="hint")
                with Horizontal():
                    yield PlainText("seed", classes="name")
                    yield Input(placeholder="drawn", compact=True, max_length=30, id="seed")
                    yield PlainText("  empty: one is drawn", classes="hint")
                yield PlainText("The same seed is the same incident, to the last payment.", classes="about")
                yield PlainText(id="trouble")
                with Horizontal():
                    yield Button(content("Begin"), variant="primary", compact=True, id="begin")
                    yield Button(content("Back"), compact=True, id="back")
                    yield PlainText("← → choose · ↑ ↓ go · Enter begins", classes="hint")

    def on_mount(self) -> None:
        self._show_hints()
        self._show_clock()
        self.query_one("#role").focus()

    @property
    def live(self) -> bool:
        return self.query_one("#clock", OneOf).word == CLOCKS[1]

    @property
    def interview(self) -> bool:
        return self.query_one("#hints", OneOf).word == HINTS[1]

    @on(OneOf.Changed, "#hints")
    def _show_hints(self) -> None:
        self.query_one("#hints-about", PlainText).show(
            "An interview, to the end; the scorecard says so." if self.interview else "`hint` helps when you are stuck; each costs points."
        )

    @on(OneOf.Changed, "#clock")
    def _show_clock(self) -> None:
        self.query_one("#speed-row").display = self.live
        self.query_one("#clock-about", PlainText).show(
            "Time runs while you think; it can be paused." if self.live else "Only commands take time; thinking takes none. Recommended."
        )

    @on(Input.Submitted)
    def action_begin(self) -> None:
        role, level = self.query_one("#role", OneOf).word, self.query_one("#level", OneOf).word
        seed, speed = self.query_one("#seed", Input).value, self.query_one("#speed", Input).value
        try:
            begin = begin_of(self._drill, role, level, seed, self.live, speed, interview=self.interview)
        except UsageError as problem:
            self.query_one("#trouble", PlainText).show(f"! {problem}")
            self.query_one("#seed" if str(problem).startswith("seed") else "#speed").focus()
            return
        self.dismiss(begin)

    @on(Button.Pressed, "#begin")
    def _begin_pressed(self) -> None:
        self.action_begin()

    @on(Button.Pressed, "#back")
    def _back_pressed(self) -> None:
        self.dismiss(None)


def _place(usual: str, words: tuple[str, ...]) -> int:
    return words.index(usual) if usual in words else 0

"""How time passes: by action, or live at a speed, with pause and single steps."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from console.host.messages import SetClock
from console.host.shown import ClockState
from console.widgets.plain_text import PlainText, content
from simulator.durations import HOUR_S, MINUTE_S

SPEEDS = (1.0, 10.0, 60.0, 300.0, 900.0, 3600.0)
STEPS = {"step 5 minutes": 5 * MINUTE_S, "step 30 minutes": 30 * MINUTE_S, "step 2 hours": 2 * HOUR_S}


class ClockForm(ModalScreen[SetClock | None]):
    """Ends with what was chosen, or None."""

    DEFAULT_CSS = """
    ClockForm { align: center middle; }
    ClockForm > Vertical { width: 56; height: auto; max-height: 90%; border: round $primary; background: $surface; padding: 0 1; }
    ClockForm OptionList { height: auto; max-height: 14; border: none; background: $surface; }
    """
    BINDINGS = [Binding("escape", "dismiss(None)", "Back")]

    def __init__(self, clock: ClockState) -> None:
        super().__init__()
        self._clock = clock
        self._choices: dict[str, tuple[str, SetClock]] = {"action": ("by action: only commands take time", SetClock(live=False))}
        for speed in SPEEDS:
            self._choices[f"live-{speed:g}"] = (f"live, {speed:g} times wall time", SetClock(live=True, speed=speed))
        if clock.live:
            self._choices["pause"] = ("go on" if clock.paused else "pause", SetClock(live=True, speed=clock.speed, paused=not clock.paused))
            for name, step_s in STEPS.items():
                self._choices[name] = (name, SetClock(live=True, speed=clock.speed, paused=True, step_s=step_s))

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_title = content("Clock")
            yield PlainText("A live clock runs while you think; it is journaled, so the drill replays the same.")
            yield OptionList(*(Option(content(text), id=key) for key, (text, _) in self._choices.items()), markup=False)

    def on_mount(self) -> None:
        keys = list(self._choices)
        now = f"live-{self._clock.speed:g}" if self._clock.live else "action"
        choices = self.query_one(OptionList)
        choices.highlighted = keys.index(now) if now in keys else 0
        choices.focus()

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._choices[str(event.option_id)][1])

"""The line that commands are typed in, with what they cost at its right and one line under it that says how they are used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive

from console.host.shown import Snapshot
from console.plain.style import width_of
from console.prompt.caution import caution
from console.prompt.explain import LEAVING, SPOKEN
from console.prompt.hints import cited, command_of, cost_hint, usage_hint
from console.prompt.suggest import Suggestion, suggestions
from console.widgets.completing_input import MAX_LINE, CompletingInput
from console.widgets.line_history import LineHistory
from console.widgets.plain_text import PlainText, content, joined
from simulator.commands import Command

KEYS = "Tab completes · Up earlier lines · ^o form · ? help"
STILL_AT_IT = "~ the host is still at it; your line stays, Enter sends it when it is done"


class CommandLine(Vertical):
    """Posts a line when Enter is pressed on it, and once more where it deserves a second thought. What a line does is not known here."""

    DEFAULT_CSS = """
    CommandLine {
        height: auto;
        padding: 0 1;
        & > Horizontal { height: 1; }
        & .prompt { width: 2; color: $primary; text-style: bold; }
        & LineInput { width: 1fr; }
        & .cost { width: 14; text-align: right; color: $text-muted; }
        & .hint { height: 1; width: 100%; padding-left: 2; color: $text-muted; text-wrap: nowrap; text-overflow: ellipsis; }
        & .hint.-long { height: 2; text-wrap: wrap; }
    }
    """

    snapshot: reactive[Snapshot | None] = reactive(None, repaint=False)
    busy: reactive[bool] = reactive(False, repaint=False)
    """Whether the host works on the line before; Enter waits so long."""

    @dataclass
    class Submitted(Message):
        line: str

    @dataclass
    class HelpAsked(Message):
        topic: str = ""
        """The command that stands in the line; empty for help in general."""

    @dataclass
    class FormAsked(Message):
        command_name: str
        line: str = ""
        """What was typed so far, for a form that begins with it."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.commands: dict[str, Command] = {}
        self.history = LineHistory()
        self._fresh = True
        self._asked = ""
        """The line that waits for a second Enter."""
        self._said: Content | None = None
        """What stands in place of the usage until the text changes."""
        self._line = LineInput(self)
        self._cost, self._hint = PlainText(classes="cost"), PlainText(classes="hint")
        self._shown: dict[PlainText, Content] = {}

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield PlainText(">", classes="prompt")
            yield self._line
            yield self._cost
        yield self._hint
        yield self._line.completion

    def on_mount(self) -> None:
        self.hint()

    def on_resize(self) -> None:
        self.hint()

    def watch_snapshot(self, snapshot: Snapshot | None) -> None:
        if snapshot is not None and self._fresh:
            self._fresh = False
            for step in snapshot.runbook.steps:
                self.history.add(step.line)

    def watch_busy(self, busy: bool) -> None:
        if not busy and self._said is not None and self._said.plain == STILL_AT_IT:
            self._say(None)

    # What a screen does with it

    @property
    def text(self) -> str:
        return self._line.value

    def set_commands(self, commands: Mapping[str, Command]) -> None:
        self.commands = dict(commands)
        self.hint()

    def focus(self, scroll_visible: bool = True) -> Self:
        self._line.focus(scroll_visible)
        return self

    def put(self, line: str) -> None:
        """Put a line in place of what stands there, ready to be entered or changed."""
        self.history.stop()
        self._line.set_line(line)
        self.focus()

    def cite(self, step: int) -> None:
        """Put a step into the line: as evidence where the command takes some, else as `#4` at the cursor."""
        line, cursor = cited(self.text, self._line.cursor_position, step, self.commands)
        self.history.stop()
        self._line.set_line(line, cursor)
        self.focus()

    # What its Input asks of it

    def offers(self, before_cursor: str) -> Sequence[Suggestion]:
        return suggestions(before_cursor, self.commands, self._names, self._steps, SPOKEN)

    def _names(self, kind: str) -> Sequence[str]:
        return self.snapshot.names.get(kind, ()) if self.snapshot is not None else ()

    def _steps(self) -> Sequence[tuple[str, str]]:
        """Looks, newest first: what can be cited."""
        steps = self.snapshot.runbook.steps if self.snapshot is not None else ()
        return [(str(step.step), step.line) for step in reversed(steps) if step.kind == "look"]

    def edited(self) -> None:
        self._asked = ""
        self._said = None

    def enter(self) -> None:
        """Post the line, unless the host is busy or the line deserves a second thought."""
        line = self.text.strip()
        self._line.completion.close()
        if not line:
            return
        if self.busy and line not in LEAVING:
            self._say(content(STILL_AT_IT, "$text-warning"))
            return
        why = caution(line, self.commands) if line != self._asked else ""
        if why:
            self._asked = line
            self._say(joined((f"! {why}. ", "$text-warning"), ("Enter again goes ahead, Esc changes it.", "bold $text-warning")))
            return
        self.history.add(line)
        self._line.set_line("")
        self.post_message(self.Submitted(line))

    def withdraw(self) -> bool:
        """Take back the question before a line; False where none was asked."""
        asked, self._asked = self._asked, ""
        if asked:
            self._say(None)
        return bool(asked)

    def walk(self, *, older: bool, anywhere: bool = False) -> None:
        """Show an older or newer line in place of what stands there."""
        typed = self.text
        found = self.history.older(typed, anywhere=anywhere) if older else self.history.newer()
        if found is not None:
            self._line.set_line(found)
        elif older and not self.history.walking:
            where = "has this in it" if anywhere else "begins like this"
            self._say(content(f"no earlier line {where}" if typed else "no earlier lines", "$foreground-muted"))

    def ask_help(self) -> None:
        command = command_of(self.text, self.commands)
        self.post_message(self.HelpAsked("" if command is None else command.name))

    def ask_form(self) -> None:
        command = command_of(self.text, self.commands) or self._only_command()
        if command is None:
            self._say(content("type a command first; ^o opens a form for it", "$foreground-muted"))
        else:
            self.post_message(self.FormAsked(command.name, self.text))

    def _only_command(self) -> Command | None:
        typed = self.text.strip()
        fitting = [command for name, command in self.commands.items() if typed and name.startswith(typed)]
        return fitting[0] if len(fitting) == 1 else None

    def too_long(self) -> None:
        self._say(content(f"! a line has at most {MAX_LINE:,} characters; it stays as it was", "$text-warning"))

    # What is said beside the line

    def _say(self, text: Content | None) -> None:
        self._said = text
        self.hint()

    def hint(self) -> None:
        """Say beside the line what fits it as it stands."""
        if not self.is_mounted:
            return
        most = self.size.width - 2
        hint = self._usage(most) if self._said is None else self._said
        self._hint.set_class(self._said is not None and hint.cell_length > most, "-long")
        self._show(self._hint, hint)
        self._show(self._cost, content(cost_hint(self.text, self.commands, SPOKEN)))

    def _show(self, where: PlainText, text: Content) -> None:
        # Both have a fixed place, so the screen needs no new layout for a key.
        if text != self._shown.get(where):
            self._shown[where] = text
            where.update(text, layout=False)

    def _usage(self, most: int) -> Content:
        line = self.text
        word = line.split(None, 1)[0] if line.strip() else ""
        if not word:
            return content(KEYS)
        command = command_of(line, self.commands)
        if command is not None:
            usage = usage_hint(line[: self._line.cursor_position], command, self.commands, most - 2)
            return joined(usage.before, (usage.typed, "bold $text"), usage.after, f"  {usage.about}")
        if word in SPOKEN or word in LEAVING:
            return content(f"{word}  {SPOKEN.get(word, SPOKEN['quit'])}")
        typed = " ".join(line.split())
        fitting = sum(name.startswith(typed) for name in (*self.commands, *SPOKEN))
        if fitting or not self.commands:
            return content(f"{fitting} command{'s' if fitting > 1 else ''} begin{'' if fitting > 1 else 's'} like this · Tab completes" if fitting else "")
        return content(f"! no command begins with {typed if width_of(typed) <= 40 else word}; help lists them", "$text-warning")


class LineInput(CompletingInput):
    """The Input of a command line: with the lines before, and the keys that a command has."""

    BINDINGS = [
        Binding("ctrl+u", "clear_line", "Clear the line", show=False, id="line.clear"),
        Binding("ctrl+r", "search", "Search earlier lines", show=False, id="line.search"),
        Binding("ctrl+o", "form", "Form", show=False, id="line.form"),
    ]
    after_completion = " "
    tab_completes = True

    def __init__(self, owner: CommandLine) -> None:
        super().__init__(owner.offers)
        self._owner = owner

    @property
    def down_opens(self) -> bool:
        return self.completion.open and not self._owner.history.walking

    def edited(self) -> None:
        self._owner.edited()

    def rest(self) -> None:
        super().rest()
        self._owner.hint()

    def replace(self, text: str, start: int, end: int) -> None:
        self._owner.history.stop()
        super().replace(text, start, end)

    def restricted(self) -> None:
        self._owner.too_long()

    def takes_key(self, key: str) -> bool:
        if super().takes_key(key):
            return True
        if key == "enter":
            self._owner.enter()
        elif key in ("up", "down"):
            self._owner.walk(older=key == "up")
        elif key == "question_mark" and self.cursor_position == 0:
            self._owner.ask_help()
        else:
            return key == "escape" and self._owner.withdraw()
        return True

    def action_clear_line(self) -> None:
        self._owner.history.stop()
        self.set_line("")

    def action_search(self) -> None:
        self._owner.walk(older=True, anywhere=True)

    def action_form(self) -> None:
        self._owner.ask_form()

"""A form for one command, made from its parameters. It ends with the line that was filled in."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Checkbox, Input, Select

from console.host.shown import Snapshot
from console.prompt.filled import default_text, filled_line, unchecked_line, values_of
from console.prompt.hints import cost_of
from console.prompt.suggest import Suggestion
from console.untrusted import untrusted_line
from console.widgets.completing_input import CompletingInput
from console.widgets.plain_text import PlainText, content, joined
from simulator.commands import Command, Param
from simulator.errors import UsageError


class FieldInput(CompletingInput):
    list_width = 60


class Field(Horizontal):
    """One parameter: its name, a widget for its value, and what it is."""

    def __init__(self, param: Param, value: str, names: Sequence[str], steps: Sequence[tuple[str, str]]) -> None:
        super().__init__(classes="field -whole" if param.type == "rest" else "field")
        self.param = param
        self._names, self._steps = names, steps
        self._of_choice = choice_helps(param)
        self._about = PlainText(self._help(value), classes="about")
        self.control = self._made(value)

    def _made(self, value: str) -> CompletingInput | Select[str] | Checkbox:
        param = self.param
        if param.type == "switch":
            return Checkbox("", (value or default_text(param)) == "on", compact=True)
        usual = default_text(param)
        if param.choices:
            options = [(Text(untrusted_line(choice)), choice) for choice in param.choices]
            # A prompt is read as markup, so none is made from a parameter.
            return Select(options, prompt="choose one" if param.required else "left out", value=value if value in param.choices else Select.NULL, compact=True)
        return FieldInput(self._offers, value, placeholder=untrusted_line(param.help if param.type == "rest" else usual))

    def compose(self) -> ComposeResult:
        yield PlainText(joined(self.param.name, ("  required" if self.param.required else "", "$foreground-muted")), classes="label")
        yield self.control
        yield self._about

    @property
    def value(self) -> str:
        """The value as text, empty where it is left out."""
        control = self.control
        if isinstance(control, Checkbox):
            return "on" if control.value else "off"
        if isinstance(control, Select):
            return control.selection or ""
        return control.value

    def explain(self) -> None:
        """Say what the choice means, where the parameter says it choice by choice."""
        if self._of_choice:
            self._about.show(self._help(self.value))

    def _help(self, value: str) -> str:
        param, usual = self.param, default_text(self.param)
        unit = f" ({param.unit})" if param.unit and param.type != "duration" else ""
        otherwise = f"; else {usual}" if usual and param.choices else ""
        return (self._of_choice.get(value, "what each does is said once it is chosen") if self._of_choice else param.help) + unit + otherwise

    def _offers(self, before_cursor: str) -> list[Suggestion]:
        if self.param.type == "steps":
            typed = before_cursor.replace(",", " ").rpartition(" ")[2]
            return [Suggestion(number, len(typed), line) for number, line in self._steps if number.startswith(typed.lstrip("#"))]
        return [Suggestion(name, len(before_cursor)) for name in self._names if name.startswith(before_cursor)]


def choice_helps(param: Param) -> dict[str, str]:
    """The help of each choice, where a parameter's help is `choice: what it does; …` for all of them; empty otherwise."""
    pieces = dict(piece.partition(": ")[::2] for piece in param.help.split("; "))
    return pieces if param.choices and set(pieces) == set(param.choices) else {}


class CommandFormScreen(ModalScreen[str | None]):
    """Ends with the line, or None. `line` is what was typed so far; the form begins with its values."""

    DEFAULT_CSS = """
    CommandFormScreen {
        align: center middle;
        & > Vertical { width: 96; max-width: 96%; height: auto; max-height: 96%; border: round $primary; border-title-style: bold; background: $surface; padding: 0 1; }
        & .about-command { max-height: 4; color: $text-muted; margin-bottom: 1; }
        & VerticalScroll { height: auto; max-height: 52vh; }
        & .field { height: auto; }
        & .label { width: 21; }
        & .field:focus-within .label { text-style: bold reverse; }
        & .field > Input, & .field > Select, & .field > Checkbox { width: 2fr; }
        & .field > Input, & SelectCurrent { background: $boost; }
        & .about { width: 3fr; height: auto; max-height: 3; margin-left: 2; color: $text-muted; }
        & .field.-whole > Input { width: 1fr; }
        & .field.-whole > .about { display: none; }
        & .line { margin-top: 1; text-style: bold; }
        & .line, & .problem, & .keys { height: 1; text-wrap: nowrap; text-overflow: ellipsis; }
        & .keys { color: $text-muted; }
    }
    """
    BINDINGS = [Binding("ctrl+s", "done", "Take the line"), Binding("escape", "dismiss(None)", "Back")]

    def __init__(self, command: Command, snapshot: Snapshot, line: str = "") -> None:
        super().__init__()
        self._command = command
        values = values_of(command, line)
        steps = [(str(step.step), step.line) for step in reversed(snapshot.runbook.steps) if step.kind == "look"]
        self._fields = [Field(param, values.get(param.name, ""), snapshot.names.get(param.names, ()), steps) for param in command.params]
        self._line, self._problem = PlainText(classes="line"), PlainText(classes="problem")
        self._tried = False

    def compose(self) -> ComposeResult:
        command = self._command
        with Vertical() as box:
            box.border_title = content(f"{command.name} · {cost_of(command)}")
            yield PlainText(command.help, classes="about-command")
            with VerticalScroll(can_focus=False):
                yield from self._fields
            yield self._line
            yield self._problem
            yield PlainText("Enter or ^s takes the line · Tab next · Down shows names · Esc back", classes="keys")
            # Lists lie over the form; as children of the screen they would be centred with it.
            for field in self._fields:
                if isinstance(field.control, CompletingInput):
                    yield field.control.completion

    def on_mount(self) -> None:
        self._show()
        if self._fields:
            self._fields[0].control.focus()

    @property
    def values(self) -> dict[str, str]:
        return {field.param.name: field.value for field in self._fields}

    @on(Input.Changed)
    @on(Select.Changed)
    @on(Checkbox.Changed)
    def _changed(self) -> None:
        for field in self._fields:
            field.explain()
        self._show()

    def _show(self) -> str | None:
        """The line that results, and what is wrong with it. Returns it where nothing is."""
        self._line.show(f"> {unchecked_line(self._command, self.values)}")
        try:
            line = filled_line(self._command, self.values)
        except UsageError as problem:
            # The usage at its end is what the form shows.
            said = str(problem).partition("; usage:")[0]
            self._problem.show(content(f"! {said}", "$text-warning") if self._tried else content(said, "$foreground-muted"))
            return None
        self._problem.show("")
        return line

    @on(Input.Submitted)
    def action_done(self) -> None:
        """End with the line, if it can be understood."""
        self._tried = True
        line = self._show()
        if line is not None:
            self.dismiss(line)

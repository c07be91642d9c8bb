"""Asks for the name of a file to be written, and says what writing it would do."""

from __future__ import annotations

import os
from pathlib import Path

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input

from console.untrusted import untrusted_line
from console.widgets.debrief_rows import MUTED
from console.widgets.plain_text import PlainText, content


class NameInput(Input):
    """An Input shows its value as it is, and what is pasted may come from anywhere."""

    def validate_value(self, value: str) -> str:
        return untrusted_line(value)


class FileName(ModalScreen[str | None]):
    """Dismissed with the full name of a file, or None."""

    DEFAULT_CSS = """
    FileName {
        align: center middle;
        & > Vertical {
            width: 90%;
            max-width: 90;
            height: auto;
            padding: 1 2;
            background: $surface;
            border: round $primary;
        }
        #will { height: 3; margin-top: 1; }
    }
    """
    BINDINGS = [Binding("escape", "cancel", "Cancel")]

    def __init__(self, question: str, default: str, suffix: str) -> None:
        """`suffix` is put behind a name that has another end."""
        super().__init__()
        self._question, self._default, self._suffix = question, default, suffix

    def compose(self) -> ComposeResult:
        with Vertical():
            yield PlainText(self._question)
            yield NameInput(self._default, select_on_focus=False)
            yield PlainText(id="will")
            yield PlainText(content("Enter writes, Escape goes back.", MUTED))

    @on(Input.Changed)
    def _say(self, changed: Input.Changed) -> None:
        problem = objection(changed.value, self._suffix)
        self.query_one("#will", PlainText).update(content(f"! {problem}", "$text-error") if problem else content(remark(changed.value, self._suffix), MUTED))

    @on(Input.Submitted)
    def _submit(self, submitted: Input.Submitted) -> None:
        if not objection(submitted.value, self._suffix):
            self.dismiss(str(full_name(submitted.value, self._suffix)))

    def action_cancel(self) -> None:
        self.dismiss(None)


def full_name(typed: str, suffix: str) -> Path:
    name = typed.strip()
    return Path(os.path.expanduser(name if name.lower().endswith(suffix) else name + suffix)).absolute()


def objection(typed: str, suffix: str) -> str:
    """Why the file cannot be written, as far as can be told beforehand; empty where nothing speaks against it."""
    if not typed.strip():
        return "Type a name."
    if typed.strip().endswith(("/", os.sep)):
        return "This names a folder; add the name of a file."
    if "\0" in typed:
        return "No file can have this name."
    try:
        file = full_name(typed, suffix)
        if file.is_dir():
            return f"{file} is a folder."
        if not file.parent.is_dir():
            return f"There is no folder {file.parent}."
    except (OSError, ValueError):
        return "No file can have this name."
    return ""


def remark(typed: str, suffix: str) -> str:
    """What writing would do."""
    file = full_name(typed, suffix)
    return f"{file} is there already and will be replaced." if file.exists() else f"Will be written to {file}."

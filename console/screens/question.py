"""A question that must be answered before anything goes on. It ends with one of a few typed answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Generic, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.events import Key
from textual.screen import ModalScreen
from textual.widgets import OptionList

from console.widgets.plain_text import PlainText, content, joined
from console.widgets.row_list import Row, RowList, one_line

Chosen = TypeVar("Chosen")


@dataclass(frozen=True, slots=True)
class Answer(Generic[Chosen]):
    text: str
    value: Chosen
    key: str = ""
    """A letter that gives this answer at once; empty for none."""


class QuestionScreen(ModalScreen[Chosen | None]):
    """Ends with the value of an answer, or None where the person went back."""

    DEFAULT_CSS = """
    QuestionScreen { align: center middle; }
    QuestionScreen > Vertical { width: 72; max-width: 95%; height: auto; max-height: 100%; border: round $primary; border-title-style: bold; }
    QuestionScreen > Vertical { background: $surface; padding: 1 2 0 2; }
    QuestionScreen VerticalScroll { height: auto; max-height: 30vh; }
    QuestionScreen RowList { height: auto; max-height: 30vh; margin: 1 0 0 0; border: none; background: $surface; &:focus { border: none; } }
    QuestionScreen .hint { height: auto; padding: 1 0; color: $text-muted; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Back")]

    def __init__(self, text: Content | str, answers: Sequence[Answer[Chosen]], *, title: str = "", first: int = 0) -> None:
        """`first` is the answer that Enter gives; the harmless one, where one does harm."""
        super().__init__()
        self._text, self._answers, self._title, self._first = text, tuple(answers), title, first

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_title = content(self._title)
            with VerticalScroll(can_focus=False):
                yield PlainText(self._text)
            yield RowList()
            yield PlainText("Enter chooses · Escape goes back", classes="hint")

    def on_mount(self) -> None:
        answers = self.query_one(RowList)
        answers.fill([Row(str(k), joined((f"{answer.key}  ", "bold $text-primary") if answer.key else "", one_line(answer.text))) for k, answer in enumerate(self._answers)])
        answers.highlighted = self._first
        answers.focus()

    def on_key(self, event: Key) -> None:
        for answer in self._answers:
            if answer.key and event.key == answer.key:
                event.stop()
                self.dismiss(answer.value)
                return

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._answers[event.option_index].value)

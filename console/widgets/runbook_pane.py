"""The runbook: the steps so far with what each took, and the causes that were stated with where they stand."""

from __future__ import annotations

from dataclasses import dataclass

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.events import Resize
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from console.host.shown import Hypothesis, RunbookStep, Snapshot
from console.untrusted import untrusted_line
from console.widgets.plain_text import PlainText, content, joined, state_content
from console.widgets.row_list import Line, RowList, one_line
from simulator.durations import format_duration

_TOOK_WIDTH, _TAG_WIDTH = 5, 3
_NOTHING_YET = "Each line you type becomes a step here."
_STANDINGS = {"open": ("~", "$text-warning"), "ruled out": ("x", "dim"), "declared": ("=", "$text-accent")}
_FAILURES = {"refused": "refused", "error": "not understood"}
"""Kinds of step that did not do what they say, in words."""


def step_line(step: RunbookStep) -> Line:
    """A step on one line: its number, whether it was refused, the line, and at the right what it took and its hypothesis."""
    failure = _FAILURES.get(step.kind)
    said = (state_content(step.kind, failure), "  ") if failure else ()
    took = format_duration(step.took_s) if step.took_s else ""
    lead = joined(f"{step.step:>3}  ", *said, one_line(step.line))
    return Line(lead, (content(f"{took:>{_TOOK_WIDTH}}"), one_line(step.hypothesis, "$text-accent")), (_TOOK_WIDTH, _TAG_WIDTH))


def hypothesis_text(hypothesis: Hypothesis) -> Content:
    """A stated cause: its label, where it stands, what it says, and the steps cited."""
    sign, style = _STANDINGS.get(hypothesis.standing, ("", ""))
    steps = " ".join(str(step) for step in hypothesis.evidence)
    cited = "" if not steps else f"  by {steps}" if hypothesis.standing == "ruled out" else f"  evidence {steps}"
    standing = content(f"{sign} {hypothesis.standing}".strip(), style)
    said = untrusted_line(f"  {hypothesis.mechanism} at {hypothesis.component}")
    return joined((f"{hypothesis.label} ", "bold $text-accent"), standing, said, (cited, "dim"))


class StepList(RowList, can_focus=False):
    """Steps as lines. The newest is in view until somebody scrolls away from it."""

    DEFAULT_CSS = """
    StepList {
        height: 1fr;
        border: none;
        padding: 0;
        & > .option-list--option { padding: 0; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._steps: tuple[RunbookStep, ...] = ()
        self._following = True

    @property
    def chosen_step(self) -> int | None:
        return self._steps[self.highlighted].step if self.highlighted is not None else None

    def take(self, steps: tuple[RunbookStep, ...]) -> None:
        """Show these steps; lines that were there stay where they are."""
        before, self._steps = self._steps, steps
        if len(steps) < len(before):
            self.clear_options()
            before = ()
        for index, (old, new) in enumerate(zip(before, steps, strict=False)):
            if old != new:
                self.replace_option_prompt_at_index(index, step_line(new))
        if len(steps) > len(before):
            self.add_options([Option(step_line(step)) for step in steps[len(before) :]])
            self._follow()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        self._following = round(new_value) >= self.max_scroll_y

    def on_resize(self, event: Resize) -> None:
        self._follow()

    def _follow(self) -> None:
        if self._following:
            self.scroll_end(animate=False)


class RunbookPane(Vertical, can_focus=True):
    """Steps over hypotheses. Up and down choose a step; `i` cites it, enter shows what it brought."""

    DEFAULT_CSS = """
    RunbookPane {
        & > #hypotheses { height: auto; max-height: 45%; scrollbar-size-vertical: 1; }
        &:focus > StepList > .option-list--option-highlighted {
            color: $block-cursor-foreground;
            background: $block-cursor-background;
            text-style: $block-cursor-text-style;
        }
    }
    """
    BORDER_TITLE = "Runbook f5"
    BINDINGS = [
        Binding("up", "move('cursor_up')", "Step before", show=False),
        Binding("down", "move('cursor_down')", "Next step", show=False),
        Binding("home", "move('first')", "First step", show=False),
        Binding("end", "move('last')", "Newest step", show=False),
        Binding("pageup", "move('page_up')", "A page up", show=False),
        Binding("pagedown", "move('page_down')", "A page down", show=False),
        Binding("i", "cite", "Cite", id="runbook.cite", tooltip="Put this step into the command line as evidence"),
        Binding("enter", "show_step", "Show", id="runbook.show", tooltip="Show what this step brought"),
    ]

    snapshot: reactive[Snapshot | None] = reactive(None, repaint=False)

    @dataclass
    class Cite(Message):
        """The step is wanted as evidence in the command line."""

        step: int

    @dataclass
    class Show(Message):
        """What the step brought is wanted in view."""

        step: int

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._steps = StepList()
        self._hypotheses = PlainText(content(_NOTHING_YET, "dim"))

    def compose(self) -> ComposeResult:
        yield self._steps
        yield VerticalScroll(self._hypotheses, id="hypotheses", can_focus=False)

    def watch_snapshot(self, before: Snapshot | None, now: Snapshot | None) -> None:
        if before is None or now is None or before.runbook != now.runbook:
            self._take()

    def on_focus(self) -> None:
        if self._steps.highlighted is None and self._steps.option_count:
            self._steps.action_last()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()

    def action_move(self, how: str) -> None:
        """Choose another step."""
        getattr(self._steps, f"action_{how}")()

    def action_cite(self) -> None:
        """Ask for the chosen step as evidence."""
        if self._steps.chosen_step is not None:
            self.post_message(self.Cite(self._steps.chosen_step))

    def action_show_step(self) -> None:
        """Ask for what the chosen step brought."""
        if self._steps.chosen_step is not None:
            self.post_message(self.Show(self._steps.chosen_step))

    def _take(self) -> None:
        if self.snapshot is None:
            return
        runbook = self.snapshot.runbook
        self._steps.take(runbook.steps)
        if runbook.hypotheses:
            self._hypotheses.show(Content("\n").join(hypothesis_text(hypothesis) for hypothesis in runbook.hypotheses))
        else:
            self._hypotheses.show(content("" if runbook.steps else _NOTHING_YET, "dim"))
        self._hypotheses.display = bool(runbook.hypotheses or not runbook.steps)
        # Once more when it was painted: a text that was never painted may not be laid out again.
        self.call_after_refresh(self._hypotheses.refresh, layout=True)

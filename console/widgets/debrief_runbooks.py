"""The runbooks of a debrief: one's own steps, and the reference runbook beside them or, where it is narrow, beneath."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Container, Vertical

from console.host.shown import Debrief
from console.widgets.debrief_rows import MUTED, HangingRows, Row, lead
from console.widgets.harm_lanes import SIGNS
from console.widgets.plain_text import PlainText, content, joined
from grader.report_rows import StepRow


class RunbooksPane(Container):
    SCOPED_CSS = False
    DEFAULT_CSS = """
    RunbooksPane {
        height: auto;
        layout: vertical;
        Vertical { height: auto; width: 1fr; }
    }
    .-wide RunbooksPane, .-broad RunbooksPane {
        layout: horizontal;
        #own { margin-right: 3; }
        #model .heading { margin-top: 0; }
    }
    """

    def __init__(self, debrief: Debrief) -> None:
        super().__init__()
        self._debrief = debrief

    def compose(self) -> ComposeResult:
        report = self._debrief.report
        kinds = {mark.step: mark.kind for mark in self._debrief.marks}
        with Vertical(id="own"):
            yield PlainText("Your steps (h:mm since the page)", classes="heading first")
            yield HangingRows([own_row(step, kinds.get(step.step, "")) for step in report.own]) if report.own else PlainText("No step was made.")
        with Vertical(id="model"):
            yield PlainText("The reference runbook", classes="heading")
            if report.reference:
                yield HangingRows([Row(content(str(number), MUTED), content(line)) for number, line in enumerate(report.reference, 1)])
            else:
                yield PlainText("There is none here: the scenario was changed or removed after this session.")


def own_row(step: StepRow, kind: str) -> Row:
    note = [(f"\n{kind or 'not done'}: {step.note}", "$text-warning")] if step.note else []
    style = "bold" if kind in ("move", "declare") else ""
    return Row(lead(f"{SIGNS.get(kind, ''):1} #{step.step:<3} {step.clock:>5}", MUTED), joined((step.line, style), *note))

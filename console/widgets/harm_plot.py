"""The timeline of harm: three courses of what was lost since the page, the drill's steps on lanes below, and what one step was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from textual.actions import SkipAction
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from console.host.shown import Debrief
from console.widgets.amounts import short_number
from console.widgets.debrief_rows import MUTED, Row, hanging
from console.widgets.harm_courses import LAST_STEP, Course, Frame, at_time, courses, date_and_time, last_step, stacked
from console.widgets.harm_lanes import LEGEND, SIGNS, StepLanes
from console.widgets.plain_text import PlainText, content, joined
from grader.report_rows import FELL, Report

_LINE = "━"
_COLOURS = {"left": "$text-primary", "nothing": "$text-error", "reference": "$text-success"}


class HarmPlot(Widget, can_focus=True):
    """Left and right walk over the steps; beyond the first and the last they do what they do elsewhere."""

    SCOPED_CSS = False
    DEFAULT_CSS = """
    HarmPlot {
        height: auto;
        width: 1fr;
        layout: vertical;
        #title { text-style: bold; }
        #curves { height: 11; }
        &:focus #title { text-style: bold reverse; }
    }
    .-wide HarmPlot EndNames, .-broad HarmPlot EndNames { width: 30; }
    .-tall HarmPlot #curves { height: 16; }
    .-tall.-broad HarmPlot #curves { height: 26; }
    """
    BINDINGS = [
        Binding("left", "walk(-1)", "Step before"),
        Binding("right", "walk(1)", "Next step"),
    ]

    at: reactive[int | None] = reactive(None, init=False)
    """Which of the marks is told of; None before anybody walked."""

    def __init__(self, debrief: Debrief) -> None:
        super().__init__()
        self._debrief = debrief
        self._courses = courses(debrief.curves, debrief.start_s)
        self._told = told_by_step(debrief.report)

    def compose(self) -> ComposeResult:
        debrief = self._debrief
        if self._courses:
            seen = last_step(Frame.of(self._courses), self._last_step_s() - debrief.start_s) is not None
            yield PlainText(f"Lost since the page of {date_and_time(debrief.start_s)}, in {debrief.currency}" + (f"   {LAST_STEP} last step" if seen else ""), id="title")
            with Horizontal(id="curves"):
                yield EndNames(self._courses, {row.name: row.after for row in debrief.report.impact}, debrief.currency)
        else:
            yield PlainText("Nothing was lost after the page, so there is no curve.", id="title")
        yield StepLanes(debrief.marks, debrief.start_s)
        yield StepTold(self._invitation())

    def on_resize(self) -> None:
        # Not on_show, which does not come where the pane before was scrolled.
        if self._courses and not self.query("Curves"):
            from console.widgets.harm_curves import Curves

            self.query_one("#curves").mount(Curves(self._courses, self._debrief.start_s, self._last_step_s()), before=0)

    def _last_step_s(self) -> float:
        return self._debrief.marks[-1].at_s if self._debrief.marks else self._debrief.start_s

    def action_walk(self, by: int) -> None:
        marks = self._debrief.marks
        at = (0 if by > 0 else -1) if self.at is None else self.at + by
        if not 0 <= at < len(marks):
            raise SkipAction
        self.at = at

    def watch_at(self, at: int) -> None:
        mark = self._debrief.marks[at]
        self.query_one(StepLanes).chosen = mark.step
        clock, note = self._told.get(mark.step, ("", ""))
        head = joined((f"{SIGNS.get(mark.kind, '')}#{mark.step}", "bold"), (f"  {clock}  {mark.kind}{self._lost_by(mark.at_s)}", MUTED))
        self.query_one(StepTold).told = tuple(part for part in (head, content(mark.line), content(note, MUTED)) if part)

    def _lost_by(self, at_s: float) -> str:
        if not self._courses:
            return ""
        lost = at_time(self._courses[0].points, at_s - self._debrief.start_s)
        return f"   about {short_number(round(lost))} {self._debrief.currency} lost by then" if lost >= 1 else ""

    def _invitation(self) -> Content:
        if not self._debrief.marks:
            return content("No step was made.", MUTED)
        return content(f"Left and right walk over the steps, once Tab or 2 has put them here. {LEGEND}.", MUTED)


class StepTold(Widget):
    """What one step was: its head, what was typed, and what came of it. What does not fit is in the runbook."""

    DEFAULT_CSS = """
    StepTold {
        width: 1fr;
        height: 3;
    }
    """

    told: reactive[tuple[Content, ...]] = reactive(())

    def __init__(self, invitation: Content) -> None:
        super().__init__()
        self.set_reactive(StepTold.told, (invitation,))

    def render(self) -> Content:
        width, height = self.content_size
        *parts, last = self.told
        lines = [part.truncate(width, ellipsis=True) for part in parts]
        wrapped = last.wrap(max(width, 2))
        room = max(height - len(lines), 1)
        cut = [wrapped[room - 1].append(" …")] if len(wrapped) > room else wrapped[room - 1 : room]
        return Content("\n").join([*lines, *wrapped[: room - 1], *(line.truncate(width, ellipsis=True) for line in cut)])


class EndNames(Widget):
    """The name of each course beside its end, with what it came to."""

    DEFAULT_CSS = """
    EndNames {
        width: 20;
        height: 1fr;
    }
    """

    def __init__(self, shown: Sequence[Course], amounts: Mapping[str, str], currency: str) -> None:
        """`amounts` are texts by the courses' names; where one is missing, its curve tells."""
        super().__init__()
        self._courses, self._amounts, self._currency = tuple(shown), amounts, currency

    def render(self) -> Content:
        width, height = self.content_size
        frame, blocks = Frame.of(self._courses), []
        for course in self._courses:
            amount = self._amounts.get(course.name) or f"{short_number(course.end)} {self._currency}"
            row = Row(content(f" {course.sign or _LINE}", f"bold {_COLOURS[course.line]}"), joined(course.name, (f"\n{amount}", "bold")))
            blocks.append((frame.row(course.end, height - 1), hanging([row], width)))
        return Content("\n").join(stacked(blocks, height))


def told_by_step(report: Report) -> Mapping[int, tuple[str, str]]:
    """By step its time since the page, and what it came to: why it was refused, what the move was worth, what fell there."""
    fell: dict[int, list[str]] = {}
    for grid in report.grids:
        for row in grid.rows:
            for step, mark in zip(grid.looks, row.marks, strict=False):
                if mark == FELL:
                    fell.setdefault(step, []).append(row.name)
    worth = {move.step: move.worth for move in report.moves}
    return {s.step: (s.clock, s.note or worth.get(s.step) or (f"fell here: {', '.join(fell[s.step])}" if s.step in fell else "")) for s in report.own}

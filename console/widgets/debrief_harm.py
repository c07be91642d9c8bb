"""The harm of a debrief: its timeline, what was lost in each course, what each move was worth, whether it recovered, and when."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.content import Content

from console.host.shown import Debrief
from console.plain.style import padded, width_of
from console.widgets.debrief_rows import MUTED, HangingRows, Row, lead
from console.widgets.harm_plot import HarmPlot
from console.widgets.plain_text import PlainText, content, joined
from grader.report_rows import READ_OFF, HarmRow, LossRow, MoveRow

HEADS = ("before the page", "after it", "in all")


class HarmPane(Container):
    SCOPED_CSS = False
    DEFAULT_CSS = """
    HarmPane {
        height: auto;
        layout: vertical;
        Vertical { height: auto; }
    }
    .-broad HarmPane {
        layout: horizontal;
        HarmPlot { width: 3fr; margin-right: 3; }
        #told { width: 2fr; }
        #told .beside { margin-top: 0; }
    }
    """

    def __init__(self, debrief: Debrief) -> None:
        super().__init__()
        self._debrief = debrief

    def compose(self) -> ComposeResult:
        r = self._debrief.report
        yield HarmPlot(self._debrief)
        with Vertical(id="told"):
            yield PlainText("Losses", classes="heading beside")
            yield HangingRows([Row(Content(), content(sentence)) for sentence in r.losses])
            if r.impact:
                yield LossTable(r.impact)
            if r.moves:
                yield PlainText("Moves, each by leaving it out", classes="heading")
                yield HangingRows([move_row(move) for move in r.moves])
            if r.timeline:
                yield PlainText("Timeline, lost since the page", classes="heading")
                yield HangingRows([harm_row(moment) for moment in r.timeline])
                yield PlainText(content(READ_OFF, MUTED))
            yield PlainText("Recovery", classes="heading")
            yield HangingRows([Row(content("-"), content(sentence)) for sentence in r.recovery])
            yield PlainText("Times", classes="heading")
            yield HangingRows([Row(lead(name), content(value, "bold")) for name, value in r.times])


class LossTable(HangingRows):
    """One line for each course, its amounts under their heads; where that is too wide, each amount with its name."""

    def __init__(self, impact: Sequence[LossRow]) -> None:
        super().__init__()
        self._impact = tuple(impact)

    def lines(self, width: int) -> list[Content]:
        return loss_lines(self._impact, width)


def loss_lines(impact: Sequence[LossRow], width: int) -> list[Content]:
    texts = [("", *HEADS), *((lead(row.name).plain, *(lead(amount).plain for amount in (row.before, row.after, row.whole))) for row in impact)]
    columns = [max(width_of(line[i]) for line in texts) for i in range(len(texts[0]))]
    if sum(columns) + 2 * (len(columns) - 1) <= width:
        lines = ["  ".join(padded(text, columns[i], right=i > 0) for i, text in enumerate(line)) for line in texts]
        return [content(line, "" if at else MUTED) for at, line in enumerate(lines)]
    told = []
    for name, *amounts in texts[1:]:
        told += content(f"{name}: " + ", ".join(f"{amount} {head}" for amount, head in zip(amounts, HEADS, strict=True) if amount)).wrap(max(width, 2))
    return told


def move_row(move: MoveRow) -> Row:
    said = (f"\n{move.worth}", "bold"), (f"; {move.checked}" if move.checked else "", "")
    return Row(lead(f"▲ #{move.step:<3} {move.clock:>5}", MUTED), joined(move.line, *said))


def harm_row(moment: HarmRow) -> Row:
    worth = [(f"; {moment.worth}", "bold")] if moment.worth else []
    lost = [(f"\n{moment.lost} as you left it, {moment.nothing} had nobody done anything", MUTED)] if moment.lost else []
    return Row(lead(moment.clock, MUTED), joined(moment.what, *worth, *lost))

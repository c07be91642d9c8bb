"""What a debrief says of the next time: the guards left behind, replayed on this incident; and what the score does not say."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical

from console.host.shown import Debrief
from console.widgets.debrief_rows import MUTED, HangingRows, Row
from console.widgets.debrief_score import finding_row
from console.widgets.plain_text import PlainText, content


class PreventionPane(Vertical):
    SCOPED_CSS = False
    DEFAULT_CSS = """
    PreventionPane { height: auto; }
    """

    def __init__(self, debrief: Debrief) -> None:
        super().__init__()
        self._report = debrief.report

    def compose(self) -> ComposeResult:
        r = self._report
        yield PlainText("Guards you left behind, replayed on this incident", classes="heading first")
        yield HangingRows([Row(content("-"), content(guard)) for guard in r.guards]) if r.guards else PlainText("No guard was left behind.")
        found = [finding_row(f, words=True) for f in r.findings if f.dimension == "prevention"]
        if found:
            yield PlainText("What they were worth", classes="heading")
            yield HangingRows(found)
        yield PlainText("Limits", classes="heading")
        yield PlainText(r.limits)
        yield PlainText(content(r.version, MUTED))

"""The steps of a drill on lanes, one for looks, one for moves, one for words, over a time axis of their own."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.geometry import Size
from textual.reactive import reactive
from textual.widget import Widget

from console.host.shown import StepMark
from console.widgets.debrief_rows import MUTED
from console.widgets.plain_text import content
from grader.chart_scale import apart, round_times
from grader.report_rows import clock

LANES = ("look", "move", "word")
SIGNS = {"look": "", "move": "▲", "declare": "◆", "word": "", "refused": "×", "error": "×"}
"""What stands before a step's number, so that the lane is not all that tells its kind."""
STYLES = {"move": "$text-primary", "declare": "$text-accent", "refused": "$text-warning", "error": "$text-warning"}
LEGEND = "▲ move, ◆ declared cause, × refused or not understood"
_LEAD = 7
_LEAST_ROOM = 10
_TICK_ROOM = 9


class StepLanes(Widget):
    DEFAULT_CSS = """
    StepLanes {
        width: 1fr;
        height: 5;
    }
    """

    chosen: reactive[int | None] = reactive(None)
    """The step that is told of, by its number."""

    def __init__(self, marks: Sequence[StepMark], start_s: float) -> None:
        super().__init__()
        self._marks, self._start_s = tuple(marks), start_s

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(LANES) + 2

    def render(self) -> Content:
        return Content("\n").join(lane_lines(self._marks, self._start_s, self.content_size.width, self.chosen))


class _Cells:
    """One line, cell by cell."""

    def __init__(self, room: int) -> None:
        self._signs, self._styles = [" "] * room, [""] * room

    def is_free(self, at: int, length: int) -> bool:
        return all(sign == " " for sign in self._signs[max(at, 0) : at + length])

    def write(self, at: int, text: str, style: str = "") -> None:
        for offset, sign in enumerate(text):
            if 0 <= at + offset < len(self._signs):
                self._signs[at + offset], self._styles[at + offset] = sign, style

    def content(self) -> Content:
        return Content("").join(content(sign, style) for sign, style in zip(self._signs, self._styles, strict=True)).simplify()


def lane_of(mark: StepMark) -> str:
    return mark.kind if mark.kind in LANES else "word"


def label(mark: StepMark) -> str:
    return f"{SIGNS.get(mark.kind, '')}{mark.step}"


def lane_lines(marks: Sequence[StepMark], start_s: float, width: int, chosen: int | None) -> list[Content]:
    """Three lanes, the axis and its times; a number is left out where it would cover the one before it, unless it is chosen."""
    room = width - _LEAD
    if not marks or room < _LEAST_ROOM:
        return []
    span = max(marks[-1].at_s - start_s, 1.0)
    track = room - min(max(len(label(mark)) for mark in marks), room - 1)
    lanes = {lane: _Cells(room) for lane in LANES}
    for lane, cells in lanes.items():
        here = [mark for mark in marks if lane_of(mark) == lane]
        _fill(cells, here, [track * min(1.0, max(0.0, (mark.at_s - start_s) / span)) for mark in here], track, chosen)
    axis, times = _Cells(room), _Cells(room)
    axis.write(0, "─" * room, MUTED)
    for since_s in round_times(span, max(track // _TICK_ROOM, 1)):
        at, text = round(track * since_s / span), clock(since_s, 0.0)
        axis.write(at, "┬", MUTED)
        if at + len(text) <= room and times.is_free(at - 1, len(text) + 1):
            times.write(at, text, MUTED)
    lines = [(f"{lane}s", cells) for lane, cells in lanes.items()]
    return [Content.assemble(content(f"{name:<{_LEAD}}", MUTED), cells.content()) for name, cells in [*lines, ("", axis), ("h:mm", times)]]


def _fill(cells: _Cells, marks: Sequence[StepMark], places: Sequence[float], track: int, chosen: int | None) -> None:
    """Numbers of steps at their places, moved aside where they would cover each other."""
    gap = max((len(label(mark)) for mark in marks), default=0) + 1
    moved = [round(at) for at in apart(places, gap, track, track)]
    for mark, at in zip(marks, moved, strict=True):
        if cells.is_free(at - 1, len(label(mark)) + 1):
            cells.write(at, label(mark), STYLES.get(mark.kind, ""))
        elif cells.is_free(at, 1):
            cells.write(at, "·", STYLES.get(mark.kind, ""))
    for mark, at in zip(marks, moved, strict=True):
        if mark.step == chosen:
            cells.write(at, label(mark), "bold reverse")

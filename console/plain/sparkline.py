"""A curve on one line: its shape in bars, its least, greatest and last value, and the span it covers."""

from __future__ import annotations

from collections.abc import Sequence

from console.plain.cells import cell_text
from console.plain.style import Style
from console.untrusted import untrusted_line
from simulator.calendar import clock
from simulator.observation import Series

_BARS, _ASCII_BARS = "▁▂▃▄▅▆▇█", "_.:-=+*#"
_MOST_BARS, _LEAST_BARS = 60, 12


def series_text(series: Series, style: Style) -> str:
    """Two lines: name with unit and figures, then the bars with the times at their ends."""
    known = [value for value in series.values if value is not None]
    name = untrusted_line(series.name)
    if not known:
        return f"  {name}: nothing was measured"
    unit = series.unit
    least, greatest = (cell_text(bound, unit) for bound in (min(known), max(known)))
    last = cell_text(series.values[-1], unit)
    shown_unit = "" if unit in ("", "s", "share", "time") else f" [{untrusted_line(unit)}]"
    begin, end = clock(series.at_s[0]), clock(series.at_s[-1])
    room = min(_MOST_BARS, style.width - len(begin) - len(end) - 6)
    line = bars(series.values, max(room, _LEAST_BARS), style)
    return f"  {name}{shown_unit}: min {least}, max {greatest}, last {last}\n  {begin} {style.paint(line, 'cyan')} {end}"


def bars(values: Sequence[float | None], room: int, style: Style) -> str:
    """One sign for each of at most `room` equal parts of `values`, by the part's mean; a blank where nothing was measured."""
    signs = _BARS if style.unicode else _ASCII_BARS
    count = min(room, len(values))
    means: list[float | None] = []
    for k in range(count):
        part = [v for v in values[k * len(values) // count : (k + 1) * len(values) // count] if v is not None]
        means.append(sum(part) / len(part) if part else None)
    known = [mean for mean in means if mean is not None]
    low, span = (min(known), max(known) - min(known)) if known else (0.0, 0.0)
    top = len(signs) - 1
    return "".join(" " if mean is None else signs[round((mean - low) / span * top) if span else 0] for mean in means)

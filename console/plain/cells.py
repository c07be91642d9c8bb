"""One value of a table or a curve as text, by its unit: dates, spans, shares, money, counts."""

from __future__ import annotations

from console.untrusted import untrusted_line
from simulator.calendar import clock
from simulator.durations import MINUTE_S, format_duration
from simulator.observation import Cell

NOTHING = "–"
_IN_THE_CELL = ("time", "s", "share")
"""Units that each value shows itself, so that the head need not."""


def head_text(name: str, unit: str) -> str:
    """A column's head, with the unit where the values do not show it."""
    name, unit = untrusted_line(name), untrusted_line(unit)
    return name if not unit or unit in _IN_THE_CELL else f"{name} [{unit}]"


def cell_text(value: Cell, unit: str = "") -> str:
    """`value` as people read it; text is made safe to show."""
    if value is None:
        return NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return untrusted_line(value)
    if value != value or abs(value) == float("inf"):
        return NOTHING
    if unit == "time":
        return clock(value)
    if unit == "s":
        return format_duration(value) if abs(value) >= MINUTE_S else f"{value:.4g}s"
    if unit == "share":
        return f"{100 * value:.4g}%"
    return number_text(value)


def number_text(value: float) -> str:
    """Five significant digits, thousands in groups, never an exponent where the number can be read without one."""
    if isinstance(value, int) or (float(value).is_integer() and abs(value) < 1e15):
        return f"{int(value):,}"
    if abs(value) >= 1000:
        return f"{value:,.0f}" if abs(value) >= 100_000 else f"{value:,.1f}"
    return f"{value:.5g}"

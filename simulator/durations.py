"""Durations as people type and read them: 200ms, 90s, 15m, 12h, 2d."""

from __future__ import annotations

import re
from math import isfinite

MINUTE_S, HOUR_S, DAY_S, WEEK_S = 60.0, 3600.0, 86_400.0, 604_800.0
_UNIT_S = {"ms": 0.001, "s": 1.0, "m": MINUTE_S, "h": HOUR_S, "d": DAY_S, "w": WEEK_S}
_PATTERN = re.compile(r"(\d+(?:\.\d+)?)(ms|[smhdw])")


def parse_duration(text: str) -> float:
    """Seconds in `text` such as `90s`, `1h30m` or `2d`.

    Raises:
        ValueError: `text` is no duration.
    """
    pieces = _PATTERN.findall(text)
    if not pieces or "".join(number + unit for number, unit in pieces) != text:
        raise ValueError(f"{text!r} is no duration; write 90s, 15m, 12h or 2d")
    seconds = sum(float(number) * _UNIT_S[unit] for number, unit in pieces)
    if not isfinite(seconds):
        raise ValueError("a duration must have an end")
    return seconds


def format_duration(seconds: float) -> str:
    """`seconds` in the largest unit that keeps it readable, with at most one decimal."""
    size = abs(seconds)
    for unit, length in (("d", DAY_S), ("h", HOUR_S), ("m", MINUTE_S)):
        if size >= 2 * length or (unit == "m" and size >= length):
            return f"{seconds / length:.1f}".rstrip("0").rstrip(".") + unit
    return f"{seconds:.0f}s"

"""Round times for the axis of a drill, and places on it moved apart so that what stands there can be read. Nothing else of a grade is loaded."""

from __future__ import annotations

import math
from collections.abc import Sequence

from simulator.durations import DAY_S, MINUTE_S

_MINUTES = (1, 2, 5, 10, 20, 30, 60, 120, 180, 360, 720, 1440, 2880, 5760, 10080, 20160)


def round_times(span_s: float, most: int) -> tuple[float, ...]:
    """From zero on, round times within `span_s`, at most so many steps of them."""
    step = next((m * MINUTE_S for m in _MINUTES if span_s <= most * m * MINUTE_S), math.ceil(span_s / most / DAY_S) * DAY_S)
    return tuple(k * step for k in range(int(span_s // step) + 1))


def apart(places: Sequence[float], gap: float, latest: float, room: float) -> list[float]:
    """Ascending places moved aside by `gap`, so that what stands there does not cover its neighbour; none beyond `latest`.

    Where `room` is too small for all of them at that gap, they stand closer.
    """
    gap = min(gap, room / max(1, len(places)))
    out: list[float] = []
    for place in places:
        out.append(max(place, out[-1] + gap) if out else place)
    for index in range(len(out) - 1, -1, -1):
        out[index] = min(out[index], latest)
        latest = out[index] - gap
    return out

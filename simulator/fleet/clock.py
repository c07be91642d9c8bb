"""Ticks: every time in the fleet is a multiple of `TICK_S`, so that shifting a clock and shifting it back changes no bit."""

from __future__ import annotations

TICK_S = 2.0**-24
SYNC_S = 15.0
"""An autoscaler looks every so often, at multiples of it in world time."""


def on_tick(seconds: float) -> float:
    """The nearest multiple of `TICK_S`; infinity stays."""
    return seconds if seconds in (float("inf"), float("-inf")) else round(seconds / TICK_S) * TICK_S

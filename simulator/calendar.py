"""Virtual time as people read it: the world starts on a Monday at midnight, UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from simulator.durations import DAY_S, HOUR_S

START = datetime(2026, 7, 6, tzinfo=UTC)


def clock(at_s: float) -> str:
    """`at_s` as `Tue 14 Oct 09:42`."""
    return (START + timedelta(seconds=at_s)).strftime("%a %d %b %H:%M")


def stamp(at_s: float) -> str:
    """`at_s` as an ISO time to the second, the form of logs."""
    return (START + timedelta(seconds=at_s)).strftime("%Y-%m-%dT%H:%M:%SZ")


def hour_of_day(at_s: float) -> float:
    return at_s % DAY_S / HOUR_S


def next_time(after_s: float, every_s: float, offset_s: float) -> float:
    """The first moment later than `after_s` of a schedule that fires every `every_s`, `offset_s` into each period."""
    periods = (after_s - offset_s) // every_s + 1
    return periods * every_s + offset_s

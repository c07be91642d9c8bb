"""What payments were served, cut as looks need it: a checked span of time, values of a field, groups by channel, quantiles."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.commands import Args
from simulator.dataplane.features import DEFAULT_SESSION_S
from simulator.durations import DAY_S, MINUTE_S, WEEK_S, format_duration
from simulator.errors import Refused
from simulator.nature.population import CHANNELS, Floats
from simulator.telemetry.shared import Parts
from simulator.world import World

Mask = NDArray[np.bool_]
LONGEST_S = 90 * DAY_S


@dataclass(frozen=True, slots=True)
class Span:
    """A span of settled time [since_s, until_s), seconds."""

    since_s: float
    until_s: float

    def week_before(self) -> Span:
        return Span(self.since_s - WEEK_S, self.until_s - WEEK_S)

    @property
    def length(self) -> str:
        return format_duration(self.until_s - self.since_s)


def trailing(world: World, args: Args, option: str, least_s: float = 15 * MINUTE_S) -> Span:
    """The settled span that the duration `option` asks for. Raises Refused where it is too short or too long."""
    world.settle()
    asked = float(args[option])
    if not least_s <= asked <= LONGEST_S:
        raise Refused(f"--{option} goes from {format_duration(least_s)} to {format_duration(LONGEST_S)}, not {format_duration(asked)}")
    return Span(max(0.0, world.settled_s - asked), world.settled_s)


def known_name(kind: str, name: str, names: Iterable[str]) -> str:
    """`name` itself. Raises Refused with the names there are where it is none of them."""
    allowed = tuple(names)
    if name not in allowed:
        raise Refused(f"no {kind} {name}; there are {', '.join(allowed)}")
    return name


def served(world: World, feature: str, span: Span) -> Floats:
    """Values of a feature as the model server got them, or of `score`, shape [rows]."""
    return world.rows.numbers("score" if feature == "score" else f"served.{feature}", span.since_s, span.until_s)


def served_parts(world: World, feature: str, span: Span) -> Parts:
    """The arrays of which `served` takes its values, with the places taken from each."""
    return world.rows.held(["score" if feature == "score" else f"served.{feature}"], span.since_s, span.until_s)


def streamed(world: World, field: str, span: Span) -> Floats:
    """Values of a field as it came through its stream, NaN where it arrived empty (serving then puts its default there), shape [rows]."""
    values = served(world, field, span)
    return np.where(values == DEFAULT_SESSION_S, np.nan, values) if field == "session_seconds" else values


def warehoused(world: World, field: str, span: Span) -> Floats:
    """Values of a field or entity feature in the warehouse, point in time, for the same payments, shape [rows]."""
    return world.rows.numbers(f"offline.{field}", span.since_s, span.until_s)


def channels(world: World, span: Span, by_channel: bool) -> list[tuple[str, Mask]]:
    """Groups of the span's rows: each channel by name, or all of them as one group `all`."""
    codes = world.rows.column("channel", span.since_s, span.until_s)
    return [(name, codes == code) for code, name in enumerate(CHANNELS)] if by_channel else [("all", np.ones(len(codes), dtype=bool))]


@dataclass(frozen=True, slots=True)
class Profile:
    """Distribution of one group's values; None where no value is there."""

    count: int
    nulls: float | None
    """Share of rows without a value."""
    p05: float | None
    median: float | None
    p95: float | None
    mean: float | None


def profile(values: Floats) -> Profile:
    """The profile of `values`, NaN where empty, shape [rows]."""
    there = values[~np.isnan(values)]
    nulls = 1.0 - len(there) / len(values) if len(values) else None
    if not len(there):
        return Profile(len(values), nulls, None, None, None, None)
    p05, median, p95 = (float(q) for q in np.quantile(there, (0.05, 0.5, 0.95)))
    return Profile(len(values), nulls, p05, median, p95, float(there.mean()))


def over(now: float | None, before: float | None) -> float | None:
    """now / before, None where either is missing or there is nothing to divide by."""
    return None if now is None or not before else now / before

"""The timeline of losses as shapes with coordinates: three cumulative curves over the horizon, and the drill's steps on a line of their own."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from grader.evidence import Evidence
from grader.report import plain
from scenarios.steps import Step
from simulator.durations import format_duration

WIDTH, HEIGHT = 720.0, 330.0
LEFT, RIGHT, TOP, BOTTOM = 76.0, 700.0, 14.0, 222.0
STRIP = 282.0
"""Height of the line on which the steps of the drill are marked."""


@dataclass(frozen=True, slots=True)
class Curve:
    name: str
    style: str
    """Class of the line: each has a dash of its own, so that colour is not needed to tell them apart."""
    points: str


@dataclass(frozen=True, slots=True)
class Tick:
    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Mark:
    x: float
    kind: str
    label: str
    title: str


@dataclass(frozen=True, slots=True)
class Chart:
    curves: tuple[Curve, ...]
    across: tuple[Tick, ...]
    up: tuple[Tick, ...]
    page_x: float
    close_x: float
    marks: tuple[Mark, ...]
    strip: tuple[Tick, ...]
    currency: str


def harm_chart(steps: Sequence[Step], evidence: Evidence) -> Chart | None:
    """The chart, or None where there are fewer than two points to draw."""
    impact = evidence.impact
    if len(impact.hour_s) < 2 or impact.hour_s[-1] <= impact.hour_s[0]:
        return None
    begin, end = impact.hour_s[0], impact.hour_s[-1]
    values = (*impact.actual_curve, *impact.do_nothing_curve, *impact.reference_curve, 0.0)
    low, high = min(values), max(values)
    high = high if high > low else low + 1.0

    def x(at_s: float) -> float:
        return round(LEFT + (RIGHT - LEFT) * min(1.0, max(0.0, (at_s - begin) / (end - begin))), 1)

    def y(usd: float) -> float:
        return round(BOTTOM - (BOTTOM - TOP) * (usd - low) / (high - low), 1)

    def points(curve: Sequence[float]) -> str:
        return " ".join(f"{x(at)},{y(usd)}" for at, usd in zip(impact.hour_s, curve, strict=False))

    span = max(evidence.closed_s - evidence.start_s, 1.0)

    def along(at_s: float) -> float:
        return round(LEFT + (RIGHT - LEFT) * min(1.0, max(0.0, (at_s - evidence.start_s) / span)), 1)

    marked = zip(steps, _apart([along(s.at_s) for s in steps]), strict=True)
    return Chart(
        curves=(
            Curve("had nobody done anything", "nothing", points(impact.do_nothing_curve)),
            Curve("with the reference runbook", "reference", points(impact.reference_curve)),
            Curve("as you left it", "actual", points(impact.actual_curve)),
        ),
        across=tuple(Tick(x(begin + k * (end - begin) / 4), _since(begin + k * (end - begin) / 4 - evidence.start_s)) for k in range(5)),
        up=tuple(Tick(y(value), f"{value:,.0f}") for value in _round_values(low, high)),
        page_x=x(evidence.start_s),
        close_x=x(evidence.closed_s),
        marks=tuple(Mark(at, s.kind if s.op != "declare" else "declare", str(s.step), f"step {s.step}: {plain(s.line)}") for s, at in marked),
        strip=tuple(Tick(along(evidence.start_s + k * span / 4), _since(k * span / 4)) for k in range(5)),
        currency=impact.currency,
    )


def _apart(places: list[float]) -> list[float]:
    """Ascending places moved aside, so that marks and their numbers do not cover each other."""
    gap = min(13.0, (RIGHT - LEFT) / max(1, len(places)))
    out: list[float] = []
    for place in places:
        out.append(max(place, out[-1] + gap) if out else place)
    latest = RIGHT
    for index in range(len(out) - 1, -1, -1):
        out[index] = round(min(out[index], latest), 1)
        latest = out[index] - gap
    return out


def _since(seconds: float) -> str:
    return "page" if abs(seconds) < 30 else f"{'+' if seconds > 0 else '-'}{format_duration(abs(seconds))}"


def _round_values(low: float, high: float) -> tuple[float, ...]:
    """Three to six round numbers within [low, high]."""
    rough = (high - low) / 4
    size = 10.0 ** math.floor(math.log10(rough))
    step = next(m * size for m in (1.0, 2.0, 5.0, 10.0) if m * size >= rough)
    return tuple(k * step for k in range(math.ceil(low / step), math.floor(high / step) + 1))

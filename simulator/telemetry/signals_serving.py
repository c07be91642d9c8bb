"""Signals of the serving path: its load, its answer times, now and against a week before, and what went without an answer."""

from __future__ import annotations

from simulator.durations import MINUTE_S, WEEK_S
from simulator.nature.population import Floats
from simulator.telemetry.readings import ratio, trailing_service
from simulator.telemetry.signals_declared import signal
from simulator.world import World


@signal("request_rate", "per s", "payments per second, last 15 min")
def _rate(world: World, at_s: Floats, place: str) -> Floats:
    return trailing_service(world, at_s, "requests") / (5 * MINUTE_S)


@signal("latency_p99_ms", "ms", "99th percentile of answer time, mean of the last three windows")
def _p99(world: World, at_s: Floats, place: str) -> Floats:
    return trailing_service(world, at_s, "p99_ms")


@signal("latency_p50_ms", "ms", "median answer time, mean of the last three windows")
def _p50(world: World, at_s: Floats, place: str) -> Floats:
    return trailing_service(world, at_s, "p50_ms")


@signal("latency_p50_change", "ratio", "median answer time of the last 15 min against the same 15 min a week before")
def _p50_change(world: World, at_s: Floats, place: str) -> Floats:
    return ratio(_p50(world, at_s, ""), _p50(world, at_s - WEEK_S, ""))


@signal("latency_p99_change", "ratio", "99th percentile of answer time of the last 15 min against the same 15 min a week before")
def _p99_change(world: World, at_s: Floats, place: str) -> Floats:
    return ratio(_p99(world, at_s, ""), _p99(world, at_s - WEEK_S, ""))


@signal("timeout_ratio", "ratio", "share of callers that got no answer in time, last 15 min")
def _timeouts(world: World, at_s: Floats, place: str) -> Floats:
    return trailing_service(world, at_s, "timed_out", "requests")


@signal("default_fill_ratio", "ratio", "share of payments scored on default features, last 15 min")
def _defaults(world: World, at_s: Floats, place: str) -> Floats:
    return trailing_service(world, at_s, "default_filled", "requests")

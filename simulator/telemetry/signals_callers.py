"""Signals of the callers: how many try again, are turned away, and go without an answer for good."""

from __future__ import annotations

from simulator.durations import MINUTE_S
from simulator.nature.population import Floats
from simulator.telemetry.readings import ratio, trailing_service_sum
from simulator.telemetry.signals_declared import signal
from simulator.world import World

_SPAN_S = 15 * MINUTE_S


@signal("unserved_ratio", "ratio", "callers that gave up without an answer over first tries, last 15 min")
def _unserved(world: World, at_s: Floats, place: str) -> Floats:
    return ratio(trailing_service_sum(world, at_s, "unserved", _SPAN_S), _first_tries(world, at_s))


@signal("retry_ratio", "ratio", "tries again over first tries, last 15 min")
def _retries(world: World, at_s: Floats, place: str) -> Floats:
    return ratio(trailing_service_sum(world, at_s, "retries", _SPAN_S), _first_tries(world, at_s))


@signal("rejected_ratio", "ratio", "share of requests that were turned away because the queue was full, last 15 min")
def _rejected(world: World, at_s: Floats, place: str) -> Floats:
    return ratio(trailing_service_sum(world, at_s, "rejected", _SPAN_S), trailing_service_sum(world, at_s, "requests", _SPAN_S))


def _first_tries(world: World, at_s: Floats) -> Floats:
    return trailing_service_sum(world, at_s, "requests", _SPAN_S) - trailing_service_sum(world, at_s, "retries", _SPAN_S)

"""Signals of replicas and the nodes they run on: who waits for a place, how busy GPUs are, how often the number of replicas changes."""

from __future__ import annotations

import numpy as np

from simulator.dataplane.windows import WINDOW_S
from simulator.durations import HOUR_S, MINUTE_S
from simulator.nature.population import Floats
from simulator.telemetry.fleet import SCALED
from simulator.telemetry.readings import ratio, trailing_sum
from simulator.telemetry.signals_declared import signal
from simulator.world import World

_SPAN_S = 15 * MINUTE_S


@signal("pending_replicas", "replicas", "replicas without a place on a node, mean of the last 15 min")
def _pending(world: World, at_s: Floats, place: str) -> Floats:
    fleet = world.service.fleet_windows(float(at_s[0]) - HOUR_S, float(at_s[-1]) + 1.0)
    pending = np.sum([service.pending for service in fleet.services.values()], axis=0)
    ends = fleet.start_s + WINDOW_S
    return ratio(trailing_sum(ends, pending, at_s, _SPAN_S), trailing_sum(ends, np.ones(len(ends)), at_s, _SPAN_S))


@signal("gpu_busy_ratio", "ratio", "share of time in which replicas with a GPU kept it busy, last 15 min")
def _gpu_busy(world: World, at_s: Floats, place: str) -> Floats:
    fleet = world.service.fleet_windows(float(at_s[0]) - HOUR_S, float(at_s[-1]) + 1.0)
    on_gpu = [fleet.services[d.service] for d in world.spec.fleet.deployments if d.gpu_memory_gb > 0]
    ends = fleet.start_s + WINDOW_S
    busy, there = (np.sum(parts, axis=0) for parts in zip(*((service.gpu * service.ready, service.ready) for service in on_gpu), strict=True))
    return ratio(trailing_sum(ends, busy, at_s, _SPAN_S), trailing_sum(ends, there, at_s, _SPAN_S))


@signal("replica_changes_1h", "changes", "times that a service was scaled up or down, trailing hour")
def _changes(world: World, at_s: Floats, place: str) -> Floats:
    times = np.array([event.at_s for event in world.service.fleet_events(float(at_s[0]) - HOUR_S, float(at_s[-1])) if event.kind in SCALED])
    # An event at a boundary belongs to the window that begins there, so that more of the future never changes the count.
    return np.asarray(np.searchsorted(times, at_s) - np.searchsorted(times, at_s - HOUR_S), dtype=np.float64)

"""What an autoscaler reads: what each service showed over ticks of 15 s, averaged over its window."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from simulator.fleet.clock import SYNC_S
from simulator.fleet.in_force import DeploymentSetting, FleetSetting
from simulator.fleet.spec import Signal

METRICS_TICKS = 4
"""An HPA reads metrics averaged over the last minute."""
PANIC_SHARE = 0.1
"""A KPA's panic window as a part of its stable window."""


@dataclass(frozen=True, slots=True)
class Tick:
    """One service over `SYNC_S`, numbers rounded to 6 significant digits."""

    busy_s: float = 0.0
    """Seconds in which replicas worked, all together."""
    replica_s: float = 0.0
    """Seconds in which replicas were ready, all together."""
    concurrency: float = 0.0
    """Mean number of requests at the service, waiting or served."""
    arrivals: float = 0.0
    waiting: float = 0.0
    """Requests that wait at the service as the tick ends."""


def ticks_kept(setting: FleetSetting) -> int:
    """How many ticks `follow` reads at the most."""
    return max([METRICS_TICKS, *(stable_ticks(d.autoscaler.window_s) for d in setting.deployments if d.autoscaler.kind == "kpa")])


def stable_ticks(window_s: float) -> int:
    return max(math.ceil(window_s / SYNC_S), 1)


def panic_ticks(window_s: float) -> int:
    return max(math.ceil(window_s * PANIC_SHARE / SYNC_S), 1)


def per_replica(deployment: DeploymentSetting, signal: Signal, ticks: Sequence[Tick]) -> float | None:
    """Mean of the signal per ready replica over `ticks`, None where none was ready."""
    ready_s = sum(tick.replica_s for tick in ticks)
    if ready_s <= 0:
        return None
    if signal == "cpu":
        return sum(tick.busy_s for tick in ticks) * deployment.cpu_share / ready_s
    if signal == "gpu":
        return sum(tick.busy_s for tick in ticks) / ready_s
    return total(signal, ticks) * len(ticks) * SYNC_S / ready_s


def total(signal: Signal, ticks: Sequence[Tick]) -> float:
    """Mean over `ticks` of the service's requests under way (concurrency) or requests per second (rate), all replicas together."""
    if not ticks:
        return 0.0
    if signal == "rate":
        return sum(tick.arrivals for tick in ticks) / (len(ticks) * SYNC_S)
    return sum(tick.concurrency for tick in ticks) / len(ticks)

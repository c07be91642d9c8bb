"""One look of each autoscaler: it reads its service's ticks, recalls what it saw before, and asks for a number of replicas."""

from __future__ import annotations

from collections.abc import Sequence

from simulator.fleet.autoscaling import KPA_GRACE_S, hpa_desired, hpa_limited, hpa_stabilised, kpa_desired, kpa_panics
from simulator.fleet.in_force import DeploymentSetting
from simulator.fleet.members import Pod
from simulator.fleet.readings import METRICS_TICKS, Tick, panic_ticks, per_replica, stable_ticks, total
from simulator.fleet.state import Memory


def look(deployment: DeploymentSetting, memory: Memory, pods: Sequence[Pod], now_s: float, ticks: Sequence[Tick]) -> tuple[Memory, str]:
    """The memory after the look, with the count that is now asked for, and what the autoscaler saw. `pods` are those of the
    service whose nodes stay."""
    kind = deployment.autoscaler.kind
    if deployment.pinned or kind == "off":
        return Memory(memory.service, memory.desired), ""
    return _hpa(deployment, memory, pods, now_s, ticks) if kind == "hpa" else _kpa(deployment, memory, pods, now_s, ticks)


def _hpa(deployment: DeploymentSetting, memory: Memory, pods: Sequence[Pod], now_s: float, ticks: Sequence[Tick]) -> tuple[Memory, str]:
    """A service that rests at its fewest replicas has no memory but of what was above them: nothing else could hold the count up.
    Without memory the count of now is what was recommended last, as after a restart of the autoscaler."""
    scaler, current = deployment.autoscaler, memory.desired
    recent = [(at_s, count) for at_s, count in memory.recommendations if at_s > now_s - scaler.window_s]
    if not scaler.min <= current <= scaler.max:
        return Memory(memory.service, min(max(current, scaler.min), scaler.max), tuple(recent)), f"allowed are {scaler.min} to {scaler.max}"
    ready = sum(pod.phase == "ready" for pod in pods)
    crashed = sum(pod.phase == "backoff" for pod in pods)
    reading = per_replica(deployment, scaler.signal, ticks[-METRICS_TICKS:])
    if reading is None or not ready:
        return Memory(memory.service, current, tuple(recent)), ""
    if not memory.recommendations:
        recent = [(now_s, current)] if scaler.window_s > 0 else []
    recommended = hpa_desired(current, reading, scaler.target, ready, len(pods) - ready - crashed, crashed)
    wanted = hpa_stabilised(recommended, [count for _, count in recent])
    desired = hpa_limited(current, wanted, scaler.min, scaler.max)
    recent = [*((at_s, count) for at_s, count in recent if count > recommended), (now_s, recommended)]
    if desired == scaler.min:
        recent = [(at_s, count) for at_s, count in recent if count > scaler.min]
    return Memory(memory.service, desired, tuple(recent)), f"{scaler.signal} {reading:.3g} per replica, target {scaler.target:g}"


def _kpa(deployment: DeploymentSetting, memory: Memory, pods: Sequence[Pod], now_s: float, ticks: Sequence[Tick]) -> tuple[Memory, str]:
    scaler = deployment.autoscaler
    if not ticks:
        return Memory(memory.service, memory.desired), ""
    ready = sum(pod.phase == "ready" for pod in pods)
    stable, panic = (total(scaler.signal, ticks[-count:]) for count in (stable_ticks(scaler.window_s), panic_ticks(scaler.window_s)))
    wanted = kpa_desired(ready, stable, scaler.target)
    panic_s, most = memory.panic_s, memory.most_in_panic
    if kpa_panics(ready, panic, scaler.target):
        panic_s = now_s
    elif panic_s is not None and panic_s + scaler.window_s < now_s:
        panic_s, most = None, 0
    if panic_s is not None:
        most = wanted = max(wanted, kpa_desired(ready, panic, scaler.target), most)
    if ticks[-1].waiting > 0:
        wanted = max(wanted, 1)
    idle_since_s = None
    if wanted == 0 and memory.desired > 0:
        idle_since_s = now_s if memory.idle_since_s is None else memory.idle_since_s
        if now_s - idle_since_s < KPA_GRACE_S:
            wanted = 1
        else:
            idle_since_s = None
    desired = min(max(wanted, scaler.min), scaler.max)
    after = Memory(memory.service, desired, panic_s=panic_s, most_in_panic=most, idle_since_s=idle_since_s if scaler.min == 0 else None)
    return after, f"{scaler.signal} {stable:.3g} in the stable window and {panic:.3g} in the panic window, target {scaler.target:g} per replica"

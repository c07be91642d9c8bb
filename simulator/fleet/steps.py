"""A fleet's steps through time: what is due when, what then happens, and one look of its autoscalers.

Whoever drives it calls `advance` at the start of a span whose setting is new and whenever `next_event_s` says so, and
`follow` at each multiple of `SYNC_S`; where `follow` has events, `advance` at the same moment carries them out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from simulator.fleet import node_steps, pod_steps
from simulator.fleet.events import EventKind, FleetEvent
from simulator.fleet.following import look
from simulator.fleet.in_force import FleetSetting
from simulator.fleet.readings import Tick
from simulator.fleet.reclaims import Draw
from simulator.fleet.spec import SPOT
from simulator.fleet.state import FleetState
from simulator.fleet.work import Work

Stepped = tuple[FleetState, tuple[FleetEvent, ...]]


def next_event_s(state: FleetState, setting: FleetSetting) -> float:
    """When the next thing is due, on the state's clock: not later than now where it is overdue, infinity where nothing ever is."""
    for node in state.nodes:
        if node.market == SPOT and node.hazard != node_steps.hazard_of(node, setting.pool(node.pool)):
            return 0.0
    return min([float("inf"), *(node.due_s for node in state.nodes), *(pod.until_s for pod in state.pods)])


def advance(state: FleetState, setting: FleetSetting, now_s: float, draw: Draw) -> Stepped:
    """All that is due at `now_s`, and the state after it. Again at the same moment it does nothing."""
    work = Work(state, setting, now_s)
    pod_steps.pin(work)
    node_steps.lose_nodes(work)
    after = state
    while True:
        before = after
        node_steps.due_nodes(work)
        pod_steps.due_pods(work)
        pod_steps.kill_for_memory(work)
        for deployment in setting.deployments:
            pod_steps.reconcile(work, deployment)
        pod_steps.schedule(work)
        node_steps.ask_for_nodes(work)
        node_steps.time_idle_nodes(work)
        node_steps.draw_reclaims(work, draw)
        after = work.frozen()
        if after == before:
            return after, tuple(work.events)


def follow(state: FleetState, setting: FleetSetting, now_s: float, readings: Mapping[str, Sequence[Tick]]) -> Stepped:
    """One look of each autoscaler at `now_s`. `readings` holds per service the last ticks, the newest last; see `ticks_kept`."""
    events: list[FleetEvent] = []
    memories = []
    draining = [node.id for node in state.nodes if node.state == "draining"]
    for deployment in setting.deployments:
        service, before = deployment.service, state.memory(deployment.service)
        staying = [pod for pod in state.of(service) if pod.node not in draining]
        after, seen = look(deployment, before, staying, now_s, readings.get(service, ()))
        memories.append(after)
        if (after.panic_s is None) != (before.panic_s is None):
            events.append(FleetEvent(now_s, "panic-left" if after.panic_s is None else "panic-entered", service, "", f"{service}: {seen}"))
        if after.desired != before.desired:
            kind: EventKind = "scaled-up" if after.desired > before.desired else "scaled-down"
            events.append(FleetEvent(now_s, kind, service, "", f"{service} from {before.desired} to {after.desired} replicas: {seen}"))
    return replace(state, memories=tuple(memories)), tuple(events)

"""The fleet of the packaged system under levers, and a run of it from event to event."""

from __future__ import annotations

from collections.abc import Mapping

from simulator.catalogue import LEVERS
from simulator.fleet.events import FleetEvent
from simulator.fleet.in_force import FleetSetting, resolve
from simulator.fleet.reclaims import Draw
from simulator.fleet.state import FleetState
from simulator.fleet.steps import advance, next_event_s
from simulator.levers import Levers
from simulator.spec import load_system
from simulator.timeline import Edit, Value

FLEET = load_system("card-fraud").fleet
DRAW = Draw(7, 0.0)
FETCH, MODEL = "feature-server", "model-server"


def setting(pulled: Mapping[str, Value] | None = None) -> FleetSetting:
    levers = Levers(LEVERS, [Edit(0.0, key, value, "test", "") for key, value in (pulled or {}).items()])
    return resolve(FLEET, lambda key: levers[key].at(0.0))


STANDARD = setting()
CALM = FleetState.standard(STANDARD)


def run(state: FleetState, orders: FleetSetting, since_s: float, until_s: float, draw: Draw = DRAW) -> tuple[FleetState, list[FleetEvent]]:
    """All steps from `since_s` to `until_s`, both included."""
    events: list[FleetEvent] = []
    now_s = since_s
    while now_s <= until_s:
        state, happened = advance(state, orders, now_s, draw)
        events += happened
        now_s = max(next_event_s(state, orders), now_s)
    return state, events


def told(events: list[FleetEvent], *kinds: str) -> list[tuple[float, str, str]]:
    """Seconds (to the hundredth), kind and subject of the events of these kinds, all where none is named."""
    return [(round(event.at_s, 2), event.kind, event.subject) for event in events if not kinds or event.kind in kinds]

"""The line of state under the prompt: virtual time, time since the page, phase, alerts that fire."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.calendar import clock
from simulator.durations import MINUTE_S

if TYPE_CHECKING:
    from scenarios.drill import Drill


def firing_count(drill: Drill) -> int:
    """Alert rules that fire and are not silenced, as of the last complete window."""
    from simulator.telemetry.alerts import status

    drill.world.settle()
    return sum(1 for rule in drill.world.spec.alerts if (found := status(drill.world, rule)).state == "firing" and not found.silenced)


def status_text(drill: Drill, firing: int) -> str:
    minutes = int((drill.now_s - drill.incident.start_s) // MINUTE_S)
    return f"{clock(drill.now_s)} · {minutes} min since page · {drill.phase} · {'!' if firing else '+'} {firing} firing"

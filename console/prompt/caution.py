"""What deserves a second thought before it is done, said in one line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from simulator.commands import parse
from simulator.durations import HOUR_S, MINUTE_S, format_duration
from simulator.errors import UsageError

if TYPE_CHECKING:
    from simulator.commands import Command

LONG_S, LONG_WAIT_S = 15 * MINUTE_S, 12 * HOUR_S


def caution(line: str, registry: Mapping[str, Command]) -> str:
    """Why one should think twice about `line`; empty where there is no reason, or where it is not understood."""
    try:
        invocation = parse(line, registry)
    except UsageError:
        return ""
    command = invocation.command
    if command.name == "resolve":
        return "resolve closes the incident, and it is graded as it stands"
    reasons = []
    takes_s = invocation.args["duration"] if command.name == "wait" else command.takes_s
    if takes_s > (LONG_WAIT_S if command.name == "wait" else LONG_S):
        reasons.append(f"takes {format_duration(takes_s)} of the incident")
    if not command.reversible:
        reasons.append("cannot be undone")
    if command.blast == "wide":
        reasons.append("touches all of production at once")
    return f"{command.name} {' and '.join(reasons)}" if reasons else ""

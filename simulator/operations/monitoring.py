"""Moves on monitoring itself: who is notified, from which value on, and what drift is measured against."""

from __future__ import annotations

from simulator.calendar import clock
from simulator.commands import Args, Param, move
from simulator.durations import WEEK_S, format_duration
from simulator.errors import Refused
from simulator.observation import Observation, facts
from simulator.operations.changes import arrow, change
from simulator.operations.targets import known_rule
from simulator.world import World

_RULE = Param("rule", "text", "the alert rule", required=True, positional=True, names="rule")
REFERENCE_SPAN_S = 4 * WEEK_S
"""Length of the drift job's reference. All of it must be over, or its report would depend on when it is read."""


@move("alerts silence", group="monitoring", takes="1m", params=(_RULE,), covers=("sys.metrics",))
def silence(world: World, args: Args) -> Observation:
    """Let an alert rule notify nobody. It is still evaluated."""
    return _silence(world, known_rule(world, args["rule"]).name, True)


@move("alerts unsilence", group="monitoring", takes="1m", params=(_RULE,), covers=("sys.metrics",))
def unsilence(world: World, args: Args) -> Observation:
    """Let a silenced alert rule notify again."""
    return _silence(world, known_rule(world, args["rule"]).name, False)


@move(
    "alerts threshold",
    group="monitoring",
    takes="2m",
    params=(_RULE, Param("value", "number", "the value that the rule compares with; 0 puts the standard one back", required=True, positional=True)),
    covers=("sys.metrics", "sys.model-monitoring"),
)
def threshold(world: World, args: Args) -> Observation:
    """Set the value that an alert rule compares its signal with."""
    rule, value = known_rule(world, args["rule"]), args["value"]
    lever = f"alert.threshold/{rule.name}"
    running, wanted = world.levers[lever].number_at(world.now_s) or rule.threshold, value or rule.threshold
    already = f"{rule.name} compares with {rule.op} {running:g} already"
    if wanted == running:
        raise Refused(already)
    change(world, {lever: value}, "alert threshold set", already=already)
    return Observation("alerts threshold", text=(f"{rule.name} fires at {rule.signal} {rule.op}: {arrow(running, wanted)}.",), facts={f"alert_threshold.{rule.name}": wanted})


@move(
    "drift reference",
    group="monitoring",
    takes="5m",
    params=(Param("start", "duration", "how long ago the four weeks of the reference began, at least 28d", required=True),),
    covers=("sys.model-monitoring", "stat.psi"),
)
def drift_reference(world: World, args: Args) -> Observation:
    """Choose the four weeks that the daily drift job compares with, by the age of their beginning. Counts from its next report on."""
    age_s = args["start"]
    # Counted from settled time, so that the reference never ends after the last rows that can be read.
    start_s = world.settled_s - age_s
    if age_s < REFERENCE_SPAN_S:
        raise Refused(f"the reference is four weeks long and must be over; give {format_duration(REFERENCE_SPAN_S)} or more")
    if start_s <= 0.0:
        raise Refused(f"payments are kept since {format_duration(world.settled_s)} ago; give less than that")
    change(world, {"drift.reference_s": start_s}, "drift reference set", already="the reference begins there already")
    text = f"Drift is compared with {clock(start_s)} to {clock(start_s + REFERENCE_SPAN_S)} from the next report on."
    return Observation("drift reference", text=(text,), facts=facts(reference_age_s=age_s))


def _silence(world: World, rule: str, silenced: bool) -> Observation:
    lever = f"alert.silenced/{rule}"
    before = change(world, {lever: silenced}, "silenced" if silenced else "unsilenced", already=f"{rule} is {'silenced already' if silenced else 'not silenced'}")
    name = "alerts silence" if silenced else "alerts unsilence"
    return Observation(name, text=(f"{rule} silenced: {arrow(before[lever], silenced)}.",), facts={f"silenced.{rule}": "yes" if silenced else "no"})

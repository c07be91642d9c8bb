"""Looks at alert rules: which hold now, what they watch, and when they fired."""

from __future__ import annotations

from simulator.commands import Args, Noticeable, Param, look
from simulator.durations import DAY_S, format_duration
from simulator.observation import Observation, rounded_facts, table
from simulator.telemetry.alerts import AlertStatus, firing_times, status
from simulator.telemetry.signals import SIGNALS
from simulator.world import World

_NOTICEABLE = {
    "value.": Noticeable(relative=0.25),
    "value.replicas-pending": Noticeable(absolute=0.5, relative=0.0),
    "value.replicas-flapping": Noticeable(absolute=0.9, relative=0.35),
    # A condition that does not hold for long enough yet may pass in a minute or fire.
    "state.": Noticeable(vague=("pending",)),
    "value.pipeline-failed": Noticeable(absolute=0.5),
    # Conditions come up with the day's load: an hour or two sooner is the morning's doing. What began four times as long ago is another thing.
    "for_s.": Noticeable(absolute=7200.0, relative=0.75),
}


@look("alerts", group="alerts", takes="1m", noticeable=_NOTICEABLE, covers=("sys.metrics", "life.monitoring"))
def alerts(world: World, args: Args) -> Observation:
    """Shows every alert rule's state now: inactive, pending or firing; of those that are not inactive the value and since when. `metrics` shows the others' values."""
    world.settle()
    found = [status(world, rule) for rule in world.spec.alerts]
    rank = {"firing": 0, "pending": 1, "inactive": 2}
    rows = [
        (s.rule.name, s.state, s.rule.severity, _active_value(s), f"{s.rule.op} {s.threshold:g}", None if s.since_s is None else round(s.since_s), s.silenced)
        for s in sorted(found, key=lambda s: rank[s.state])
    ]
    values: dict[str, object] = {}
    for s in found:
        values |= {f"state.{s.rule.name}": s.state, f"value.{s.rule.name}": _active_value(s), f"for_s.{s.rule.name}": _held_s(world, s)}
        if s.silenced:
            values[f"silenced.{s.rule.name}"] = True
    return Observation(
        "Alerts",
        tables=(table("Rules by state", ("rule", "state", "severity", "value", "condition", ("since", "time"), "silenced"), rows),),
        text=tuple(f"{s.rule.name} watches {s.rule.summary}." for s in found if s.state != "inactive"),
        facts=rounded_facts(values),
    )


@look("alerts rules", group="alerts", takes="1m", noticeable={"threshold.": Noticeable(relative=0.001)}, covers=("sys.metrics",))
def alerts_rules(world: World, args: Args) -> Observation:
    """Lists the alert rules as they are set: signal, condition, how long it must hold, severity, and whether it is silenced."""
    rows = []
    values: dict[str, object] = {}
    for rule in world.spec.alerts:
        chosen = world.levers[f"alert.threshold/{rule.name}"].number_at(world.now_s)
        silenced = bool(world.levers[f"alert.silenced/{rule.name}"].at(world.now_s))
        unit = SIGNALS[rule.signal.partition("/")[0]].unit
        rows.append((rule.name, rule.signal, rule.op, chosen or rule.threshold, rule.threshold, unit, format_duration(rule.for_s), rule.severity, silenced))
        values |= {f"threshold.{rule.name}": chosen or rule.threshold, f"silenced.{rule.name}": silenced}
    return Observation(
        "Alert rules",
        tables=(table("Rules", ("rule", "signal", "condition", "threshold", "standard threshold", "unit of the signal", "must hold", "severity", "silenced"), rows),),
        facts=rounded_facts(values),
    )


@look(
    "alerts history",
    group="alerts",
    takes="2m",
    params=(Param("last", "duration", "how far back", 7 * DAY_S, unit="s"),),
    noticeable={"fired.": Noticeable(absolute=0.5), "last_fired_age_s.": Noticeable(absolute=3600.0)},
    covers=("sys.metrics",),
)
def alerts_history(world: World, args: Args) -> Observation:
    """Lists the moments at which rules began to fire, silenced or not, with the threshold of the time."""
    world.settle()
    since = max(world.settled_s - args["last"], 0.0)
    values: dict[str, object] = {}
    fired = []
    for rule in world.spec.alerts:
        times = firing_times(world, rule, since, world.settled_s)
        values[f"fired.{rule.name}"] = len(times)
        if times:
            values[f"last_fired_age_s.{rule.name}"] = world.settled_s - times[-1]
        for at_s in times:
            chosen = world.levers[f"alert.threshold/{rule.name}"].number_at(at_s)
            silenced = bool(world.levers[f"alert.silenced/{rule.name}"].at(at_s))
            fired.append((round(at_s), rule.name, rule.severity, f"{rule.signal} {rule.op} {chosen or rule.threshold:g}", silenced))
    fired.sort(key=lambda row: row[0])
    return Observation(
        f"Alerts of the last {format_duration(world.settled_s - since)}",
        tables=(table("Began to fire", (("at", "time"), "rule", "severity", "condition", "silenced then"), fired),),
        text=() if fired else ("No rule began to fire.",),
        facts=rounded_facts(values),
    )


def _active_value(found: AlertStatus) -> float | None:
    return None if found.state == "inactive" else found.value


def _held_s(world: World, found: AlertStatus) -> float | None:
    return None if found.since_s is None else world.settled_s - found.since_s

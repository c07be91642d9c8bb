"""Looks at the audit log and at configuration now and then."""

from __future__ import annotations

from simulator.commands import Args, Noticeable, Param, look
from simulator.durations import WEEK_S, format_duration
from simulator.observation import Observation, rounded_facts, table
from simulator.telemetry.audit import audited, settings, shown_value
from simulator.telemetry.audit import changes as audit_log
from simulator.world import World

_NOTICEABLE = {
    "changed.": Noticeable(telling=("no",)),
}


@look(
    "changes",
    group="changes",
    takes="2m",
    params=(Param("last", "duration", "how far back", WEEK_S, unit="s"),),
    noticeable=_NOTICEABLE,
    covers=("sys.governance", "sys.versioning", "sys.ci-cd"),
)
def changes(world: World, args: Args) -> Observation:
    """Shows the company's audit log, newest first: what was changed, from what to what, by whom and why. What other companies and teams do with their own systems is not in it."""
    found = audit_log(world, world.now_s - args["last"], world.now_s)
    changed = {change.lever.partition("/")[0] for change in found}
    rows = [(round(c.at_s), c.lever, shown_value(c.before), shown_value(c.after), c.who, "scheduled" if c.scheduled else "", c.why) for c in reversed(found)]
    return Observation(
        f"Changes of the last {format_duration(args['last'])}",
        tables=(table("Audit log", (("at", "time"), "what", "from", "to", "who", "kind", "why"), rows),),
        text=() if rows else ("Nothing was changed.",),
        facts=rounded_facts({f"changed.{name}": name in changed for name in audited()}),
    )


@look(
    "config diff",
    group="changes",
    takes="2m",
    params=(Param("since", "duration", "how long ago to compare with", WEEK_S, unit="s"),),
    noticeable=_NOTICEABLE,
    covers=("sys.governance", "sys.versioning"),
)
def config_diff(world: World, args: Args) -> Observation:
    """Compares every configured value now with what it was; those that differ come first."""
    found = sorted(settings(world, world.now_s - args["since"]), key=lambda s: s.then == s.now)
    rows = [(s.lever, shown_value(s.then), shown_value(s.now), s.then != s.now, shown_value(s.default)) for s in found]
    differing = {s.lever.partition("/")[0] for s in found if s.then != s.now}
    return Observation(
        f"Configuration now and {format_duration(args['since'])} ago",
        tables=(table("Values", ("setting", f"{format_duration(args['since'])} ago", "now", "differs", "standard"), rows),),
        facts=rounded_facts({f"changed.{name}": name in differing for name in dict.fromkeys(s.lever.partition("/")[0] for s in found)}),
    )

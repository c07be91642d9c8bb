"""Names that exist in a drill's world, for players that fill in arguments without thinking."""

from __future__ import annotations

from scenarios.drill import Drill
from scenarios.guards import GUARDS
from scenarios.taxonomy import COMPONENTS, MECHANISMS
from simulator.commands import Command, Param
from simulator.dataplane.features import FEATURES, SOURCE_OF, VIEWS
from simulator.dataplane.stations import FEATURE_SERVER, MODEL_SERVER
from simulator.platform.dags import DAGS
from simulator.telemetry.signals import signal_names

MOST_WORDS = 6
"""Of a long list of names, about this many are tried, spread over the list."""


def names_of(drill: Drill, what: str) -> list[str]:
    """The names that a parameter of kind `what` may take; empty for a kind that names nothing."""
    spec = drill.world.spec
    return {
        "feature": list(FEATURES),
        "view": [view.name for view in VIEWS],
        "dag": [dag.name for dag in DAGS],
        "source": ["payments", "devices"],
        "field": sorted(SOURCE_OF.values()),
        "metric": signal_names(),
        "model": [version.name for version in drill.world.registry.versions],
        "rule": [rule.name for rule in spec.alerts],
        "service": [FEATURE_SERVER, MODEL_SERVER],
        "team": [owner.name for owner in spec.owners],
        "pool": [pool.name for pool in spec.fleet.pools],
        "payer": list(spec.budgets),
        "component": list(COMPONENTS),
        "mechanism": list(MECHANISMS),
        "guard": list(GUARDS),
    }.get(what, [])


def words_for(drill: Drill, param: Param) -> list[str]:
    """Words that could stand for `param`, of whatever type."""
    if param.choices:
        return list(param.choices)
    if param.names:
        return names_of(drill, param.names)
    return {"number": ["1", "10", "0.2"], "integer": ["1", "4"], "duration": ["6h", "2d"], "steps": ["1"], "switch": ["on"]}.get(param.type, [])


def fullest(drill: Drill, command: Command) -> list[str]:
    """Lines that use `command` with values of its first required parameter; none where another value cannot be guessed."""
    required = [p for p in command.params if p.required]
    if not required:
        return [command.name]
    rest = [words_for(drill, p)[:1] for p in required[1:]]
    if not all(rest):
        return []
    tail = "".join(f" {'' if p.positional else '--' + p.name + ' '}{words[0]}" for p, words in zip(required[1:], rest, strict=True))
    head = required[0]
    words = words_for(drill, head)
    return [f"{command.name} {'' if head.positional else '--' + head.name + ' '}{word}{tail}" for word in words[:: -(-len(words) // MOST_WORDS) or 1]]

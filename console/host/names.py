"""The names of a drill's world by kind, for completion: what a parameter's `names` asks for."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scenarios.drill import Drill


def names_in(drill: Drill, kind: str) -> list[str]:
    """Names of `kind` that exist in the world now; empty for a kind that nobody knows."""
    from simulator.dataplane.features import FEATURES, SOURCE_OF, VIEWS
    from simulator.dataplane.transform import VERSIONS
    from simulator.platform.dags import DAGS

    if kind in ("component", "mechanism"):
        from scenarios.taxonomy import COMPONENTS, MECHANISMS

        return list(COMPONENTS if kind == "component" else MECHANISMS)
    if kind == "model":
        return ["champion", "challenger", *(version.name for version in reversed(drill.world.registry.versions))]
    if kind == "rule":
        return [rule.name for rule in drill.world.spec.alerts]
    if kind == "team":
        return [owner.name for owner in drill.world.spec.owners]
    if kind == "pool":
        return [pool.name for pool in drill.world.spec.fleet.pools]
    if kind == "payer":
        return list(drill.world.spec.budgets)
    if kind in ("metric", "place", "source", "service"):
        return list(_fixed(kind))
    return {
        "feature": list(FEATURES),
        "view": [view.name for view in VIEWS],
        "dag": [dag.name for dag in DAGS],
        "task": [task.name for dag in DAGS for task in dag.tasks],
        "field": sorted(SOURCE_OF.values()),
        "transform": list(VERSIONS),
    }.get(kind, [])


@lru_cache(maxsize=8)
def _fixed(kind: str) -> tuple[str, ...]:
    """Names that are the same in every world and take a moment to gather."""
    from scenarios.guards import GUARDS
    from simulator.dataplane.stations import FEATURE_SERVER, MODEL_SERVER
    from simulator.instruments.source_contracts import SOURCES
    from simulator.telemetry.metrics import metric_names
    from simulator.telemetry.signals import SIGNALS

    if kind == "service":
        return (FEATURE_SERVER, MODEL_SERVER)
    if kind == "source":
        return tuple(source.name for source in SOURCES)
    if kind == "place":
        return tuple(dict.fromkeys(place for guard in GUARDS.values() if guard.placed for place in SIGNALS[guard.signal].places))
    return tuple(metric_names())


def recent_steps(drill: Drill) -> list[tuple[str, str]]:
    """Numbers of the looks so far with their lines, newest first, for citing."""
    return [(str(row.step), str(row.payload.get("line", ""))) for row in reversed(drill.journal.rows()) if row.kind == "look"]

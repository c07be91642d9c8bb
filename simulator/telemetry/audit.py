"""The company's audit log and configuration, as views of the levers that it can know of.

Left out is what jobs write as they run: the rows of the online store, the nodes that training holds and the make of a new version are state, not changes to it.
"""

from __future__ import annotations

from dataclasses import dataclass

from simulator.catalogue import LEVERS
from simulator.dataplane.features import VIEWS
from simulator.dataplane.stations import FEATURE_SERVER, MODEL_SERVER
from simulator.platform.dags import DAGS
from simulator.timeline import Edit, Timeline, Value
from simulator.world import World

ROUTINE_AUTHOR = "materialise job"
SCHEDULED_AUTHORS = ("train DAG",)
STATE_KEPT_BY_JOBS = ("pool.training", "model.compute_factor", "model.compute_cv", "model.size_gb")
"""Levers that follow what jobs do, as nodes that training holds and the make of a version that it registered: nobody decided them, and looks measure them."""
_NO_CONFIGURATION = ("nature.campaign", "pipeline.trigger", "labels.rejoin", "serving.restart", "online.event_time_s", "online.job_end_s", *STATE_KEPT_BY_JOBS)
"""Levers that the company knows of and that hold no configured value: events, requests, and the state that jobs keep."""
_PLACES: dict[str, tuple[str, ...]] = {lever.name: () for lever in LEVERS if "; place: " in lever.help} | {
    "pipeline.paused": tuple(dag.name for dag in DAGS),
    "online.withheld": tuple(view.name for view in VIEWS),
    "serving.replicas": (FEATURE_SERVER, MODEL_SERVER),
}
"""Levers with a place, as their help says, and the places that are always shown; others are shown once somebody has set them."""


@dataclass(frozen=True, slots=True)
class Change:
    at_s: float
    lever: str
    """Name and, after a slash, place."""
    before: Value
    after: Value
    who: str
    why: str

    @property
    def scheduled(self) -> bool:
        """Whether a pipeline made it by itself."""
        return self.who in SCHEDULED_AUTHORS


@dataclass(frozen=True, slots=True)
class Setting:
    lever: str
    then: Value
    now: Value
    default: Value


def changes(world: World, since_s: float, until_s: float) -> list[Change]:
    """What the audit log holds for (since_s, until_s], oldest first; nothing later than now."""
    edits = world.levers.edits("company", since_s, min(until_s, world.now_s))
    return [
        Change(e.at_s, shown_name(e.lever), _before(world.levers[e.lever], e), e.value, e.who, e.why)
        for e in edits
        if e.who != ROUTINE_AUTHOR and e.lever.partition("/")[0] not in STATE_KEPT_BY_JOBS
    ]


def settings(world: World, then_s: float) -> list[Setting]:
    """Every configured value at `then_s` and now, in order of the catalogue."""
    out = []
    for lever in LEVERS:
        if lever.audience != "company" or lever.name in _NO_CONFIGURATION:
            continue
        for key in _keys(world, lever.name):
            line = world.levers[key]
            out.append(Setting(key, line.at(then_s), line.at(world.now_s), line.default))
    return out


def audited() -> tuple[str, ...]:
    """Names of the levers whose changes the audit log holds, without their places, in order of the catalogue."""
    return tuple(shown_name(lever.name) for lever in LEVERS if lever.audience == "company" and lever.name not in STATE_KEPT_BY_JOBS)


def shown_name(lever: str) -> str:
    """A lever's name as the audit log has it: what happens outside the company is named without its root."""
    return lever.removeprefix("nature.")


def shown_value(value: Value) -> str:
    """A value as a configuration file has it."""
    return "none" if value is None else ("on" if value else "off") if isinstance(value, bool) else f"{value:g}" if isinstance(value, float) else str(value)


def _keys(world: World, name: str) -> list[str]:
    if name not in _PLACES:
        return [name]
    edited = [place for place in world.levers.places(name) if world.levers[f"{name}/{place}"].edits_until(world.now_s)]
    return [f"{name}/{place}" for place in (*_PLACES[name], *(p for p in edited if p not in _PLACES[name]))]


def _before(line: Timeline, edit: Edit) -> Value:
    before = line.default
    for each in line.edits:
        if each is edit:
            break
        before = each.value
    return before

"""The look at data validation: what the checks of the feature pipeline measure on the hours that its newest runs took in."""

from __future__ import annotations

import numpy as np

from simulator.commands import Args, Noticeable, look
from simulator.durations import DAY_S, HOUR_S, WEEK_S
from simulator.instruments.pipelines import GROUP
from simulator.instruments.served import Span, streamed
from simulator.instruments.source_contracts import SOURCES
from simulator.observation import Cell, Observation, rounded_facts, table
from simulator.platform.runs import DagRun
from simulator.world import World

RUNS = 6
VOLUME_BOUNDS = (0.5, 2.0)
NULLS_LIMIT = 0.05
KNOWN_SCHEMA = "7"
"""Version that the feature code was written for. Another one is a warning: the parser drops fields that it does not know."""


@look(
    "pipelines checks",
    group=GROUP,
    takes="4m",
    noticeable={
        "failed_checks": Noticeable(absolute=0.5, relative=0.0),
        "warned_checks": Noticeable(absolute=0.5, relative=0.0),
        "nulls.": Noticeable(absolute=0.01, relative=0.15),
        "volume_ratio": Noticeable(relative=0.1),
    },
    covers=("life.data-validation", "sys.data-pipeline", "debug.green.pipeline-first"),
)
def pipelines_checks(world: World, args: Args) -> Observation:
    """Validation of the newest feature runs. Three checks on each hour taken in: the schema version is the one that the
    feature code was written for (warns), the row volume is between half and twice that of the same hour last week, and at
    most 5 % of session_seconds is empty (both fail). No check stops a run."""
    world.settle()
    validated = {t.run_id for t in world.log.of_task("features", "validate") if t.state == "success" and t.end_s > world.now_s - DAY_S}
    runs = [r for r in world.log.of("features", world.now_s - DAY_S, world.now_s) if r.run_id in validated][-RUNS:]
    ingested = {t.run_id: t.rows_out for t in world.log.of_task("features", "ingest") if t.state == "success" and t.end_s > world.now_s - 9 * DAY_S}
    rows: list[tuple[Cell, ...]] = []
    found: dict[str, object] = {}
    for run in runs:
        for check, measured, bound, outcome in _checks(world, run, ingested):
            rows.append((run.logical_s - HOUR_S, check, measured, bound, outcome))
            if run is runs[-1] and isinstance(measured, float):
                found[check] = measured
    found |= {"failed_checks": sum(row[4] == "fail" for row in rows), "warned_checks": sum(row[4] == "warn" for row in rows)}
    found |= {f"schema_version.{s.name}": str(world.levers[f"source.schema_version/{s.name}"].at(world.now_s)) for s in SOURCES if s.streamed}
    heads = (("hour", "time"), "check", "measured", "bound", "outcome")
    return Observation("Validation of feature runs", (table(f"Newest {len(runs)} feature runs", heads, rows),), facts=rounded_facts(found))


def _checks(world: World, run: DagRun, ingested: dict[str, int | None]) -> list[tuple[str, Cell, str, str | None]]:
    """(check, measured, bound, outcome) of one run's hour; the outcome is None where there was nothing to measure."""
    out: list[tuple[str, Cell, str, str | None]] = []
    for source in SOURCES:
        if source.streamed:
            version = str(world.levers[f"source.schema_version/{source.name}"].at(run.logical_s))
            out.append((f"schema.{source.name}", version, f"equal to {KNOWN_SCHEMA}", "pass" if version == KNOWN_SCHEMA else "warn"))
    before = next((r for r in world.log.of("features", run.start_s - WEEK_S - HOUR_S, run.start_s - WEEK_S + HOUR_S) if r.logical_s == run.logical_s - WEEK_S), None)
    now, then = ingested.get(run.run_id), ingested.get(before.run_id) if before else None
    low, high = VOLUME_BOUNDS
    volume = None if now is None or not then else now / then
    out.append(("volume_ratio", volume, f"{low:g} to {high:g}", None if volume is None else _outcome(low <= volume <= high)))
    values = streamed(world, "session_seconds", Span(run.logical_s - HOUR_S, run.logical_s))
    nulls = float(np.isnan(values).mean()) if len(values) else None
    out.append(("nulls.session_seconds", nulls, f"at most {NULLS_LIMIT:g}", None if nulls is None else _outcome(nulls <= NULLS_LIMIT)))
    return out


def _outcome(passed: bool) -> str:
    return "pass" if passed else "fail"

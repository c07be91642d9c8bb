"""A look by SQL over the company's tables."""

from __future__ import annotations

from simulator.commands import Args, Param, look
from simulator.observation import Cell, Observation, table
from simulator.telemetry.sql import SqlEngine
from simulator.telemetry.sql_facts import result_facts
from simulator.telemetry.tables import table_names, tables, version
from simulator.world import World

_ROW_LIMIT = 1000
_ENGINES: list[SqlEngine] = []
"""At most one engine for this process, made by the first query."""


@look(
    "sql",
    group="sql",
    takes="4m",
    params=(Param("query", "rest", "one SELECT statement, in DuckDB's dialect", required=True),),
    covers=("sys.model-monitoring", "life.data-validation"),
)
def sql(world: World, args: Args) -> Observation:
    """Answers one SELECT over the tables alerts, changes, cost_lines, costs, features, fleet, fleet_events, labels, logs, metrics, pipeline_runs, predictions,
    registry, service and task_instances. Times are seconds since the start of the world.

    At most 1000 rows are shown. Facts are the extremes and means of numeric columns, or the cells where there are few rows.
    """
    if not _ENGINES:
        _ENGINES.append(SqlEngine())
    result = _ENGINES[0].query(tables(world), args["query"], version=version(world), row_limit=_ROW_LIMIT, names=table_names())
    times = [_is_time(name, [row[i] for row in result.rows]) for i, name in enumerate(result.columns)]
    heads = tuple((name, "time") if time else name for name, time in zip(result.columns, times, strict=True))
    rows = [tuple(round(cell) if time and isinstance(cell, float) else cell for cell, time in zip(row, times, strict=True)) for row in result.rows]
    return Observation(
        "SQL",
        tables=(table("1 row" if len(result.rows) == 1 else f"{len(result.rows)} rows", heads, rows),),
        text=(f"Only the first {len(result.rows)} rows are shown.",) if result.truncated else (),
        facts=result_facts(result),
    )


def _is_time(name: str, cells: list[Cell]) -> bool:
    """Whether a column, by its name and by what is in it, holds seconds since the start of the world."""
    named = name.endswith(("at_s", "start_s", "end_s")) or name in ("label_at", "warning_at")
    return named and all(cell is None or (isinstance(cell, (int, float)) and not isinstance(cell, bool)) for cell in cells)

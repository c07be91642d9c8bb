"""A look by SQL over the company's tables."""

from __future__ import annotations

from simulator.commands import Args, Param, look
from simulator.observation import Observation, table
from simulator.telemetry.sql import SqlEngine, result_facts
from simulator.telemetry.tables import table_names, tables, version
from simulator.world import World

_ROW_LIMIT = 1000
_ENGINES: list[SqlEngine] = []
"""At most one engine for this process, made by the first query."""


@look("sql", group="sql", takes="4m", params=(Param("query", "rest", "one SELECT statement, in DuckDB's dialect", required=True),), covers=("sys.model-monitoring", "life.data-validation"))
def sql(world: World, args: Args) -> Observation:
    """Answers one SELECT over the tables alerts, changes, costs, features, labels, logs, metrics, pipeline_runs, predictions, registry and task_instances. Times are seconds since the start of the world.

    At most 1000 rows are shown. Facts are the extremes and means of numeric columns, or the cells where there are few rows.
    """
    if not _ENGINES:
        _ENGINES.append(SqlEngine())
    result = _ENGINES[0].query(tables(world), args["query"], version=version(world), row_limit=_ROW_LIMIT, names=table_names())
    heads = tuple((name, "time") if name.endswith(("at_s", "start_s", "end_s")) or name in ("label_at", "warning_at") else name for name in result.columns)
    return Observation(
        "SQL",
        tables=(table(f"{len(result.rows)} rows", heads, result.rows),),
        text=(f"Only the first {len(result.rows)} rows are shown.",) if result.truncated else (),
        facts=result_facts(result),
    )

"""`hotseat bench sql`: what the sandbox costs a learner's query, against the same query in DuckDB with no sandbox."""

from __future__ import annotations

from functools import partial
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from console.bench.row import BenchRow
from simulator.streams import stream
from simulator.telemetry.sql import SqlEngine

if TYPE_CHECKING:
    from collections.abc import Callable

    from duckdb import DuckDBPyConnection

    from simulator.telemetry.sql import TableColumns

ROWS = 1_000_000
ROUNDS = 9
TARGET = 1.3
LAST_DAY_S = 30 * 86_400 - 86_400
QUERIES = {
    "p99 by model": "SELECT model, count(*) AS n, quantile_cont(latency_ms, 0.99) AS p99 FROM predictions GROUP BY model ORDER BY model",
    "hour x model": "SELECT CAST(floor(at_s / 3600) AS BIGINT) AS hour, model, count(*) AS n, avg(score) AS score FROM predictions GROUP BY ALL ORDER BY ALL LIMIT 1000",
    "last day": f"SELECT count(*) AS n, avg(score) AS score FROM predictions WHERE at_s >= {LAST_DAY_S}",
    "top 20": "SELECT * FROM predictions WHERE score > 0.9 ORDER BY latency_ms DESC LIMIT 20",
}


def run() -> list[BenchRow]:
    """All four queries together against the target, and each alone for show; median wall time after a first round, boxed and unboxed in turn."""
    import duckdb

    log = prediction_log()
    engine = SqlEngine()
    open_door = duckdb.connect(":memory:", config={"threads": "1"})
    open_door.register("arriving", dict(log))
    open_door.execute("CREATE TABLE predictions AS SELECT * FROM arriving")
    try:
        times = {}
        for name, sql in QUERIES.items():
            boxed_query = partial(engine.query, {"predictions": log}, sql, version="bench", timeout_s=60)
            times[name] = _in_turn(boxed_query, partial(_rows, open_door, sql))
    finally:
        engine.close()
        open_door.close()
    boxed, unboxed = (sum(pair[side] for pair in times.values()) for side in (0, 1))
    rows = [BenchRow("sql", boxed * 1e3, "ms", "DuckDB, no sandbox, 1 thread", unboxed * 1e3, boxed / unboxed, TARGET, boxed / unboxed <= TARGET)]
    return rows + [BenchRow(f"sql: {name}", a * 1e3, "ms", "DuckDB, no sandbox, 1 thread", b * 1e3, a / b, None, None) for name, (a, b) in times.items()]


def prediction_log() -> TableColumns:
    """A month of predictions in order of time: at_s, model, segment, latency_ms, score."""
    rng = stream(1, "bench.sql", 0)
    words = np.array(["fraud-7", "fraud-8", "fraud-9"], dtype=object)
    return {
        "at_s": np.sort(rng.uniform(0.0, 30 * 86_400.0, ROWS)),
        "model": words[rng.integers(0, 3, ROWS)],
        "segment": np.array(["web", "app", "partner", None], dtype=object)[rng.integers(0, 4, ROWS)],
        "latency_ms": rng.lognormal(3.0, 0.6, ROWS),
        "score": rng.beta(1.2, 9.0, ROWS),
    }


def _rows(connection: DuckDBPyConnection, sql: str) -> list[tuple[object, ...]]:
    return connection.execute(sql).fetchall()


def _in_turn(boxed: Callable[[], object], unboxed: Callable[[], object]) -> tuple[float, float]:
    """Median seconds of both, run alternately so that other load on the machine meets both alike."""
    seconds: tuple[list[float], list[float]] = ([], [])
    for round_number in range(ROUNDS + 1):
        for work, spent in zip((boxed, unboxed), seconds, strict=True):
            start = perf_counter()
            work()
            if round_number:
                spent.append(perf_counter() - start)
    return median(seconds[0]), median(seconds[1])

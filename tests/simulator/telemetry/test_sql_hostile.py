"""Hostile SQL: refused by the statement check, and stopped by what lies below it should the check be passed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import numpy as np
import pytest

from simulator.errors import Refused
from simulator.telemetry.sql import SqlEngine, SqlResult
from simulator.telemetry.sql_database import Database

ROWS = {"predictions": {"score": np.array([0.25, 0.75])}}
ORIGINAL = ((2, 1.0),)
secret_table = {"answer": np.array(["the stale feature"])}


def ask(engine: SqlEngine, sql: str, timeout_s: float = 0.7) -> SqlResult:
    return engine.query(ROWS, sql, version="1", timeout_s=timeout_s)


@pytest.fixture(scope="module")
def engine() -> Iterator[SqlEngine]:
    engine = SqlEngine()
    yield engine
    engine.close()


@pytest.fixture
def database() -> Iterator[Database]:
    """The worker's database without the statement check before it."""
    database = Database(256 * 2**20)
    database.load("predictions", [{"name": "score", "dtype": "<f8", "words": None, "masked": False}], [bytearray(ROWS["predictions"]["score"].tobytes())])
    yield database
    database.db.close()


HOSTILE = [
    "DELETE FROM predictions",
    "INSERT INTO predictions VALUES (1)",
    "UPDATE predictions SET score = 0",
    "DROP TABLE predictions",
    "TRUNCATE predictions",
    "CREATE TABLE mine AS SELECT 1",
    "CREATE MACRO count(x) AS 7",
    "ALTER TABLE predictions RENAME TO p",
    "WITH gone AS (DELETE FROM predictions RETURNING *) SELECT * FROM gone",
    "WITH changed AS (UPDATE predictions SET score = 0 RETURNING *) SELECT * FROM changed",
    "SELECT 1; DELETE FROM predictions",
    "COMMIT",
    "BEGIN",
    "COPY predictions TO '/tmp/out.csv'",
    "COPY predictions FROM '/etc/passwd'",
    "EXPORT DATABASE '/tmp/out'",
    "ATTACH '/tmp/other.db'",
    "ATTACH ':memory:' AS other",
    "INSTALL httpfs",
    "LOAD icu",
    "SET threads = 8",
    "RESET memory_limit",
    "PRAGMA database_list",
    "CALL pragma_version()",
    "CHECKPOINT",
    "USE memory",
    "PREPARE p AS SELECT 1",
    "EXPLAIN ANALYZE SELECT 1",
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM read_text('/proc/self/environ')",
    "SELECT * FROM '/etc/passwd'",
    "SELECT * FROM glob('/*')",
    "SELECT * FROM sniff_csv('/etc/passwd')",
    "SELECT * FROM 'https://example.org/x.parquet'",
    "SELECT * FROM query('SELECT 1')",
    "SELECT * FROM query_table('predictions')",
    "SELECT * FROM duckdb_settings()",
    "SELECT * FROM duckdb_secrets()",
    "SELECT * FROM information_schema.tables",
    "SELECT * FROM sqlite_master",
    "SELECT * FROM secret_table",
    "SELECT * FROM pandas_scan(1234567)",
    "SELECT current_setting('memory_limit')",
    "SELECT getenv('HOME')",
    "SELECT write_log('x')",
    "SELECT sleep_ms(10000)",
    "SELECT now()",
    "SELECT current_date",
    'SELECT main."NOW"()',
    "SELECT uuid()",
    "SELECT * FROM predictions TABLESAMPLE 50%",
]


@pytest.mark.parametrize("sql", HOSTILE)
def test_a_hostile_statement_is_refused_at_once_and_changes_nothing(engine: SqlEngine, sql: str) -> None:
    ask(engine, "SELECT 1", timeout_s=5)
    worker = engine.worker_pid
    with pytest.raises(Refused) as caught:
        ask(engine, sql)
    assert "\n" not in str(caught.value)
    assert ask(engine, "SELECT count(*), sum(score) FROM predictions").rows == ORIGINAL
    assert engine.worker_pid == worker


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT levenshtein(repeat('a', 200000), repeat('b', 200000))",
        "SELECT lpad('a', 2000000000, 'b')",
        "SELECT count(*) FROM range(1000000) a, range(1000000) b",
        "WITH RECURSIVE r AS (SELECT 1 AS x UNION ALL SELECT x + 1 FROM r) SELECT max(x) FROM r",
    ],
)
def test_a_statement_without_end_is_killed_at_its_time_and_the_next_one_works(engine: SqlEngine, sql: str) -> None:
    ask(engine, "SELECT 1", timeout_s=5)
    with pytest.raises(Refused, match=r"^The query was stopped after 0\.3 s"):
        ask(engine, sql, timeout_s=0.3)
    assert engine.worker_pid is None
    assert ask(engine, "SELECT count(*), sum(score) FROM predictions", timeout_s=5).rows == ORIGINAL


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT repeat('a', 3000000000)",
        "SELECT len(range(1000000000))",
        "SELECT list_transform(range(500000000), lambda x: x + 1)",
        "SELECT string_agg(repeat('x', 1000000), '') FROM range(5000)",
    ],
)
def test_a_statement_that_wants_all_memory_is_refused_and_the_next_one_works(engine: SqlEngine, sql: str) -> None:
    with pytest.raises(Refused, match=r"(?i)memory"):
        ask(engine, sql, timeout_s=5)
    assert ask(engine, "SELECT count(*), sum(score) FROM predictions", timeout_s=5).rows == ORIGINAL


def test_a_deep_statement_is_refused(engine: SqlEngine) -> None:
    with pytest.raises(Refused):
        ask(engine, "SELECT " + "(" * 5000 + "1" + ")" * 5000)
    with pytest.raises(Refused):
        ask(engine, "SELECT " + "+".join("1" * 900))
    assert ask(engine, "SELECT count(*), sum(score) FROM predictions", timeout_s=5).rows == ORIGINAL


def test_a_table_of_another_version_cannot_be_reached(engine: SqlEngine) -> None:
    assert engine.query({"labels": {"y": [1.0]}}, "FROM labels", version="another world").rows == ((1.0,),)
    for sql in ("FROM labels", 'FROM "labels"', "WITH a AS (FROM labels) FROM a"):
        with pytest.raises(Refused, match='There is no table "labels"'):
            ask(engine, sql)


@pytest.mark.parametrize("sql", ["COPY (SELECT 1) TO '{}' (FORMAT csv, use_tmp_file false)", "SELECT * FROM read_text('{}')", "SELECT * FROM '{}'", "ATTACH '{}' AS f"])
def test_below_the_check_files_are_out_of_reach(database: Database, tmp_path: Path, sql: str) -> None:
    file = tmp_path / "kept.csv"
    file.write_text("kept\n1\n")
    with pytest.raises(duckdb.Error):
        database.db.execute(sql.format(file))
    assert file.read_text() == "kept\n1\n"


@pytest.mark.parametrize("sql", ["SET threads = 2", "SET enable_external_access = true", "RESET disabled_filesystems", "SET lock_configuration = false", "PRAGMA enable_profiling"])
def test_below_the_check_the_configuration_is_locked(database: Database, sql: str) -> None:
    with pytest.raises(duckdb.Error):
        database.db.execute(sql)


def test_below_the_check_python_variables_are_not_tables(database: Database) -> None:
    with pytest.raises(duckdb.CatalogException):
        database.db.execute("SELECT * FROM secret_table")


def test_below_the_check_a_delete_in_a_with_meets_a_read_only_transaction(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simulator.telemetry.sql_database.check", lambda *_: False)
    with pytest.raises(duckdb.Error):
        database.query("WITH gone AS (DELETE FROM predictions RETURNING *) SELECT * FROM gone", 10, ["predictions"], [])
    assert database.query("SELECT count(*), sum(score) FROM predictions", 10, ["predictions"], [])["rows"] == [[2, 1.0]]

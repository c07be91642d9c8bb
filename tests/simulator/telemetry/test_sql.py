"""What a learner's SELECT gives back, and how refusals read."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from simulator.errors import Refused
from simulator.telemetry.sql import SqlEngine, SqlResult, TableColumns

TABLES: dict[str, TableColumns] = {
    "predictions": {
        "at_s": np.array([0.0, 60.0, 120.0, 180.0]),
        "model": ["fraud-7", "fraud-8", "fraud-7", None],
        "score": np.array([0.25, np.nan, 0.75, 0.5]),
        "label": [True, None, False, None],
        "retries": [1, None, 3, 0],
        "segment": np.array(["web", float("nan"), "app", None], dtype=object),
    },
    "deployments": {"at_s": [30.0], "version": ["fraud-8"]},
    "empty": {"at_s": np.array([]), "note": np.array([], dtype=object)},
}


@pytest.fixture(scope="module")
def engine() -> Iterator[SqlEngine]:
    engine = SqlEngine()
    yield engine
    engine.close()


def ask(engine: SqlEngine, sql: str, row_limit: int = 1000) -> SqlResult:
    return engine.query(TABLES, sql, version="1", row_limit=row_limit)


def refusal(engine: SqlEngine, sql: str) -> str:
    with pytest.raises(Refused) as caught:
        ask(engine, sql)
    return str(caught.value)


def test_every_kind_of_column_arrives_with_its_type_and_its_nulls(engine: SqlEngine) -> None:
    result = ask(engine, "SELECT * FROM predictions")
    assert result.columns == ("at_s", "model", "score", "label", "retries", "segment")
    assert result.types == ("DOUBLE", "VARCHAR", "DOUBLE", "BOOLEAN", "BIGINT", "VARCHAR")
    assert result.rows == (
        (0.0, "fraud-7", 0.25, True, 1, "web"),
        (60.0, "fraud-8", None, None, None, None),
        (120.0, "fraud-7", 0.75, False, 3, "app"),
        (180.0, None, 0.5, None, 0, None),
    )
    assert not result.truncated


def test_an_empty_table_has_columns_and_no_rows(engine: SqlEngine) -> None:
    assert ask(engine, "FROM empty") == SqlResult(("at_s", "note"), ("DOUBLE", "VARCHAR"), (), False)


def test_joins_ctes_windows_and_table_names_in_capitals_work(engine: SqlEngine) -> None:
    sql = """WITH after AS (SELECT p.at_s, p.score FROM PREDICTIONS p JOIN deployments d ON p.at_s > d.at_s)
             SELECT at_s, sum(score) OVER (ORDER BY at_s) AS running FROM after ORDER BY at_s"""
    assert ask(engine, sql).rows == ((60.0, None), (120.0, 0.75), (180.0, 1.25))


def test_rows_beyond_the_limit_are_left_out_and_said_so(engine: SqlEngine) -> None:
    assert ask(engine, "FROM range(10)", row_limit=10).truncated is False
    result = ask(engine, "FROM range(11)", row_limit=10)
    assert (len(result.rows), result.truncated) == (10, True)


def test_long_cells_are_cut_and_odd_values_become_text_or_null(engine: SqlEngine) -> None:
    sql = "SELECT repeat('x', 2000), 'inf'::DOUBLE, 1.5::DECIMAL(4, 1), [1, 2], 'a\u202eb', DATE '2024-02-29', sum(range)::HUGEINT FROM range(3)"
    assert ask(engine, sql).rows == (("x" * 500, None, 1.5, "[1, 2]", "a\u202eb", "2024-02-29", 3),)


def test_random_numbers_and_samples_repeat(engine: SqlEngine) -> None:
    sql = "SELECT random(), (SELECT sum(range) FROM (FROM range(1000) USING SAMPLE 5))"
    assert ask(engine, sql).rows == ask(engine, sql).rows


def test_only_named_tables_are_made_and_only_once_per_version(engine: SqlEngine) -> None:
    made: list[str] = []

    def provider(name: str) -> TableColumns | None:
        if name in TABLES:
            made.append(name)
        return TABLES.get(name)

    with_deployments = "SELECT count(*) FROM deployments"
    for version in ("a", "a", "b"):
        assert engine.query(provider, with_deployments, version=version).rows == ((1,),)
    assert made == ["deployments", "deployments"]


def test_a_provider_that_says_which_tables_there_are_gets_hints_too(engine: SqlEngine) -> None:
    with pytest.raises(Refused, match=r'^There is no table "deploymnts"\. Near: deployments\.$'):
        engine.query(TABLES.get, "FROM deploymnts", version="1", names=list(TABLES))


def test_a_new_version_replaces_the_rows(engine: SqlEngine) -> None:
    for version, rows in (("first", [1.0]), ("second", [2.0, 3.0])):
        assert engine.query({"load": {"x": rows}}, "SELECT x FROM load", version=version).rows == tuple((x,) for x in rows)


def test_a_column_of_mixed_kinds_is_a_bug_of_the_caller(engine: SqlEngine) -> None:
    with pytest.raises(TypeError, match=r"t\.x: .*int, str"):
        engine.query({"t": {"x": [1, "a"]}}, "FROM t", version="1")
    assert ask(engine, "SELECT 1").rows == ((1,),)


@pytest.mark.parametrize(
    ("sql", "line"),
    [
        ("SELECT *\nFORM predictions", 'SQL syntax, line 2, column 6: syntax error at or near "predictions"'),
        ("SELECT 'é' AS a FORM x", 'SQL syntax, line 1, column 17: syntax error at or near "FORM"'),
        ("SELECT * FROM predictons", 'There is no table "predictons". Near: predictions.'),
        ("SELECT * FROM zzz", 'There is no table "zzz". There are: deployments, empty, predictions.'),
        ("SELECT scor FROM predictions", 'There is no column "scor", line 1, column 8. Near: score.'),
        ("SELECT p.scor FROM predictions p", 'There is no column "scor", line 1, column 8. Near: score.'),
        ("SELECT flor(1.5)", 'There is no function "flor", line 1, column 8. Near: floor.'),
        ("SHOW TABLES", "SHOW is not available. The tables are: deployments, empty, predictions."),
        ("PIVOT predictions ON model USING sum(score)", "PIVOT needs its values: PIVOT … ON column IN ('a', 'b')."),
        ("SELECT to_timestamp(at_s) AS t FROM predictions", "The column t has a time zone. Cast it: CAST(… AS TIMESTAMP)."),
        ("-- nothing", "Write one SELECT."),
    ],
)
def test_a_wrong_statement_is_refused_with_one_line_that_says_where(engine: SqlEngine, sql: str, line: str) -> None:
    assert refusal(engine, sql) == line


def test_an_endless_statement_is_refused_unread(engine: SqlEngine) -> None:
    assert refusal(engine, "SELECT " + "1," * 20_000 + "1") == "The statement has 40008 characters; at most 20000 are read."

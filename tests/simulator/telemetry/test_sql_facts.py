"""The facts of an answer to SQL."""

from __future__ import annotations

from simulator.telemetry.sql import SqlResult
from simulator.telemetry.sql_facts import result_facts


def test_facts_of_many_rows_are_extremes_and_mean_of_each_numeric_column() -> None:
    result = SqlResult(("at_s", "ok"), ("DOUBLE", "BOOLEAN"), ((1.0, True), (2.0, False), (None, True), (6.0, True)), False)
    assert result_facts(result) == {"rows": 4.0, "at_s.min": 1.0, "at_s.max": 6.0, "at_s.mean": 3.0}


def test_facts_of_a_single_row_are_its_cells() -> None:
    result = SqlResult(("n", "p99", "worst", "ok", "none"), ("BIGINT", "DOUBLE", "VARCHAR", "BOOLEAN", "DOUBLE"), ((12, 1.23456789, "web", True, None),), False)
    assert result_facts(result) == {"rows": 1.0, "n": 12.0, "p99": 1.23457, "worst": "web", "ok": "yes"}


def test_facts_of_a_grouped_answer_are_named_by_the_first_cell() -> None:
    result = SqlResult(("model", "n"), ("VARCHAR", "BIGINT"), (("a", 2), ("b", 4)), False)
    assert result_facts(result) == {"rows": 2.0, "n.min": 2.0, "n.max": 4.0, "n.mean": 3.0, "n.a": 2.0, "n.b": 4.0}


def test_first_cells_that_repeat_or_are_many_name_no_facts() -> None:
    twice = SqlResult(("model", "n"), ("VARCHAR", "BIGINT"), (("a", 2), ("a", 4)), False)
    many = SqlResult(("model", "n"), ("VARCHAR", "BIGINT"), tuple((f"m{i}", i) for i in range(13)), False)
    assert list(result_facts(twice)) == list(result_facts(many)) == ["rows", "n.min", "n.max", "n.mean"]


def test_facts_are_at_most_twelve_and_twenty_four_by_name() -> None:
    columns = tuple(f"c{i}" for i in range(20))
    wide = SqlResult(("key", *columns), ("VARCHAR", *["DOUBLE"] * 20), tuple((key, *[float(i) for i in range(20)]) for key in ("a", "b")), False)
    facts = list(result_facts(wide))
    assert facts[:10] == ["rows", *[f"c{i}.{what}" for i in range(3) for what in ("min", "max", "mean")]]
    assert facts[10:] == [f"c{i}.{key}" for i in range(12) for key in ("a", "b")]


def test_an_empty_answer_has_the_fact_that_it_is_empty() -> None:
    assert result_facts(SqlResult(("a",), ("DOUBLE",), (), False)) == {"rows": 0.0}

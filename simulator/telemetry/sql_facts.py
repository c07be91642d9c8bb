"""The facts of an answer to SQL: what an attentive reader takes from it, as numbers and words that can be compared with those of another world."""

from __future__ import annotations

import math

from simulator.observation import Cell, Fact, rounded_facts
from simulator.telemetry.sql import SqlResult

WHOLE_FACTS, KEYED_FACTS, KEYED_ROWS = 12, 24, 12


def result_facts(result: SqlResult) -> dict[str, Fact]:
    """What an attentive reader takes from an answer: the number of rows, each numeric column's extremes and mean, or a single row's cells.

    At most 12; and up to 24 more, `<column>.<first cell>`, where the first column is text that names each of at most 12 rows.
    A column whose facts do not all fit is left out, and so is a column whose name an earlier one has. A single row's own column `rows` wins.
    """
    values: dict[str, Cell] = {"rows": len(result.rows)}
    numeric = _numeric_columns(result)
    if len(result.rows) == 1:
        named = dict(zip(reversed(result.columns), reversed(result.rows[0]), strict=True))
        values |= {name: named[name] for name in list(dict.fromkeys(result.columns))[: WHOLE_FACTS - 1]}
    else:
        for name, column in numeric.items():
            if len(values) + 3 <= WHOLE_FACTS:
                values |= {f"{name}.min": min(column), f"{name}.max": max(column), f"{name}.mean": math.fsum(column) / len(column)}
    keys = [row[0] for row in result.rows]
    if keys and len(keys) <= KEYED_ROWS and all(isinstance(key, str) for key in keys) and len(dict.fromkeys(keys)) == len(keys):
        cells = [(f"{name}.{row[0]}", row[result.columns.index(name)]) for name in numeric for row in result.rows]
        values |= {name: value for name, value in cells[:KEYED_FACTS] if name not in values}
    return rounded_facts(values)


def _numeric_columns(result: SqlResult) -> dict[str, list[float]]:
    """Column name -> its numbers without NULL, for columns that hold a number and nothing else."""
    numeric: dict[str, list[float]] = {}
    for index, name in enumerate(result.columns):
        cells = [row[index] for row in result.rows if row[index] is not None]
        numbers = [c for c in cells if isinstance(c, (int, float)) and not isinstance(c, bool)]
        if numbers and len(numbers) == len(cells) and result.columns.index(name) == index:
            numeric[name] = [float(n) for n in numbers]
    return numeric

"""Copies of the company's tables in an in-memory DuckDB whose configuration is locked: one SELECT in, rows or a line that says why not out.

DuckDB has no privilege boundary of its own; this module is loaded in the sandboxed process (see sql_worker.py), and in tests of it.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from simulator.telemetry.sql_statement import Refusal, check, near

CELL_CHARACTERS = 500
COLUMNS = 200
RESULT_CHARACTERS = 8_000_000
FETCH_ROWS = 100
TOO_LARGE = "More memory would be needed than a query may use. Aggregate, or ask for less."

Rows = list[list[Any]]


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def cell(value: object) -> object:
    """A value as JSON has it. What is not finite becomes NULL; what is neither number nor text becomes text."""
    kind = type(value)
    if kind is float or kind is Decimal:
        number = float(value)  # type: ignore[arg-type]
        return number if math.isfinite(number) else None
    if kind is int:
        return value if -(2**63) <= value < 2**63 else float(value)  # type: ignore[operator,arg-type]
    if value is None or kind is bool:
        return value
    if isinstance(value, bytes):
        return value[: CELL_CHARACTERS // 2].hex()
    return str(value)[:CELL_CHARACTERS]


class Database:
    """The tables, in an in-memory DuckDB whose configuration is locked."""

    def __init__(self, memory_bytes: int) -> None:
        import duckdb

        self.duckdb = duckdb
        self.columns: dict[str, list[str]] = {}
        self.db = duckdb.connect(":memory:", config={"threads": "1", "memory_limit": f"{memory_bytes}B", "python_enable_replacements": "false"})
        for setting in (
            "TimeZone='UTC'", "errors_as_json=true", "enable_progress_bar=false", "temp_directory=''", "autoinstall_known_extensions=false",
            "autoload_known_extensions=false", "allow_community_extensions=false", "disabled_filesystems='LocalFileSystem'", "enable_external_access=false",
            "lock_configuration=true",
        ):  # fmt: skip
            self.db.execute(f"SET {setting}")

    def load(self, table: str, columns: Sequence[Mapping[str, Any]], buffers: Sequence[bytearray]) -> None:
        """Makes `table` anew. A column takes one buffer of values, or of codes of its `words` (-1 for NULL), and where `masked` one of NULLs."""
        import numpy as np

        arrays, select, left = {}, [], iter(buffers)
        for column in columns:
            name, words = column["name"], column["words"]
            values = np.frombuffer(next(left), dtype=column["dtype"])
            if words is not None:
                values = np.array([*words, None], dtype=object)[values]
            arrays[name] = values
            value = quoted(name) if words is None else f"CAST({quoted(name)} AS VARCHAR)"
            if column["masked"]:  # not a masked array: DuckDB 1.x reads those without their mask
                arrays[f"{name} is null"] = np.frombuffer(next(left), dtype=np.bool_)
                value = f"CASE WHEN {quoted(name + ' is null')} THEN NULL ELSE {value} END"
            select.append(f"{value} AS {quoted(name)}")
        self.db.register("arriving", arrays)
        self.db.execute(f"CREATE OR REPLACE TABLE {quoted(table)} AS SELECT {', '.join(select)} FROM arriving")
        self.db.unregister("arriving")
        self.columns[table] = [column["name"] for column in columns]

    def keep(self, tables: Sequence[str]) -> None:
        for table in [t for t in self.columns if t not in tables]:
            self.db.execute(f"DROP TABLE {quoted(table)}")
            del self.columns[table]

    def query(self, sql: str, row_limit: int, tables: Sequence[str], names: Sequence[str]) -> dict[str, object]:
        """The answer to one SELECT. It runs in a read-only transaction that is rolled back: DELETE in a WITH is typed SELECT."""
        if check(self.parsed(sql), tables, names):
            self.db.execute("SELECT setseed(0.5)").fetchall()
        self.db.execute("BEGIN TRANSACTION READ ONLY")
        try:
            self.db.execute(sql)
            heads = [(str(d[0])[:CELL_CHARACTERS], str(d[1])[:CELL_CHARACTERS]) for d in self.db.description or ()]
            if len(heads) > COLUMNS:
                raise Refusal(f"The answer has {len(heads)} columns; at most {COLUMNS} are shown.")
            for name, kind in heads:
                if "WITH TIME ZONE" in kind:
                    raise Refusal(f"The column {name} has a time zone. Cast it: CAST(… AS TIMESTAMP).")
            rows, truncated = self._fetch(row_limit)
        finally:
            self.db.execute("ROLLBACK")
        return {"columns": [h[0] for h in heads], "types": [h[1] for h in heads], "rows": rows, "truncated": truncated}

    def parsed(self, sql: str) -> object:
        answer = self.db.execute("SELECT json_serialize_sql(?)", [sql]).fetchone()
        tree: dict[str, Any] = json.loads(answer[0]) if answer else {}
        if not tree.get("error") and len(tree["statements"]) == 1:
            return tree
        statements = self.db.extract_statements(sql)  # raises the syntax error, if that is what it is
        if len(statements) != 1:
            raise Refusal("Write one SELECT." if not statements else f"One statement at a time; these are {len(statements)}.")
        kind = str(statements[0].type).rpartition(".")[2]
        if kind == "MULTI":
            raise Refusal("PIVOT needs its values: PIVOT … ON column IN ('a', 'b').")
        raise Refusal(f"Only SELECT can be run, and this is {kind}." if kind != "SELECT" else f"This SELECT cannot be run: {tree.get('error_message')}")

    def _fetch(self, row_limit: int) -> tuple[Rows, bool]:
        rows: Rows = []
        room = RESULT_CHARACTERS
        while chunk := self.db.fetchmany(min(FETCH_ROWS, row_limit + 1 - len(rows))):
            for values in chunk:
                row = list(map(cell, values))
                room -= sum([len(c) for c in row if type(c) is str])
                if room < 0 or len(rows) == row_limit:
                    return rows, True
                rows.append(row)
        return rows, False

    def explained(self, error: Exception, sql: str, tables: Sequence[str], names: Sequence[str]) -> Refusal:
        """DuckDB's error as one line: what, where, and the names near to a wrong one."""
        if isinstance(error, MemoryError):
            return Refusal(TOO_LARGE, broken=True)
        if isinstance(error, self.duckdb.OutOfMemoryException):
            return Refusal(TOO_LARGE)
        if isinstance(error, RecursionError):
            return Refusal("The statement is nested too deeply.")
        if isinstance(error, (ValueError, OverflowError)):
            return Refusal(f"A value of the answer cannot be shown: {error}")
        _, brace, body = str(error).partition("{")
        try:
            detail: dict[str, str] = json.loads(brace + body)
        except ValueError:
            detail = {"exception_message": str(error)}
        message = str(detail.get("exception_message", "")).strip().partition("\n")[0] or "the statement failed"
        where = position(sql, detail.get("position"))
        broken = isinstance(error, (self.duckdb.FatalException, self.duckdb.InternalException))
        candidates = re.findall(r"[\w.]+", str(detail.get("candidates", "")))
        missing = str(detail.get("name") or (re.findall(r'column named "([^"]*)"', message) or [""])[0])
        if isinstance(error, self.duckdb.ParserException):
            return Refusal(f"SQL syntax{where}: {message}")
        if isinstance(error, self.duckdb.CatalogException) and detail.get("type") == "Table":
            return Refusal(f'There is no table "{missing}".{near(missing, names)}')
        if isinstance(error, self.duckdb.CatalogException) and "Function" in str(detail.get("type")):
            return Refusal(f'There is no function "{missing}"{where}.' + (f" Near: {', '.join(candidates[:3])}." if candidates else ""))
        if detail.get("error_subtype") == "COLUMN_NOT_FOUND" or "does not have a column" in message:
            return Refusal(f'There is no column "{missing}"{where}.{near(missing, [c for t in tables for c in self.columns.get(t, ())] or candidates)}')
        return Refusal(f"SQL{where}: {message}", broken=broken)


def position(sql: str, offset: str | None) -> str:
    """DuckDB's offset in bytes as `, line 2, column 5`; empty where it gave none."""
    if offset is None or not offset.isdecimal():
        return ""
    before = sql.encode()[: int(offset)].decode(errors="ignore")
    return f", line {before.count(chr(10)) + 1}, column {len(before) - before.rfind(chr(10))}"

"""Learners' SQL over the company's tables: a statement and the tables that it names go in, rows or a refusal come out.

The statement runs in another process (see sql_process.py), started late and killed when it takes too long. Nothing that
the other process says is trusted beyond plain JSON.
"""

from __future__ import annotations

import os
import re
import weakref
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.errors import Refused
from simulator.observation import Cell
from simulator.telemetry.sql_process import PATIENCE_S, Late, Lost, Worker

TableColumns = Mapping[str, NDArray[Any] | list[Any]]
Tables = Mapping[str, TableColumns]
"""Table name -> column name -> values: numbers, booleans or text; None and NaN mean NULL. Table names are lower case."""
TableProvider = Callable[[str], TableColumns | None]
"""Makes one table by its lower-case name when a statement names it; None where there is no such table."""

SQL_CHARACTERS = 20_000
CELL_CHARACTERS = 500


@dataclass(frozen=True, slots=True)
class SqlResult:
    columns: tuple[str, ...]
    types: tuple[str, ...]
    """DuckDB's names of the column types, such as BIGINT, DOUBLE and VARCHAR."""
    rows: tuple[tuple[Cell, ...], ...]
    truncated: bool
    """Whether rows were left out because of the row limit (or because the answer was enormous)."""


class SqlEngine:
    """One sandboxed worker, started by the first query. Safe to use from several threads, one query at a time."""

    def __init__(self) -> None:
        self._worker: Worker | None = None
        self._lock = Lock()
        _ENGINES.append(weakref.ref(self, _ENGINES.remove))

    @property
    def worker_pid(self) -> int | None:
        """Process id of the worker; None before the first query, after a kill and after close."""
        return self._worker.process.pid if self._worker else None

    def query(self, tables: TableProvider | Tables, sql: str, *, version: str, row_limit: int = 1000, timeout_s: float = 5.0, names: Sequence[str] = ()) -> SqlResult:
        """The answer to one SELECT over `tables`, of at most `row_limit` rows.

        Only tables that the statement names are made; one that the worker has under the same name and version is not made again.
        `names` are all tables there are, for hints; a mapping knows its own. Raises Refused, and then nothing has changed.
        """
        if len(sql) > SQL_CHARACTERS:
            raise Refused(f"The statement has {len(sql)} characters; at most {SQL_CHARACTERS} are read.")
        provider = _provider(tables)
        known = tuple(sorted(tables)) if isinstance(tables, Mapping) else tuple(names)
        with self._lock:
            try:
                named = self._feed(provider, sql, version)
            except (Lost, Late) as lost:
                self._kill()
                raise Refused(f"The tables that the statement names could not be loaded: {lost}") from lost
            assert self._worker is not None
            message = {"sql": sql, "row_limit": row_limit, "timeout_s": timeout_s, "tables": named, "names": known or named, "keep": list(self._worker.loaded)}
            try:
                return _result(self._asked(message, timeout_s))
            except Late:
                self._kill()
                raise Refused(f"The query was stopped after {timeout_s:g} s. Aggregate, or ask for a shorter time range.") from None
            except Lost:
                self._kill()
                raise Refused("The query brought the SQL worker down, most often by using too much memory. Ask for less.") from None

    def close(self) -> None:
        """Ends the worker. A later query starts another."""
        with self._lock:
            self._kill()

    def _feed(self, provider: TableProvider, sql: str, version: str) -> list[str]:
        """Sends the named tables that the worker lacks; returns the names of those that exist.

        A worker that died while idle, or is full of other tables, is replaced once.
        """
        words = list(dict.fromkeys(word.lower() for word in re.findall(r"[^\W\d]\w*", sql)))
        inherited = self._alive()
        try:
            return [word for word in words if self._has(provider, word, version)]
        except Lost:
            if not inherited:
                raise
            self._kill()
            self._alive()
            return [word for word in words if self._has(provider, word, version)]

    def _has(self, provider: TableProvider, name: str, version: str) -> bool:
        worker = self._worker
        assert worker is not None
        worker.loaded = {table: at for table, at in worker.loaded.items() if at == version}
        if name in worker.loaded:
            return True
        table = provider(name)
        if table is None:
            return False
        wired = [_wire(f"{name}.{column}", values) for column, values in table.items()]
        columns = [{"name": column, **head} for column, (head, _) in zip(table, wired, strict=True)]
        arrays = [array for _, parts in wired for array in parts]
        answer = worker.ask({"load": name, "columns": columns, "keep": list(worker.loaded)}, PATIENCE_S, arrays)
        if answer.get("loaded") != name:
            raise Lost(_one_line(answer.get("refused")))
        worker.loaded[name] = version
        return True

    def _asked(self, message: Mapping[str, object], timeout_s: float) -> dict[str, Any]:
        assert self._worker is not None
        answer = self._worker.ask(message, timeout_s)
        if "refused" in answer:
            if answer.get("broken"):
                self._kill()
            raise Refused(_one_line(answer["refused"]))
        return answer

    def _alive(self) -> bool:
        """Makes sure that there is a worker of this very process; returns whether there was one already."""
        if self._worker is not None and self._worker.owner == os.getpid() and self._worker.process.poll() is None:
            return True
        self._kill()
        self._worker = Worker()
        return False

    def _kill(self) -> None:
        if self._worker is not None:
            self._worker.end()
        self._worker = None


_ENGINES: list[weakref.ref[SqlEngine]] = []


def close_all() -> None:
    """Ends the workers of all engines of this process."""
    for reference in _ENGINES[:]:
        engine = reference()
        if engine is not None:
            engine.close()


def _provider(tables: TableProvider | Tables) -> TableProvider:
    if not isinstance(tables, Mapping):
        return tables
    return tables.get


def _wire(name: str, values: NDArray[Any] | list[Any]) -> tuple[dict[str, object], list[NDArray[Any]]]:
    """A column as the worker takes it: a head, and one array of values or of codes of its words; a second one where NULL is marked apart.

    Raises TypeError for values that are not all numbers, all booleans or all text.
    """
    if isinstance(values, np.ndarray) and values.dtype.kind in "fiub":
        return _head(values), [np.ascontiguousarray(values)]
    cells = values.tolist() if isinstance(values, np.ndarray) else [v.item() if isinstance(v, np.generic) else v for v in values]
    null = [v is None or v != v for v in cells]
    kinds = {type(v) for v, empty in zip(cells, null, strict=True) if not empty}
    if kinds <= {str}:
        words: dict[str, int] = {}
        codes = np.array([-1 if empty else words.setdefault(v, len(words)) for v, empty in zip(cells, null, strict=True)], dtype=np.int32)
        return {**_head(codes), "words": list(words)}, [codes]
    if kinds <= {int, float}:
        dtype: Any = np.float64 if float in kinds else np.int64
    elif kinds == {bool}:
        dtype = np.bool_
    else:
        raise TypeError(f"{name}: a column holds numbers, booleans or text, not {', '.join(sorted(k.__name__ for k in kinds))}")
    filled = np.array([0 if empty else v for v, empty in zip(cells, null, strict=True)], dtype=dtype)
    return {**_head(filled), "masked": any(null)}, [filled, np.array(null)] if any(null) else [filled]


def _head(values: NDArray[Any]) -> dict[str, object]:
    return {"dtype": values.dtype.str, "words": None, "masked": False}


def _result(answer: Mapping[str, Any]) -> SqlResult:
    columns, types = answer.get("columns"), answer.get("types")
    rows, truncated = answer.get("rows"), answer.get("truncated")
    if not (isinstance(columns, list) and isinstance(types, list) and isinstance(rows, list) and len(columns) == len(types)):
        raise Lost
    if any(not isinstance(row, list) or len(row) != len(columns) for row in rows):
        raise Lost
    return SqlResult(tuple(map(str, columns)), tuple(map(str, types)), tuple(tuple(map(_cell, row)) for row in rows), truncated is True)


def _one_line(text: object) -> str:
    return " ".join(str(text).split())[:CELL_CHARACTERS]


def _cell(value: object) -> Cell:
    if isinstance(value, str):
        return value[:CELL_CHARACTERS]
    if value is None or isinstance(value, (bool, int, float)):
        return value
    raise Lost

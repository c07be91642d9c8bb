"""Learners' SQL over the company's tables: what it may read, how it is asked, and the facts of its answer.

The statement runs in another process (see sql_worker.py), which this module starts late, feeds with the tables that the
statement names, and kills when it takes too long. Nothing that the other process says is trusted beyond plain JSON.
"""

from __future__ import annotations

import json
import math
import os
import re
import socket
import struct
import subprocess
import sys
import weakref
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.errors import Refused
from simulator.observation import Cell, Fact, rounded_facts

TableColumns = Mapping[str, NDArray[Any] | list[Any]]
Tables = Mapping[str, TableColumns]
"""Table name -> column name -> values: numbers, booleans or text; None and NaN mean NULL. Table names are lower case."""
TableProvider = Callable[[str], TableColumns | None]
"""Makes one table by its lower-case name when a statement names it; None where there is no such table."""

MEMORY_BYTES = 512 * 2**20
ADDRESS_SPACE_BYTES = 1536 * 2**20
SQL_CHARACTERS = 20_000
ANSWER_BYTES = 64 * 2**20
CELL_CHARACTERS = 500
PATIENCE_S = 60.0
"""How long the worker may take to start, or to take in a table, on a busy machine."""

WHOLE_FACTS, KEYED_FACTS, KEYED_ROWS = 12, 24, 12


@dataclass(frozen=True, slots=True)
class SqlResult:
    columns: tuple[str, ...]
    types: tuple[str, ...]
    """DuckDB's names of the column types, such as BIGINT, DOUBLE and VARCHAR."""
    rows: tuple[tuple[Cell, ...], ...]
    truncated: bool
    """Whether rows were left out because of the row limit (or because the answer was enormous)."""


class _Lost(Exception):
    """The worker is gone, or says what it never should."""

    def __init__(self, why: str = "the SQL worker died.") -> None:
        super().__init__(why)


class _Late(Exception):
    """The worker did not answer in time."""

    def __init__(self) -> None:
        super().__init__("the SQL worker took too long.")


class SqlEngine:
    """One sandboxed worker, started by the first query. Safe to use from several threads, one query at a time."""

    def __init__(self) -> None:
        self._worker: _Worker | None = None
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
            except (_Lost, _Late) as lost:
                self._kill()
                raise Refused(f"The tables that the statement names could not be loaded: {lost}") from lost
            assert self._worker is not None
            message = {"sql": sql, "row_limit": row_limit, "timeout_s": timeout_s, "tables": named, "names": known or named, "keep": list(self._worker.loaded)}
            try:
                return _result(self._asked(message, timeout_s))
            except _Late:
                self._kill()
                raise Refused(f"The query was stopped after {timeout_s:g} s. Aggregate, or ask for a shorter time range.") from None
            except _Lost:
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
        except _Lost:
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
            raise _Lost(_one_line(answer.get("refused")))
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
        self._worker = _Worker()
        return False

    def _kill(self) -> None:
        if self._worker is not None:
            self._worker.end()
        self._worker = None


class _Worker:
    """A running sql_worker.py. `end` kills it; so do the collection of this object and the end of the interpreter."""

    def __init__(self) -> None:
        if sys.platform == "win32":
            raise Refused("SQL is not available on Windows: its sandbox needs the process limits of Linux or macOS. Use the other looks.")
        self.loaded: dict[str, str] = {}
        """Table name -> version, as the worker holds them."""
        self.owner = os.getpid()
        self.line, theirs = socket.socketpair()
        lifeline, self.lifeline = os.pipe()
        script = Path(__file__).with_name("sql_worker.py")
        self.process = subprocess.Popen(
            [sys.executable, "-I", "-S", "-B", str(script), str(theirs.fileno()), str(lifeline), str(self.owner)],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd="/", close_fds=True, pass_fds=(theirs.fileno(), lifeline),
            env={"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
        )  # fmt: skip
        self.end = weakref.finalize(self, _end, self.process, self.line, self.lifeline, self.owner)
        theirs.close()
        os.close(lifeline)
        try:
            self.ask({"sys_path": [str(Path(entry).absolute()) for entry in sys.path], "memory_bytes": MEMORY_BYTES, "address_space_bytes": ADDRESS_SPACE_BYTES}, PATIENCE_S)
        except (_Lost, _Late) as lost:
            self.process.kill()
            said = self.process.stderr.read().decode(errors="replace").strip() if self.process.stderr else ""
            self.end()
            raise RuntimeError(f"the SQL worker did not start: {said or 'no word from it'}") from lost

    def ask(self, message: Mapping[str, object], timeout_s: float, arrays: Sequence[NDArray[Any]] = ()) -> dict[str, Any]:
        """Sends `message` and `arrays`, returns the answer. Raises _Late after `timeout_s` without one, _Lost at the end of the line."""
        parts = [memoryview(json.dumps(message).encode()), *(memoryview(array.view(np.uint8).data) for array in arrays)]
        try:
            self.line.settimeout(PATIENCE_S)
            self.line.sendall(struct.pack(f"<{len(parts) + 1}Q", len(parts), *(part.nbytes for part in parts)))
            for part in parts:
                self.line.sendall(part)
            self.line.settimeout(timeout_s)
            (size,) = struct.unpack("<Q", self._exactly(8))
            if size > ANSWER_BYTES:
                raise _Lost
            answer = json.loads(self._exactly(size))
        except TimeoutError:
            raise _Late from None
        except (OSError, ValueError) as broken:
            raise _Lost from broken
        if not isinstance(answer, dict):
            raise _Lost
        return answer

    def _exactly(self, size: int) -> bytes:
        data = bytearray()
        while len(data) < size:
            got = self.line.recv(min(size - len(data), 2**20))
            if not got:
                raise _Lost
            data += got
        return bytes(data)


def _end(process: subprocess.Popen[bytes], line: socket.socket, lifeline: int, owner: int) -> None:
    line.close()
    os.close(lifeline)
    if process.stderr:
        process.stderr.close()
    if owner == os.getpid():  # a fork of the owner has a copy of this object, and no right to its worker
        process.kill()
        process.wait()


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
        raise _Lost
    if any(not isinstance(row, list) or len(row) != len(columns) for row in rows):
        raise _Lost
    return SqlResult(tuple(map(str, columns)), tuple(map(str, types)), tuple(tuple(map(_cell, row)) for row in rows), truncated is True)


def _one_line(text: object) -> str:
    return " ".join(str(text).split())[:CELL_CHARACTERS]


def _cell(value: object) -> Cell:
    if isinstance(value, str):
        return value[:CELL_CHARACTERS]
    if value is None or isinstance(value, (bool, int, float)):
        return value
    raise _Lost


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

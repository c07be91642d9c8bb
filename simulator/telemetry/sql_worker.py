"""The process in which learners' SQL runs: it holds copies of tables in memory, reads SELECTs, and can do nothing else.

DuckDB has no privilege boundary of its own, so the boundary is this process: limits of the operating system, no
environment, a locked configuration, a read-only transaction, and a parent that kills it at the timeout. The file is run
by its path with an empty `sys.path`, so it imports nothing of the project. Messages in are JSON and raw arrays, messages
out are JSON; no pickle either way.
"""

from __future__ import annotations

import ctypes
import json
import math
import os
import re
import resource
import signal
import socket
import struct
import sys
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

CELL_CHARACTERS = 500
COLUMNS = 200
RESULT_CHARACTERS = 8_000_000
FETCH_ROWS = 100

QUERY_NODES = ("SELECT_NODE", "SET_OPERATION_NODE", "RECURSIVE_CTE_NODE", "CTE_NODE")
# An allow-list: the other table functions read files, settings, other statements or raw pointers.
TABLE_FUNCTIONS = ("range", "generate_series", "unnest", "repeat", "repeat_row", "histogram", "histogram_values", "json_each", "json_tree")
CLOCKS = (
    "now", "today", "ago", "get_current_time", "get_current_timestamp", "current_date", "current_time", "current_timestamp", "current_localtime", "current_localtimestamp",
    "localtime", "localtimestamp", "transaction_timestamp", "statement_timestamp", "clock_timestamp", "pg_conf_load_time", "pg_postmaster_start_time",
)  # fmt: skip
UNREPEATABLE = ("uuid", "uuidv4", "uuidv7", "gen_random_uuid", "current_query_id", "current_connection_id", "current_transaction_id", "txid_current")
FORBIDDEN = ("sleep_ms", "write_log", "current_setting", "current_query", "getvariable", "nextval", "currval", "setval", "setseed", "stats")

TOO_LARGE = "More memory would be needed than a query may use. Aggregate, or ask for less."

Rows = list[list[Any]]


class Refusal(Exception):
    """The statement is not run; the text is one line for the learner. `broken` asks the parent for a new worker."""

    def __init__(self, line: str, *, broken: bool = False) -> None:
        self.line, self.broken = line, broken
        super().__init__(line)

    def to_json(self) -> dict[str, object]:
        return {"refused": self.line, "broken": self.broken}


def near(word: str, known: Sequence[str]) -> str:
    close = get_close_matches(word.lower(), list(dict.fromkeys(known)), n=3, cutoff=0.5)
    return f" Near: {', '.join(close)}." if close else f" There are: {', '.join(known[:12])}." if known else ""


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def dicts(tree: object) -> Iterator[dict[str, Any]]:
    """Every JSON object in `tree`, in a fixed order, without recursion: the learner decides how deep it is."""
    left: list[object] = [tree]
    while left:
        node = left.pop()
        if isinstance(node, dict):
            yield node
            left.extend(reversed(node.values()))
        elif isinstance(node, list):
            left.extend(reversed(node))


def check(tree: object, tables: Sequence[str], names: Sequence[str]) -> bool:
    """Refuses a parsed SELECT that writes, leaves its tables, or cannot give the same answer twice.

    `tables` may be read; `names` are all tables there are, for the hint. Returns whether the statement draws random numbers.
    """
    nodes = list(dicts(tree))
    local = [entry["key"].lower() for node in nodes if isinstance(node.get("cte_map"), dict) for entry in node["cte_map"]["map"]]
    draws = False
    for node in nodes:
        kind = str(node.get("type", ""))
        if kind.endswith("_NODE") and kind not in QUERY_NODES:
            raise Refusal(f"Only SELECT can be run, and this has {kind.partition('_')[0]} inside.")
        if kind == "TABLE_FUNCTION":
            name = str(node["function"].get("function_name", "")).lower()
            if name not in TABLE_FUNCTIONS:
                raise Refusal(f"The table function {name} is not available. Read the company's tables by their names.")
        elif kind == "BASE_TABLE":
            name = str(node["table_name"])
            if node["schema_name"] or node["catalog_name"]:
                raise Refusal(f"Write the table's name alone: {name}.")
            if name.lower() not in tables and name.lower() not in local:
                raise Refusal(f'There is no table "{name}".{near(name, names)}')
        elif kind == "SHOW_REF" and node.get("query") is None:
            raise Refusal("SHOW is not available." + (f" The tables are: {', '.join(names)}." if names else " DESCRIBE and the name of a table shows its columns."))
        if isinstance(node.get("sample"), dict):
            draws = True
            if node["sample"].get("is_percentage") and node["sample"].get("seed") in (None, -1):
                raise Refusal("A sample by percentage needs a seed to be repeatable: TABLESAMPLE 10% (bernoulli, 1), or take a number of rows.")
        draws |= _check_function(node)
    return draws


def _check_function(node: Mapping[str, Any]) -> bool:
    name = str(node.get("function_name", "")).lower()
    if node.get("class") == "COLUMN_REF" and len(node["column_names"]) == 1 and node["column_names"][0].lower().startswith(("current_", "local")):
        name = node["column_names"][0].lower()
    if name in CLOCKS or (name == "age" and len(node.get("arguments", node.get("children", ()))) == 1):
        raise Refusal(f"{name} reads the real clock. Times here are seconds of virtual time: compare with a number, or with max() of the column.")
    if name in UNREPEATABLE:
        raise Refusal(f"{name} gives another answer each time, so it is not available.")
    if name in FORBIDDEN:
        raise Refusal(f"The function {name} is not available.")
    return name == "random"


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


def limit_process(address_space_bytes: int) -> None:
    """The operating system's limits: memory, no file can grow, few descriptors, no core dump, no environment."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (32, 32))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":  # macOS accepts no limit of the address space; DuckDB's own limit and the timeout remain
        resource.setrlimit(resource.RLIMIT_AS, (address_space_bytes, address_space_bytes))
    os.environ.clear()


def limit_cpu(timeout_s: float) -> None:
    """A backstop, should the parent be unable to kill us: the kernel does it some CPU seconds after the timeout."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(used.ru_utime + used.ru_stime + timeout_s) + 2, hard))


def die_with_parent(lifeline: int, parent: int) -> None:
    """Ends this process when the parent is gone, however busy it is.

    The kernel sends SIGIO, whose default is death, when the last writer of the lifeline is closed. The parent-death
    signal only covers copies of that end in forks of the parent; it also comes when merely the thread that started us
    ends, so its handler looks whether the parent is really gone.
    """
    import fcntl

    def orphaned(_signal: int = 0, _frame: object = None) -> None:
        if os.getppid() != parent:
            os._exit(0)

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, orphaned)
    fcntl.fcntl(lifeline, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(lifeline, fcntl.F_SETFL, fcntl.fcntl(lifeline, fcntl.F_GETFL) | os.O_ASYNC)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)
    orphaned()


def receive(line: socket.socket) -> tuple[dict[str, Any], list[bytearray]]:
    """One message: a count, that many lengths, then JSON and raw arrays. The end of the line is the end of the process."""

    def exactly(size: int) -> bytearray:
        data = bytearray(size)
        view = memoryview(data)
        while view:
            got = line.recv_into(view)
            if not got:
                os._exit(0)
            view = view[got:]
        return data

    (count,) = struct.unpack("<Q", exactly(8))
    sizes = struct.unpack(f"<{count}Q", exactly(8 * count))
    head, *buffers = [exactly(size) for size in sizes]
    return json.loads(head), buffers


def send(line: socket.socket, message: Mapping[str, object]) -> None:
    body = json.dumps(message, allow_nan=False, ensure_ascii=False).encode()
    line.sendall(struct.pack("<Q", len(body)) + body)


def serve(line: socket.socket) -> None:
    hello, _ = receive(line)
    sys.path[:] = hello["sys_path"]
    database = Database(hello["memory_bytes"])
    limit_process(hello["address_space_bytes"])
    send(line, {"ready": os.getpid()})
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 2)
    failures = (database.duckdb.Error, MemoryError, RecursionError, ValueError, OverflowError)
    while True:
        message, buffers = receive(line)
        sql, tables, names = message.get("sql", ""), message.get("tables", ()), message.get("names", ())
        try:
            database.keep(message["keep"])
            if "load" in message:
                database.load(message["load"], message["columns"], buffers)
                answer: dict[str, object] = {"loaded": message["load"]}
            else:
                limit_cpu(message["timeout_s"])
                answer = database.query(sql, message["row_limit"], tables, names)
        except Refusal as refused:
            answer = refused.to_json()
        except failures as error:
            answer = database.explained(error, sql, tables, names).to_json()
        del message, buffers  # the arrays would otherwise be held until the next message
        send(line, answer)


if __name__ == "__main__":
    die_with_parent(int(sys.argv[2]), int(sys.argv[3]))
    serve(socket.socket(fileno=int(sys.argv[1])))

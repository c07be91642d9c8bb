"""The process in which learners' SQL runs: it holds copies of tables in memory, reads SELECTs, and can do nothing else.

DuckDB has no privilege boundary of its own, so the boundary is this process: limits of the operating system, no
environment, a locked configuration, a read-only transaction, and a parent that kills it at the timeout. The file is run
by its path and finds only the standard library until the parent has said where the rest lies. Messages in are JSON and
raw arrays, messages out are JSON; no pickle either way.
"""

from __future__ import annotations

import ctypes
import json
import math
import os
import resource
import signal
import socket
import struct
import sys
from collections.abc import Mapping
from typing import Any


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
    from simulator.telemetry.sql_database import Database
    from simulator.telemetry.sql_statement import Refusal

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

"""The journal's durable append against the cheapest durable write there is: the same bytes at the end of a file, then fsync.

Both write to the disk that holds the sessions, turn and turn about, so that a busy disk slows both alike.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from time import perf_counter
from typing import Any

from console.bench.row import BenchRow
from scenarios.journal import Journal, canonical
from simulator.observation import Observation, table

_APPENDS, _WARM_UP = 600, 40
_TARGET = 3.0


def run() -> list[BenchRow]:
    """One row: 95th percentiles in milliseconds over 600 appends of a look with a table of 40 rows."""
    payload = _look()
    journal_s: list[float] = []
    plain_s: list[float] = []
    with (
        tempfile.TemporaryDirectory(dir=_where_sessions_lie(), prefix="hotseat-bench-") as folder,
        (Path(folder) / "plain").open("ab", buffering=0) as plain,
        Journal.create(Path(folder) / "bench-0-1.journal", {"session": "bench-0-1", "scenario": "bench", "seed": 0}) as journal,
    ):
        for number in range(_WARM_UP + _APPENDS):
            start = perf_counter()
            row = journal.append(at_s=30.0 * number, wall="2031-05-04T09:00:00+00:00", actor="bench", role="on-call", kind="look", payload=payload)
            journal_s.append(perf_counter() - start)
            data = (canonical(row.to_json()) + "\n").encode()
            start = perf_counter()
            plain.write(data)
            os.fsync(plain.fileno())
            plain_s.append(perf_counter() - start)
    figure, peer = 1_000 * _p95(journal_s[_WARM_UP:]), 1_000 * _p95(plain_s[_WARM_UP:])
    return [BenchRow("journal: durable append, 95th percentile", figure, "ms", "fsync of the same bytes", peer, figure / peer, _TARGET, figure / peer <= _TARGET)]


def _look() -> dict[str, Any]:
    rows = [(f"txn_velocity_{n}h", 88_200.0 + n / 7, n % 3, "stale" if n % 5 else "fresh") for n in range(40)]
    seen = Observation("Age of features", (table("Features", ["feature", ("age", "s"), "partitions", "state"], rows),), facts={f"age_s.{name}": age for name, age, *_ in rows[:8]})
    return {
        "line": "features age txn_velocity",
        "op": "features age",
        "args": {"view": "txn_velocity"},
        "took_s": 30.0,
        "phase": "investigating",
        "observation": seen.to_json(),
        "facts": dict(seen.facts),
        "error": None,
        "seq": 1,
    }


def _p95(values: list[float]) -> float:
    return sorted(values)[int(0.95 * len(values))]


def _where_sessions_lie() -> Path:
    """The folder of the sessions, or the nearest one above it that exists: the figure is about that disk."""
    import platformdirs

    folder = Path(os.environ.get("HOTSEAT_HOME") or platformdirs.user_data_dir("hotseat")).absolute()
    while not folder.is_dir():
        folder = folder.parent
    return folder

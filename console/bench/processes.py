"""Processes of this machine, read from /proc: who descends from whom, what somebody carries in the environment, CPU time used.

A process is named by its number and its start, so that a number given out anew is not taken for it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
KNOWN = (PROC / "self/stat").exists()
"""Whether this system tells: Linux does, macOS does not."""
_ENDED = ("Z", "X")


@dataclass(frozen=True, slots=True)
class Process:
    pid: int
    started: int
    """Ticks since the machine began."""


def process(pid: int) -> Process:
    """Raises ProcessLookupError where there is none."""
    found = _fields(pid)
    if found is None:
        raise ProcessLookupError(pid)
    return Process(pid, int(found[19]))


def alive(one: Process) -> bool:
    """Whether it runs; one that has ended and is not fetched by its parent yet does not."""
    found = _fields(one.pid)
    return found is not None and int(found[19]) == one.started and found[0] not in _ENDED


def cpu_s(pid: int) -> float:
    """CPU time of all its threads so far, without its children's. Raises ProcessLookupError where there is none."""
    found = _fields(pid)
    if found is None:
        raise ProcessLookupError(pid)
    return (int(found[11]) + int(found[12])) / os.sysconf("SC_CLK_TCK")


def descendants(pid: int) -> tuple[Process, ...]:
    """Children of `pid`, their children, and so on."""
    rows = {other: found for other in _pids() if (found := _fields(other)) is not None}
    known, met = [pid], 0
    while met < len(known):
        known += [other for other, found in rows.items() if int(found[1]) == known[met] and other not in known]
        met += 1
    return tuple(Process(other, int(rows[other][19])) for other in known[1:])


def carrying(variable: str, value: str) -> tuple[Process, ...]:
    """Processes of ours that were started with this variable in their environment, this one left out. Finds orphans too."""
    wanted = f"{variable}={value}".encode()
    found = []
    for pid in _pids():
        try:
            environment = (PROC / str(pid) / "environ").read_bytes()
            one = process(pid)
        except OSError:  # ended meanwhile, or somebody else's
            continue
        if pid != os.getpid() and wanted in environment.split(b"\0") and alive(one):
            found.append(one)
    return tuple(found)


def still_alive(those: Iterable[Process]) -> tuple[Process, ...]:
    return tuple(one for one in those if alive(one))


def _pids() -> Iterator[int]:
    return (int(entry.name) for entry in PROC.iterdir() if entry.name.isdigit())


def _fields(pid: int) -> list[str] | None:
    """Fields of proc(5)'s stat from the third on; the second is a name, which may hold blanks and brackets."""
    try:
        return (PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except OSError:
        return None

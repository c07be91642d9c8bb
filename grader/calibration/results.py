"""The results of a calibration in one file of JSON lines: each drill is durable as soon as it is graded, so a crash costs only what was being played.

A line is a row with the versions that it was played with. A later line about the same drill replaces an earlier one.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from grader.calibration.runs import Key, Run, key_of
from simulator.errors import HotseatError, UsageError

FORMAT_VERSION = 1
_FIELDS: dict[str, type | tuple[type, ...]] = {
    "scenario": str,
    "system": str,
    "seed": int,
    "player": str,
    "graded": bool,
    "score": (int, float),
    "passed": bool,
    "control": bool,
    "retraining_mends": bool,
    "red_flags": list,
    "versions": dict,
}
"""What every line has, with its type."""


class ResultsFile:
    """An open results file that nobody else writes to.

    Raises:
        UsageError: it is no results file, another calibration writes to it, or it cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._file: BinaryIO = path.open("a+b")
        except OSError as problem:
            raise UsageError(f"{path} cannot be written: {(problem.strerror or str(problem)).lower()}") from None
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._file.seek(0)
            data = self._file.read()
            self.runs = _parsed(data, path)
            """One row for each drill that was ever finished, the latest."""
            # What follows the last end of line was being written when the program died.
            self._file.truncate(data.rfind(b"\n") + 1)
        except OSError:
            self._file.close()
            raise UsageError(f"{path} is being written by another calibration") from None
        except UsageError:
            self._file.close()
            raise

    def append(self, run: Run) -> None:
        """Write one row; it is on the disk when this returns. Raises HotseatError where it cannot be."""
        line = json.dumps({"format": FORMAT_VERSION, **run}, allow_nan=False).encode() + b"\n"
        try:
            self._file.write(line)
            self._file.flush()
            os.fsync(self._file.fileno())
        except OSError as problem:
            raise HotseatError(f"{self.path} cannot be written: {problem.strerror}") from None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None) -> None:
        self._file.close()


def read_results(path: Path) -> list[Run]:
    """The latest row of each drill in a results file, in order of scenario and seed.

    Raises:
        UsageError: it cannot be read, or is no results file.
    """
    try:
        data = path.read_bytes()
    except OSError as problem:
        raise UsageError(f"{path} cannot be read: {(problem.strerror or str(problem)).lower()}") from None
    return _parsed(data, path)


def versions_apart(runs: Sequence[Run]) -> list[str]:
    """Names of the versions that differ among rows that should share them; a mixed file's properties are about no one program."""
    shared = ("program", "rubric", "noise")
    differ = [name for name in shared if len({run["versions"].get(name) for run in runs}) > 1]
    for own in ("scenario", "player"):
        digests: dict[str, set[str]] = {}
        for run in runs:
            digests.setdefault(run[own], set()).add(str(run["versions"].get(own)))
        if any(len(found) > 1 for found in digests.values()):
            differ.append(own)
    return differ


def _parsed(data: bytes, path: Path) -> list[Run]:
    found: dict[Key, Run] = {}
    for number, line in enumerate(data[: data.rfind(b"\n") + 1].splitlines(), start=1):
        try:
            run = json.loads(line)
        except (ValueError, RecursionError):
            raise UsageError(f"{path}:{number}: no line of a results file") from None
        if not isinstance(run, dict) or run.pop("format", None) != FORMAT_VERSION:
            raise UsageError(f"{path}:{number}: no line of a results file of format {FORMAT_VERSION}")
        for name, kind in _FIELDS.items():
            if not isinstance(run.get(name), kind):
                raise UsageError(f"{path}:{number}: {name}: missing, or not what it should be")
        found[key_of(run)] = run
    return [found[key] for key in sorted(found)]

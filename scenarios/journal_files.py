"""Journal files as files: which are held by this process, and a copy of one moment of a file that another is writing to.

Closing any descriptor of a file drops all the locks that its process holds on it (POSIX). So a journal that is open
here is never opened a second time as a plain file, and everything that opens one as such is in this module.
"""

from __future__ import annotations

import os
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

from simulator.errors import ContentError, HotseatError, Refused

if TYPE_CHECKING:
    from scenarios.journal import Journal

LOCK = RLock()
"""Held while a journal is opened and while one is read as a plain file, so that the two never overlap."""

_MAGIC = b"SQLite format 3\0"
_LOG_HEAD_BYTES = 32
_HELD: WeakValueDictionary[tuple[int, int, int], Journal] = WeakValueDictionary()
"""By process, device and inode: two names of one file are one file, and a forked child holds nothing."""


def hold(path: Path, journal: Journal) -> None:
    _HELD[_identity(path)] = journal


def held(path: Path) -> Journal | None:
    """The journal of this process that holds `path`, if one does. Raises HotseatError where there is no such file."""
    try:
        return _HELD.get(_identity(path))
    except OSError as problem:
        raise HotseatError(f"{path}: cannot be read: {problem.strerror}") from None


def release(journal: Journal) -> None:
    for key in [key for key, held_one in _HELD.items() if held_one is journal]:
        del _HELD[key]


def _identity(path: Path) -> tuple[int, int, int]:
    status = path.stat()
    return os.getpid(), status.st_dev, status.st_ino


def is_journal(path: Path) -> bool:
    """Whether `path` is a journal file, rather than an export of one. Raises HotseatError where it cannot be read."""
    with LOCK:
        if held(path) is not None:
            return True
        try:
            with path.open("rb") as file:
                return file.read(len(_MAGIC)) == _MAGIC
        except OSError as problem:
            raise HotseatError(f"{path}: cannot be read: {problem.strerror}") from None


def check_magic(path: Path) -> None:
    """Raises ContentError where `path` does not begin as a journal does."""
    if not is_journal(path):
        raise ContentError(str(path), "is damaged or no journal: it does not begin as one does")


def wal_of(path: Path) -> Path:
    """The write-ahead log that SQLite keeps beside `path`."""
    return path.with_name(path.name + "-wal")


def copied(path: Path, folder: Path) -> Path | Journal:
    """A copy in `folder` of the file and its log, of one moment; or the journal itself where this process holds the file.

    Pages move from the log to the file without leaving the log, until the log starts over with a new head. So the
    two copies belong together when the log's head was the same before the file was copied and after.

    Raises:
        ContentError: the file is no journal.
        HotseatError: it cannot be read.
        Refused: it is written to faster than it can be copied.
    """
    copy, wal = folder / path.name, wal_of(path)
    with LOCK:
        own = held(path)
        if own is not None:
            return own
        check_magic(path)
        try:
            for _ in range(20):
                before = _bytes_of(wal, _LOG_HEAD_BYTES)
                copy.write_bytes(path.read_bytes())
                log = _bytes_of(wal)
                if log[:_LOG_HEAD_BYTES] == before:
                    wal_of(copy).write_bytes(log)
                    return copy
        except OSError as problem:
            raise HotseatError(f"{path}: cannot be read: {problem.strerror}") from None
    raise Refused(f"session {path.stem} is being written to; try again")


def _bytes_of(wal: Path, count: int = -1) -> bytes:
    try:
        with wal.open("rb") as file:
            return file.read(count)
    except FileNotFoundError:
        return b""

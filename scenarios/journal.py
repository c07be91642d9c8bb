"""The journal: one SQLite file per session, append-only, each row durable before its effect is shown.

One connection holds the file for as long as the session is open, which keeps a second writer out and rules
out every fault of SQLite's write-ahead log that takes two connections. Readers work on a copy for the same reason.
"""

from __future__ import annotations

import json
import os
import sqlite3
import tempfile
from collections.abc import Collection, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Any, Self

from scenarios.chain import FORMAT_VERSION, HeldRows, JournalLike, MemoryJournal, Row, canonical, header_row, next_row, row_from, verify, wrong_in_header
from scenarios.journal_files import LOCK, check_magic, copied, held, hold, is_journal, release, wal_of
from scenarios.journal_lines import export, import_journal
from simulator.errors import ContentError, HotseatError, Refused

__all__ = ["Glance", "Journal", "JournalLike", "MemoryJournal", "Row", "canonical", "export", "import_journal", "is_journal", "verify"]

_SCHEMA = (
    "CREATE TABLE rows (step INTEGER PRIMARY KEY, version INTEGER NOT NULL, at_s REAL NOT NULL, wall TEXT NOT NULL, actor TEXT NOT NULL, "
    "role TEXT NOT NULL, kind TEXT NOT NULL, prev TEXT NOT NULL, hash TEXT NOT NULL, payload TEXT NOT NULL) STRICT",
    # The last step and its hash once more: the chain alone cannot tell that rows are missing from its end.
    "CREATE TABLE head (only_row INTEGER PRIMARY KEY CHECK (only_row = 1), step INTEGER NOT NULL, hash TEXT NOT NULL) STRICT",
    "CREATE TRIGGER rows_follow BEFORE INSERT ON rows WHEN NEW.step <> (SELECT ifnull(max(step), -1) + 1 FROM rows) "
    "BEGIN SELECT RAISE(ABORT, 'a journal is only appended to'); END",
    "CREATE TRIGGER rows_stay BEFORE UPDATE ON rows BEGIN SELECT RAISE(ABORT, 'a journal is never changed'); END",
    "CREATE TRIGGER rows_remain BEFORE DELETE ON rows BEGIN SELECT RAISE(ABORT, 'a journal is never shortened'); END",
    "CREATE TRIGGER head_moves AFTER INSERT ON rows "
    "BEGIN INSERT INTO head VALUES (1, NEW.step, NEW.hash) ON CONFLICT (only_row) DO UPDATE SET step = NEW.step, hash = NEW.hash; END",
    "CREATE TRIGGER head_advances BEFORE UPDATE ON head WHEN NEW.step <> OLD.step + 1 BEGIN SELECT RAISE(ABORT, 'the head only advances'); END",
    "CREATE TRIGGER head_remains BEFORE DELETE ON head BEGIN SELECT RAISE(ABORT, 'the head remains'); END",
)
_COLUMNS = ("step", "version", "at_s", "wall", "actor", "role", "kind", "prev", "hash", "payload")
_SELECT = f"SELECT {', '.join(_COLUMNS)} FROM rows"


@dataclass(frozen=True, slots=True)
class Glance:
    """What a listing needs of a session, without its evidence."""

    header: dict[str, Any]
    steps: int
    rows: tuple[Row, ...]
    """The rows of the kinds asked for. Their chain is not checked."""


class Journal(HeldRows):
    """One session's open file. Use `create` or `open`; any thread may append, one at a time."""

    def __init__(self, path: Path, db: sqlite3.Connection, rows: list[Row]) -> None:
        super().__init__(rows)
        self._path, self._db = path, db
        self._one_at_a_time = Lock()
        hold(path, self)

    @classmethod
    def create(cls, path: Path, header: Mapping[str, Any]) -> Journal:
        """A new file at `path` that holds the header, durably.

        Raises:
            FileExistsError: there is a file at `path` already.
            HotseatError: the file cannot be written.
            ValueError: the header names no session, scenario or seed.
        """
        return cls.restore(path, [header_row(header)])

    @classmethod
    def restore(cls, path: Path, rows: Sequence[Row]) -> Journal:
        """A new file at `path` that holds `rows`, all of them or, where that fails, no file. Errors are those of `create`."""
        verify(rows, str(path))
        with LOCK:
            try:
                os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            except FileExistsError:
                raise
            except OSError as problem:
                raise HotseatError(f"{path}: cannot be written: {problem.strerror}") from None
            try:
                db = _connect(path)
                try:
                    db.execute("BEGIN IMMEDIATE")
                    for statement in _SCHEMA:
                        db.execute(statement)
                    db.executemany(_INSERT, map(_values, rows))
                    db.execute("COMMIT")
                    return cls(path, db, list(rows))
                except BaseException:
                    db.close()
                    raise
            except BaseException as problem:
                path.unlink(missing_ok=True)
                wal_of(path).unlink(missing_ok=True)
                if isinstance(problem, sqlite3.DatabaseError):
                    raise _said(problem, path) from None
                raise

    @classmethod
    def open(cls, path: Path) -> Journal:
        """The session at `path`, to go on with; its chain is checked first.

        Raises:
            Refused: the session is open elsewhere.
            ContentError: the file is damaged or no journal.
            HotseatError: the file cannot be read.
        """
        with LOCK:
            if held(path) is not None:
                raise _elsewhere(path)
            check_magic(path)
            try:
                db = _connect(path)
                try:
                    return cls(path, db, _checked_rows(db, path))
                except BaseException:
                    db.close()
                    raise
            except sqlite3.DatabaseError as problem:
                raise _said(problem, path) from None

    @classmethod
    def read(cls, path: Path) -> list[Row]:
        """All rows of the session at `path`, chain checked, whether or not it is open somewhere. Takes no lock and changes nothing.

        Raises:
            ContentError: the file is damaged or no journal.
            HotseatError: the file cannot be read.
        """
        with tempfile.TemporaryDirectory() as folder:
            copy = copied(path, Path(folder))
            if isinstance(copy, Journal):
                return copy.rows()
            try:
                with closing(sqlite3.connect(copy, isolation_level=None)) as db:
                    return _checked_rows(db, path)
            except sqlite3.DatabaseError as problem:
                raise _said(problem, path) from None

    @classmethod
    def glance(cls, path: Path, kinds: Collection[str]) -> Glance:
        """The header, the number of steps and the rows of `kinds`; much cheaper than `read`, and the chain is not checked. Errors as for `read`."""
        with tempfile.TemporaryDirectory() as folder:
            copy = copied(path, Path(folder))
            if isinstance(copy, Journal):
                return Glance(copy.header, copy.head.step, tuple(row for row in copy.rows() if row.kind in kinds))
            try:
                with closing(sqlite3.connect(copy, isolation_level=None)) as db:
                    _check_schema(db, path)
                    last = db.execute("SELECT max(step) FROM rows").fetchone()[0]
                    wanted = db.execute(f"{_SELECT} WHERE step = 0 OR kind IN ({', '.join('?' * len(kinds))}) ORDER BY step", tuple(kinds)).fetchall()
            except sqlite3.DatabaseError as problem:
                raise _said(problem, path) from None
        rows = [_row(values, path) for values in wanted]
        if not rows or rows[0].step != 0 or wrong_in_header(rows[0].payload):
            raise ContentError(str(path), "is damaged: it has no header")
        return Glance(dict(rows[0].payload), last, tuple(row for row in rows if row.kind in kinds))

    def append(self, *, at_s: float, wall: str, actor: str, role: str, kind: str, payload: Mapping[str, Any]) -> Row:
        """The row added. When this returns, the row is on the disk and outlives a crash of the process and of the machine.

        Raises:
            HotseatError: the disk is full or fails; nothing was added and nothing is lost, and the same call may be made again.
            ValueError: a number in `payload` is not finite.
        """
        with self._one_at_a_time:
            row = next_row(self._rows[-1], at_s=at_s, wall=wall, actor=actor, role=role, kind=kind, payload=payload)
            try:
                self._db.execute("BEGIN IMMEDIATE")
                self._db.execute(_INSERT, _values(row))
                self._db.execute("COMMIT")
            except sqlite3.DatabaseError as problem:
                self._undo()
                if isinstance(problem, (sqlite3.ProgrammingError, sqlite3.IntegrityError)):
                    raise
                raise _said(problem, self._path) from None
            except BaseException:
                # Ctrl-C may arrive on either side of the commit; what the file holds decides.
                self._undo()
                if self._db.execute("SELECT max(step) FROM rows").fetchone()[0] == row.step:
                    self._rows.append(row)
                raise
            self._rows.append(row)
            return row

    def _undo(self) -> None:
        if self._db.in_transaction:
            self._db.execute("ROLLBACK")

    @property
    def path(self) -> Path:
        return self._path

    def close(self) -> None:
        """Let go of the file. A second call does nothing."""
        with self._one_at_a_time:
            self._db.close()
            release(self)

    def __del__(self) -> None:
        # sqlite3 keeps a connection in a reference cycle: dropped without close, it would hold the file until the collector runs.
        self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


_INSERT = f"INSERT INTO rows ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))})"


def _values(row: Row) -> tuple[Any, ...]:
    return (row.step, FORMAT_VERSION, row.at_s, row.wall, row.actor, row.role, row.kind, row.prev, row.hash, canonical(row.payload))


def _connect(path: Path) -> sqlite3.Connection:
    """The one connection that holds the file; raises sqlite3.DatabaseError, busy where another holds it."""
    db = sqlite3.connect(path.resolve().as_uri() + "?mode=rw", uri=True, timeout=0, isolation_level=None, check_same_thread=False)
    try:
        # Before WAL: then the index of the log is in this process's memory, and the lock is held until close.
        db.execute("PRAGMA locking_mode=EXCLUSIVE").fetchall()
        db.execute("PRAGMA journal_mode=WAL").fetchall()
        db.execute("PRAGMA synchronous=FULL")
        db.execute("PRAGMA fullfsync=ON")  # where a plain fsync stops at the drive's cache
        db.execute("PRAGMA trusted_schema=OFF")
        db.execute("BEGIN IMMEDIATE")
        db.execute("COMMIT")
    except BaseException:
        db.close()
        raise
    return db


def _checked_rows(db: sqlite3.Connection, path: Path) -> list[Row]:
    _check_schema(db, path)
    rows = [_row(values, path) for values in db.execute(f"{_SELECT} ORDER BY step")]
    last = verify(rows, str(path))
    head = db.execute("SELECT step, hash FROM head").fetchone()
    if head != (last.step, last.hash):
        raise ContentError(str(path), "the last step is not the one the head names: its end is missing or was changed", key="head")
    return rows


def _check_schema(db: sqlite3.Connection, path: Path) -> None:
    """A file from elsewhere may hold other tables, views or triggers under these names; none of them is ever run."""
    found = [sql for (sql,) in db.execute("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL")]
    if sorted(map(str, found)) != sorted(_SCHEMA):
        raise ContentError(str(path), "is damaged or no journal: its tables are not those of a journal")


def _row(values: Sequence[Any], path: Path) -> Row:
    fields = dict(zip(_COLUMNS, values, strict=True))
    place = f"step {fields['step']} "
    try:
        fields["payload"] = json.loads(fields["payload"])
    except (TypeError, ValueError, RecursionError):
        raise ContentError(str(path), "is damaged: no JSON", key=f"{place}payload") from None
    return row_from(fields, str(path), place=place)


def _said(problem: sqlite3.DatabaseError, path: Path) -> HotseatError:
    """SQLite's complaint as the one line for a person: whose fault it is decides the type."""
    code = getattr(problem, "sqlite_errorcode", None) or 0
    primary = code & 0xFF
    if primary in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return _elsewhere(path)
    if primary == sqlite3.SQLITE_FULL:
        return HotseatError(f"{path}: the disk is full; nothing was written and nothing is lost; free some space and try again")
    if code != sqlite3.SQLITE_IOERR_SHORT_READ and primary in (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
        return HotseatError(f"{path}: the disk refused ({problem}); nothing was written")
    return ContentError(str(path), f"is damaged or no journal ({problem})")


def _elsewhere(path: Path) -> Refused:
    return Refused(f"session {path.stem} is open elsewhere; close it there first")

"""The sessions of one machine: a folder of journals, found by id, listed, exported, imported and verified."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NamedTuple

from scenarios.chain import Row
from scenarios.journal import Journal, is_journal
from scenarios.journal_lines import export, import_journal, lines_of
from simulator.errors import ContentError, HotseatError, Refused, UsageError

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,119}")
_SUFFIX = ".journal"


@dataclass(frozen=True, slots=True)
class SessionSummary:
    session: str
    scenario: str
    seed: int
    state: str
    """`open`, `closed`, or `damaged` where the file cannot be read; `sessions verify` says why."""
    score: float | None
    """0 to 100; None until the session is graded."""
    steps: int

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


class Stored(NamedTuple):
    """A session read: its rows, header first, and what the header says."""

    rows: list[Row]
    header: dict[str, Any]


class SessionStore:
    """The sessions under `home`. Nothing is created there before the first session is."""

    def __init__(self, home: Path) -> None:
        self._folder = home / "sessions"

    def create(self, scenario: str, seed: int, fields: Mapping[str, Any] | None = None) -> tuple[str, Journal]:
        """A new session, open: its id and its journal. `fields` (role, level, wall …) go into the header beside session, scenario and seed.

        Raises:
            HotseatError: the folder cannot be written to.
            UsageError: the scenario's name cannot be part of an id.
        """
        self._make_folder()
        taken = [self._counter(path, scenario, seed) for path in self._folder.glob(f"*{_SUFFIX}")]
        counter = max(taken, default=0) + 1
        while True:
            session = f"{scenario}-{seed}-{counter}"
            path = self._place(session)
            try:
                return session, Journal.create(path, {**(fields or {}), "session": session, "scenario": scenario, "seed": seed})
            except FileExistsError:  # another process was faster
                counter += 1

    def path(self, session: str) -> Path:
        """The journal of `session`. Raises UsageError where there is none."""
        path = self._place(session)
        if not path.is_file():
            raise UsageError(f"there is no session {session}; hotseat sessions list shows those there are")
        return path

    def open(self, session: str) -> Journal:
        """The journal of `session`, to go on with. Raises Refused, ContentError or UsageError."""
        return Journal.open(self.path(session))

    def resolve(self, id_or_file: str) -> Stored:
        """A session by its id, or from a journal file or an exported file, its chain checked.

        Raises:
            UsageError: neither a session nor a file.
            ContentError: the file is damaged, changed or of another kind.
        """
        if _ID.fullmatch(id_or_file) and self._place(id_or_file).is_file():
            rows = Journal.read(self._place(id_or_file))
        elif Path(id_or_file).is_file():
            rows = _rows_of(Path(id_or_file))
        else:
            raise UsageError(f"{id_or_file} is neither a session nor a file; hotseat sessions list shows the sessions there are")
        return Stored(rows, dict(rows[0].payload))

    def list(self) -> list[SessionSummary]:
        """All sessions in order of id; a file that cannot be read is one of them and never hides the others."""
        if not self._folder.is_dir():
            return []
        return [self._summary(path) for path in sorted(self._folder.glob(f"*{_SUFFIX}"), key=_natural)]

    def export(self, id_or_file: str, file: Path) -> None:
        """Write a session to `file`, whole or not at all. Errors as for `resolve`, and HotseatError where `file` cannot be written."""
        data = "".join(export(self.resolve(id_or_file).rows)).encode()
        if file.is_file() and is_journal(file):
            raise Refused(f"{file} is a journal itself; export to another name")
        part = file.with_name(file.name + ".part")
        try:
            if file.exists() and not file.is_file():
                file.write_bytes(data)
                return
            part.write_bytes(data)
            os.replace(part, file)
        except OSError as problem:
            part.unlink(missing_ok=True)
            raise HotseatError(f"{file}: cannot be written: {problem.strerror}") from None

    def import_file(self, file: Path, check: Callable[[Sequence[Row], str], object] | None = None) -> str:
        """Take in an exported or a journal file and return the session's id. A session that is here already, the same to the last hash, is left as it is.

        `check` looks at the rows, whose chain holds, and at the file's name before anything is written; what it raises ends the import.

        Raises:
            ContentError: the file is damaged, changed or of another kind; nothing was written.
            Refused: another session has this id.
        """
        if file.is_dir():
            raise UsageError(f"{file}: is a folder, not a journal")
        if not file.is_file():
            raise UsageError(f"{file}: there is no such file")
        rows = _rows_of(file)
        session = rows[0].payload["session"]
        if not _ID.fullmatch(session):
            raise ContentError(str(file), "is no session id: letters, digits, dots and dashes, at most 120", line=None if is_journal(file) else 1, key="session")
        if check is not None:
            check(rows, str(file))
        self._make_folder()
        path = self._place(session)
        try:
            Journal.restore(path, rows).close()
        except FileExistsError:
            if Journal.read(path)[-1].hash != rows[-1].hash:
                raise Refused(f"a session {session} is here already and differs from {file}; nothing was changed") from None
        return str(session)

    def verify(self, id_or_file: str) -> Row:
        """Check the whole chain of a session and return its last row. Raises as `resolve` does."""
        return self.resolve(id_or_file).rows[-1]

    def _place(self, session: str) -> Path:
        if not _ID.fullmatch(session):
            raise UsageError(f"{session[:40]!r} is no session id: letters, digits, dots and dashes, at most 120")
        return self._folder / f"{session}{_SUFFIX}"

    def _make_folder(self) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as problem:
            raise HotseatError(f"{self._folder}: cannot be created: {problem.strerror}") from None

    @staticmethod
    def _counter(path: Path, scenario: str, seed: int) -> int:
        stem, start = path.name.removesuffix(_SUFFIX), f"{scenario}-{seed}-"
        rest = stem[len(start) :] if stem.startswith(start) else ""
        return int(rest) if rest.isascii() and rest.isdigit() else 0

    @staticmethod
    def _summary(path: Path) -> SessionSummary:
        session = path.name.removesuffix(_SUFFIX)
        try:
            seen = Journal.glance(path, ("closed", "scorecard"))
        except HotseatError:
            scenario, _, numbers = session.rpartition("-")[0].rpartition("-")
            return SessionSummary(session, scenario, int(numbers) if numbers.isdecimal() else 0, "damaged", None, 0)
        scores = [row.payload["scorecard"].get("score") for row in seen.rows if row.kind == "scorecard" and isinstance(row.payload.get("scorecard"), dict)]
        score = scores[-1] if scores and isinstance(scores[-1], (int, float)) else None
        state = "closed" if any(row.kind == "closed" for row in seen.rows) else "open"
        return SessionSummary(session, str(seen.header.get("scenario")), seen.header.get("seed", 0), state, score, seen.steps)


def _rows_of(file: Path) -> list[Row]:
    """The checked rows of a journal file or an exported file."""
    if is_journal(file):
        return Journal.read(file)
    try:
        data = file.read_bytes()
    except OSError as problem:
        raise HotseatError(f"{file}: cannot be read: {problem.strerror}") from None
    return import_journal(lines_of(data, str(file)), str(file))


def _natural(path: Path) -> tuple[str | int, ...]:
    """Order of ids with the counter as a number, so that the tenth session follows the ninth."""
    return tuple(int(piece) if piece.isdecimal() else piece for piece in re.split(r"(\d+)", path.name))

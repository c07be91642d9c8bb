"""One journal file in trouble: changed behind its back, on a disk that refuses, interrupted, or no journal at all. One line is said and nothing is lost."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from scenarios.journal import Journal, Row
from simulator.errors import ContentError, HotseatError

ROOT = Path(__file__).parents[2]
HEADER = {"session": "units-7-1", "scenario": "units", "seed": 7}


def add(journal: Journal, number: int, **payload: Any) -> Row:
    return journal.append(at_s=60.0 * number, wall="", actor="me", role="on-call", kind="look", payload={"line": f"features age v{number}", **payload})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "units-7-1.journal"


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE rows SET kind = 'move' WHERE step = 1", "never changed"),
        ("UPDATE rows SET step = 9 WHERE step = 2", "never changed"),
        ("DELETE FROM rows WHERE step = 2", "never shortened"),
        ("DELETE FROM rows", "never shortened"),
        ("INSERT OR REPLACE INTO rows SELECT * FROM rows WHERE step = 1", "only appended"),
        ("INSERT INTO rows SELECT step + 5, version, at_s, wall, actor, role, kind, prev, hash, payload FROM rows WHERE step = 1", "only appended"),
        ("UPDATE head SET step = 1", "only advances"),
        ("DELETE FROM head", "head remains"),
    ],
)
def test_update_and_delete_are_refused_by_the_file_itself(path: Path, statement: str, said: str) -> None:
    with Journal.create(path, HEADER) as journal:
        add(journal, 1)
        add(journal, 2)
        expected = journal.rows()
    db = sqlite3.connect(path)
    with pytest.raises(sqlite3.IntegrityError, match=said):
        db.execute(statement)
    db.close()
    assert Journal.read(path) == expected


def tampered(path: Path, statement: str) -> None:
    """Change rows behind the triggers' backs and put the triggers back, word for word."""
    db = sqlite3.connect(path)
    triggers = db.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
    for name, _ in triggers:
        db.execute(f"DROP TRIGGER {name}")
    db.execute(statement)
    for _, sql in triggers:
        db.execute(sql)
    db.commit()
    db.close()


@pytest.mark.parametrize(
    ("statement", "field"),
    [
        ("UPDATE rows SET kind = 'move' WHERE step = 1", "step 1 hash"),
        ("UPDATE rows SET at_s = at_s + 1 WHERE step = 2", "step 2 hash"),
        ("UPDATE rows SET payload = '{}' WHERE step = 3", "step 3 hash"),
        ("UPDATE rows SET payload = 'no json' WHERE step = 3", "step 3 payload"),
        ("UPDATE rows SET payload = '[1]' WHERE step = 3", "step 3 payload"),
        ("UPDATE rows SET payload = '{\"a\":1e999}' WHERE step = 3", "step 3 payload"),
        ("UPDATE rows SET version = 2 WHERE step = 2", "step 2 version"),
        ("UPDATE rows SET prev = hash WHERE step = 2", "step 2 prev"),
        ("DELETE FROM rows WHERE step = 2", "step 2 step"),
        ("DELETE FROM rows WHERE step = 3", "head"),
        ("DELETE FROM rows", "empty"),
        ("UPDATE head SET step = 2", "head"),
        ("DELETE FROM head", "head"),
        ("CREATE VIEW more AS SELECT 1", "its tables are not those of a journal"),
    ],
)
def test_a_change_behind_the_triggers_is_one_line_naming_the_field(path: Path, statement: str, field: str) -> None:
    with Journal.create(path, HEADER) as journal:
        for n in range(1, 4):
            add(journal, n)
    tampered(path, statement)
    for reader in (Journal.read, Journal.open):
        with pytest.raises(ContentError) as caught:
            reader(path)
        said = str(caught.value)
        assert said.startswith(f"{path}: ")
        assert field in said
        assert "\n" not in said


def test_a_full_disk_loses_nothing_and_the_session_goes_on_when_there_is_room(path: Path) -> None:
    with Journal.create(path, HEADER) as journal:
        pages = journal._db.execute("PRAGMA page_count").fetchone()[0]
        journal._db.execute(f"PRAGMA max_page_count = {pages + 4}")
        kept = add(journal, 1, text="x" * 9_000).step
        for _ in range(3):
            with pytest.raises(HotseatError, match="the disk is full; nothing was written and nothing is lost"):
                add(journal, kept + 1, text="x" * 19_000)
            kept = add(journal, kept + 1, text="x").step
        journal._db.execute("PRAGMA max_page_count = 100000")
        assert add(journal, kept + 1, text="x" * 9_000).step == kept + 1
        expected = journal.rows()
    assert Journal.read(path) == expected


def test_a_write_that_the_system_refuses_halfway_loses_nothing(path: Path) -> None:
    code = f"""
import resource
from pathlib import Path
from scenarios.journal import Journal
from simulator.errors import HotseatError
journal = Journal.create(Path({str(path)!r}), {HEADER!r})
resource.setrlimit(resource.RLIMIT_FSIZE, (150_000, resource.RLIM_INFINITY))
step = 0
try:
    while True:
        step = journal.append(at_s=1.0, wall="", actor="a", role="r", kind="look", payload={{"text": "x" * 2_000}}).step
except HotseatError as problem:
    print(step, problem, sep="|")
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
print(journal.append(at_s=2.0, wall="", actor="a", role="r", kind="look", payload={{}}).step)
import os, signal
os.kill(os.getpid(), signal.SIGKILL)
"""
    done = subprocess.run([sys.executable, "-u", "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    first, second = done.stdout.splitlines()
    acknowledged, said = first.split("|")
    assert int(acknowledged) > 5
    assert "nothing was written" in said
    assert int(second) == int(acknowledged) + 1
    rows = Journal.read(path)
    assert [row.step for row in rows] == list(range(int(second) + 1))
    assert rows[-1].at_s == 2.0


class InterruptedAt:
    """A connection on which Ctrl-C arrives just before or just after one statement."""

    def __init__(self, db: sqlite3.Connection, statement: str, *, after: bool) -> None:
        self._db, self._statement, self._after = db, statement, after

    def __getattr__(self, name: str) -> Any:
        return getattr(self._db, name)

    def execute(self, sql: str, *values: Any) -> sqlite3.Cursor:
        if not sql.startswith(self._statement):
            return self._db.execute(sql, *values)
        if self._after:
            self._db.execute(sql, *values)
        raise KeyboardInterrupt


@pytest.mark.parametrize(("statement", "after", "kept"), [("BEGIN", False, 1), ("BEGIN", True, 1), ("INSERT", True, 1), ("COMMIT", False, 1), ("COMMIT", True, 2)])
def test_ctrl_c_on_either_side_of_the_commit_leaves_memory_and_file_in_step(path: Path, statement: str, after: bool, kept: int) -> None:
    with Journal.create(path, HEADER) as journal:
        add(journal, 1)
        db = journal._db
        journal._db = InterruptedAt(db, statement, after=after)  # type: ignore[assignment]
        with pytest.raises(KeyboardInterrupt):
            add(journal, 2)
        journal._db = db
        assert journal.head.step == kept
        assert add(journal, 3).step == kept + 1
        expected = journal.rows()
    assert Journal.read(path) == expected


def test_a_file_of_another_kind_is_one_line_and_stays_as_it_is(tmp_path: Path) -> None:
    for name, content in {"empty": b"", "text": b"hello\n", "cut": b"SQLite for"}.items():
        file = tmp_path / name
        file.write_bytes(content)
        for reader in (Journal.read, Journal.open):
            with pytest.raises(ContentError, match="is damaged or no journal"):
                reader(file)
        assert file.read_bytes() == content
    other = tmp_path / "other.db"
    db = sqlite3.connect(other)
    db.execute("CREATE TABLE rows (a)")
    db.close()
    with pytest.raises(ContentError, match="its tables are not those of a journal"):
        Journal.read(other)


def test_a_missing_file_or_folder_is_one_line(tmp_path: Path) -> None:
    for reader in (Journal.read, Journal.open):
        with pytest.raises(HotseatError, match="cannot be read: No such file"):
            reader(tmp_path / "none.journal")
    with pytest.raises(HotseatError, match="cannot be written: No such file"):
        Journal.create(tmp_path / "none" / "a.journal", HEADER)
    assert list(tmp_path.iterdir()) == []

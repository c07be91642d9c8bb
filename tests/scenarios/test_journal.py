"""One journal file in one process: what it holds, what it refuses, and what it says when the disk or the file is wrong."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from scenarios.journal import Journal, JournalLike, MemoryJournal, Row, is_journal
from simulator.errors import ContentError, HotseatError, Refused, UsageError

ROOT = Path(__file__).parents[2]
HEADER = {"session": "units-7-1", "scenario": "units", "seed": 7, "role": "generalist", "wall": "2031-05-04T09:00:00+00:00", "at_s": 86_400}


def add(journal: JournalLike, number: int, **changes: Any) -> Row:
    fields: dict[str, Any] = {"at_s": 86_400.5 + number, "wall": "2031-05-04T09:00:01+00:00", "actor": "me", "role": "on-call", "kind": "look"}
    return journal.append(**{**fields, "payload": {"line": f"features age v{number}", "op": "features age", "facts": {"age_s": 0.1 * number, "état": "frais"}}, **changes})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "units-7-1.journal"


def test_rows_come_back_from_the_file_as_append_returned_them(path: Path) -> None:
    with Journal.create(path, HEADER) as journal:
        added = [add(journal, n) for n in range(1, 6)]
        assert journal.rows()[1:] == added
    assert [row.step for row in Journal.read(path)] == [0, 1, 2, 3, 4, 5]
    assert Journal.read(path)[1:] == added
    with Journal.open(path) as again:
        assert again.header == HEADER
        assert again.head == added[-1]
        assert add(again, 6).prev == added[-1].hash


def test_the_header_is_step_zero_with_its_own_times(path: Path) -> None:
    with Journal.create(path, HEADER) as journal:
        first = journal.rows()[0]
    assert (first.step, first.at_s, first.wall, first.kind, first.prev) == (0, 86_400.0, HEADER["wall"], "header", "0" * 64)


def test_a_hash_is_the_sha256_of_the_rows_canonical_json() -> None:
    row = add(MemoryJournal(HEADER), 3)
    text = (
        '{"actor":"me","at_s":86403.5,"kind":"look","payload":{"facts":{"age_s":0.30000000000000004,"état":"frais"},"line":"features age v3","op":"features age"},'
        f'"prev":"{row.prev}","role":"on-call","step":1,"version":1,"wall":"2031-05-04T09:00:01+00:00"}}'
    )
    assert row.hash == hashlib.sha256(text.encode()).hexdigest()


def test_memory_and_file_give_the_same_chain(path: Path) -> None:
    memory = MemoryJournal(HEADER)
    with Journal.create(path, HEADER) as journal:
        for n in range(1, 4):
            assert add(journal, n) == add(memory, n)
        assert journal.rows() == memory.rows()
        assert journal.header == memory.header


def test_what_the_caller_does_with_a_payload_afterwards_changes_nothing(path: Path) -> None:
    payload: dict[str, Any] = {"args": {"names": ("a", "b")}, "counts": {10: 1, 9: 2}}
    with Journal.create(path, HEADER) as journal:
        add(journal, 1, payload=payload)
        payload["args"]["names"] = ()
        assert journal.rows()[1].payload == {"args": {"names": ["a", "b"]}, "counts": {"10": 1, "9": 2}}
        expected = journal.rows()
    assert Journal.read(path) == expected


def test_odd_numbers_and_texts_survive_the_file(path: Path) -> None:
    payload = {"tiny": 5e-324, "big": 10**30, "zero": -0.0, "third": 1 / 3, "text": "a\u2028b\x00c\n\"☃'", "none": None, "nested": [[], {}, [True]]}
    with Journal.create(path, HEADER) as journal:
        rows = [add(journal, 1, payload=payload), add(journal, 2, at_s=-0.0), add(journal, 3, at_s=1e16 / 3), add(journal, 4, at_s=7)]
    assert Journal.read(path)[1:] == rows
    assert Journal.read(path)[1].payload == payload
    assert str(Journal.read(path)[2].at_s) == "0.0"


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_a_number_that_is_not_finite_is_refused_and_nothing_is_added(path: Path, number: float) -> None:
    with Journal.create(path, HEADER) as journal:
        with pytest.raises(ValueError):
            add(journal, 1, payload={"facts": {"rate": number}})
        with pytest.raises(ValueError):
            add(journal, 1, at_s=number)
        assert add(journal, 1).step == 1
    assert len(Journal.read(path)) == 2


def test_half_a_surrogate_pair_is_a_line_for_the_person_who_typed_it(path: Path) -> None:
    with Journal.create(path, HEADER) as journal:
        with pytest.raises(UsageError, match="no valid text"):
            add(journal, 1, payload={"line": "say \udce9"})
        assert add(journal, 1).step == 1


@pytest.mark.parametrize("kind", ["", "header"])
def test_an_event_has_a_kind_and_is_no_second_header(kind: str) -> None:
    with pytest.raises(ValueError, match="no kind of event"):
        add(MemoryJournal(HEADER), 1, kind=kind)


@pytest.mark.parametrize("missing", ["session", "scenario", "seed"])
def test_a_header_names_session_scenario_and_seed(path: Path, missing: str) -> None:
    with pytest.raises(ValueError, match=missing):
        Journal.create(path, {name: value for name, value in HEADER.items() if name != missing})
    assert not path.exists()


def test_a_file_that_exists_is_never_created_over(path: Path) -> None:
    Journal.create(path, HEADER).close()
    before = path.read_bytes()
    with pytest.raises(FileExistsError):
        Journal.create(path, {**HEADER, "seed": 8})
    assert path.read_bytes() == before


def test_the_file_is_kept_as_the_contract_says(path: Path) -> None:
    with Journal.create(path, HEADER) as journal:
        settings = {name: journal._db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("locking_mode", "journal_mode", "synchronous")}
        add(journal, 1)
        beside = sorted(file.name for file in path.parent.iterdir())
    assert settings == {"locking_mode": "exclusive", "journal_mode": "wal", "synchronous": 2}
    assert beside == [path.name, path.name + "-wal"]
    assert [file.name for file in path.parent.iterdir()] == [path.name]
    assert path.stat().st_mode & 0o077 == 0


def open_in_another_process(path: Path) -> str:
    code = f"""
from pathlib import Path
from scenarios.journal import Journal
from simulator.errors import Refused
try:
    Journal.open(Path({str(path)!r})).close()
    print("opened")
except Refused as refused:
    print(refused)
"""
    return subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()


def test_a_second_opener_is_told_that_the_session_is_open_elsewhere(path: Path) -> None:
    with Journal.create(path, HEADER) as journal:
        with pytest.raises(Refused, match="session units-7-1 is open elsewhere"):
            Journal.open(path)
        assert open_in_another_process(path).startswith("session units-7-1 is open elsewhere")
        assert add(journal, 1).step == 1
    assert open_in_another_process(path) == "opened"


def test_reading_an_open_session_in_the_same_process_keeps_its_lock(path: Path) -> None:
    with Journal.create(path, HEADER) as journal:
        add(journal, 1)
        other_name = path.with_name("link.journal")
        other_name.hardlink_to(path)
        for name in (path, other_name):
            assert Journal.read(name) == journal.rows()
            assert Journal.glance(name, ("look",)).rows == (journal.head,)
            assert is_journal(name)
        assert "is open elsewhere" in open_in_another_process(path)


def test_a_journal_that_was_dropped_without_close_no_longer_holds_its_file(path: Path) -> None:
    journal = Journal.create(path, HEADER)
    add(journal, 1)
    del journal
    with Journal.open(path) as again:
        assert again.head.step == 1


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
        kept = add(journal, 1, payload={"text": "x" * 9_000}).step
        for _ in range(3):
            with pytest.raises(HotseatError, match="the disk is full; nothing was written and nothing is lost"):
                add(journal, kept + 1, payload={"text": "x" * 19_000})
            kept = add(journal, kept + 1, payload={"text": "x"}).step
        journal._db.execute("PRAGMA max_page_count = 100000")
        assert add(journal, kept + 1, payload={"text": "x" * 9_000}).step == kept + 1
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


def test_a_glance_gives_header_count_and_the_rows_asked_for(path: Path) -> None:
    with Journal.create(path, HEADER) as journal:
        add(journal, 1)
        closed = add(journal, 2, kind="closed", payload={})
    seen = Journal.glance(path, ("closed", "scorecard"))
    assert (seen.header, seen.steps, seen.rows) == (HEADER, 2, (closed,))
    assert json.dumps(seen.header) == json.dumps(HEADER, sort_keys=True)

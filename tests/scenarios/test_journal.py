"""One journal file that is well: what it holds, which rows it refuses, and who may have it open."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from scenarios.journal import Journal, JournalLike, MemoryJournal, Row, is_journal
from simulator.errors import Refused, UsageError

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


def test_a_glance_gives_header_count_and_the_rows_asked_for(path: Path) -> None:
    with Journal.create(path, HEADER) as journal:
        add(journal, 1)
        closed = add(journal, 2, kind="closed", payload={})
    seen = Journal.glance(path, ("closed", "scorecard"))
    assert (seen.header, seen.steps, seen.rows) == (HEADER, 2, (closed,))
    assert json.dumps(seen.header) == json.dumps(HEADER, sort_keys=True)

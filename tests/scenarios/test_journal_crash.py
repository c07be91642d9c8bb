"""What is left of a journal after kill -9, a torn log, a cut file and flipped bits."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from scenarios.journal import Journal, Row
from simulator.errors import ContentError, HotseatError
from simulator.streams import stream

ROOT = Path(__file__).parents[2]
HEADER = {"session": "units-7-1", "scenario": "units", "seed": 7}
WRITER = """
import os, sys
from pathlib import Path
from scenarios.journal import Journal
journal, size = Journal.open(Path(sys.argv[1])), int(sys.argv[2])
while True:
    step = journal.head.step + 1
    row = journal.append(at_s=float(step), wall="", actor="a", role="r", kind="look", payload={"number": step, "text": "x" * (step % size)})
    os.write(1, b"%d\\n" % row.step)
"""


def writer(path: Path, size: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", WRITER, str(path), str(size)], cwd=ROOT, stdout=subprocess.PIPE)


def check(rows: list[Row], acknowledged: int) -> None:
    assert [row.step for row in rows] == list(range(len(rows)))
    assert len(rows) - 1 >= acknowledged
    assert all(row.payload["number"] == row.step for row in rows[1:])


def test_no_acknowledged_step_is_lost_to_kill_9(tmp_path: Path) -> None:
    path = tmp_path / "units-7-1.journal"
    Journal.create(path, HEADER).close()
    acknowledged = 0
    for kill in range(15):
        with writer(path, 3_000) as child:
            assert child.stdout is not None
            for _ in range(1 + 37 * kill % 101):
                child.stdout.readline()
            child.send_signal(signal.SIGKILL)
            rest = child.stdout.read().splitlines()
        acknowledged = int(rest[-1]) if rest else Journal.read(path)[-1].step
        check(Journal.read(path), acknowledged)
        with Journal.open(path) as journal:
            check(journal.rows(), acknowledged)
    assert acknowledged > 15


def test_a_session_can_be_read_while_another_process_writes_to_it(tmp_path: Path) -> None:
    path = tmp_path / "units-7-1.journal"
    Journal.create(path, HEADER).close()
    log = path.with_name(path.name + "-wal")
    with writer(path, 20_000) as child:
        assert child.stdout is not None
        restarts, before, step = 0, b"", 0
        while restarts < 3:
            for _ in range(100):
                step = int(child.stdout.readline())
            check(Journal.read(path), step)
            assert Journal.glance(path, ()).steps >= step
            with log.open("rb") as file:
                head = file.read(32)
            restarts += head != before
            before = head
        child.kill()
        child.stdout.read()
    check(Journal.read(path), step)


def build(path: Path, count: int) -> list[Row]:
    """A closed journal of `count` steps with evidence of a look's size."""
    with Journal.create(path, HEADER) as journal:
        for n in range(1, count + 1):
            journal.append(at_s=float(n), wall="", actor="a", role="r", kind="look", payload={"line": f"evidence {n} " + "abc " * (40 * n), "facts": {"rate": n / 7}})
        return journal.rows()


@pytest.fixture
def torn(tmp_path: Path) -> tuple[Path, bytes, list[Row]]:
    """A journal whose process was killed: the file with three steps, the log with nine more, and all twelve as acknowledged."""
    path = tmp_path / "torn.journal"
    build(path, 3)
    with writer_of_nine(path) as child:
        assert child.stdout is not None
        for _ in range(9):
            child.stdout.readline()
        child.kill()
    rows = Journal.read(path)
    assert len(rows) == 13
    return path, path.with_name(path.name + "-wal").read_bytes(), rows


def writer_of_nine(path: Path) -> subprocess.Popen[bytes]:
    code = WRITER.replace("while True:", "for _ in range(9):") + "\nsys.stdin.read()\n"
    return subprocess.Popen([sys.executable, "-c", code, str(path), "3000"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def test_a_torn_log_gives_the_steps_before_the_tear_and_the_session_goes_on(torn: tuple[Path, bytes, list[Row]], tmp_path: Path) -> None:
    path, log, rows = torn
    counts = []
    for place, cut in enumerate([*range(0, len(log), 1_021), len(log) - 1, len(log)]):
        copy = tmp_path / f"cut{place}.journal"
        shutil.copy(path, copy)
        copy.with_name(copy.name + "-wal").write_bytes(log[:cut])
        assert Journal.read(copy) == rows[: len(Journal.read(copy))]
        with Journal.open(copy) as journal:
            kept = journal.rows()
            assert kept == rows[: len(kept)]
            journal.append(at_s=99.0, wall="", actor="a", role="r", kind="move", payload={})
        assert len(Journal.read(copy)) == len(kept) + 1
        counts.append(len(kept) - 1)
    assert counts == sorted(counts)
    assert set(counts) == set(range(3, 13))


def test_rubbish_after_the_end_of_the_log_changes_nothing(torn: tuple[Path, bytes, list[Row]]) -> None:
    path, log, rows = torn
    path.with_name(path.name + "-wal").write_bytes(log + bytes(range(256)) * 20)
    with Journal.open(path) as journal:
        assert journal.rows() == rows


def test_a_file_cut_at_any_length_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "whole.journal"
    build(path, 12)
    data = path.read_bytes()
    for length in range(0, len(data), 997):
        path.write_bytes(data[:length])
        for reader in (Journal.read, Journal.open):
            with pytest.raises(ContentError) as caught:
                reader(path)
            assert str(caught.value).startswith(str(path))
            assert "\n" not in str(caught.value)


def outcome(reader: Callable[[Path], list[Row]], path: Path, rows: list[Row]) -> str:
    """`same` where every row came back, `found` where the damage was told in one line; anything else fails the test."""
    try:
        seen = reader(path)
    except HotseatError as problem:
        said = str(problem)
    else:
        assert seen == rows
        return "same"
    assert str(path) in said
    assert "\n" not in said
    return "found"


def opened(path: Path) -> list[Row]:
    with Journal.open(path) as journal:
        return journal.rows()


def test_a_flipped_bit_anywhere_is_found_or_harmless(tmp_path: Path) -> None:
    path = tmp_path / "flipped.journal"
    rows = build(path, 12)
    data = path.read_bytes()
    draw = stream(7, "flips")
    # Half of the flips go where SQLite keeps its own structure: the file's head and the heads of its pages.
    anywhere = draw.integers(0, len(data), 150)
    structure = draw.integers(0, len(data) // 4_096, 150) * 4_096 + draw.integers(0, 110, 150)
    places = [int(place) for place in (*anywhere, *structure)]
    seen = {"same": 0, "found": 0}
    for number, place in enumerate(places):
        broken = bytearray(data)
        broken[place] ^= 1 << number % 8
        path.write_bytes(broken)
        seen[outcome(Journal.read, path, rows)] += 1
        if number % 3 == 0:
            outcome(opened, path, rows)
    assert seen["found"] > 50


def test_a_flipped_bit_in_the_evidence_is_always_found(tmp_path: Path) -> None:
    path = tmp_path / "flipped.journal"
    rows = build(path, 12)
    data = path.read_bytes()
    found = 0
    for n in range(1, 13):
        start = data.index(f"evidence {n} ".encode())
        for offset in range(9 + len(str(n))):
            broken = bytearray(data)
            broken[start + offset] ^= 1 << offset % 7
            path.write_bytes(broken)
            found += outcome(Journal.read, path, rows) == "found"
    assert found == sum(9 + len(str(n)) for n in range(1, 13))

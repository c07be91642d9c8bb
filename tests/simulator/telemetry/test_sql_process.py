"""The worker's life: started late, limited, replaced when it dies, and never left behind."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest

from simulator.errors import Refused
from simulator.telemetry import sql_process
from simulator.telemetry.sql import SqlEngine, close_all

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc and waits on process descriptors")
ROOT = Path(sql_process.__file__).parents[2]


@pytest.fixture
def engine() -> Iterator[SqlEngine]:
    engine = SqlEngine()
    yield engine
    engine.close()


def started(engine: SqlEngine) -> int:
    assert engine.query({}, "SELECT 42", version="1").rows == ((42,),)
    assert engine.worker_pid is not None
    return engine.worker_pid


def test_the_worker_starts_with_the_first_query_and_ends_with_close() -> None:
    engine = SqlEngine()
    assert engine.worker_pid is None
    pid = started(engine)
    assert started(engine) == pid
    close_all()
    assert engine.worker_pid is None
    assert not Path(f"/proc/{pid}").exists()


def test_an_engine_that_is_forgotten_takes_its_worker_along() -> None:
    pid = started(SqlEngine())
    assert not Path(f"/proc/{pid}").exists()


def test_the_worker_has_tight_limits_and_no_environment(engine: SqlEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOTSEAT_SECRET", "the stale feature")
    pid = started(engine)
    limits = {line[:26].strip(): line[26:].split()[:2] for line in Path(f"/proc/{pid}/limits").read_text().splitlines()}
    assert limits["Max address space"] == [str(1536 * 2**20)] * 2
    assert limits["Max file size"] == limits["Max core file size"] == ["0", "0"]
    assert limits["Max open files"] == ["32", "32"]
    assert 5 < int(limits["Max cpu time"][0]) < 20
    assert b"SECRET" not in Path(f"/proc/{pid}/environ").read_bytes()
    assert os.readlink(f"/proc/{pid}/cwd") == "/"


def test_the_worker_finds_its_modules_where_the_path_does_not_lead_to_them(engine: SqlEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [entry for entry in sys.path if Path(entry).absolute() != ROOT])
    assert started(engine) > 0


def test_a_worker_killed_from_outside_is_replaced_with_its_tables(engine: SqlEngine) -> None:
    tables = {"t": {"x": [1.0, 2.0]}}
    for _ in range(2):
        assert engine.query(tables, "SELECT sum(x) FROM t", version="1").rows == ((3.0,),)
        pid = engine.worker_pid
        assert pid is not None
        descriptor = os.pidfd_open(pid)
        signal.pidfd_send_signal(descriptor, signal.SIGKILL)
        select.select([descriptor], [], [], 10)
        os.close(descriptor)
    assert engine.query(tables, "SELECT sum(x) FROM t", version="1").rows == ((3.0,),)
    assert engine.worker_pid != pid


def test_tables_too_large_for_the_worker_are_refused_and_the_next_query_works(engine: SqlEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sql_process, "MEMORY_BYTES", 8 * 2**20)
    with pytest.raises(Refused, match=r"could not be loaded: More memory"):
        engine.query({"t": {"x": [f"a long and different text number {i}" for i in range(400_000)]}}, "FROM t", version="1")
    assert started(engine) > 0


def test_the_end_of_the_thread_that_started_the_worker_is_not_its_end(engine: SqlEngine) -> None:
    pids: list[int] = []
    thread = Thread(target=lambda: pids.append(started(engine)))
    thread.start()
    thread.join()
    assert [started(engine), started(engine)] == pids * 2


def test_a_fork_leaves_the_worker_to_its_owner(engine: SqlEngine) -> None:
    pid = started(engine)
    child = os.fork()
    if child == 0:
        engine.close()
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    assert started(engine) == pid


PARENT = """
import os, signal, sys
sys.path.insert(0, sys.argv[1])
from simulator.telemetry.sql import SqlEngine
engine = SqlEngine()
engine.query({}, "SELECT 1", version="1")
child = 0
if sys.argv[2] == "forked":
    child = os.fork()
    if child == 0:
        signal.pause()
print(engine.worker_pid, child, flush=True)
if sys.argv[2] == "busy":
    engine.query({}, "SELECT levenshtein(repeat('a', 200000), repeat('b', 200000))", version="1", timeout_s=60)
sys.stdin.read()
"""


@pytest.mark.parametrize("state", ["idle", "busy", "forked"])
def test_no_worker_is_left_after_the_parent_is_killed(state: str) -> None:
    with subprocess.Popen([sys.executable, "-c", PARENT, str(ROOT), state], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        worker, child = (int(word) for word in parent.stdout.readline().split())
        descriptor = os.pidfd_open(worker)
        before = _cpu_ticks(worker)
        while state == "busy" and _cpu_ticks(worker) < before + 5:
            pass
        parent.kill()
        ended, _, _ = select.select([descriptor], [], [], 10)
        os.close(descriptor)
        if child:
            os.kill(child, signal.SIGKILL)
    assert ended


def test_no_worker_is_left_after_the_parent_ends_in_order() -> None:
    done = subprocess.run([sys.executable, "-c", PARENT, str(ROOT), "idle"], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True)
    assert not Path(f"/proc/{done.stdout.split()[0]}").exists()
    assert done.stderr == ""


def _cpu_ticks(pid: int) -> int:
    user, system = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return int(user) + int(system)

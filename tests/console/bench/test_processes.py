"""Read from /proc, so only where there is one."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from console.bench import processes
from console.bench.processes import Process

pytestmark = pytest.mark.skipif(not processes.KNOWN, reason="this system does not tell of processes in /proc")

PARENT = """
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", "import sys; print(7, flush=True); sys.stdin.read()"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
child.stdout.readline()
print(child.pid, flush=True)
sys.stdin.read()
"""
MARK = ("HOTSEAT_TEST_MARK", "a=b c")


@pytest.fixture
def family() -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """A marked process that waits, and the number of its waiting child."""
    with subprocess.Popen([sys.executable, "-c", PARENT], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, MARK[0]: MARK[1]}) as parent:
        assert parent.stdout is not None
        yield parent, int(parent.stdout.readline())
        parent.kill()


def test_a_child_of_a_child_descends_from_this_process(family: tuple[subprocess.Popen[bytes], int]) -> None:
    parent, child = family
    assert [one.pid for one in processes.descendants(parent.pid)] == [child]
    assert {parent.pid, child} <= {one.pid for one in processes.descendants(os.getpid())}


def test_what_was_started_with_a_variable_is_found(family: tuple[subprocess.Popen[bytes], int]) -> None:
    parent, child = family
    assert {one.pid for one in processes.carrying(*MARK)} == {parent.pid, child}
    assert processes.carrying(MARK[0], "a=b") == ()


def test_one_that_ended_is_not_alive_before_its_parent_has_fetched_it(family: tuple[subprocess.Popen[bytes], int]) -> None:
    parent, _ = family
    one = processes.process(parent.pid)
    assert processes.still_alive([one]) == (one,)
    parent.kill()
    os.waitid(os.P_PID, parent.pid, os.WEXITED | os.WNOWAIT)
    assert processes.still_alive([one]) == ()


def test_a_number_given_out_anew_is_another_process() -> None:
    here = processes.process(os.getpid())
    assert processes.alive(here)
    assert not processes.alive(Process(here.pid, here.started + 1))


def test_work_shows_in_the_cpu_time() -> None:
    before = processes.cpu_s(os.getpid())
    while processes.cpu_s(os.getpid()) < before + 0.05:
        sum(range(10_000))
    assert processes.cpu_s(os.getpid()) >= before + 0.05


def test_a_process_that_is_not_there_is_told() -> None:
    nobody = 2**22 + 1
    with pytest.raises(ProcessLookupError):
        processes.process(nobody)
    with pytest.raises(ProcessLookupError):
        processes.cpu_s(nobody)

"""Real hosts in processes of their own: killed, left, confused, and always gone at the end."""

from __future__ import annotations

import asyncio
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from console.host.child import ChildLink
from console.host.link import HostDied, HostFailed
from console.host.messages import Answered, AnyEvent, Begin, DrillsListed, Leave, Left, ListDrills, Moved, Progressed, Resume, Seated, SetClock, Submit, encoded

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc and waits on process descriptors")

ROOT = Path(__file__).parents[3]
LONG_S = 30.0
"""Whatever takes longer than this will not come."""
BEGIN = Begin(scenario="the-quiet-store", seed=5)

STRAY = """
import os, subprocess, runpy
from console.host.host import Host
handle = Host.handle
def stray(self, request):
    print("a stray print", input if request is None else "", flush=True)
    os.write(1, b"and a stray write\\n")
    subprocess.run(["echo", "and a child's"], check=True)
    return handle(self, request)
Host.handle = stray
runpy.run_module("console.host", run_name="__main__")
"""
BROKEN = """
import runpy
from console.host.host import Host
def broken(self, request):
    raise RuntimeError("the store is \\x1b[2J empty")
Host.handle = broken
runpy.run_module("console.host", run_name="__main__")
"""
SCREEN = """
import asyncio
from console.host.child import ChildLink
from console.host.messages import Begin
async def play():
    link = ChildLink()
    await link.ask(Begin(scenario="the-quiet-store", seed=5), lambda event: print(link.pid, flush=True))
asyncio.run(play())
"""


def run(play: Callable[[ChildLink], Awaitable[None]], *command: str) -> None:
    """Play with a link, and check that no process of it is left."""

    async def played() -> None:
        link = ChildLink(command) if command else ChildLink()
        try:
            await asyncio.wait_for(play(link), LONG_S)
        finally:
            pid = link.pid
            await link.close()
            assert pid is None or not Path(f"/proc/{pid}").exists()

    asyncio.run(played())


def ended(pid: int) -> bool:
    """Whether the process ends, or has ended, in good time."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([descriptor], [], [], 10.0)[0])
    finally:
        os.close(descriptor)


def kill(link: ChildLink) -> None:
    assert link.pid is not None
    os.kill(link.pid, signal.SIGKILL)


def children_of(pid: int) -> list[int]:
    """Processes that any thread of `pid` has started."""
    return [int(child) for listing in Path(f"/proc/{pid}/task").glob("*/children") for child in listing.read_text().split()]


async def typed(link: ChildLink, line: str) -> Answered:
    answered = await link.ask(Submit(line=line))
    assert isinstance(answered, Answered)
    return answered


async def resumed(link: ChildLink, session: str) -> list[str]:
    """The lines of a session that is gone on with."""
    seated = await link.ask(Resume(session=session))
    assert isinstance(seated, Seated)
    return [block.line for block in seated.blocks]


def test_a_drill_outlives_its_hosts(home: Path) -> None:
    """One long scene, because each world takes seconds to build."""

    async def play(link: ChildLink) -> None:
        reports: list[AnyEvent] = []
        seated = await link.ask(BEGIN, reports.append)
        assert isinstance(seated, Seated)
        session = seated.session
        shares = [report.share for report in reports if isinstance(report, Progressed) and report.share is not None]
        assert shares == sorted(shares)
        assert (shares[0], len(shares) > 8, shares[-1] > 0.9) == (0.0, True, True)
        assert (await typed(link, "alerts")).block.step == 1
        # Its SQL worker goes with the host.
        assert (await typed(link, "sql SELECT count(*) FROM registry")).block.kind == "look"
        assert link.pid is not None
        (worker,) = children_of(link.pid)

        other = ChildLink()
        with pytest.raises(HostFailed, match=f"session {session} is open elsewhere"):
            await other.ask(Resume(session=session))
        await other.close()

        # Killed in the midst of a command: it was asked together with one that has just been answered.
        quick, slow = asyncio.create_task(typed(link, "note all quiet")), asyncio.create_task(typed(link, "wait 2d"))
        await quick
        kill(link)
        with pytest.raises(HostDied, match=r"^the host ended \(signal 9\); what it had answered is kept$"):
            await slow
        assert ended(worker)
        with pytest.raises(HostDied, match="signal 9"):
            await typed(link, "registry rollback")
        lines = await resumed(link, session)
        told = ["alerts", "sql SELECT count(*) FROM registry", "note all quiet"]
        assert lines in (told, [*told, "wait 2d"])

        # Killed while nothing was asked.
        moved = await link.ask(SetClock(live=False, step_s=300.0))
        assert isinstance(moved, Moved)
        kill(link)
        with pytest.raises(HostDied, match="signal 9"):
            await typed(link, "registry rollback")
        again = await link.ask(Resume(session=session))
        assert isinstance(again, Seated)
        assert [block.line for block in again.blocks] == lines
        assert again.snapshot == moved.snapshot

    run(play)
    assert not (home / "host.log").exists()
    # The last host was idle when it was ended, and had the time to close its journal.
    assert [path.name for path in (home / "sessions").iterdir()] == ["the-quiet-store-5-1.journal"]


def test_the_end_of_a_screen_is_the_end_of_its_host_also_during_a_build() -> None:
    with subprocess.Popen([sys.executable, "-c", SCREEN], cwd=ROOT, stdout=subprocess.PIPE) as screen:
        assert screen.stdout is not None
        host = int(screen.stdout.readline())
        assert os.getsid(host) == host
        screen.kill()
        assert ended(host)


def test_no_stray_print_reaches_the_line_and_no_interrupt_ends_the_host() -> None:
    async def play(link: ChildLink) -> None:
        assert isinstance(await link.ask(ListDrills()), DrillsListed)
        assert link.pid is not None
        os.kill(link.pid, signal.SIGINT)
        forgotten = asyncio.create_task(link.ask(ListDrills()))
        await asyncio.sleep(0)
        forgotten.cancel()
        assert isinstance(await link.ask(Leave()), Left)

    run(play, sys.executable, "-c", STRAY)


def test_a_mistake_of_the_host_is_told_with_a_place_to_look_and_the_next_request_starts_another(home: Path) -> None:
    async def play(link: ChildLink) -> None:
        for _ in range(2):
            with pytest.raises(HostDied) as died:
                await link.ask(ListDrills())
            assert str(died.value) == f"the host ended (a mistake of the program); what it had answered is kept; {home / 'host.log'} tells more"
            assert link.pid is None

    run(play, sys.executable, "-c", BROKEN)
    log = (home / "host.log").read_text(encoding="utf-8")
    assert log.count("RuntimeError: the store is \ufffd[2J empty") == 2


@pytest.mark.parametrize("line", [b"nonsense\n", b'{"ask":"Begin"}\n', b'{"ask":"Dance"}\n'])
def test_a_line_that_is_no_request_ends_the_host(line: bytes) -> None:
    done = subprocess.run([sys.executable, "-m", "console.host"], cwd=ROOT, input=line, capture_output=True, timeout=LONG_S, check=False)
    assert (done.returncode, done.stdout) == (70, b"")
    assert b"msgspec." in done.stderr


def test_half_a_line_at_the_end_of_the_input_is_passed_over() -> None:
    done = subprocess.run([sys.executable, "-m", "console.host"], cwd=ROOT, input=encoded(Leave())[:-1], capture_output=True, timeout=LONG_S, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_a_host_that_talks_nonsense_is_ended() -> None:
    async def play(link: ChildLink) -> None:
        with pytest.raises(HostDied, match="said what cannot be understood"):
            await link.ask(ListDrills())
        assert link.pid is None

    run(play, sys.executable, "-c", "import signal; print('nonsense', flush=True); signal.pause()")


def test_a_host_that_does_not_end_is_killed() -> None:
    async def play(link: ChildLink) -> None:
        await link.start()
        waiting = asyncio.create_task(link.ask(ListDrills()))
        await asyncio.sleep(0)
        await link.close()
        with pytest.raises(HostDied, match="as the program ends"):
            await waiting
        with pytest.raises(HostDied, match="as the program ends"):
            await link.ask(ListDrills())

    began = time.monotonic()
    run(play, sys.executable, "-c", "import signal; signal.pause()")
    assert time.monotonic() - began < LONG_S


def test_a_host_that_cannot_be_started_is_told() -> None:
    async def play(link: ChildLink) -> None:
        with pytest.raises(HostDied, match="could not be started: No such file"):
            await link.ask(ListDrills())

    run(play, "/nowhere/python")

"""Grading prepared between requests: nothing of the drill moves by it, nobody waits for it, and it ends with the drill."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from console.home import sessions
from console.host.child import ChildLink
from console.host.host import Host
from console.host.messages import Answered, AnyEvent, Begin, Debriefed, Event, Grade, Leave, Moved, Resume, Seated, SetClock, Submit
from grader.evidence import Evidence
from scenarios.incident import Incident

ID = "the-quiet-store-3-1"
BEGIN = Begin(scenario="the-quiet-store", seed=3)

ENDLESS = """
import os, runpy, time
import grader.preparation
def endless(incident):
    slices = 0
    while True:
        time.sleep(0.01)
        slices += 1
        with open(os.environ["HOTSEAT_HOME"] + "/slices", "w") as file:
            file.write(str(slices))
        yield
grader.preparation.preparation = endless
runpy.run_module("console.host", run_name="__main__")
"""


@pytest.fixture
def host(world: Incident) -> Iterator[Host]:
    told: list[Event] = []
    host = Host(told.append, lambda: 100.0)
    yield host
    host.close()


def test_slices_move_no_clock_write_no_row_and_change_no_answer(host: Host) -> None:
    seated = host.handle(BEGIN)
    assert isinstance(seated, Seated)
    rows = sessions().resolve(ID).rows
    for _ in range(20):
        assert host.can_prepare
        host.prepare()
    assert sessions().resolve(ID).rows == rows
    assert host.handle(SetClock(live=False)) == Moved(snapshot=seated.snapshot)
    prepared = host.handle(Submit(line="features parity card_velocity"))
    host.close()
    assert not host.can_prepare
    host.handle(BEGIN)
    bare = host.handle(Submit(line="features parity card_velocity"))
    assert isinstance(prepared, Answered)
    assert isinstance(bare, Answered)
    assert prepared == bare


def test_it_ends_when_all_is_found_and_when_the_drill_is_put_down(host: Host, replayed_at_once: Evidence, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grader.preparation.preparation", lambda incident: iter([None, None]))
    assert not host.can_prepare
    host.handle(BEGIN)
    for _ in range(3):
        assert host.can_prepare
        host.prepare()
    assert not host.can_prepare
    host.handle(Resume(session=ID))
    assert host.can_prepare
    assert isinstance(host.handle(Grade()), Debriefed)
    assert not host.can_prepare
    host.prepare()
    host.handle(BEGIN)
    host.handle(Leave())
    assert not host.can_prepare


def test_a_slice_that_fails_ends_the_preparation_and_not_the_drill(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(incident: Incident) -> Iterator[None]:
        yield
        raise ZeroDivisionError

    monkeypatch.setattr("grader.preparation.preparation", broken)
    host.handle(BEGIN)
    host.prepare()
    host.prepare()
    assert not host.can_prepare
    assert isinstance(host.handle(Submit(line="alerts")), Answered)


@pytest.mark.skipif(sys.platform == "win32", reason="processes are started as on POSIX")
def test_requests_and_ticks_come_between_slices_without_end(home: Path) -> None:
    """In a process of its own, with a live clock; the slices go on while nothing is asked, and stop with the drill."""
    counted = home / "slices"

    def slices() -> int:
        return int(counted.read_text() or 0) if counted.exists() else 0

    async def until(more_than: int) -> None:
        while slices() <= more_than:
            await asyncio.sleep(0.02)

    async def play() -> None:
        link, ticks = ChildLink((sys.executable, "-c", ENDLESS)), list[AnyEvent]()
        link.listen(ticks.append)
        try:
            seated = await link.ask(Begin(scenario="the-quiet-store", seed=3, speed=600.0))
            assert isinstance(seated, Seated)
            await until(20)
            assert isinstance(await link.ask(Submit(line="alerts")), Answered)
            done, ticked = slices(), len(ticks)
            while len(ticks) < ticked + 2:
                await asyncio.sleep(0.02)
            await until(done)
            await link.ask(Leave())
            left = slices()
            await asyncio.sleep(1.0)
            assert slices() == left
        finally:
            pid = link.pid
            began = time.monotonic()
            await link.close()
            assert time.monotonic() - began < 5.0
            assert pid is None or not Path(f"/proc/{pid}").exists()

    asyncio.run(asyncio.wait_for(play(), 60.0))

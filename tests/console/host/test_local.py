from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from console.host.link import HostFailed
from console.host.local import LocalLink
from console.host.messages import Answered, AnyEvent, Begin, Leave, Left, ListDrills, Moved, Progressed, Seated, SetClock, Submit
from scenarios.incident import Incident

BEGIN = Begin(scenario="the-quiet-store", seed=3)
LONG_S = 20.0
"""A test that waits longer for what happens by itself has failed."""


def test_requests_are_answered_in_order_with_progress_before(world: Incident) -> None:
    async def play() -> tuple[list[AnyEvent], list[AnyEvent]]:
        link, told = LocalLink(), list[AnyEvent]()
        answers = await asyncio.gather(link.ask(BEGIN, told.append), link.ask(Submit(line="alerts")), link.ask(Submit(line="note done")), link.ask(Leave()))
        await link.close()
        return list(answers), told

    (seated, first, second, left), told = asyncio.run(play())
    assert isinstance(seated, Seated)
    assert isinstance(first, Answered)
    assert isinstance(second, Answered)
    assert isinstance(left, Left)
    assert (first.block.line, second.block.line, second.block.step) == ("alerts", "note done", 2)
    assert [event.text for event in told if isinstance(event, Progressed)] == ["building the world…"]


def test_what_crosses_is_safe_to_show(world: Incident) -> None:
    async def play() -> AnyEvent:
        link = LocalLink()
        await link.ask(BEGIN)
        answered = await link.ask(Submit(line="note \x1b[2J\u202eover"))
        await link.close()
        return answered

    answered = asyncio.run(play())
    assert isinstance(answered, Answered)
    assert answered.block.line == "note \ufffd[2J\ufffdover"


def test_what_the_host_cannot_do_is_raised(world: Incident) -> None:
    async def play() -> None:
        link = LocalLink()
        try:
            await link.ask(Submit(line="alerts"))
        finally:
            await link.close()

    with pytest.raises(HostFailed, match="no drill is open"):
        asyncio.run(play())


def test_a_mistake_of_the_host_is_raised_as_it_is(world: Incident, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr("console.host.catalogue.drills_listed")

    async def play() -> None:
        link = LocalLink()
        try:
            await link.ask(ListDrills())
        finally:
            await link.close()

    with pytest.raises(ImportError):
        asyncio.run(play())


def test_a_live_clock_ticks_by_itself(world: Incident, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.host.host.TICK_S", 0.02)

    async def play() -> list[float]:
        link, moved = LocalLink(), asyncio.Queue[AnyEvent]()
        link.listen(moved.put_nowait)
        await link.ask(Begin(scenario="the-quiet-store", seed=3, speed=3600.0))
        times = []
        for _ in range(2):
            event = await asyncio.wait_for(moved.get(), LONG_S)
            assert isinstance(event, Moved)
            assert event.to == 0
            times.append(event.snapshot.now_s)
        paused = await link.ask(SetClock(live=True, paused=True))
        assert isinstance(paused, Moved)
        await link.close()
        return [*times, paused.snapshot.now_s]

    times = asyncio.run(play())
    assert world.start_s + 60.0 <= times[0] <= times[1] - 60.0 <= times[2] - 60.0


def test_sessions_are_stored_in_the_home_that_is_given(world: Incident, tmp_path: Path, home: Path) -> None:
    async def play() -> None:
        link = LocalLink(tmp_path / "elsewhere")
        await link.ask(BEGIN)
        await link.close()

    asyncio.run(play())
    assert (tmp_path / "elsewhere" / "sessions" / "the-quiet-store-3-1.journal").is_file()
    assert not home.exists()
    assert os.environ["HOTSEAT_HOME"] == str(home)

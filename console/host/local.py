"""A link to a host in a thread of this process, for tests and pictures. What crosses is encoded and decoded as it is to a child."""

from __future__ import annotations

import asyncio
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec

from console.host.host import Host
from console.host.link import HostFailed, Told
from console.host.messages import AnyEvent, Event, Failed, Moved, Progressed, Request, decoded_event, decoded_request, encoded

HOME = "HOTSEAT_HOME"


class LocalLink:
    """A `Link`. A bug of the host is raised by `ask`. Until `close`, sessions are stored in `home`, where one is given."""

    def __init__(self, home: Path | None = None) -> None:
        self._former_home = os.environ.get(HOME)
        if home is not None:
            os.environ[HOME] = str(home)
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="host")
        self._host = Host(self._passed_on)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._next_tick: asyncio.TimerHandle | None = None
        self._told: dict[int, Told] = {}
        self._listener: Told = lambda event: None
        self._last_id = 0

    async def ask(self, request: Request, told: Told = lambda event: None) -> AnyEvent:
        """See `Link.ask`."""
        self._loop = asyncio.get_running_loop()
        self._last_id += 1
        number = self._last_id
        self._told[number] = told
        line = encoded(msgspec.structs.replace(request, id=number))
        try:
            event = await self._loop.run_in_executor(self._thread, self._handled, line)
        finally:
            del self._told[number]
            self._wait_for_tick()
        if isinstance(event, Failed):
            raise HostFailed(event.text)
        return event

    def listen(self, told: Told) -> None:
        self._listener = told

    async def close(self) -> None:
        """Put the drill down and end the thread."""
        if self._next_tick is not None:
            self._next_tick.cancel()
        await asyncio.get_running_loop().run_in_executor(self._thread, self._host.close)
        self._thread.shutdown()
        if self._former_home is None:
            os.environ.pop(HOME, None)
        else:
            os.environ[HOME] = self._former_home

    def _handled(self, line: bytes) -> AnyEvent:
        return decoded_event(encoded(self._host.handle(decoded_request(line))))

    def _passed_on(self, event: Event) -> None:
        """Called in the host's thread, with the reports of its progress."""
        assert self._loop is not None
        self._loop.call_soon_threadsafe(self._hear, decoded_event(encoded(event)))

    def _hear(self, event: AnyEvent) -> None:
        if not isinstance(event, Progressed):
            self._listener(event)
        elif event.to in self._told:
            self._told[event.to](event)

    def _wait_for_tick(self) -> None:
        if self._next_tick is not None:
            self._next_tick.cancel()
        due_s = self._host.due_s()
        assert self._loop is not None
        self._next_tick = None if due_s is None else self._loop.call_later(due_s, self._tick)

    def _tick(self) -> None:
        assert self._loop is not None
        ticked = self._loop.run_in_executor(self._thread, self._host.tick)
        ticked.add_done_callback(self._ticked)

    def _ticked(self, ticked: asyncio.Future[Moved | None]) -> None:
        moved = ticked.result()
        if moved is not None:
            self._hear(decoded_event(encoded(moved)))
        self._wait_for_tick()

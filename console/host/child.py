"""The link to a host that runs as a process of its own, so that no computation ever holds a screen up.

The process is started when it is first needed, and another one after a death. It has no terminal, and ends by itself when
this process does: it sees the end of its input.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Sequence
from contextlib import suppress
from contextvars import Context, copy_context
from dataclasses import dataclass

import msgspec

from console.home import home, wall_now
from console.host.link import HostDied, HostFailed, Told
from console.host.messages import AnyEvent, Failed, Grade, Progressed, Request, SetClock, Submit, decoded_event, encoded
from console.untrusted import untrusted, untrusted_line

COMMAND = (sys.executable, "-P", "-m", "console.host")
"""-P: a folder that happens to be called console, where the person stands, is not the program."""
LINE_BYTES = 64 * 2**20
PATIENCE_S = 1.0
"""How long a host may take to end by itself."""
LAST_WORDS_BYTES = 8192
LOG = "host.log"
BUG = 70
_CRASHED = (BUG, -signal.SIGSEGV, -signal.SIGABRT, -signal.SIGBUS, -signal.SIGFPE)
_ENDED = "the host was ended, as the program ends"
_OF_A_SEAT = (Submit, SetClock, Grade)
"""Requests that mean the drill that is open, and so cannot be made of a host that was just started."""


@dataclass(slots=True)
class _Asked:
    answer: asyncio.Future[AnyEvent]
    told: Told
    context: Context
    """What surrounded the asker: callbacks that touch a screen need to know its app."""


class ChildLink:
    """A `Link`. Of one event loop; `listen` replaces who listened before."""

    def __init__(self, command: Sequence[str] = COMMAND) -> None:
        self._command = tuple(command)
        self._process: Process | None = None
        self._life: asyncio.Task[None] | None = None
        """Hears the process until it has ended, and then says so."""
        self._one_at_a_time = asyncio.Lock()
        self._asked: dict[int, _Asked] = {}
        self._last_id = 0
        self._listener: tuple[Told, Context] | None = None
        self._lost = ""
        """How the host with the open drill ended; empty when none is missed."""
        self._closed = False

    @property
    def pid(self) -> int | None:
        """Process id of the host; None where none runs."""
        return self._process.pid if self._process else None

    async def start(self) -> None:
        """Start the host ahead of the first request. Does nothing where it runs. Raises HostDied where it cannot be started."""
        async with self._one_at_a_time:
            await self._running()

    async def ask(self, request: Request, told: Told = lambda event: None) -> AnyEvent:
        """See `Link.ask`. After a death that nobody was told of, what means the open drill raises HostDied until one is seated again."""
        self._last_id += 1
        number = self._last_id
        asked = _Asked(asyncio.get_running_loop().create_future(), told, copy_context())
        try:
            # The lock keeps the order, and it is a fair one.
            async with self._one_at_a_time:
                if self._lost and isinstance(request, _OF_A_SEAT):
                    raise HostDied(self._lost)
                process = await self._running()
                assert process.stdin is not None
                self._lost = ""
                self._asked[number] = asked
                with suppress(ConnectionError):  # it has just died, which the task that hears it finds out
                    process.stdin.write(encoded(msgspec.structs.replace(request, id=number)))
                    await process.stdin.drain()
            event = await asked.answer
        finally:
            self._asked.pop(number, None)
        if isinstance(event, Failed):
            raise HostFailed(event.text)
        return event

    def listen(self, told: Told) -> None:
        self._listener = (told, copy_context())

    async def close(self) -> None:
        """End the host, for good. No process is left when this returns."""
        self._closed = True
        async with self._one_at_a_time:
            process, life = self._process, self._life
            if process is None or life is None:
                return
            assert process.stdin is not None
            process.stdin.close()
            try:
                await asyncio.wait_for(asyncio.shield(life), PATIENCE_S)
            except TimeoutError:
                _kill(process)
                await life

    async def _running(self) -> Process:
        if self._closed:
            raise HostDied(_ENDED)
        if self._process is None:
            try:
                self._process = await asyncio.create_subprocess_exec(*self._command, stdin=PIPE, stdout=PIPE, stderr=PIPE, limit=LINE_BYTES, start_new_session=True)
            except OSError as problem:
                raise HostDied(f"the host could not be started: {problem.strerror}") from None
            self._life = asyncio.create_task(self._live(self._process))
        return self._process

    async def _live(self, process: Process) -> None:
        """Hear the process to its end, and tell everyone who waits for it."""
        last_words = asyncio.create_task(_last_words(process))
        wrong = await self._hear(process)
        if wrong:
            _kill(process)
        said = await last_words
        status = await process.wait()
        self._process = None
        text = _ENDED if self._closed else wrong or _how(status)
        if wrong or status in _CRASHED:
            text += _noted(text, said)
        self._lost = text
        if not self._closed and not self._asked:
            self._pass_on(Failed(text=untrusted(text)))
        for asked in self._asked.values():
            if not asked.answer.done():
                asked.answer.set_exception(HostDied(text))

    async def _hear(self, process: Process) -> str:
        """Pass on what the process says until the end of its line. What is wrong with it, where it said what no host says."""
        assert process.stdout is not None
        while True:
            try:
                line = await process.stdout.readline()
                if not line.endswith(b"\n"):
                    return ""
                self._pass_on(decoded_event(line))
            except ValueError as problem:  # no JSON, no event of ours, or a line without end
                return f"the host said what cannot be understood, and was ended: {untrusted_line(str(problem))[:200]}"

    def _pass_on(self, event: AnyEvent) -> None:
        # By call_soon: what fails in a callback is its own mistake and not the end of the hearing. Order is kept.
        soon = asyncio.get_running_loop().call_soon
        if event.to == 0:
            if self._listener is not None:
                told, context = self._listener
                soon(told, event, context=context)
            return
        asked = self._asked.get(event.to)
        if asked is None:  # whoever asked has stopped waiting
            return
        if isinstance(event, Progressed):
            soon(asked.told, event, context=asked.context)
        elif not asked.answer.done():
            asked.answer.set_result(event)


async def _last_words(process: Process) -> str:
    """The end of what the process writes to standard error. Read all the time: a full pipe would hold it up."""
    assert process.stderr is not None
    kept = b""
    while piece := await process.stderr.read(2**16):
        kept = (kept + piece)[-LAST_WORDS_BYTES:]
    return untrusted(kept.decode(errors="replace")).strip()


def _kill(process: Process) -> None:
    with suppress(ProcessLookupError):
        process.kill()


def _how(status: int) -> str:
    """How a process ended, in one line."""
    how = f"signal {-status}" if status < 0 else "a mistake of the program" if status == BUG else f"status {status}"
    return f"the host ended ({how}); what it had answered is kept"


def _noted(text: str, said: str) -> str:
    """Append the last words to the log; the end of a sentence that says where it is, empty where it cannot be written."""
    try:
        folder = home()
        folder.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(folder / LOG, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "a", encoding="utf-8") as log:
            log.write(f"{wall_now()} {text}\n{said}\n\n")
    except OSError:
        return ""
    return f"; {folder / LOG} tells more"

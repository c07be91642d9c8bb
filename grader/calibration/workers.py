"""Drills on processes of this machine: each has its own pipe, so that one that dies is noticed at once and takes nothing with it."""

from __future__ import annotations

import signal
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess

from grader.calibration.runs import Run
from grader.calibration.versions import versions
from simulator.errors import HotseatError

Play = Callable[[str, int, Sequence[str]], Iterator[Run]]
"""Lets players play one incident; a row as soon as each is graded."""
Task = tuple[str, int, tuple[str, ...]]
"""Scenario, seed, and the players who have still to play it."""
Group = tuple[Task, ...]
"""Tasks that one worker does one after the other, because they share their history."""


def played(play: Play, group: Group) -> Iterator[Run]:
    """Rows of a group, each with the versions that this process played it with."""
    for scenario, seed, players in group:
        for run in play(scenario, seed, players):
            yield {**run, "versions": versions(scenario, run["player"])}


def local_runs(groups: Sequence[Group], play: Play, jobs: int, preload: Sequence[str] = ()) -> Iterator[Run]:
    """Rows as they come from `jobs` processes, which first import the modules of `preload`.

    Raises:
        HotseatError: a process ended before its work was done.
    """
    # A forked child would inherit locks and arrays of whatever this process has done so far.
    context = get_context("spawn")
    waiting = deque(groups)
    workers: dict[Connection, BaseProcess] = {}
    try:
        for _ in range(min(jobs, len(groups))):
            ours, theirs = context.Pipe()
            worker = context.Process(target=_serve, args=(theirs, play, tuple(preload)), daemon=True)
            worker.start()
            # Only the worker holds the other end now, so its death ends the pipe.
            theirs.close()
            workers[ours] = worker
            ours.send(waiting.popleft())
        while workers:
            for ready in wait(list(workers)):
                assert isinstance(ready, Connection)
                try:
                    found = ready.recv()
                except (EOFError, ConnectionError):
                    for other in workers:
                        yield from _sent(other)
                    workers[ready].join()
                    raise HotseatError(f"a worker process ended with status {workers[ready].exitcode} before its work was done") from None
                if found is not None:
                    yield found
                    continue
                if waiting:
                    ready.send(waiting.popleft())
                else:
                    ready.send(None)
                    workers.pop(ready).join()
    finally:
        for left in workers.values():
            left.terminate()
        for left in workers.values():
            left.join()


def _sent(connection: Connection) -> Iterator[Run]:
    """Rows that a worker has already sent."""
    try:
        while connection.poll():
            found = connection.recv()
            if found is not None:
                yield found
    except (EOFError, ConnectionError):
        return


def _serve(connection: Connection, play: Play, preload: tuple[str, ...]) -> None:
    # Ctrl-C reaches every process of the terminal; the one that people talk to ends the others.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for name in preload:
        import_module(name)
    while (group := connection.recv()) is not None:
        for run in played(play, group):
            connection.send(run)
        connection.send(None)

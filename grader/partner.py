"""A second process that has the same incident and does tasks of its grade, while this one does others.

It is worth its start where a grade is found in one go, nothing is prepared and a second core is free. It changes how long that takes and nothing else:
one that fails, comes late or has another incident is left, and what it was asked for is done here.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection

from grader.collector import seldom_collected
from grader.tasks import Found, Task
from scenarios.incident import Incident, incident
from scenarios.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Ready:
    """What an incident is told by: equal ones are worth the same work."""

    scenario: str
    seed: int
    start_s: float
    exact_from_s: float
    faults: str

    @classmethod
    def of(cls, made: Incident) -> Ready:
        return cls(made.scenario.name, made.drawn.seed, made.start_s, made.exact_from_s, repr(made.drawn.faults))


class Partner:
    """One such process. It ends with `close`, with this process, and when it fails; then it is `gone`."""

    def __init__(self, scenario: Scenario, seed: int) -> None:
        # A forked child would inherit locks and arrays of whatever this process has done so far.
        context = get_context("spawn")
        self._connection, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, scenario, seed), daemon=True)
        self._ready: Ready | None = None
        self.gone = False
        self.task: Task | None = None
        """What it is doing."""
        self.places: set[str] = set()
        """Places in whose worlds it did something."""
        try:
            self._process.start()
        except OSError:
            self.gone = True
        # Only the partner holds the other end now, so its death ends the pipe.
        theirs.close()

    def free(self, made: Incident) -> bool:
        """Whether it can be asked for something in this incident."""
        if self.task is not None:
            return False
        self._listen()
        if self._ready is not None and self._ready != Ready.of(made):
            self.close()
        return self._ready is not None and not self.gone

    def ask(self, task: Task) -> None:
        """Let it do a task. Only while it is free."""
        try:
            self._connection.send(task)
        except OSError:
            self.close()
            return
        self.task = task
        self.places.add(task.place)

    def answer(self) -> Found | None:
        """What it found of the task that it was asked for last, once; None as long as there is nothing."""
        heard = self._listen()
        if heard is not None:
            self.task = None
        return heard

    def wait(self, at_most_s: float) -> None:
        """Until it says something or ends, or the time is over."""
        if not self.gone:
            self._connection.poll(at_most_s)

    def close(self) -> None:
        """End it, whatever it does."""
        self.gone, self.task = True, None
        self._connection.close()
        if self._process.pid is not None:
            self._process.terminate()
            self._process.join()

    def _listen(self) -> Found | None:
        try:
            if self.gone or not self._connection.poll():
                return None
            heard = self._connection.recv()
        except (EOFError, OSError):
            self.close()
            return None
        if isinstance(heard, Ready):
            self._ready = heard
            return None
        assert isinstance(heard, Found)
        return heard


@contextmanager
def partnered(scenario: Scenario, seed: int) -> Iterator[Partner | None]:
    """A partner for the incident, which it begins to build at once; None where there is no second core for it."""
    if cores() < 2:
        yield None
        return
    partner = Partner(scenario, seed)
    try:
        yield partner
    finally:
        partner.close()


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class _Left(Exception):
    """Nobody waits for this process any more."""


@seldom_collected()
def _serve(connection: Connection, scenario: Scenario, seed: int) -> None:
    # Ctrl-C reaches every process of the terminal; the one that people talk to ends this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def stay() -> None:
        # While a task is done nothing is said but good-bye: by closing, or by dying.
        if connection.poll():
            raise _Left

    def built(what: str, share: float) -> None:
        stay()

    try:
        made = incident(scenario, seed, progress=built)
        connection.send(Ready.of(made))
        while True:
            task: Task = connection.recv()
            for _ in task.slices(made):
                stay()
            connection.send(task.found(made))
    except Exception:  # noqa: BLE001  nobody waits any more; or what fails here fails in the other process too, and is told there
        return

"""The process of a host: `python -m console.host`, requests on standard input and events on standard output, one a line.

It is started by a screen and ends with it: at the end of its input at once, whatever it is at. A bug ends it with status 70.
"""

from __future__ import annotations

import console.threads  # before anything that could load NumPy

import faulthandler
import importlib
import os
import signal
import sys
import threading
import traceback
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import BinaryIO, NoReturn

import console.allocator  # noqa: F401  before the first array
from console.host.host import Host
from console.host.messages import AnyRequest, Event, decoded_request, encoded

BUG = 70
GRACE_S = 0.5
"""How long an idle host has to close its journal, once its screen is gone."""
REST_S = 0.5
"""How long nothing must have been asked before grading is prepared, so that no one who types fast waits for a slice of it."""
AHEAD = ("scenarios.incident", "scenarios.drill", "sklearn.linear_model", "numba")
"""What every world needs and a machine takes a second or more to load."""


class Line:
    """Both ends of the line to the screen, away from the numbers that a stray print or read would use."""

    def __init__(self) -> None:
        self._in, self._out = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb", buffering=0)
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.close(nothing)
        os.dup2(2, 1)
        self.requests: SimpleQueue[AnyRequest | None] = SimpleQueue()
        """What is asked, in order; None once the screen is gone."""
        self.gone = threading.Event()
        threading.Thread(target=self._read, daemon=True).start()

    def tell(self, event: Event) -> None:
        try:
            _write(self._out, encoded(event))
        except BrokenPipeError:
            self.gone.set()

    def _read(self) -> None:
        for line in self._in:
            if line.endswith(b"\n"):
                self.requests.put(decoded_request(line))
        self.gone.set()
        self.requests.put(None)
        # The main thread ends the process if it is idle. If it is in the midst of something, nobody will see what comes of it.
        threading.Event().wait(GRACE_S)
        os._exit(0)


def _write(out: BinaryIO, data: bytes) -> None:
    left = memoryview(data)
    while left:
        left = left[out.write(left) :]


def _patience_s(*until: float | None) -> float | None:
    """How long to wait for a request; None where nothing else is to be done."""
    return min((each for each in until if each is not None), default=None)


def serve(line: Line) -> NoReturn:
    host, rest_s = Host(line.tell), REST_S
    while not line.gone.is_set():
        due_s = host.due_s()
        try:
            request = line.requests.get(timeout=_patience_s(due_s, rest_s if host.can_prepare else None))
        except Empty:
            if host.can_prepare and (due_s is None or due_s > rest_s):
                host.prepare()
                rest_s = 0.0
            else:
                moved = host.tick()
                if moved is not None:
                    line.tell(moved)
            continue
        rest_s = REST_S
        if request is not None and not line.gone.is_set():
            line.tell(host.handle(request))
            if line.requests.empty():
                # The person is reading, as a rule the catalogue. After the first time this costs nothing.
                for module in AHEAD:
                    importlib.import_module(module)
    host.close()
    os._exit(0)


def _bug(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> NoReturn:
    traceback.print_exception(kind, error, trace)
    sys.stderr.flush()
    os._exit(BUG)


def main() -> NoReturn:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.excepthook = _bug
    threading.excepthook = lambda bug: _bug(bug.exc_type, bug.exc_value, bug.exc_traceback)
    faulthandler.enable()
    serve(Line())


if __name__ == "__main__":
    main()

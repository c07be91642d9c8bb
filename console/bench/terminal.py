"""A program in a terminal of its own: started, read, typed at, and ended with everything that it started.

Output is kept with the moment at which it came and is looked at afterwards, so that looking does not delay the moments.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import struct
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from time import perf_counter, sleep
from types import TracebackType

from console.bench import processes
from console.bench.painted import Painted
from console.bench.processes import Process
from simulator.errors import HotseatError

Sees = Callable[[Painted], bool]
_NOT_PASSED_ON = ("NO_COLOR", "COLUMNS", "LINES", "FORCE_COLOR")
_CHUNK = 65_536


class Terminal:
    """One program. `painted` is what its screen shows, as far as it was looked at."""

    def __init__(self, command: Sequence[str], *, columns: int = 120, rows: int = 36, environment: Mapping[str, str] | None = None) -> None:
        try:
            import fcntl
            import pty
            import termios
        except ImportError:
            raise HotseatError("this system has no pseudo-terminals, which a full-screen program is measured in") from None
        inherited = {name: value for name, value in os.environ.items() if name not in _NOT_PASSED_ON and not name.startswith("TEXTUAL")}
        child_environment = {**inherited, "TERM": "xterm-256color", "COLORTERM": "truecolor", **(environment or {})}
        self.painted = Painted(columns, rows)
        self.ended = self._fetched = False
        self._waiting: list[tuple[float, bytes]] = []
        """Output that was not looked at yet, with its moments."""
        self.started_at = self._looked_at = perf_counter()
        """When it was started, and when the output came that was looked at last."""
        self.pid, self._line = pty.fork()
        if self.pid == 0:
            try:
                fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
                os.execvpe(command[0], list(command), child_environment)
            finally:
                os._exit(127)

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    @property
    def started(self) -> tuple[Process, ...]:
        """Processes that the program started and that run now."""
        return processes.descendants(self.pid)

    def type(self, keys: str) -> None:
        """As a person's keyboard would send them: `\\r` for Enter."""
        os.write(self._line, keys.encode())

    def wait_for(self, sees: Sees, what: str, timeout_s: float) -> float:
        """The moment at which the output came with which the screen showed it.

        Raises:
            HotseatError: the program ended, or showed nothing of the kind in time. Says `what` was awaited and what is shown.
        """
        until = perf_counter() + timeout_s
        if sees(self.painted):
            return self._looked_at
        while (moment := self._look(sees)) is None:
            if self.ended or perf_counter() > until:
                how = "the program ended" if self.ended else f"the program did not come to it within {timeout_s:g} s"
                raise HotseatError(f"{how}: {what}. Its screen shows:\n{self.painted.text.strip()}")
            attend([self], 0.05)
        return moment

    def look(self) -> str:
        """What the screen shows with all that came so far."""
        self._look(lambda painted: False)
        return self.painted.text

    def take(self) -> None:
        """Keep what has come. Blocks where nothing has."""
        try:
            data = os.read(self._line, _CHUNK)
        except OSError:  # Linux says so when the last program at the line has ended
            data = b""
        if data:
            self._waiting.append((perf_counter(), data))
        else:
            self.ended = True

    def hang_up(self) -> None:
        """Close the terminal under the program, as closing a window does."""
        if self._line >= 0:
            os.close(self._line)
            self._line, self.ended = -1, True

    def close(self) -> None:
        """End the program and everything that it started. Nothing of it runs when this returns."""
        if self._fetched:
            return
        self._fetched = True
        doomed = self.started if processes.KNOWN else ()
        # Not fetched yet, the number still is this program's, even where it has ended.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        for one in doomed:
            if processes.alive(one):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(one.pid, signal.SIGKILL)
        self.hang_up()
        os.waitpid(self.pid, 0)
        while processes.still_alive(doomed):
            sleep(0.005)

    def fileno(self) -> int:
        return self._line

    def _look(self, sees: Sees) -> float | None:
        """Look at what was kept, until the screen shows it."""
        while self._waiting:
            self._looked_at, data = self._waiting.pop(0)
            self.painted.feed(data)
            if sees(self.painted):
                return self._looked_at
        return None


def attend(terminals: Sequence[Terminal], seconds: float) -> None:
    """Keep the output of all of them for so long. A program whose output nobody takes would stand still."""
    until = perf_counter() + seconds
    while (left := until - perf_counter()) > 0:
        going = [terminal for terminal in terminals if not terminal.ended]
        if not going:
            sleep(left)
            return
        for terminal in select.select(going, [], [], left)[0]:
            terminal.take()


def shows(text: str) -> Sees:
    """Whether `text` stands on the screen."""
    return lambda painted: text in painted.text


def hotseat(*arguments: str) -> list[str]:
    """The program as a person starts it: the script that an install put beside Python, or the same without one."""
    script = Path(sys.executable).parent / "hotseat"
    beginning = [str(script)] if script.is_file() else [sys.executable, "-m", "console.start"]
    return [*beginning, *arguments]

"""The process that runs learners' SQL, as seen from this one: started, asked over a line, and killed.

Nothing that it says is trusted beyond plain JSON, and it never outlives this process.
"""

from __future__ import annotations

import json
import os
import socket
import struct
import subprocess
import sys
import weakref
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.errors import Refused

MEMORY_BYTES = 512 * 2**20
ADDRESS_SPACE_BYTES = 1536 * 2**20
ANSWER_BYTES = 64 * 2**20
PATIENCE_S = 60.0
"""How long the worker may take to start, or to take in a table, on a busy machine."""
ROOT = Path(__file__).parents[2]
"""Where the worker finds its own modules, also where this process found them in some other way than its path."""


class Lost(Exception):
    """The worker is gone, or says what it never should."""

    def __init__(self, why: str = "the SQL worker died.") -> None:
        super().__init__(why)


class Late(Exception):
    """The worker did not answer in time."""

    def __init__(self) -> None:
        super().__init__("the SQL worker took too long.")


class Worker:
    """A running sql_worker.py. `end` kills it; so do the collection of this object and the end of the interpreter."""

    def __init__(self) -> None:
        if sys.platform == "win32":
            raise Refused("SQL is not available on Windows: its sandbox needs the process limits of Linux or macOS. Use the other looks.")
        self.loaded: dict[str, str] = {}
        """Table name -> version, as the worker holds them."""
        self.owner = os.getpid()
        self.line, theirs = socket.socketpair()
        lifeline, self.lifeline = os.pipe()
        script = Path(__file__).with_name("sql_worker.py")
        self.process = subprocess.Popen(
            [sys.executable, "-I", "-S", "-B", str(script), str(theirs.fileno()), str(lifeline), str(self.owner)],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd="/", close_fds=True, pass_fds=(theirs.fileno(), lifeline),
            env={"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
        )  # fmt: skip
        self.end = weakref.finalize(self, _end, self.process, self.line, self.lifeline, self.owner)
        theirs.close()
        os.close(lifeline)
        try:
            places = [str(Path(entry).absolute()) for entry in (*sys.path, str(ROOT))]
            self.ask({"sys_path": places, "memory_bytes": MEMORY_BYTES, "address_space_bytes": ADDRESS_SPACE_BYTES}, PATIENCE_S)
        except (Lost, Late) as lost:
            self.process.kill()
            said = self.process.stderr.read().decode(errors="replace").strip() if self.process.stderr else ""
            self.end()
            raise RuntimeError(f"the SQL worker did not start: {said or 'no word from it'}") from lost

    def ask(self, message: Mapping[str, object], timeout_s: float, arrays: Sequence[NDArray[Any]] = ()) -> dict[str, Any]:
        """Sends `message` and `arrays`, returns the answer. Raises Late after `timeout_s` without one, Lost at the end of the line."""
        parts = [memoryview(json.dumps(message).encode()), *(memoryview(array.view(np.uint8).data) for array in arrays)]
        try:
            self.line.settimeout(PATIENCE_S)
            self.line.sendall(struct.pack(f"<{len(parts) + 1}Q", len(parts), *(part.nbytes for part in parts)))
            for part in parts:
                self.line.sendall(part)
            self.line.settimeout(timeout_s)
            (size,) = struct.unpack("<Q", self._exactly(8))
            if size > ANSWER_BYTES:
                raise Lost
            answer = json.loads(self._exactly(size))
        except TimeoutError:
            raise Late from None
        except (OSError, ValueError) as broken:
            raise Lost from broken
        if not isinstance(answer, dict):
            raise Lost
        return answer

    def _exactly(self, size: int) -> bytes:
        data = bytearray()
        while len(data) < size:
            got = self.line.recv(min(size - len(data), 2**20))
            if not got:
                raise Lost
            data += got
        return bytes(data)


def _end(process: subprocess.Popen[bytes], line: socket.socket, lifeline: int, owner: int) -> None:
    line.close()
    os.close(lifeline)
    if process.stderr:
        process.stderr.close()
    if owner == os.getpid():  # a fork of the owner has a copy of this object, and no right to its worker
        process.kill()
        process.wait()

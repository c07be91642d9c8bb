"""`hotseat bench memory`: the most memory that a drill takes, played and graded, against importing the same libraries.

Each runs in a process of its own, started by a small one that waits for it: a process counts the memory of whoever
started it as its own until it has replaced that program.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from statistics import median

from console.bench.row import BenchRow
from console.bench.terminal import hotseat
from simulator.errors import HotseatError

DRILL = ("run", "the-quiet-store", "--seed", "5", "--player", "reference")
LIBRARIES = "import numba, numpy, pandas, pydantic, rich, simpy, sklearn.linear_model, typer, yaml"
"""What the drill has loaded by its end."""
PEER_ROUNDS = 3
TARGET = 3.0
_WAIT_FOR = """
import os, sys
child = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ)
_, status, usage = os.wait4(child, 0)
print("", os.waitstatus_to_exitcode(status), usage.ru_maxrss, sep="\\n")
"""


def run() -> list[BenchRow]:
    """One row, in MiB. Raises HotseatError where a process fails."""
    with tempfile.TemporaryDirectory(prefix="hotseat-bench-") as home:
        ours = peak_mib(hotseat(*DRILL), {"HOTSEAT_HOME": home})
    peer = median(peak_mib([sys.executable, "-c", LIBRARIES]) for _ in range(PEER_ROUNDS))
    ratio = ours / peer
    return [BenchRow("memory: peak of a drill, played and graded", ours, "MiB", "importing its libraries", peer, ratio, TARGET, ratio <= TARGET)]


def peak_mib(command: Sequence[str], environment: Mapping[str, str] | None = None) -> float:
    """Largest resident memory of one process, MiB; `command` begins with a full path. Raises HotseatError where it fails."""
    waiting = [sys.executable, "-S", "-c", _WAIT_FOR, *command]
    done = subprocess.run(waiting, env={**os.environ, **(environment or {})}, capture_output=True, text=True, check=False)
    try:
        return peak_in(done.stdout, sys.platform)
    except HotseatError as problem:
        raise HotseatError(f"{' '.join(command)}: {problem}. It says:\n{done.stderr.strip()}") from None


def peak_in(output: str, platform: str) -> float:
    """MiB from what the waiting process prints last: the exit status and the peak, in KiB, on macOS in bytes.

    Raises:
        HotseatError: the status is not 0, or the lines are not there.
    """
    lines = output.split()[-2:]
    if len(lines) < 2 or not all(line.lstrip("-").isdecimal() for line in lines):
        raise HotseatError("nothing was measured")
    status, peak = map(int, lines)
    if status:
        raise HotseatError(f"it ended with status {status}")
    return peak / (2**20 if platform == "darwin" else 2**10)

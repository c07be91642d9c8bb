"""`hotseat bench start`: how soon a person sees something, against the least that Textual and Python take for it.

The first frame is the output with which words of the first screen stand in the terminal: Home's list of drills, or the peer's
one line. Turn and turn about, so that other load on the machine meets both alike.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from statistics import median
from time import perf_counter

from console.bench import minimal_app
from console.bench.row import BenchRow
from console.bench.terminal import Terminal, hotseat, shows

ROUNDS = 9
FRAME_TARGET, HELP_TARGET = 1.5, 25.0
LONGEST_S = 60.0
HOME_SHOWS = "Drills"


def run() -> list[BenchRow]:
    """Two rows, in milliseconds, medians after a round that is not counted."""
    with tempfile.TemporaryDirectory(prefix="hotseat-bench-") as home:
        peer = [sys.executable, minimal_app.__file__]
        frame, least_frame = _in_turn(partial(_first_frame_s, hotseat(), HOME_SHOWS, home), partial(_first_frame_s, peer, minimal_app.SHOWN, home))
        listing, bare = _in_turn(partial(_whole_run_s, hotseat("--help")), partial(_whole_run_s, [sys.executable, "-c", "pass"]))
    return [
        _at_most("start: first frame", frame, "the least Textual app", least_frame, FRAME_TARGET),
        _at_most("start: hotseat --help", listing, "python -c pass", bare, HELP_TARGET),
    ]


def _at_most(name: str, seconds: float, peer: str, peer_seconds: float, target: float) -> BenchRow:
    return BenchRow(name, 1e3 * seconds, "ms", peer, 1e3 * peer_seconds, seconds / peer_seconds, target, seconds / peer_seconds <= target)


def _first_frame_s(command: Sequence[str], words: str, home: str) -> float:
    with Terminal(command, environment={"HOTSEAT_HOME": home}) as terminal:
        return terminal.wait_for(shows(words), "a first frame", LONGEST_S) - terminal.started_at


def _whole_run_s(command: Sequence[str]) -> float:
    start = perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return perf_counter() - start


def _in_turn(ours: Callable[[], float], peers: Callable[[], float]) -> tuple[float, float]:
    """Median seconds of both."""
    seconds: tuple[list[float], list[float]] = ([], [])
    for round_number in range(ROUNDS + 1):
        for measured, kept in zip((ours, peers), seconds, strict=True):
            taken = measured()
            if round_number:
                kept.append(taken)
    return median(seconds[0]), median(seconds[1])

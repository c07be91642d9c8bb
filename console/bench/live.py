"""`hotseat bench live`: what the war room costs while a live clock runs, and how soon a typed character stands on its screen.

The drill runs at 60 times wall time, which moves its four charts once a second. CPU time is that of the screen's process alone;
the host is another process. Echo is measured in both programs by turns, with the same keys at the same uneven pauses.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from time import perf_counter

from console.bench import minimal_app, processes
from console.bench.painted import Painted
from console.bench.row import BenchRow
from console.bench.terminal import Sees, Terminal, attend, hotseat, shows
from console.cli.edge import say
from simulator.errors import HotseatError

DRILL = ("play", "the-quiet-store", "--seed", "5", "--speed", "60")
COLUMNS, ROWS = 160, 45
WATCHED_S = 20.0
SHARE_LIMIT, ECHO_TARGET = 0.1, 3.0
LINE = 'features parity card_velocity --last 12h --expect "the served values are older than those which were stored offline"'
"""A command with its words completed on the way, then free text: a hundred keys and the blanks between them."""
BURST = 20
"""Keys typed in one program before the other has its turn."""
BUILT_WITHIN_S, ECHOED_WITHIN_S = 300.0, 10.0


def run() -> list[BenchRow]:
    """Two rows; the first is left out where the system does not tell the CPU time of a process."""
    with (
        tempfile.TemporaryDirectory(prefix="hotseat-bench-") as home,
        Terminal([sys.executable, minimal_app.__file__], columns=COLUMNS, rows=ROWS) as least,
        Terminal(hotseat(*DRILL), columns=COLUMNS, rows=ROWS, environment={"HOTSEAT_HOME": home}) as app,
    ):
        least.wait_for(shows(minimal_app.SHOWN), "the least app", ECHOED_WITHIN_S)
        enter_war_room(app)
        attend([app, least], 3.0)  # what is loaded late has come by then
        rows = []
        if processes.KNOWN:
            share = _share_of_a_core(app, least)
            rows.append(_at_most("live: CPU of the war room's process at 60x", 100 * share, "% of a core", "limit", 100 * SHARE_LIMIT, 1.0))
        else:
            say("live: this system does not tell the CPU time of a process, so only the echo is measured")
        ours, peers = (_p95(delays) for delays in _echoes(app, least))
        rows.append(_at_most("live: keystroke to echo, 95th percentile", 1e3 * ours, "ms", "the least Textual app", 1e3 * peers, ECHO_TARGET))
    return rows


def _at_most(name: str, figure: float, unit: str, peer: str, peer_figure: float, target: float) -> BenchRow:
    return BenchRow(name, figure, unit, peer, peer_figure, figure / peer_figure, target, figure / peer_figure <= target)


def enter_war_room(app: Terminal) -> None:
    """Wait for the briefing and pass it. Raises HotseatError where it does not come to that."""
    app.wait_for(shows("Go to work"), "the briefing", BUILT_WITHIN_S)
    app.type("\r")
    app.wait_for(shows("Runbook"), "the war room", ECHOED_WITHIN_S)


def _share_of_a_core(app: Terminal, least: Terminal) -> float:
    """CPU time of the screen's process, all its threads, over wall time. Nothing is typed."""
    before = app.look()
    cpu, start = processes.cpu_s(app.pid), perf_counter()
    attend([app, least], WATCHED_S)
    share = (processes.cpu_s(app.pid) - cpu) / (perf_counter() - start)
    if app.look() == before:
        raise HotseatError(f"the war room's clock does not run. Its screen shows:\n{before.strip()}")
    return share


def _echoes(app: Terminal, least: Terminal) -> tuple[list[float], list[float]]:
    """Seconds from each key that can be seen to its echo, in both. Blanks are typed too."""
    delays: tuple[list[float], list[float]] = ([], [])
    both = (app, least)
    rows = (_row_of_prompt(app), minimal_app.INPUT_ROW)
    for first in range(0, len(LINE), BURST):
        for terminal, row, kept in zip(both, rows, delays, strict=True):
            terminal.look()
            pressed = []
            for place in range(first, min(first + BURST, len(LINE))):
                attend(both, 0.06 + 0.2 * (place * 0.618 % 1.0))
                pressed.append(perf_counter())
                terminal.type(LINE[place])
            attend(both, 0.5)
            for place, at in enumerate(pressed, start=first):
                typed = LINE[: place + 1]
                if not typed[-1].isspace():
                    kept.append(terminal.wait_for(_echo_of(typed, row), f"echo of {typed!r}", ECHOED_WITHIN_S) - at)
    return delays


def _row_of_prompt(app: Terminal) -> int:
    """Where an empty command line stands. Raises HotseatError where none does."""
    for row, line in enumerate(app.look().split("\n")):
        if line.strip() == ">":
            return row
    raise HotseatError(f"there is no empty command line to type in. The screen shows:\n{app.painted.text.strip()}")


def _echo_of(typed: str, row: int) -> Sees:
    """Whether `typed` stands in that row of the screen."""

    def sees(painted: Painted) -> bool:
        return typed in painted.text.split("\n")[row]

    return sees


def _p95(values: Sequence[float]) -> float:
    return sorted(values)[int(0.95 * len(values))]

"""However the app ends, in a terminal of its own, its host ends with it."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from console.bench import processes
from console.bench.live import enter_war_room
from console.bench.processes import Process
from console.bench.start import HOME_SHOWS
from console.bench.terminal import Terminal, attend, hotseat, shows

pytestmark = pytest.mark.skipif(not processes.KNOWN, reason="this system does not tell of processes in /proc")

DRILL = ("play", "the-quiet-store", "--seed", "3", "--speed", "60")
PATIENCE_S = 60.0
ROUND_S = 0.1


@pytest.fixture
def playing(home: Path) -> Iterator[Terminal]:
    """A drill in the war room, its clock running."""
    with Terminal(hotseat(*DRILL), environment={"HOTSEAT_HOME": str(home)}) as terminal:
        enter_war_room(terminal)
        yield terminal


def left_of(begun: tuple[Process, ...], home: Path, terminal: Terminal) -> tuple[Process, ...]:
    """What of it still runs when all has ended or patience has."""
    for _ in range(int(PATIENCE_S / ROUND_S)):
        left = {*processes.still_alive(begun), *processes.carrying("HOTSEAT_HOME", str(home))}
        if not left:
            break
        attend([terminal], ROUND_S)
    return tuple(left)


def test_a_screen_that_is_killed_leaves_no_host(playing: Terminal, home: Path) -> None:
    begun = playing.started
    assert begun
    os.kill(playing.pid, signal.SIGKILL)
    assert left_of(begun, home, playing) == ()


def test_a_terminal_that_is_closed_leaves_no_host(playing: Terminal, home: Path) -> None:
    begun = (processes.process(playing.pid), *playing.started)
    playing.hang_up()
    assert left_of(begun, home, playing) == ()


def test_quitting_by_key_leaves_no_host(playing: Terminal, home: Path) -> None:
    begun = (processes.process(playing.pid), *playing.started)
    playing.type("\x11")
    assert left_of(begun, home, playing) == ()


def test_home_that_is_quit_leaves_nothing(home: Path) -> None:
    with Terminal(hotseat(), environment={"HOTSEAT_HOME": str(home)}) as terminal:
        terminal.wait_for(shows(HOME_SHOWS), "Home", PATIENCE_S)
        begun = (processes.process(terminal.pid), *terminal.started)
        terminal.type("\x11")
        assert left_of(begun, home, terminal) == ()

"""Programs in a pseudo-terminal: read, typed at, timed, ended."""

from __future__ import annotations

import sys

import pytest

from console.bench import minimal_app, processes
from console.bench.live import _echo_of
from console.bench.terminal import Terminal, attend, hotseat, shows
from simulator.errors import HotseatError

pytest.importorskip("pty", reason="this system has no pseudo-terminals")

WITHIN_S = 60.0
SIZE = "import os; print('size', *os.get_terminal_size(), os.environ['TERM'], os.environ.get('NO_COLOR'), os.environ['MARK'], flush=True); input()"
ASKING = "import sys; print('ready', flush=True)\nfor line in sys.stdin: print('heard', line.strip().upper(), flush=True)"
FORKING = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', 'import sys; print(\"child is here\", flush=True); sys.stdin.read()'], start_new_session=True).wait()"


def python(program: str, **environment: str) -> Terminal:
    return Terminal([sys.executable, "-c", program], columns=70, rows=20, environment=environment)


def test_the_program_has_a_terminal_of_the_size_and_environment_that_was_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    with python(SIZE, MARK="mine") as terminal:
        terminal.wait_for(shows("size 70 20 xterm-256color None mine"), "its size", WITHIN_S)


def test_what_is_typed_is_heard_and_answered_later_than_the_start() -> None:
    with python(ASKING) as terminal:
        ready = terminal.wait_for(shows("ready"), "ready", WITHIN_S)
        terminal.type("hello\r")
        answered = terminal.wait_for(shows("heard HELLO"), "an answer", WITHIN_S)
    assert terminal.started_at < ready < answered


def test_what_was_seen_before_has_its_own_moment() -> None:
    with python(ASKING) as terminal:
        ready = terminal.wait_for(shows("ready"), "ready", WITHIN_S)
        assert terminal.wait_for(shows("read"), "ready", WITHIN_S) == ready


def test_a_program_that_ends_too_early_is_told_with_its_screen() -> None:
    with python("print('no luck')") as terminal, pytest.raises(HotseatError, match=r"the program ended: a menu.*\nno luck"):
        terminal.wait_for(shows("menu"), "a menu", WITHIN_S)


def test_a_program_that_never_shows_it_is_told() -> None:
    with python(ASKING) as terminal:
        terminal.wait_for(shows("ready"), "ready", WITHIN_S)
        with pytest.raises(HotseatError, match=r"did not come to it within 0 s: a menu.*\nready"):
            terminal.wait_for(shows("menu"), "a menu", 0.0)


@pytest.mark.skipif(not processes.KNOWN, reason="this system does not tell of processes in /proc")
def test_nothing_that_the_program_started_is_left_after_it_was_closed() -> None:
    with python(FORKING) as terminal:
        terminal.wait_for(shows("child is here"), "the child", WITHIN_S)
        begun = (processes.process(terminal.pid), *terminal.started)
        assert len(begun) == 2
    assert processes.still_alive(begun) == ()
    terminal.close()


def test_keys_typed_in_a_textual_app_are_echoed_one_by_one() -> None:
    with Terminal([sys.executable, minimal_app.__file__], columns=60, rows=10) as terminal:
        terminal.wait_for(shows(minimal_app.SHOWN), "a first frame", WITHIN_S)
        for typed in ("f", "fe", "fe a"):
            echo = _echo_of(typed, minimal_app.INPUT_ROW)
            assert not echo(terminal.painted)
            terminal.type(typed.rpartition("fe")[2] or typed[-1])
            terminal.wait_for(echo, "the echo", WITHIN_S)


def test_two_programs_are_attended_to_at_once() -> None:
    with python(ASKING) as one, python(ASKING) as other:
        while "ready" not in one.look() or "ready" not in other.look():
            attend([one, other], 0.05)
        assert not one.ended
        assert not other.ended


def test_the_program_is_found_whether_or_not_it_is_installed_as_a_script(monkeypatch: pytest.MonkeyPatch) -> None:
    assert hotseat("--help")[-1] == "--help"
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    assert hotseat("--help") == ["/nowhere/python", "-m", "console.start", "--help"]

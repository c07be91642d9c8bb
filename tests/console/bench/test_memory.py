"""Peaks of processes: what is printed is read, and what a process takes is seen."""

from __future__ import annotations

import sys
from importlib.util import find_spec

import pytest

from console.bench.memory import LIBRARIES, peak_in, peak_mib
from simulator.errors import HotseatError

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="this system does not tell the peak of a process")


@pytest.mark.parametrize(("platform", "mib"), [("linux", 64.0), ("darwin", 0.0625)])
def test_the_peak_is_read_after_what_the_program_itself_says(platform: str, mib: float) -> None:
    assert peak_in("Score 98 of 100\n7 3\n\n0\n65536\n", platform) == mib


@pytest.mark.parametrize("output", ["", "0\n", "Score 98 of 100\n", "Score\n98\n of"])
def test_no_figure_is_made_up(output: str) -> None:
    with pytest.raises(HotseatError, match="nothing was measured"):
        peak_in(output, "linux")


def test_memory_that_a_process_takes_is_in_its_peak() -> None:
    held = 96
    least = peak_mib([sys.executable, "-S", "-c", "pass"])
    assert peak_mib([sys.executable, "-S", "-c", f"bytearray({held} * 2**20)"]) - least == pytest.approx(held, abs=16)


def test_memory_of_the_measuring_process_is_not_in_it() -> None:
    ours = bytearray(256 * 2**20)
    assert peak_mib([sys.executable, "-S", "-c", "pass"]) < len(ours) / 2**20


def test_the_environment_reaches_the_process() -> None:
    program = "import os; bytearray(int(os.environ['MARK']) * 2**20)"
    assert peak_mib([sys.executable, "-S", "-c", program], {"MARK": "128"}) > 128


@pytest.mark.parametrize(("program", "told"), [("import sys; sys.exit(3)", "status 3"), ("raise OSError('no luck')", "no luck")])
def test_a_process_that_fails_is_told_with_what_it_says(program: str, told: str) -> None:
    with pytest.raises(HotseatError, match=told):
        peak_mib([sys.executable, "-c", program])


def test_the_peer_imports_libraries_that_are_installed_and_nothing_of_ours() -> None:
    names = [name.strip().partition(".")[0] for name in LIBRARIES.removeprefix("import ").split(",")]
    assert all(find_spec(name) for name in names)
    assert not {"simulator", "scenarios", "grader", "console"} & set(names)

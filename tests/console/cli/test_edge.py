from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import typer

from console.cli.edge import guarded
from simulator.errors import ContentError, HotseatError

if TYPE_CHECKING:
    from conftest import Hotseat

ROOT = Path(__file__).parents[3]
PROGRAM = "from console.cli.main import main; main()"


def raising(problem: BaseException) -> typer.Typer:
    app = typer.Typer(pretty_exceptions_enable=False)

    @app.command()
    def fail() -> None:
        raise problem

    return app


@pytest.mark.parametrize(
    ("problem", "status", "said"),
    [
        (HotseatError("no room"), 2, "hotseat: no room\n"),
        (ContentError("a.yaml", "wrong", line=3, column=7, key="faults.0"), 2, "hotseat: a.yaml:3:7: faults.0: wrong\n"),
        (HotseatError("first\nsecond"), 2, "hotseat: first\nhotseat: second\n"),
        (HotseatError("nasty \x1b[2J"), 2, "hotseat: nasty \ufffd[2J\n"),
        (KeyboardInterrupt(), 130, "hotseat: stopped\n"),
        (typer.Abort(), 130, "hotseat: stopped\n"),
        (typer.Exit(1), 1, ""),
    ],
)
def test_blame_is_a_line_and_a_status(problem: BaseException, status: int, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert guarded(raising(problem), []) == status
    assert capsys.readouterr() == ("", said)


def test_a_bug_crashes_loudly() -> None:
    with pytest.raises(ZeroDivisionError):
        guarded(raising(ZeroDivisionError()), [])


def test_unknown_commands_options_and_missing_arguments_are_bad_usage(hotseat: Hotseat) -> None:
    for arguments in (("nonsense",), ("grade",), ("grade", "x", "--colour"), ("sessions", "nonsense"), ("sessions", "export", "x"), ("scenarios", "show")):
        ran = hotseat(*arguments)
        assert (ran.status, ran.out) == (2, "")
        assert ran.err.startswith("hotseat: ")


COMMANDS = (
    *("", "play", "run", "grade", "debrief", "replay", "operations", "faults", "rubric", "competencies", "calibrate", "bench", "doctor"),
    *("sessions", "sessions list", "sessions export", "sessions import", "sessions verify"),
    *("scenarios", "scenarios list", "scenarios show", "scenarios check", "scenarios first-page", "scenarios new"),
)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(hotseat: Hotseat, command: str) -> None:
    ran = hotseat(*command.split(), "--help")
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.startswith(f"Usage: hotseat {command}".rstrip())


def test_a_group_alone_lists(hotseat: Hotseat) -> None:
    for group in ("sessions", "scenarios"):
        assert hotseat(group, "--json") == hotseat(group, "list", "--json")
        ran = hotseat(group, "--json", "list")
        assert (ran.status, ran.out, ran.err) == (2, "", f"hotseat: --json comes after the command: hotseat {group} list --json\n")


def test_help_loads_neither_the_line_editor_nor_the_file_checker() -> None:
    program = f"""
import sys
sys.argv = ["hotseat", "--help"]
try:
    {PROGRAM}
except SystemExit:
    pass
print(sorted({{"prompt_toolkit", "pydantic", "numpy", "sqlite3", "joblib", "rich"}} & set(sys.modules)), file=sys.stderr)
"""
    shown = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert shown.stderr.strip() == "[]"


def test_the_program_speaks_through_a_pipe_without_colour_and_ends_with_its_status() -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    shown = subprocess.run([sys.executable, "-c", PROGRAM, "faults"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert (shown.returncode, shown.stderr) == (0, "")
    assert "\x1b" not in shown.stdout
    failed = subprocess.run([sys.executable, "-c", PROGRAM, "sessions", "verify", "nothing", "--json"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (failed.returncode, failed.stdout) == (2, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
@pytest.mark.parametrize("arguments", [("faults",), ("faults", "--json")])
def test_output_to_a_full_disk_is_one_line(arguments: tuple[str, ...]) -> None:
    with Path("/dev/full").open("w") as full:
        ran = subprocess.run([sys.executable, "-c", PROGRAM, *arguments], cwd=ROOT, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (2, "hotseat: standard output cannot be written: No space left on device\n")


def test_a_stream_without_a_sign_gets_the_nearest_in_ascii() -> None:
    program = "from console.cli.edge import guarded, print_text; guarded(lambda *a, **k: print_text('#1 · 5m – building…, 3 ÷ 2'))"
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    shown = subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    assert shown.stdout == "#1 - 5m - building..., 3 ? 2\n"


def test_completion_knows_commands_scenarios_and_sessions() -> None:
    def offered(words: str) -> str:
        environment = {**os.environ, "_HOTSEAT_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": str(len(words.split()) - 1)}
        return subprocess.run([sys.executable, "-c", PROGRAM], cwd=ROOT, env=environment, capture_output=True, text=True, check=False).stdout

    assert "replay" in offered("hotseat re").split()
    assert "the-quiet-store" in offered("hotseat run the-qu").split()


def test_json_is_one_document_of_plain_ascii(hotseat: Hotseat) -> None:
    for arguments in (("scenarios", "list"), ("operations",), ("faults",), ("rubric",), ("sessions", "list")):
        ran = hotseat(*arguments, "--json")
        assert ran.out.isascii()
        assert ran.out.count("\n") == 1
        json.loads(ran.out)
        assert ran.err == ""

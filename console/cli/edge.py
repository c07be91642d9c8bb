"""The edge of the program: results on standard output, everything else on standard error, and blame as one line and an exit status."""

from __future__ import annotations

import codecs
import json
import os
import sys
from collections.abc import Callable, Mapping
from typing import Any

import typer

from console.untrusted import untrusted, untrusted_line
from simulator.errors import HotseatError

DONE, FELL_SHORT, BAD_INPUT, INTERRUPTED = 0, 1, 2, 130

Json = typer.Option(False, "--json", help="Print one JSON document and nothing else.")


def print_json(document: Mapping[str, Any]) -> None:
    """One line of JSON, flushed. Only ASCII, so that nothing in it reaches the terminal as a command."""
    print_text(json.dumps(document, allow_nan=False))


def print_text(text: str) -> None:
    """Text that is already safe, or made of our own words, on standard output.

    Raises:
        HotseatError: it cannot be written, as to a file on a full disk. A pipe whose reader has left raises as it does.
    """
    try:
        print(text, flush=True)
    except BrokenPipeError:
        raise
    except OSError as problem:
        # What is still in the buffer would fail once more when the program ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise HotseatError(f"standard output cannot be written: {problem.strerror}") from None


def say(text: str) -> None:
    """Progress or a remark, on standard error."""
    print(untrusted(text), file=sys.stderr, flush=True)


def say_stages() -> Callable[[str, float | None], None]:
    """A line for each thing that is begun; how far it is, is for a screen that can draw a line anew."""
    last = ""

    def tell(text: str, share: float | None) -> None:
        nonlocal last
        if text != last:
            say(text)
        last = text

    return tell


def say_first() -> Callable[[str, float | None], None]:
    """The first report of progress as a line; the ones after it are for a screen that can draw a line anew."""
    said = False

    def tell(text: str, share: float | None) -> None:
        nonlocal said
        if not said:
            say(text)
        said = True

    return tell


_IN_ASCII = {"·": "-", "–": "-", "—": "-", "…": "...", "×": "x", "»": ">"}


def _plainer(problem: UnicodeError) -> tuple[str, int]:
    """For a stream that cannot show a sign: its nearest in ASCII, else a question mark, rather than the end of the drill."""
    if not isinstance(problem, UnicodeEncodeError):
        raise problem
    return "".join(_IN_ASCII.get(sign, "?") for sign in problem.object[problem.start : problem.end]), problem.end


codecs.register_error("hotseat-plainer", _plainer)


def guarded(app: Callable[..., Any], arguments: list[str] | None = None) -> int:
    """Run `app` and return the exit status; whatever a person did wrong becomes one line on standard error."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="hotseat-plainer")
    try:
        status = app(arguments, prog_name="hotseat", standalone_mode=False)
    except typer.Exit as stop:
        return stop.exit_code
    except typer.TyperException as problem:
        return _complain(problem.format_message())
    except HotseatError as problem:
        return _complain(str(problem))
    except typer.Abort:
        return _stopped()
    # Typer makes a status of Ctrl-C.
    return _stopped() if status == INTERRUPTED else status if isinstance(status, int) else DONE


def _stopped() -> int:
    # The terminal has written ^C, or a question that stays without an answer, on this line.
    say("\nhotseat: stopped" if sys.stderr.isatty() else "hotseat: stopped")
    return INTERRUPTED


def _complain(problem: str) -> int:
    for line in problem.splitlines() or [problem]:
        say(f"hotseat: {untrusted_line(line)}")
    return BAD_INPUT

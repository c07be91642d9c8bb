"""The edge of the program: results on standard output, everything else on standard error, and blame as one line and an exit status."""

from __future__ import annotations

import json
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
    print(json.dumps(document, allow_nan=False), flush=True)


def print_text(text: str) -> None:
    """Text that is already safe, or made of our own words, on standard output."""
    print(text, flush=True)


def say(text: str) -> None:
    """Progress or a remark, on standard error."""
    print(untrusted(text), file=sys.stderr, flush=True)


def guarded(app: Callable[..., Any], arguments: list[str] | None = None) -> int:
    """Run `app` and return the exit status; whatever a person did wrong becomes one line on standard error."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a sign shows a question mark rather than end the drill.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        status = app(arguments, prog_name="hotseat", standalone_mode=False)
    except typer.Exit as stop:
        return stop.exit_code
    except typer.TyperException as problem:
        return _complain(problem.format_message())
    except HotseatError as problem:
        return _complain(str(problem))
    except typer.Abort:
        say("hotseat: stopped")
        return INTERRUPTED
    return status if isinstance(status, int) else DONE


def _complain(problem: str) -> int:
    for line in problem.splitlines() or [problem]:
        say(f"hotseat: {untrusted_line(line)}")
    return BAD_INPUT

"""Scripts: the lines that a person would type, from a file or from standard input, with comments and empty lines left out."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from simulator.errors import ContentError, UsageError

if TYPE_CHECKING:
    from simulator.commands import Command

MAX_BYTES, MAX_LINE_BYTES = 5_000_000, 100_000


def script_lines(source: str) -> Iterator[str]:
    """The commands of the script at `source`. A file is read and checked whole at once; `-` is read line by line, as it comes.

    Raises:
        UsageError: the file cannot be read.
        ContentError: it is no text in UTF-8, or too long; names the line.
    """
    if source == "-":
        return _commands(_piped())
    path = Path(source)
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as problem:
        raise UsageError(f"{source}: the script cannot be read: {(problem.strerror or str(problem)).lower()}") from None
    if len(data) > MAX_BYTES:
        raise ContentError(source, f"a script has at most {MAX_BYTES:,} bytes")
    lines = [_text(raw, source, number) for number, raw in enumerate(data.split(b"\n"), start=1)]
    return _commands(iter(lines))


def _piped() -> Iterator[str]:
    number = 1
    while (line := piped_line(number)) is not None:
        yield line
        number += 1


def piped_line(number: int = 1) -> str | None:
    """The next line of standard input, None at its end. Raises as `script_lines` does."""
    # readline, because iterating over a pipe would wait for a full buffer.
    raw = sys.stdin.buffer.readline(MAX_LINE_BYTES + 1)
    return _text(raw, "standard input", number) if raw else None


def _text(raw: bytes, source: str, number: int) -> str:
    if len(raw) > MAX_LINE_BYTES:
        raise ContentError(source, f"a line has at most {MAX_LINE_BYTES:,} bytes", line=number)
    if b"\0" in raw:
        raise ContentError(source, "holds a zero byte; a script is plain text", line=number)
    try:
        return raw.decode("utf-8-sig" if number == 1 else "utf-8")
    except UnicodeDecodeError as problem:
        raise ContentError(source, "is no text in UTF-8", line=number, column=problem.start + 1) from None


def _commands(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        command = without_comment(line)
        if command:
            yield command


def without_comment(line: str) -> str:
    """`line` without its comment. `#` begins one at the start, or after a space outside quotes unless a step number follows.

    A command that takes the rest of its line as it is (`sql`, `note`) keeps every sign of it.
    """
    text = line.strip()
    if text.startswith("#"):
        return ""
    if "#" not in text or _takes_rest(text):
        return text
    quote = ""
    for i, sign in enumerate(text):
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "\"'":
            quote = sign
        elif sign == "#" and text[i - 1].isspace() and not text[i + 1 : i + 2].isdigit():
            return text[:i].rstrip()
    return text


def _takes_rest(text: str) -> bool:
    return any(text == name or text.startswith(name + " ") for name in _names_with_rest())


@cache
def _names_with_rest() -> tuple[str, ...]:
    from scenarios.words import registry

    commands: Mapping[str, Command] = registry()
    return tuple(name for name, command in commands.items() if any(p.type == "rest" for p in command.params))

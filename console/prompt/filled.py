"""A command line from the values of its parameters, and the values back from a half-typed line. Knows no screen."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from itertools import pairwise

from simulator.commands import Command, Param, parse
from simulator.durations import format_duration, parse_duration
from simulator.errors import UsageError

Values = Mapping[str, str]
"""Text by parameter, as a person would type it; empty for one left out. A switch is `on` or `off`."""


def filled_line(command: Command, values: Values) -> str:
    """The line that gives `command` these values.

    Raises:
        UsageError: a value is missing, of the wrong type, or such that no line can say it; one line.
    """
    given = {p.name: values.get(p.name, "").strip() for p in command.params}
    places = [p for p in command.params if p.positional]
    for before, p in pairwise(places):
        if given[p.name] and not (given[before.name] or default_text(before)):
            raise UsageError(f"{command.name} needs {before.name.upper()} before {p.name.upper()}")
    line = unchecked_line(command, given)
    parse(line, {command.name: command})
    return line


def unchecked_line(command: Command, values: Values) -> str:
    """The line as it stands so far, whether or not it can be understood; a place that is missing before another has its name in capitals."""
    given = {p.name: values.get(p.name, "").strip() for p in command.params}
    rest = next((p for p in command.params if p.type == "rest"), None)
    if rest is not None:
        return f"{command.name} {given[rest.name]}".rstrip()
    places = [p for p in command.params if p.positional]
    while places and not given[places[-1].name]:
        places.pop()
    # One left out before one that is given has its default written out.
    words = [_words(p, given[p.name] or default_text(p) or p.name.upper()) for p in places]
    words += [_option(p, given[p.name]) for p in command.params if not p.positional]
    return " ".join([command.name, *filter(None, words)])


def _words(param: Param, value: str) -> str:
    return value if param.type == "steps" else shlex.quote(value)


def _option(param: Param, value: str) -> str:
    if param.type == "switch":
        on, usual = value == "on", bool(param.default)
        return "" if on == usual or not value else f"--{param.name}" if on else f"--{param.name}=off"
    if not value:
        return ""
    # After an equals sign even a value that begins with dashes is a value.
    return f"--{param.name}{'=' if value.startswith('--') else ' '}{_words(param, value)}"


def default_text(param: Param) -> str:
    """What a parameter is when it is left out, as a person would type it; empty where it is absent then."""
    if param.default is None:
        return ""
    if param.type == "duration":
        shown = format_duration(param.default)
        return shown if parse_duration(shown) == param.default else f"{param.default:g}s"
    if param.type == "switch":
        return "on" if param.default else "off"
    return f"{param.default:g}" if isinstance(param.default, float) else str(param.default)


def values_of(command: Command, line: str) -> dict[str, str]:
    """Values that `line` gives `command`, as far as they can be told; what cannot be is left out."""
    rest = line.strip()[len(command.name) :].strip()
    whole = next((p for p in command.params if p.type == "rest"), None)
    if whole is not None:
        return {whole.name: rest} if rest else {}
    try:
        words = shlex.split(rest)
    except ValueError:
        words = rest.split()
    options = {f"--{p.name}": p for p in command.params if not p.positional}
    places = [p for p in command.params if p.positional]
    found: dict[str, str] = {}
    while words:
        word = words.pop(0)
        option, equals, value = word.partition("=")
        if not word.startswith("--"):
            if places:
                found[places.pop(0).name] = word
        elif option in options:
            param = options[option]
            if param.type == "switch":
                value = "on" if not equals or value.lower() in ("on", "yes", "true", "1") else "off"
            elif not equals:
                most = len(words) if param.type == "steps" else 1
                taken = next((k for k, word in enumerate(words[:most]) if word.startswith("--")), min(most, len(words)))
                value, words = " ".join(words[:taken]), words[taken:]
            if value:
                found[param.name] = value
    return found

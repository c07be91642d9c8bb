"""What is said beside a half-typed line: what it costs, how its command is used, where a cited step goes in it. Knows no screen."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from console.plain.style import width_of
from console.prompt.suggest import typed_param
from simulator.commands import Command, Param, parse
from simulator.durations import HOUR_S, MINUTE_S, format_duration
from simulator.errors import UsageError

_LONGEST_NAME = 4
"""Words in a command's name, at most; as the parser has it."""
_WORD = re.compile(r"""(?:[^\s"']|"[^"]*"?|'[^']*'?)+""")


def command_of(line: str, registry: Mapping[str, Command]) -> Command | None:
    """The command that `line` begins with, as the parser would take it."""
    words = line.split(None, _LONGEST_NAME)
    for count in range(min(_LONGEST_NAME, len(words)), 0, -1):
        found = registry.get(" ".join(words[:count]))
        if found is not None:
            return found
    return None


def cost_of(command: Command) -> str:
    """The virtual time that a command takes, in words."""
    if not command.takes_s:
        return "no time"
    if command.takes_s < MINUTE_S:
        return f"costs {command.takes_s:g} s"
    return f"costs {command.takes_s / MINUTE_S:g} min" if command.takes_s < 2 * HOUR_S else f"costs {command.takes_s / HOUR_S:g} h"


def cost_hint(line: str, registry: Mapping[str, Command], spoken: Mapping[str, str]) -> str:
    """What `line` costs, empty while nobody can tell."""
    command = command_of(line, registry)
    if command is None:
        return "no time" if line.split(None, 1)[:1] and line.split(None, 1)[0] in spoken else ""
    if command.name != "wait":
        return cost_of(command)
    try:
        return f"takes {format_duration(parse(line, registry).args['duration'])}"
    except UsageError:
        return ""


@dataclass(frozen=True, slots=True)
class Usage:
    """How a command is used, cut where the parameter being typed stands."""

    before: str
    typed: str
    """The parameter being typed; empty where there is none."""
    after: str
    about: str
    """What that parameter is, else what the command does."""

    @property
    def width(self) -> int:
        return sum(width_of(part) for part in (self.before, self.typed, self.after, self.about))


def usage_hint(before_cursor: str, command: Command, registry: Mapping[str, Command], most: int) -> Usage:
    """How `command` is used, with the parameter at the cursor; the other parameters are left out where all of it would take more than `most` columns."""
    here = typed_param(before_cursor, registry)
    if here is None or here not in command.params:
        return Usage(command.usage(), "", "", command.help)
    place = command.params.index(here)
    before = " ".join([command.name, *(_shown(command, p) for p in command.params[:place]), ""])
    after = "".join(f" {_shown(command, p)}" for p in command.params[place + 1 :])
    whole = Usage(before, _shown(command, here), after, here.help)
    if whole.width <= most:
        return whole
    return Usage(f"{command.name} {'… ' if place else ''}", whole.typed, " …" if after else "", here.help)


def _shown(command: Command, param: Param) -> str:
    return replace(command, name="", params=(param,)).usage().strip()


def cited(line: str, cursor: int, step: int, registry: Mapping[str, Command]) -> tuple[str, int]:
    """`line` with a journal step as evidence, and where the cursor goes: in the command's option for steps, else `#4` at the cursor."""
    command = command_of(line, registry)
    option = next((p for p in command.params if p.type == "steps" and not p.positional), None) if command is not None else None
    if command is None or option is None:
        gap = " " if cursor and not line[cursor - 1].isspace() else ""
        return f"{line[:cursor]}{gap}#{step}{line[cursor:]}", cursor + len(f"{gap}#{step}")
    flag = f"--{option.name}"
    words = list(_WORD.finditer(line))
    at = next((k for k, word in enumerate(words) if word[0].partition("=")[0] == flag), None)
    if at is None:
        return _with_option(line, f"{flag} {step}", command)
    last = at
    while "=" not in words[at][0] and last + 1 < len(words) and not words[last + 1][0].startswith("--"):
        last += 1
    given = {int(number) for number in re.findall(r"\d+", line[words[at].start() + len(flag) : words[last].end()])}
    end = words[last].end()
    if step in given:
        return line, end
    joint = "" if line[:end].endswith("=") else "," if "=" in words[at][0] else " "
    return f"{line[:end]}{joint}{step}{line[end:]}", end + len(f"{joint}{step}")


def _with_option(line: str, option: str, command: Command) -> tuple[str, int]:
    """The option at the end of `line`; the cursor stays before it while the command still needs what stands in places, which the option would swallow."""
    line = line.rstrip()
    try:
        parse(f"{line} {option}", {command.name: command})
    except UsageError:
        return f"{line}  {option}", len(line) + 1
    return f"{line} {option}", len(line) + 1 + len(option)

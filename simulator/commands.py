"""The command registry: every look, move and word is declared once, and everything else derives from that.

The typed line with its completion, forms, scripts, the JSON listing and the reference pages all read
the declarations here. Instruments and operations declare themselves with `look` and `move`.
"""

from __future__ import annotations

import difflib
import importlib
import pkgutil
import shlex
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from math import isfinite
from typing import TYPE_CHECKING, Any, Literal

from simulator.durations import parse_duration
from simulator.errors import UsageError

if TYPE_CHECKING:
    from simulator.observation import Observation
    from simulator.world import World

Kind = Literal["look", "move", "word"]
ParamType = Literal["text", "number", "integer", "duration", "switch", "steps", "rest"]
"""`steps` is one or more journal step numbers; `rest` is the remainder of the line, taken as it is."""

Args = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Param:
    name: str
    type: ParamType
    help: str
    default: Any = None
    """Value when left out; None means the parameter is absent, and for a required one is not allowed."""
    required: bool = False
    positional: bool = False
    unit: str = ""
    choices: tuple[str, ...] = ()
    """The words allowed, where they are fixed."""
    names: str = ""
    """What in the world the value names (feature, view, model, run, dag …); completion asks the world for these."""

    def listing(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "type": self.type,
            "unit": self.unit or ("s" if self.type == "duration" else ""),
            "default": self.default,
            "help": self.help,
            "required": self.required,
            "choices": list(self.choices),
        }


EXPECT = Param("expect", "text", "what you look for, and what it would tell you")
"""Every look takes it: a look with a question is worth more than one without."""


@dataclass(frozen=True, slots=True)
class Noticeable:
    """The smallest difference a person would see in a fact: the larger of an absolute and a relative part."""

    absolute: float = 0.0
    relative: float = 0.10
    telling: tuple[str, ...] = ()
    """Of a text, the values that speak against anything; empty: all. That something was changed does not, since changes are mostly benign."""
    vague: tuple[str, ...] = ()
    """Of a text, values from which nobody concludes anything, whatever the other is."""

    def same(self, one: object, other: object) -> bool:
        """Whether two texts tell the same."""
        return one == other or one in self.vague or other in self.vague


@dataclass(frozen=True, slots=True)
class Command:
    name: str
    """As typed, one or more words: `features age`."""
    kind: Kind
    group: str
    help: str
    takes_s: float
    params: tuple[Param, ...] = ()
    run: Callable[[World, Args], Observation] | None = None
    """Looks and moves only. A look changes nothing; a move may raise Refused and then has changed nothing."""
    noticeable: Mapping[str, Noticeable] = field(default_factory=dict)
    """By prefix of a fact's name, longest first; facts not named here use the default of `Noticeable`."""
    reversible: bool = True
    blast: Literal["none", "narrow", "wide"] = "none"
    """How much of production a move touches at once."""
    covers: tuple[str, ...] = ()
    """Competency ids that this command lets a person practise."""

    def noticeable_for(self, fact: str) -> Noticeable:
        best = max((p for p in self.noticeable if fact.startswith(p)), key=len, default=None)
        return Noticeable() if best is None else self.noticeable[best]

    def usage(self) -> str:
        parts = [self.name]
        for p in self.params:
            shown = p.name.upper() if p.positional or p.type == "rest" else f"--{p.name} {p.name.upper()}" if p.type != "switch" else f"--{p.name}"
            parts.append(shown if p.required else f"[{shown}]")
        return " ".join(parts)

    def listing(self) -> dict[str, Any]:
        """The declaration as `hotseat operations --json` shows it."""
        return {
            "name": self.name,
            "kind": self.kind,
            "group": self.group,
            "takes_s": self.takes_s,
            "params": [p.listing() for p in self.params],
            "help": self.help,
            "reversible": self.reversible,
            "blast": self.blast,
            "covers": list(self.covers),
        }


@dataclass(frozen=True, slots=True)
class Invocation:
    """A line understood: the command and its checked arguments (every parameter present, None where absent)."""

    command: Command
    args: dict[str, Any]
    line: str


Run = Callable[["World", Args], "Observation"]

_DECLARED: dict[str, Command] = {}


def look(
    name: str, *, group: str, takes: str, params: Iterable[Param] = (), noticeable: Mapping[str, Noticeable] | None = None, covers: tuple[str, ...] = ()
) -> Callable[[Run], Run]:
    """Declare the decorated `run(world, args) -> Observation` as a look; its docstring's first paragraph is the help."""

    def declare(run: Run) -> Run:
        asked = tuple(params) if any(p.type == "rest" for p in params) else (*params, EXPECT)
        _declare(Command(name, "look", group, _help(run), parse_duration(takes), asked, run, noticeable or {}, covers=covers))
        return run

    return declare


def move(
    name: str, *, group: str, takes: str, params: Iterable[Param] = (), reversible: bool = True, blast: Literal["none", "narrow", "wide"] = "narrow", covers: tuple[str, ...] = ()
) -> Callable[[Run], Run]:
    """Declare the decorated `run(world, args) -> Observation` as a move; its docstring's first paragraph is the help."""

    def declare(run: Run) -> Run:
        _declare(Command(name, "move", group, _help(run), parse_duration(takes), tuple(params), run, {}, reversible, blast, covers))
        return run

    return declare


def _help(run: Callable[..., Any]) -> str:
    return " ".join((run.__doc__ or "").split("\n\n")[0].split())


def _declare(command: Command) -> None:
    if command.name in _DECLARED:
        raise ValueError(f"{command.name} is declared twice")
    _DECLARED[command.name] = command


@lru_cache(maxsize=1)
def looks_and_moves() -> dict[str, Command]:
    """Every look and move by name, in order of group and name; imports the modules that declare them."""
    for package in ("simulator.instruments", "simulator.operations"):
        for module in pkgutil.iter_modules(importlib.import_module(package).__path__):
            importlib.import_module(f"{package}.{module.name}")
    return dict(sorted(_DECLARED.items(), key=lambda item: (item[1].kind, item[1].group, item[0])))


def parse(line: str, registry: Mapping[str, Command]) -> Invocation:
    """The command and arguments that `line` names.

    Raises:
        UsageError: unknown command, or an argument that is missing, unknown or of the wrong type; one line.
    """
    command, rest = _command_of(line.strip(), registry)
    if any(p.type == "rest" for p in command.params):
        return _parse_rest(command, rest, line)
    try:
        words = shlex.split(rest)
    except ValueError as problem:
        raise UsageError(f"{command.name}: {str(problem).lower()}") from None
    options = {p.name: p for p in command.params if not p.positional}
    places = [p for p in command.params if p.positional]
    raw: dict[str, list[str]] = {}
    loose: list[str] = []
    while words:
        word = words.pop(0)
        if not word.startswith("--"):
            loose.append(word)
            continue
        name, equals, value = word[2:].partition("=")
        if name not in options:
            raise UsageError(f"{command.name} has no option --{clipped(name)}; usage: {command.usage()}")
        if name in raw and options[name].type != "steps":
            raise UsageError(f"{command.name}: --{name} is given twice")
        if options[name].type == "switch":
            values = [value] if equals else []
        elif equals:
            values = [value]
        else:
            take = len(words) if options[name].type == "steps" else 1
            values = []
            while words and len(values) < take and not words[0].startswith("--"):
                values.append(words.pop(0))
            if not values:
                raise UsageError(f"{command.name}: --{name} needs a value; usage: {command.usage()}")
        raw.setdefault(name, []).extend(values)
    for p in places:
        if loose and p.type == "steps":
            raw[p.name], loose = loose, []
        elif loose:
            raw[p.name] = [loose.pop(0)]
    if loose:
        raise UsageError(f"{command.name}: {clipped(loose[0])!r} is one argument too many; usage: {command.usage()}")
    return Invocation(command, {p.name: _value(command, p, raw.get(p.name)) for p in command.params}, line.strip())


def clipped(text: str, most: int = 60) -> str:
    """`text` as a message quotes it, cut where it is longer than anybody meant it to be."""
    return text if len(text) <= most else text[:most] + "…"


def _command_of(line: str, registry: Mapping[str, Command]) -> tuple[Command, str]:
    words = line.split()
    if not words:
        raise UsageError("nothing typed; help lists the commands")
    for count in range(min(4, len(words)), 0, -1):
        name = " ".join(words[:count])
        if name in registry:
            return registry[name], line.split(None, count)[count] if len(words) > count else ""
    same = sorted(n for n in registry if n.split()[0] == words[0])
    near = same or difflib.get_close_matches(" ".join(words[:2]), registry, n=3, cutoff=0.5) or difflib.get_close_matches(words[0], registry, n=3, cutoff=0.5)
    said = clipped(" ".join(words[:2]) if same else words[0])
    raise UsageError(f"unknown command {said!r}" + (f"; did you mean {', '.join(near[:6])}?" if near else "; help lists the commands"))


def _parse_rest(command: Command, rest: str, line: str) -> Invocation:
    param = next(p for p in command.params if p.type == "rest")
    if not rest.strip() and param.required:
        raise UsageError(f"{command.name} needs {param.name.upper()}; usage: {command.usage()}")
    return Invocation(command, {p.name: (rest.strip() or None) if p is param else p.default for p in command.params}, line.strip())


def _value(command: Command, param: Param, given: list[str] | None) -> Any:
    if given is None:
        if param.required:
            shown = param.name.upper() if param.positional else f"--{param.name}"
            raise UsageError(f"{command.name} needs {shown}; usage: {command.usage()}")
        return param.default
    if param.type == "switch":
        return not given or given[-1].lower() in ("on", "yes", "true", "1")
    try:
        if param.type == "steps":
            return [int(word.lstrip("#").rstrip(",")) for text in given for word in text.replace(",", " ").split()]
        text = given[-1]
        if param.type == "duration":
            return parse_duration(text)
        if param.type == "number":
            number = float(text[:-1]) / 100 if text.endswith("%") else float(text)
            if not isfinite(number):
                raise ValueError
            return number
        if param.type == "integer":
            return int(text)
    except ValueError:
        example = {"steps": "journal step numbers such as 3 4", "duration": "a duration such as 15m or 2d", "number": "a number", "integer": "a whole number"}[param.type]
        raise UsageError(f"{command.name}: {param.name} takes {example}, not {clipped(' '.join(given))!r}") from None
    if param.choices and text not in param.choices:
        raise UsageError(f"{command.name}: {param.name} is one of {', '.join(param.choices)}, not {clipped(text)!r}")
    return text

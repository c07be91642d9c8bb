"""What may stand next in a half-typed line, from the command registry and the names of the world. Knows no screen."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from simulator.commands import Command, Param
from simulator.durations import format_duration

NamesOf = Callable[[str], Sequence[str]]
"""Names by kind, as a parameter's `names` asks for them."""
StepsOf = Callable[[], Sequence[tuple[str, str]]]
"""Step numbers that can be cited, each with its line."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    text: str
    replaces: int
    """Characters before the cursor that `text` takes the place of."""
    about: str = ""


def suggestions(line: str, registry: Mapping[str, Command], names: NamesOf, steps: StepsOf, spoken: Mapping[str, str] | None = None) -> list[Suggestion]:
    """What may follow `line`, the text before the cursor. `spoken` are further first words with their help."""
    line = line.lstrip()
    command = _command(line, registry)
    found = list(_commands(line, registry, spoken or {}))
    if command is not None:
        found += _arguments(command, line[len(command.name) :], names, steps)
    word, space, topic = line.partition(" ")
    if space and word in (spoken or {}):
        found += _topics(word, topic.lstrip(), registry, steps)
    return found


def typed_param(line: str, registry: Mapping[str, Command]) -> Param | None:
    """The parameter whose value stands at the end of `line`, or would stand there next."""
    line = line.lstrip()
    command = _command(line, registry)
    if command is None:
        return None
    rest = next((p for p in command.params if p.type == "rest"), None)
    if rest is not None:
        return rest
    words, typed = _words(line[len(command.name) :])
    options = {f"--{p.name}": p for p in command.params if not p.positional}
    if typed.startswith("--"):
        return options.get(typed.partition("=")[0])
    return _open_option(words, options) or _next_place(command, words, options)


def _command(line: str, registry: Mapping[str, Command]) -> Command | None:
    """The command that `line` begins with, name and space."""
    fitting = [name for name in registry if line.startswith(name + " ")]
    return registry[max(fitting, key=len)] if fitting else None


def _commands(line: str, registry: Mapping[str, Command], spoken: Mapping[str, str]) -> Iterator[Suggestion]:
    for word, about in spoken.items():
        if word.startswith(line):
            yield Suggestion(word, len(line), about)
    for name, command in registry.items():
        if name.startswith(line) and name != line:
            cost = f"{format_duration(command.takes_s)} · " if command.takes_s else ""
            yield Suggestion(name, len(line), cost + command.help)


def _topics(word: str, topic: str, registry: Mapping[str, Command], steps: StepsOf) -> Iterator[Suggestion]:
    """What the spoken words `help` and `show` take."""
    if word == "help":
        yield from (Suggestion(name, len(topic), command.help) for name, command in registry.items() if name.startswith(topic))
    elif word == "show":
        yield from (Suggestion(number, len(topic), line) for number, line in steps() if number.startswith(topic.lstrip("#")))


def _words(rest: str) -> tuple[list[str], str]:
    """The words of `rest` that are complete, and the one at its end that is not; quotes hold a word together."""
    words, typed, quote = list[str](), "", ""
    for sign in rest:
        if sign.isspace() and not quote:
            words += [typed] if typed else []
            typed = ""
            continue
        typed += sign
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "'\"":
            quote = sign
    return words, typed


def _arguments(command: Command, rest: str, names: NamesOf, steps: StepsOf) -> Iterator[Suggestion]:
    if any(p.type == "rest" for p in command.params):
        return
    words, typed = _words(rest)
    options = {f"--{p.name}": p for p in command.params if not p.positional}
    option, equals, value = typed.partition("=")
    if equals and option in options:
        yield from _values(options[option], value, names, steps)
        return
    open_option = _open_option(words, options)
    if open_option is not None and not typed.startswith("--"):
        yield from _values(open_option, typed, names, steps)
        if open_option.type != "steps" or typed:
            return
    elif not typed.startswith("--"):
        place = _next_place(command, words, options)
        if place is not None:
            yield from _values(place, typed, names, steps)
    if typed.startswith("--") or not typed:
        for name, param in options.items():
            if name.startswith(typed) and name not in words:
                yield Suggestion(name, len(typed), param.help)


def _open_option(words: Sequence[str], options: Mapping[str, Param]) -> Param | None:
    """The option that the next word is a value of."""
    for back, word in enumerate(reversed(words)):
        if word in options:
            param = options[word]
            return param if param.type != "switch" and (back == 0 or param.type == "steps") else None
    return None


def _next_place(command: Command, words: Sequence[str], options: Mapping[str, Param]) -> Param | None:
    """The first positional parameter that has no word yet."""
    taken, skip = 0, False
    for word in words:
        if skip:
            skip = False
        elif word.startswith("--"):
            skip = word in options and options[word].type != "switch"
        else:
            taken += 1
    places = [p for p in command.params if p.positional]
    return places[taken] if taken < len(places) else None


def _values(param: Param, typed: str, names: NamesOf, steps: StepsOf) -> Iterator[Suggestion]:
    if param.type == "steps":
        yield from (Suggestion(number, len(typed), line) for number, line in steps() if number.startswith(typed.lstrip("#")))
        return
    for value in param.choices or (names(param.names) if param.names else ()):
        if value.startswith(typed):
            yield Suggestion(value, len(typed), param.help)

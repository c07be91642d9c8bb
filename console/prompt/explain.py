"""The words `help`, `journal` and `show` of a drill's command line: they cost no time and leave no row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from console.plain.observations import observation_text, paragraph
from console.plain.style import Style
from console.plain.tables import table_text
from console.untrusted import untrusted_line
from simulator.calendar import clock
from simulator.durations import format_duration
from simulator.observation import Column, Observation

if TYPE_CHECKING:
    from scenarios.drill import Drill
    from simulator.commands import Command, Param

SPOKEN = {
    "help": "the commands, or one of them: help features age; help causes",
    "journal": "the steps so far",
    "show": "a look again, by its step: show 4",
    "quit": "leave; the session stays open",
}
LEAVING = ("quit", "exit")


class Causes(NamedTuple):
    """The words of a declaration, each with what it means."""

    components: Mapping[str, str]
    mechanisms: Mapping[str, str]


def spoken_text(line: str, drill: Drill, registry: Mapping[str, Command], style: Style) -> str | None:
    """The answer to a line that begins with one of these words; None for any other line."""
    word, _, rest = line.strip().partition(" ")
    if word not in SPOKEN or word in LEAVING:
        return None
    topic = " ".join(rest.split())
    if word == "help":
        from scenarios.taxonomy import COMPONENTS, MECHANISMS

        return help_text(topic, registry, Causes(COMPONENTS, MECHANISMS), style)
    return _journal(drill, style) if word == "journal" else _shown(drill, topic, style)


def help_text(topic: str, registry: Mapping[str, Command], causes: Causes, style: Style) -> str:
    """All commands by group, one command or group in full, or the words for causes."""
    if not topic:
        return _overview(registry, style)
    if topic == "causes":
        return _causes(causes, style)
    chosen = [command for name, command in registry.items() if name == topic or name.startswith(topic + " ") or command.group == topic]
    if not chosen:
        return paragraph(f"there is no command {untrusted_line(topic)}; help lists them all", style)
    return "\n\n".join(_one(command, style) for command in chosen) if len(chosen) == 1 or topic in registry else _listing(chosen, style)


def _overview(registry: Mapping[str, Command], style: Style) -> str:
    parts = []
    for kind, title in (("look", "Looks: they change nothing"), ("move", "Moves: they change production"), ("word", "Words: what you think and say")):
        parts.append(f"{style.paint(title, 'bold')}\n{_listing([c for c in registry.values() if c.kind == kind], style)}")
    parts.append("\n".join(paragraph(f"{word}: {about}", style) for word, about in SPOKEN.items()))
    return "\n\n".join(parts)


def _listing(commands: list[Command], style: Style) -> str:
    rows = [(c.name, format_duration(c.takes_s) if c.takes_s else "", c.help) for c in commands]
    return table_text((Column("command"), Column("takes"), Column("what")), rows, style)


def _one(command: Command, style: Style) -> str:
    cost = f"takes {format_duration(command.takes_s)}" if command.takes_s else "takes no time"
    undone = "" if command.reversible else ", cannot be undone"
    wide = ", touches all of production" if command.blast == "wide" else ""
    parts = [style.paint(command.usage(), "bold"), paragraph(command.help, style), f"  {command.kind}, {cost}{undone}{wide}"]
    if command.params:
        rows = [(p.name if p.positional or p.type == "rest" else f"--{p.name}", _takes(p), p.help) for p in command.params]
        parts.append(table_text((Column("argument"), Column("takes"), Column("what")), rows, style))
    return "\n".join(parts)


def _takes(param: Param) -> str:
    kind = "the rest of the line" if param.type == "rest" else param.type
    what = ", ".join(param.choices) if param.choices else param.names or kind
    if param.required:
        return f"{what}, required"
    if param.default is None or param.type == "switch":
        return what
    return f"{what}, else {format_duration(param.default) if param.type == 'duration' else param.default}"


def _causes(causes: Causes, style: Style) -> str:
    where = table_text((Column("component"), Column("what it is")), list(causes.components.items()), style)
    what = table_text((Column("mechanism"), Column("what it means")), list(causes.mechanisms.items()), style)
    return f"{where}\n\n{what}"


def _journal(drill: Drill, style: Style) -> str:
    rows = [(f"#{row.step}", row.at_s, row.kind, str(row.payload["line"])) for row in drill.journal.rows() if "line" in row.payload]
    return table_text((Column("step"), Column("at", "time"), Column("kind"), Column("line")), rows, style) if rows else "  no steps yet"


def _shown(drill: Drill, topic: str, style: Style) -> str:
    number = topic.lstrip("#")
    row = next((row for row in drill.journal.rows() if str(row.step) == number and row.payload.get("observation")), None)
    if row is None:
        return "  show takes the number of a look, such as show 4; journal lists them"
    head = f"#{row.step} · {clock(row.at_s)} · {untrusted_line(str(row.payload['line']))}"
    return f"{style.paint(head, 'dim')}\n{observation_text(Observation.from_json(row.payload['observation']), style)}"

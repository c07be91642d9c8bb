"""The commands of a drill in the command palette: looks first, then moves, then words, each with what it costs and does."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from console.prompt.hints import cost_of
from console.widgets.plain_text import content, joined
from simulator.commands import Command

KINDS = ("look", "move", "word")
NAMED, HELPED = 0.5, 0.1
"""Added to the score of a command that the search names at its beginning, and the score of one that only its help has the words of."""


class DrillCommands(Provider):
    """Offers what the screen has as `commands`; choosing one calls the screen's `take_command` with its name, which runs nothing by itself."""

    async def discover(self) -> Hits:
        for command in self._commands():
            yield DiscoveryHit(_shown(command, content(command.name)), self._taking(command), text=command.name)

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        words = query.lower().split()
        for command in self._commands():
            score, places = matcher.fuzzy_search.match(query, command.name)
            name = content(command.name)
            if score > 0:
                for place in places:
                    name = name.stylize(matcher.match_style, place, place + 1)
                yield Hit(score + (NAMED if command.name.startswith(query) else 0.0), _shown(command, name), self._taking(command), text=command.name)
            elif words and all(f" {word}" in f" {command.help.lower()}" for word in words):
                yield Hit(HELPED, _shown(command, name), self._taking(command), text=command.name)

    def _commands(self) -> list[Command]:
        commands: Mapping[str, Command] = getattr(self.screen, "commands", {})
        return sorted(commands.values(), key=lambda command: KINDS.index(command.kind))

    def _taking(self, command: Command) -> partial[None]:
        return partial(self.screen.take_command, command.name)  # type: ignore[attr-defined]


def _shown(command: Command, name: Content) -> Content:
    """Kind, name and cost in one line, and the first sentence of the help under it."""
    risks = ("cannot be undone" if not command.reversible else "", "touches all of production" if command.blast == "wide" else "")
    said = " · ".join([cost_of(command), *(f"! {risk}" for risk in risks if risk)])
    return joined(f"{command.kind}  ", name, (f"  {said}\n", "not bold"), (command.help.partition(". ")[0].rstrip("."), "not bold dim"))

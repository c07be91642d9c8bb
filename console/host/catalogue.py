"""What there is to play and to type: the scenarios, the stored sessions and the commands, as lists for a screen."""

from __future__ import annotations

import re

from console.home import sessions
from console.host.briefings import paragraphs
from console.host.shown import CommandCard, DrillCard, SessionCard

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
_SENTENCES = 2


def drills_listed() -> tuple[tuple[DrillCard, ...], tuple[SessionCard, ...]]:
    """The packaged scenarios in order of name, and the sessions in order of id. No world is built."""
    from scenarios.library import all_scenarios
    from scenarios.vocabulary import packaged_vocabulary

    catalogue = all_scenarios(packaged_vocabulary())
    titles = {scenario.name: scenario.title for scenario in catalogue}
    drills = tuple(DrillCard(s.name, s.title, s.system, s.minutes, s.difficulty, s.roles, s.levels, first_sentences(s.briefing)) for s in catalogue)
    stored = tuple(SessionCard(s.session, s.scenario, titles.get(s.scenario, s.scenario), s.seed, s.state, s.score, s.steps) for s in sessions().list())
    return drills, stored


def first_sentences(briefing: str) -> str:
    """The first sentences of a briefing as written, without those that wait for a seed to fill them in."""
    from scenarios.placeholders import fill, named

    found = [sentence for part in paragraphs(briefing) for sentence in _SENTENCE_END.split(part)]
    return " ".join(fill(sentence, {}) for sentence in [sentence for sentence in found if not named(sentence)][:_SENTENCES])


def command_cards() -> tuple[CommandCard, ...]:
    """Every command of a drill, in order of the registry."""
    from scenarios.words import registry

    return tuple(CommandCard(c.name, c.kind, c.group, c.help, c.takes_s, c.params, c.reversible, c.blast) for c in registry().values())

"""A player who does what the runbook says and does it differently in all that must not count: words, order, pace and name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby

from scenarios.drill import Drill
from scenarios.words import registry
from simulator.commands import parse

_TEXT = re.compile(r'"([^"]*)"')
_CITED = re.compile(r"(?<=--because )\d[\d ]*")
_BEGAN = datetime(2031, 5, 4, 9, tzinfo=UTC)
_PACE = timedelta(minutes=7)


def reworded(drill: Drill) -> None:
    """The runbook's steps, looks and action items that follow each other in reverse, every text another one, seven minutes between lines."""
    for number, line in enumerate(in_reverse(drill.incident.drawn.reference)):
        if drill.closed:
            return
        drill.submit(in_other_words(line), wall=(_BEGAN + number * _PACE).isoformat())


def in_other_words(line: str) -> str:
    """`line` with texts that say nothing; the figures in a text stay, for an update has to tell one."""
    return _TEXT.sub(lambda text: '"{}"'.format(" ".join(["as seen", *re.findall(r"\d+", text[1])])), line)


def in_reverse(lines: Sequence[str]) -> Iterator[str]:
    """`lines` with each stretch of looks, and each of action items, from its end to its beginning; citations follow their steps."""
    order: list[int] = []
    for _, stretch in groupby(range(len(lines)), key=lambda at: _exchangeable(lines[at], at)):
        order += reversed(list(stretch))
    now = {str(old + 1): str(new) for new, old in enumerate(order, 1)}
    for old in order:
        yield _CITED.sub(lambda cited: " ".join(now[step] for step in cited[0].split()), lines[old])


def _exchangeable(line: str, at: int) -> str | int:
    """What `line` may be exchanged with: lines of the same kind, or none but itself."""
    command = parse(line, registry()).command
    return command.name if command.name == "action-item" else "look" if command.kind == "look" else at

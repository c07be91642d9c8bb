"""What a score must not depend on, in one real drill: wording, the order of equivalent steps, how fast somebody types, and what they are called.

Scenes that chance makes are in test_scorecard; how wide a terminal is, in tests/console/test_terminal_size.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from grader.closing import close
from scenarios.chain import MemoryJournal, Row
from scenarios.drill import Drill
from scenarios.incident import Incident, incident
from scenarios.library import find_scenario

pytestmark = pytest.mark.xdist_group("invariance")  # the incident is built once

LINES = (
    'serving status --expect "a service that is busy"',
    'traces --expect "where one request spends its time"',
    'models list --expect "a version that was promoted when it began"',
    'pipelines list --expect "a DAG that failed or is late"',
    "hypothesis serving/model-server batch-wait",
    "rule-out nothing-wrong --because 1 2",
    'update --impact "1 in 100 payments is not scored in time" --status identified --next "score one at a time" --eta 30m',
    "declare serving/model-server batch-wait --because 1 2",
    "serving batching model-server --max 0",
    "wait 40m",
    'serving latency --last 20m --expect "no wait before the model server"',
    "action-item latency-change",
    "action-item timeouts --limit 0.005",
    'note "the batches seldom filled"',
    'resolve --summary "the model server waited for batches that traffic seldom filled"',
)
BEGAN = datetime(2031, 5, 4, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def made() -> Incident:
    """A packaged incident with a short differential: the candidates' worlds take most of the time."""
    whole = find_scenario("the-slow-middle")
    few = tuple(possible for possible in whole.differential if possible.name in ("batching-delay", "wrong-scaling-signal", "nothing"))
    return incident(whole.model_copy(update={"differential": few}), 1)


Card = dict[str, Any]


def played(made: Incident, lines: Sequence[str], *, actor: str = "you", wall: Callable[[int], str] = lambda line: "") -> tuple[Card, list[Row]]:
    """The scorecard of a drill in which `lines` were typed, and its journal; `wall` tells the wall time of each line."""
    journal = MemoryJournal({"session": "s", "scenario": made.scenario.name, "seed": 1})
    drill = Drill(made, journal, actor=actor)
    for number, line in enumerate(lines):
        assert drill.submit(line, wall=wall(number)).error == ""
    return close(drill, session="s", role="generalist", level="senior", wall=wall(len(lines)))[1].to_json(), journal.rows()


@pytest.fixture(scope="module")
def card(made: Incident) -> Card:
    found = played(made, LINES)[0]
    assert found["score"] > 60, "a drill without points would score the same whatever was done"
    return found


def points(card: Mapping[str, Any]) -> list[tuple[str, float]]:
    return sorted((finding["rubric"], finding["points"]) for finding in card["findings"])


@pytest.mark.parametrize("words", ["x", "all quiet; nothing to be seen here", "the cause is stale data in the online store, I am sure"])
def test_a_score_does_not_read_free_text(made: Incident, card: Card, words: str) -> None:
    """A text stays a text, and a number in it a number: that is all that is asked of it."""

    def reworded(line: str) -> str:
        return re.sub(r'"([^"]*)"', lambda text: f'"{words} {"".join(filter(str.isdigit, text[1]))}"', line)

    assert [reworded(line) for line in LINES] != list(LINES)
    found = played(made, [reworded(line) for line in LINES])[0]
    assert found["score"] == card["score"]
    assert points(found) == points(card)


def exchanged(lines: Sequence[str], one: int, other: int) -> list[str]:
    """The lines with steps `one` and `other`, counted from 1, in each other's place; citations follow them."""
    out, names = list(lines), {str(one): str(other), str(other): str(one)}
    out[one - 1], out[other - 1] = out[other - 1], out[one - 1]
    return [re.sub(r"(?<=--because )[\d ]+", lambda cited: " ".join(names.get(step, step) for step in cited[0].split()), line) for line in out]


@pytest.mark.parametrize(("one", "other"), [(1, 2), (3, 4), (12, 13)], ids=["two looks that are cited", "two looks", "two action items"])
def test_equivalent_steps_may_come_in_either_order(made: Incident, card: Card, one: int, other: int) -> None:
    found = played(made, exchanged(LINES, one, other))[0]
    assert found["score"] == card["score"]
    assert points(found) == points(card)


def test_steps_may_be_cited_in_any_order_and_twice(made: Incident, card: Card) -> None:
    lines = [line.replace("--because 1 2", "--because 2 1 2") for line in LINES]
    assert played(made, lines)[0]["score"] == card["score"]


PACES: dict[str, Callable[[int], str]] = {
    "a script": lambda line: (BEGAN + timedelta(milliseconds=line)).isoformat(),
    "two fingers": lambda line: (BEGAN + timedelta(minutes=7 * line)).isoformat(),
    "a night between": lambda line: (BEGAN + timedelta(hours=11 if line > 5 else 0, minutes=line)).isoformat(),
    "a clock set back": lambda line: (BEGAN - timedelta(hours=line)).isoformat(),
}


@pytest.mark.parametrize("pace", PACES)
def test_how_fast_somebody_types_changes_no_byte_of_the_card(made: Incident, card: Card, pace: str) -> None:
    found, rows = played(made, LINES, wall=PACES[pace])
    assert found == card
    assert len({row.wall for row in rows[1:]}) > len(LINES)


@pytest.mark.parametrize("name", ["", "Zoë Ångström 🦉", "reference", "x" * 300])
def test_what_somebody_is_called_changes_no_byte_of_the_card(made: Incident, card: Card, name: str) -> None:
    found, rows = played(made, LINES, actor=name)
    assert found == card
    assert {row.actor for row in rows if row.kind in ("look", "move", "word")} == {name}

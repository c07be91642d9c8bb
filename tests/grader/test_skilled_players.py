"""The players with skill: what they know comes from the scenario's ranges and from the facts they see, never from the draw."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from grader.players.diagnostician import Diagnostician
from grader.players.skill import Skill
from grader.players.suspects import Suspects, ranged
from grader.variants import variants
from scenarios.chain import MemoryJournal
from scenarios.draw import DrawnFault
from scenarios.drill import Drill, Reply
from scenarios.incident import Incident, incident
from scenarios.library import find_scenario
from scenarios.steps import steps_of
from simulator.world import World

HIDDEN = ("faults", "reference", "mirror", "bindings")


class Blind:
    """What somebody at work may know of an incident or a draw: all but what was drawn, what caused it and how it is mended."""

    def __init__(self, real: Any, hidden: Sequence[str]) -> None:
        self._real, self._hidden = real, hidden

    def __getattr__(self, name: str) -> Any:
        if name in self._hidden:
            raise AssertionError(f"{name} is not for players")
        return getattr(self._real, name)


class BlindIncident(Blind):
    def __init__(self, real: Incident) -> None:
        super().__init__(real, ("cause", "onset_s"))
        self.drawn = Blind(real.drawn, HIDDEN)

    def world(self, faults: Sequence[DrawnFault] | None = None, *, exact: bool = True) -> World:
        assert faults is not None, "the drill's own world is not for players"
        made: World = self._real.world(faults, exact=exact)
        return made


class BlindDrill:
    """Commands go in, replies come out; behind it the real drill."""

    def __init__(self, real: Drill) -> None:
        self.journal, self.incident, self._real = real.journal, BlindIncident(real.incident), real

    @property
    def now_s(self) -> float:
        return self._real.now_s

    def submit(self, line: str) -> Reply:
        return self._real.submit(line)


@pytest.fixture(scope="module")
def slow_middle() -> Incident:
    made = incident(find_scenario("the-slow-middle"), 1)
    variants(made)
    return made


def a_drill(made: Incident) -> Drill:
    return Drill(made, MemoryJournal({"session": "test", "scenario": made.scenario.name, "seed": made.drawn.seed}))


def lines(drill: Drill) -> list[str]:
    return [step.line for step in steps_of(drill.journal.rows())]


def test_a_competent_player_plays_the_same_without_what_was_drawn(slow_middle: Incident) -> None:
    seeing, blind = a_drill(slow_middle), a_drill(slow_middle)
    Diagnostician(seeing, Skill("competent", 1.0, 14)).play()
    Diagnostician(BlindDrill(blind), Skill("competent", 1.0, 14)).play()  # type: ignore[arg-type]  # it has all that a player may use
    assert lines(blind) == lines(seeing)
    assert "declare serving/model-server batch-wait" in " ".join(lines(blind))
    assert lines(blind)[-1] == "resolve"
    assert [step.error for step in steps_of(blind.journal.rows()) if step.error] == []


def test_the_places_that_a_player_knows_hold_no_draw_of_the_drill_itself(slow_middle: Incident) -> None:
    own = slow_middle.drawn.faults
    assert any(own in v.draws for v in variants(slow_middle))
    assert not any(own in v.draws for v in ranged(slow_middle))
    assert {v.candidate for v in ranged(slow_middle)} == {v.candidate for v in variants(slow_middle)}


def test_a_suspect_falls_at_the_look_that_speaks_against_it_and_stays_closed(slow_middle: Incident) -> None:
    drill = a_drill(slow_middle)
    suspects = Suspects(slow_middle)
    everybody = len(suspects.open)
    for line in ("pipelines list", "serving status", "serving latency --last 3h"):
        before = suspects.closed
        drill.submit(line)
        against = suspects.see(steps_of(drill.journal.rows())[-1])
        assert suspects.closed == before | set(against)
    assert "batching-delay" in suspects.candidates
    assert len(suspects.open) < everybody
    cited = suspects.argument("batching-delay")
    assert {name for step in cited for name in suspects.against[step]} >= suspects.closed - {"batching-delay"}


def test_without_skill_nothing_is_cited_verified_or_told(slow_middle: Incident) -> None:
    drill = a_drill(slow_middle)
    Diagnostician(drill, Skill("clumsy", 0.0, 4)).play()
    assert [step.op for step in steps_of(drill.journal.rows()) if step.op in ("update", "hypothesis", "action-item")] == []
    declared = next(step for step in steps_of(drill.journal.rows()) if step.op == "declare")
    assert declared.args["because"] is None

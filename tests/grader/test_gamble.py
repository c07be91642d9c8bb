"""A training that nobody had named a cause for: a gamble where it won or lost what chance may, and judged as what it did where it was more."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from types import SimpleNamespace
from typing import Any, cast

import pytest

from grader import gamble as ruled
from grader.counterfactual import Course, course, kept_course, played
from grader.evidence import Gamble
from grader.gamble import CHANCE, REMEDY, judged
from scenarios.incident import Incident, incident
from scenarios.library import find_scenario
from scenarios.steps import Step
from tests.grader.scenes import PLACE, Scene

DECLARED = f"declare {PLACE} stale-materialisation"


@pytest.fixture(scope="module")
def made() -> Incident:
    return incident(find_scenario("the-quiet-store"), 3)


def found(made: Incident, *lines: str) -> tuple[Course, Course, Gamble | None]:
    """The actual course, the one that is judged, and the gamble."""
    steps = played(made, [*lines, "resolve"])
    actual = course(made, steps)
    (judging,), gamble = judged(made, steps, actual)
    return actual, judging, gamble


def test_a_training_before_any_declaration_is_left_out_of_what_is_judged(made: Incident) -> None:
    actual, own, gamble = found(made, "train start --promote on", "wait 2h")
    assert own is kept_course(made, "do-nothing")
    assert gamble is not None
    assert gamble.steps == (1,)
    assert gamble.won_usd == pytest.approx(own.total() - actual.total(), rel=1e-5)
    assert gamble.won_usd != 0
    assert gamble.judged_usd == pytest.approx(own.total() - kept_course(made, "control").total(), rel=1e-5)


def test_other_moves_stay_in_what_is_judged(made: Incident) -> None:
    remedy = "pipelines repoint merchant_risk"
    _, own, gamble = found(made, "train start --promote on", "wait 2h", DECLARED, remedy)
    _, bare, none = found(made, "note training would take as long", "wait 123m", DECLARED, remedy)
    assert gamble is not None
    assert none is None
    assert own.total() == pytest.approx(bare.total())


def test_a_training_upon_a_declaration_is_no_gamble(made: Incident) -> None:
    actual, own, gamble = found(made, DECLARED, "train start --promote on", "wait 2h")
    assert gamble is None
    assert own is actual


def test_harm_beyond_chance_is_the_learners_own(made: Incident) -> None:
    """A frame that leaks makes a model that catches nothing: no luck of the week does that."""
    actual, own, gamble = found(made, "train frame --join latest", "train start --promote on", "wait 2h")
    assert actual.total() > kept_course(made, "do-nothing").total() + CHANCE * kept_course(made, "control").total()
    assert gamble is None
    assert own is actual


CONTROL, NOTHING, REFERENCE = 1_000.0, 2_000.0, 1_200.0
MOST_LOST, MOST_WON = CHANCE * CONTROL, REMEDY * (NOTHING - REFERENCE)


def of(usd: float) -> Course:
    return Course((0.0,), (usd,), cast("Any", None))


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[set[int]]:
    """What was left out of the courses that were asked for; without it, `NOTHING` is lost."""
    asked: list[set[int]] = []

    def left_out(made: Incident, steps: Sequence[Step], *, without: Collection[int]) -> Course:
        asked.append(set(without))
        return of(NOTHING)

    kept = {"control": of(CONTROL), "do-nothing": of(NOTHING), "reference": of(REFERENCE)}
    monkeypatch.setattr(ruled, "course", left_out)
    monkeypatch.setattr(ruled, "kept_course", lambda made, which: kept[which])
    return asked


def drawn(*faults: str) -> Incident:
    return cast("Incident", SimpleNamespace(drawn=SimpleNamespace(faults=faults)))


def gambled(won_usd: float, *lines: str, faults: tuple[str, ...] = ("stale-store",)) -> tuple[Course, tuple[Course, ...], Gamble | None]:
    scene = Scene()
    for line in lines or ("train start",):
        scene.type(line)
    actual = of(NOTHING - won_usd)
    judging, gamble = judged(drawn(*faults), scene.steps, actual)
    return actual, judging, gamble


@pytest.mark.parametrize("won", [-MOST_LOST, -1.0, 0.0, 1.0, MOST_WON - 0.01])
def test_what_chance_may_win_or_lose_is_left_out(told: list[set[int]], won: float) -> None:
    _, judging, gamble = gambled(won)
    assert [one.total() for one in judging] == [NOTHING]
    assert gamble is not None
    assert (gamble.steps, gamble.judged_usd) == ((1,), NOTHING - CONTROL)
    assert gamble.won_usd == pytest.approx(won)


@pytest.mark.parametrize("won", [-MOST_LOST - 0.01, -NOTHING])
def test_more_than_chance_is_judged_as_it_came(told: list[set[int]], won: float) -> None:
    actual, judging, gamble = gambled(won)
    assert gamble is None
    assert judging == (actual,)


@pytest.mark.parametrize("won", [MOST_WON, NOTHING - REFERENCE])
def test_a_remedy_is_judged_as_it_came_and_without(told: list[set[int]], won: float) -> None:
    actual, judging, gamble = gambled(won)
    assert gamble is None
    assert judging[0] is actual
    assert [one.total() for one in judging] == [NOTHING - won, NOTHING]


def test_several_are_left_out_together_and_those_after_a_declaration_are_not(told: list[set[int]]) -> None:
    _, _, gamble = gambled(5.0, "alerts", "train start", "threshold set 0.1", "train start --promote on", DECLARED, "train start")
    assert told == [{2, 4}]
    assert gamble is not None
    assert gamble.steps == (2, 4)


def test_a_drill_without_a_training_needs_no_other_course(told: list[set[int]]) -> None:
    actual, judging, gamble = gambled(0.0, "alerts", "train frame --join latest", "registry rollback")
    assert (judging, gamble, told) == ((actual,), None, [])


def test_where_nothing_was_wrong_restraint_judges_it_and_no_gamble(told: list[set[int]]) -> None:
    actual, judging, gamble = gambled(-5.0, faults=())
    assert (judging, gamble, told) == ((actual,), None, [])

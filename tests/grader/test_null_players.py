"""Players that know nothing, on drills made by hand: what keeps them low is the construction of the score, not a tuned world."""

from __future__ import annotations

import pytest

from grader.scorecard import grade
from scenarios.guards import GUARDS
from scenarios.taxonomy import MECHANISMS as WORDS
from tests.grader.scenes import PLACE, START_S, UPDATE, Scene

BACKFILL = "pipelines backfill materialise --view card_velocity"
FIELD = ("unit-change", "concept-drift", "leaking-frame", "label-join-loss", "slow-online-store", "nothing")


def score(scene: Scene) -> float:
    return grade(*scene.done(), session="s").score


def test_do_nothing() -> None:
    scene = Scene()
    scene.type("wait 1h")
    scene.type("resolve")
    assert score(scene) == 0.0


def test_do_nothing_in_a_control_drill() -> None:
    scene = Scene(control=True)
    scene.type("wait 1h")
    scene.type("resolve")
    assert score(scene) == 12.5


def test_a_constant_answer_that_happens_to_be_right() -> None:
    scene = Scene()
    scene.type(f"declare {PLACE} stale-materialisation")
    scene.type("resolve")
    assert score(scene) == 7.0


def test_every_word_in_every_form() -> None:
    scene = Scene()
    for mechanism in WORDS:
        scene.type(f"hypothesis {PLACE} {mechanism}")
        scene.type(f"rule-out {mechanism} --because 1")
    for status in ("investigating", "identified", "mitigated", "monitoring", "resolved", "no-incident"):
        scene.type(UPDATE.format(n="500", status=status))
    for guard in GUARDS:
        scene.guard(f"action-item {guard} --on card_velocity", START_S - 3600, 3600.0)
    scene.type("note drift skew staleness rollback retrain root cause mitigation verification")
    scene.type(f"declare {PLACE} stale-materialisation --because {' '.join(str(s.step) for s in scene.steps)}")
    scene.type("resolve")
    assert score(scene) <= 10


@pytest.mark.parametrize("line", ["serving restart model-server", "registry rollback"])
@pytest.mark.parametrize("worth_usd", [0.0, -2000.0, 9000.0])
def test_one_reflex_over_and_over_even_where_it_is_the_remedy(line: str, worth_usd: float) -> None:
    scene = Scene()
    scene.move(line, worth_usd)
    for _ in range(4):
        scene.move(line, 0.0)
    scene.type(UPDATE.format(n="9", status="mitigated"))
    scene.type("declare serving/model-server overload")
    scene.type("resolve")
    assert score(scene) <= 20


def test_retraining_first_and_calling_it_drift() -> None:
    for worth_usd in (0.0, 300.0, -2000.0):
        scene = Scene()
        scene.move("train start", worth_usd)
        scene.type("declare world/customers data-drift")
        scene.type(UPDATE.format(n="9", status="mitigated"))
        scene.type("resolve")
        assert score(scene) <= 20


def test_the_truth_by_luck_and_then_the_right_moves() -> None:
    scene = Scene()
    scene.type(f"declare {PLACE} stale-materialisation")
    scene.move(BACKFILL, 9_000.0)
    scene.type("resolve")
    assert 10 <= score(scene) < 45


@pytest.mark.parametrize("telling", [0.0, 0.3, 1.0])
def test_every_look_there_is_all_cited_then_the_truth_and_the_right_moves(telling: float) -> None:
    scene = Scene()
    steps = []
    for n in range(31):
        steps.append(scene.look("features age card_velocity", *((FIELD[n % 6], FIELD[(n + 1) % 6]) if n < 31 * telling else ())))
    scene.type(f"declare {PLACE} stale-materialisation --because {' '.join(map(str, steps))}")
    scene.move(BACKFILL, 9_000.0, verified_by=(34,))
    scene.look("features age card_velocity")
    scene.type(UPDATE.format(n="9", status="mitigated"))
    scene.type("resolve")
    assert score(scene) < 60
    assert grade(*scene.done(), session="s").verdict == "dump"

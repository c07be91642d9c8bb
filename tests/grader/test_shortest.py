from __future__ import annotations

from itertools import combinations

import pytest

from grader.rules.trace import trace
from grader.shortest import Shortest, shortest
from tests.grader.scenes import PLACE, Scene, reference

FIELD = ("unit-change", "concept-drift", "leaking-frame", "label-join-loss", "slow-online-store", "nothing")


def found(scene: Scene) -> Shortest:
    way = shortest(trace(*scene.done()))
    assert way is not None
    return way


def test_one_look_that_closes_everything_is_the_shortest_way() -> None:
    scene = Scene()
    for candidate in FIELD:
        scene.look("features age card_velocity", candidate)
    scene.look("labels join", *FIELD)
    assert found(scene).steps == (7,)
    assert found(scene).open == ()


def test_virtual_minutes_decide_and_not_the_number_of_looks() -> None:
    scene = Scene()
    scene.look("performance segments --by channel", *FIELD)
    scene.look("alerts", *FIELD[:3])
    scene.look("features list", *FIELD[3:])
    assert scene.steps[0].took_s > scene.steps[1].took_s + scene.steps[2].took_s
    assert found(scene).steps == (2, 3)
    assert found(scene).took_s == scene.steps[1].took_s + scene.steps[2].took_s


def test_what_no_look_closes_stays_open_and_the_rest_has_a_shortest_way() -> None:
    scene = Scene()
    scene.look("labels join", "label-join-loss")
    scene.look("labels join", "label-join-loss")
    way = found(scene)
    assert way.steps == (1,)
    assert way.open == tuple(c for c in FIELD if c != "label-join-loss")


def test_without_a_telling_look_there_is_none() -> None:
    scene = Scene()
    scene.look("alerts")
    scene.type(f"declare {PLACE} stale-materialisation")
    assert shortest(trace(*scene.done())) is None


@pytest.mark.parametrize("salt", range(8))
def test_no_choice_of_looks_is_cheaper(salt: int) -> None:
    lines = ("alerts", "features list", "models list", "serving status", "labels join", "features age card_velocity", "pipelines list")
    scene = Scene()
    for n, line in enumerate(lines * 2):
        scene.look(line, *(c for k, c in enumerate(FIELD) if (n * 7 + k * 5 + salt * (n + k)) % 3 == 0))
    t = trace(*scene.done())
    cost = {s.step: s.took_s for s in t.looks}
    whole = t.closed_by(cost)
    cheapest = min(sum(cost[s] for s in some) for size in range(1, 7) for some in combinations(cost, size) if t.closed_by(some) == whole)
    assert found(scene).exact
    assert found(scene).took_s == cheapest


def test_the_way_of_a_good_drill_closes_all_that_the_drill_closed() -> None:
    t = trace(*reference().done())
    way = found(reference())
    assert t.closed_by(way.steps) == t.closed_by(look.step for look in t.looks)
    assert way.took_s <= sum(look.took_s for look in t.telling)

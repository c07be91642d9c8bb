from __future__ import annotations

from grader.rules.operators import after_each, at_least, did, did_before, first, never_before, ratio, within
from scenarios.steps import Step


def step(number: int, op: str, kind: str = "look", at_s: float = 0.0, took_s: float = 0.0) -> Step:
    return Step(number, at_s, took_s, kind, op, {}, op, {}, "investigating", False, "")  # type: ignore[arg-type]


STEPS = (step(1, "a", at_s=0, took_s=60), step(2, "b", "move", 60, 60), step(3, "a", at_s=120, took_s=60), step(4, "a", "refused"), step(5, "b", "move"), step(6, "c", "word"))


def is_a(s: Step) -> bool:
    return s.op == "a"


def test_a_refused_step_was_not_done() -> None:
    assert [s.step for s in did(STEPS, is_a)] == [1, 3]


def test_first_is_the_earliest_and_none_where_there_is_none() -> None:
    assert first(STEPS, lambda s: s.kind == "move") is STEPS[1]
    assert first(STEPS, lambda s: s.op == "z") is None


def test_did_before_looks_at_all_steps_where_the_end_never_came() -> None:
    assert [s.step for s in did_before(STEPS, is_a, STEPS[1])] == [1]
    assert [s.step for s in did_before(STEPS, is_a, None)] == [1, 3]


def test_never_before_is_the_opposite() -> None:
    assert never_before(STEPS, lambda s: s.op == "c", STEPS[4])
    assert not never_before(STEPS, is_a, STEPS[1])


def test_within_counts_a_step_by_its_end() -> None:
    assert [s.step for s in within(STEPS, is_a, 0.0, 60.0)] == [1]
    assert within(STEPS, is_a, 0.0, 59.0) == ()


def test_at_least_counts() -> None:
    assert at_least(STEPS, is_a, 2)
    assert not at_least(STEPS, is_a, 3)


def test_after_each_stops_at_the_next_anchor() -> None:
    moves = did(STEPS, lambda s: s.kind == "move")
    assert [[s.step for s in found] for found in after_each(STEPS, moves, is_a)] == [[3], []]


def test_ratio_is_a_share_and_nothing_of_nothing() -> None:
    assert ratio(STEPS, is_a, lambda s: True) == 2 / 5
    assert ratio(STEPS, is_a, lambda s: s.op == "z") == 0.0

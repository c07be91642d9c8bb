"""Courses: one that is kept is what replaying it would give, and moves that were never made leave nothing to replay."""

from __future__ import annotations

import pytest

from grader.counterfactual import Course, course, horizon_of, kept_course, played, reference_steps
from scenarios.incident import Incident, incident
from scenarios.library import find_scenario
from scenarios.replay import replayed
from scenarios.steps import Step
from simulator.telemetry.money import impact_by_hour


@pytest.fixture(scope="module")
def made() -> Incident:
    return incident(find_scenario("the-quiet-store"), 1)


def again(made: Incident, steps: list[Step]) -> tuple[list[float], list[float], str]:
    """Hours, losses and digest of a world that plays `steps` in one go, whatever was kept."""
    world = replayed(made, steps, until_s=horizon_of(made))
    world.settle()
    hours, usd = impact_by_hour(world, made.onset_s // 3600 * 3600, horizon_of(made))
    return hours.tolist(), usd.tolist(), world.digest()


def shown(one: Course) -> tuple[list[float], list[float], str]:
    return list(one.hour_s), list(one.usd), one.world.digest()


def test_steps_without_moves_take_the_course_of_doing_nothing(made: Incident) -> None:
    steps = played(made, ["alerts", "wait 3h", "changes", "resolve"])
    assert course(made, steps) is kept_course(made, "do-nothing")
    assert shown(course(made, steps)) == again(made, steps)


def test_a_move_left_out_leaves_the_course_of_doing_nothing_where_it_was_the_only_one(made: Incident) -> None:
    steps = played(made, ["alerts", "serving restart model-server", "wait 1h", "resolve"])
    (move,) = [step.step for step in steps if step.kind == "move"]
    assert course(made, steps, without={move}) is kept_course(made, "do-nothing")
    assert course(made, steps) is not kept_course(made, "do-nothing")


def test_the_moves_of_the_reference_take_its_course_and_others_do_not(made: Incident) -> None:
    kept = kept_course(made, "reference")
    steps = reference_steps(made)
    assert course(made, steps) is kept
    assert shown(kept) == again(made, steps)
    later = played(made, ["wait 10m", *made.drawn.reference])
    assert course(made, later) is not kept

"""Shares of a whole, told stage by stage."""

from __future__ import annotations

from grader.stages import Stages


def test_each_stage_has_its_part_of_the_whole() -> None:
    told: list[tuple[str, float]] = []
    stages = Stages(lambda text, share: told.append((text, share)), {"build": 6.0, "look": 2.0, "sum up": 2.0})
    of_building = stages.begin("build")
    of_building(0.5)
    stages.begin("look")(1.0)
    stages.begin("sum up")
    assert told == [("build", 0.0), ("build", 0.3), ("look", 0.6), ("look", 0.8), ("sum up", 0.8)]


def test_a_stage_that_costs_nothing_takes_no_room() -> None:
    told: list[float] = []
    stages = Stages(lambda text, share: told.append(share), {"known": 0.0, "the rest": 3.0})
    stages.begin("known")(1.0)
    stages.begin("the rest")(0.5)
    assert told == [0.0, 0.0, 0.0, 0.5]


def test_where_nothing_is_to_be_done_nothing_is_divided_by() -> None:
    told: list[float] = []
    Stages(lambda text, share: told.append(share), {"known": 0.0}).begin("known")(1.0)
    assert told == [0.0, 0.0]

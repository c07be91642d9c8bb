from __future__ import annotations

import pytest

from grader.debrief import debrief_text
from grader.finding import DIMENSIONS
from grader.rubric import rubric
from grader.scorecard import grade
from tests.grader.scenes import Scene, control_reference, reference


@pytest.mark.parametrize("scene", [reference(), control_reference(), Scene()], ids=["shown", "nothing-wrong", "nothing-done"])
def test_the_debrief_quotes_the_anchor_of_the_level_that_was_reached(scene: Scene) -> None:
    steps, evidence = scene.done()
    card = grade(steps, evidence, session="a")
    told = " ".join(debrief_text(card, steps, evidence, ()).split())
    assert [d.id for d in card.dimensions] == list(DIMENSIONS)
    for dimension in card.dimensions:
        assert dimension.anchor == rubric().anchor(dimension.id, dimension.level, control=evidence.control)
        assert f"level {dimension.level} {dimension.anchor}" in told

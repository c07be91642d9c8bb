from __future__ import annotations

from typing import Any

import pytest

from grader.debrief import debrief_text
from grader.modes import MODES, mode_in
from grader.scorecard import grade
from simulator.errors import ContentError
from tests.grader.scenes import reference


def test_a_session_is_practice_unless_its_head_says_otherwise() -> None:
    assert mode_in({}, "f") == "practice"
    assert [mode_in({"mode": mode}, "f") for mode in MODES] == ["practice", "witnessed", "hosted"]


@pytest.mark.parametrize("said", ["exam", "", None, ["practice"], 3])
def test_a_mode_that_there_is_not_is_refused_with_its_place(said: Any) -> None:
    with pytest.raises(ContentError, match=r"f: step 0 payload.mode: one of practice, witnessed, hosted is wanted here"):
        mode_in({"mode": said}, "f")


def test_the_scorecard_and_the_debrief_say_what_the_mode_proves_and_the_score_is_the_same() -> None:
    steps, evidence = reference().done()
    cards = {mode: grade(steps, evidence, session="s", mode=mode) for mode in MODES}
    assert len({card.score for card in cards.values()}) == 1
    for mode, card in cards.items():
        shown = card.to_json()
        assert (shown["mode"], shown["proves"]) == (mode, MODES[mode])
        text = " ".join(debrief_text(card, steps, evidence, ()).split())
        assert MODES[mode] in text
        assert f"mode {mode}" in text

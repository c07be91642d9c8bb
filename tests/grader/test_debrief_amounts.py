"""What a debrief says of money and of when it stopped being lost: a gamble apart, a remedy before what it brought."""

from __future__ import annotations

import pytest

from grader.evidence import Gamble
from grader.report import report
from grader.report_rows import Report
from grader.scorecard import grade
from simulator.durations import HOUR_S, format_duration
from tests.grader.scenes import START_S, Scene, reference

MODEL = ("pipelines backfill materialise --view card_velocity", "resolve")


def reported(scene: Scene, **more: object) -> Report:
    steps, evidence = scene.done(**more)
    return report(grade(steps, evidence, session="s-1"), steps, evidence, MODEL)


def gambled(scene: Scene, won_usd: float) -> dict[str, object]:
    """Evidence of `scene` in which step 1 was a gamble that won so much."""
    impact = scene.done()[1].impact
    return {"gamble": Gamble((1,), won_usd, impact.actual_usd + won_usd)}


@pytest.mark.parametrize(("won", "word"), [(40.0, "save 40 USD"), (-40.0, "cost 40 USD")])
def test_what_a_gamble_came_to_is_told_beside_the_amounts_that_hold_it(won: float, word: str) -> None:
    s = reference(before=["train start"])
    r = reported(s, **gambled(s, won))
    assert r.losses[-1] == f"As you left it, step 1 happened to {word}. The grade leaves that out: without it {1_050.0 + won:,.0f} USD would have been lost in all."
    assert "In the day after closing, step 1 left out, hardly any money was lost." in r.recovery
    assert not [said for said in reported(s).losses if "grade" in said]


def test_a_gamble_that_changed_nothing_needs_no_word_beside_the_amounts() -> None:
    s = reference(before=["train start"])
    assert not [said for said in reported(s, **gambled(s, 0.0)).losses if "grade" in said]


def test_the_reflex_and_the_gamble_do_not_tell_the_same_amount_twice() -> None:
    s = reference(before=["train start"])
    reflex = next(f for f in reported(s, **gambled(s, -50.0)).findings if f.sentence.startswith("Retrained in"))
    assert reflex.sentence == "Retrained in step 1 before any cause was shown."
    assert "50 USD less is lost" in next(f for f in reported(s).findings if f.sentence.startswith("Retrained in")).sentence


def test_losses_are_not_down_for_good_before_the_remedy_of_that_hour_is_done() -> None:
    s = Scene()
    s.type("wait 4h")
    s = reference(scene=s)
    remedy = next(m for m in s.steps if m.kind == "move")
    done_s = remedy.at_s + remedy.took_s
    long_before_s = done_s - 2 * HOUR_S
    for recover_s, said in ((done_s - 600.0, done_s), (done_s + 600.0, done_s + 600.0), (long_before_s, long_before_s)):
        r = reported(s, recover_s=recover_s)
        assert dict(r.times)["losses down for good"] == f"{format_duration(said - START_S)} after the page"
        order = [row.what for row in r.timeline]
        assert (order.index("losses down for good") > order.index(f"step {remedy.step} done: {remedy.line}")) == (said >= done_s)
    assert dict(reported(s, recover_s=None).times)["losses down for good"] == "never"


def test_a_cause_that_comes_back_is_told_after_a_quiet_day() -> None:
    said = reported(reference(), cause_removed=False, recover_s=None).recovery
    assert "In the day after closing hardly any money was lost; later it was lost again." in said

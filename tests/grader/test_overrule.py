from __future__ import annotations

import json
from typing import Any

import pytest

from grader.debrief import debrief_text
from grader.debrief_html import debrief_html
from grader.overrule import Overrule, overrule, overrules_in, reviewed
from grader.scorecard import Scorecard, grade
from scenarios.journal import MemoryJournal
from simulator.errors import ContentError, UsageError
from tests.grader.scenes import PLACE, Scene, reference


def guess() -> Scene:
    """The truth with nothing behind it, which a cap holds below the pass mark."""
    s = Scene()
    s.look("alerts")
    s.type(f"declare {PLACE} stale-materialisation")
    s.move("pipelines backfill materialise --view card_velocity", 9_000.0)
    s.type("resolve")
    return s


def graded(scene: Scene) -> Scorecard:
    return grade(*scene.done(), session="s")


def said(card: Scorecard, finding: str, met: bool, by: str = "Ada", reason: str = "they told me so") -> Scorecard:
    before = card.review.overrules if card.review else ()
    return reviewed(card, (*before, overrule(card, finding, met, reason, by)))


def test_the_machine_s_finding_and_score_stay_and_the_person_s_stand_beside_them() -> None:
    card = graded(reference(before=["train start"]))
    plain, after = card.to_json(), said(card, "debug.red.retrain-first", False).to_json()
    assert (after["score"], after["dimensions"], after["passed"]) == (plain["score"], plain["dimensions"], plain["passed"])
    for one, other in zip(plain["findings"], after["findings"], strict=True):
        assert {**other, "overruled": None} == one
        if other["rubric"] == "debug.red.retrain-first":
            assert other["overruled"] == {"met": False, "reason": "they told me so", "by": "Ada", "step": 0}
        else:
            assert other["overruled"] is None
    assert plain["reviewed"] is None
    assert after["reviewed"]["score"] > plain["score"]


def test_what_earns_is_given_or_taken_whole() -> None:
    card = graded(reference())
    cause = next(f for f in card.findings if f.finding.rubric == "diagnosis.cause")
    review = said(card, "diagnosis.cause", False).review
    assert review is not None
    assert review.score == pytest.approx(card.score - cause.points, abs=0.011)


def test_a_cap_that_a_person_lifts_no_longer_holds_the_reviewed_score() -> None:
    card = graded(guess())
    assert "diagnosis.guess-cap" in {c.rubric for c in card.caps}
    review = said(card, "diagnosis.guess-cap", False).review
    assert review is not None
    others = [c.cap for c in card.caps if c.rubric != "diagnosis.guess-cap" and c.cap is not None]
    assert review.score == min([card.before_caps, *others])


def test_saying_it_back_leaves_the_score_that_the_machine_gave() -> None:
    card = graded(reference())
    back = said(said(card, "diagnosis.cause", False), "diagnosis.cause", True, by="Grace")
    assert back.review is not None
    assert (back.review.score, back.review.passed, len(back.review.overrules)) == (card.score, card.passed, 2)


def test_each_finding_of_a_rule_is_overruled_by_its_number() -> None:
    s = Scene()
    a = s.look("labels join", "label-join-loss")
    s.type(f"rule-out label-loss --because {a}")
    s.type(f"rule-out unit-change --because {a}")
    card = graded(s)
    with pytest.raises(UsageError, match=r"diagnosis.rule-out has 2 findings here; say which: diagnosis.rule-out:1, diagnosis.rule-out:2"):
        said(card, "diagnosis.rule-out", True)
    words = [f["overruled"] for f in said(card, "diagnosis.rule-out:2", True).to_json()["findings"] if f["rubric"] == "diagnosis.rule-out"]
    assert words[0] is None
    assert words[1]["met"] is True


@pytest.mark.parametrize(
    ("finding", "met", "reason", "by", "line"),
    [
        ("diagnosis.caus", True, "why", "Ada", "no finding 'diagnosis.caus'; hotseat grade SESSION --json lists them, among them diagnosis.cause"),
        ("diagnosis.cause:2", False, "why", "Ada", "diagnosis.cause has 1 finding here; say which: diagnosis.cause:1"),
        ("diagnosis.cause:x", False, "why", "Ada", "diagnosis.cause has 1 finding here"),
        ("diagnosis.cause", True, "why", "Ada", "diagnosis.cause is met already, as the machine found"),
        ("diagnosis.cause", False, " \n ", "Ada", "--reason takes a text of at most 1000 signs"),
        ("diagnosis.cause", False, "why", "", "--by takes a text of at most 80 signs"),
        ("diagnosis.cause", False, "x" * 1001, "Ada", "--reason takes a text of at most 1000 signs"),
    ],
)
def test_what_cannot_be_overruled_is_told_in_one_line(finding: str, met: bool, reason: str, by: str, line: str) -> None:
    with pytest.raises(UsageError) as told:
        overrule(graded(reference()), finding, met, reason, by)
    assert line in str(told.value)
    assert "\n" not in str(told.value)


def test_the_debrief_shows_both_as_text_and_as_a_page() -> None:
    scene = reference()
    card = said(graded(scene), "diagnosis.cause", False, reason="<b>guessed</b>")
    assert card.review is not None
    text = " ".join(debrief_text(card, *scene.done(), ()).split())
    assert "Ada overruled the finding above (not met): <b>guessed</b>" in text
    assert f"{card.score:g} of 100 points: passed" in text
    assert f"As reviewed by Ada it is {card.review.score:g} points" in text
    page = debrief_html(card, *scene.done(), ())
    assert "Ada overruled the finding above (not met): &lt;b&gt;guessed&lt;/b&gt;" in page


def test_signs_that_steer_a_terminal_do_not_reach_the_debrief() -> None:
    scene = reference()
    text = debrief_text(said(graded(scene), "diagnosis.cause", False, by="A\x1b[2Jda", reason="r\u202eight"), *scene.done(), ())
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_an_overrule_of_a_finding_that_is_not_made_any_more_is_shown_and_changes_nothing() -> None:
    card = graded(reference())
    after = reviewed(card, [Overrule("long.gone", 1, True, "why", "Ada", 9)])
    assert after.review is not None
    assert (after.review.score, after.review.to_json()["overruled"][0]["finding"]) == (card.score, "long.gone")
    assert json.loads(json.dumps(after.to_json())) == after.to_json()


def rows(payload: dict[str, Any], *, graded_first: bool = True) -> MemoryJournal:
    journal = MemoryJournal({"session": "s", "scenario": "x", "seed": 1})
    kinds = [("scorecard", {}), ("overrule", payload)]
    for kind, content in kinds if graded_first else kinds[::-1]:
        journal.append(at_s=1.0, wall="", actor="Ada", role="reviewer", kind=kind, payload=content)
    return journal


WORD = Overrule("diagnosis.cause", 1, False, "why", "Ada")


def test_it_comes_back_from_the_journal_as_it_went_in() -> None:
    found = overrules_in(rows(WORD.payload()).rows(), "f")
    assert found == (Overrule("diagnosis.cause", 1, False, "why", "Ada", 2),)


@pytest.mark.parametrize(
    ("changed", "place"),
    [({"met": 1}, "met"), ({"nth": True}, "nth"), ({"reason": ""}, "reason"), ({"by": None}, "by"), ({"finding": ["x"]}, "finding"), ({"score": 100}, "score")],
)
def test_a_row_that_nobody_s_overruling_wrote_is_refused_with_its_place(changed: dict[str, Any], place: str) -> None:
    with pytest.raises(ContentError, match=rf"f: step 2 payload\.{place}: "):
        overrules_in(rows({**WORD.payload(), **changed}).rows(), "f")


def test_nothing_is_overruled_before_it_was_graded() -> None:
    with pytest.raises(ContentError, match=r"f: step 1 kind: comes before the session was graded"):
        overrules_in(rows(WORD.payload(), graded_first=False).rows(), "f")

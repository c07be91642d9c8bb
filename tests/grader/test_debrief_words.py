"""Rules that every sentence of a debrief keeps, whatever was done in the drill."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from grader.advice import _BY_RULE
from grader.debrief import debrief_text
from grader.debrief_html import coded
from grader.evidence import BenignEvidence, PageEvidence, QuickestWay, QuickLook
from grader.report import report
from grader.report_rows import FindingRow, Report, where
from grader.rubric import rubric
from grader.scorecard import Scorecard, grade
from tests.grader.scenes import PLACE, UPDATE, Scene, control_reference, reference

FIELD = ("unit-change", "concept-drift", "leaking-frame", "label-join-loss", "slow-online-store", "nothing")
MODEL = (
    "alerts",
    "features age card_velocity --expect old",
    f"declare {PLACE} stale-materialisation --because 2",
    "pipelines backfill materialise --view card_velocity",
    "resolve",
)


def blind() -> Scene:
    """Acts before looking, and takes a fault for nothing."""
    s = Scene()
    s.move("train start", -200.0)
    s.look("alerts")
    s.type("declare none nothing-wrong --because 2")
    s.type("resolve")
    return s


def many() -> Scene:
    """Cites everything there is."""
    s = Scene()
    for _ in range(20):
        s.look("alerts")
    s.look("labels join", *FIELD)
    s.type(f"declare {PLACE} stale-materialisation --because {' '.join(map(str, range(1, 22)))}")
    for _ in range(9):
        s.move("serving restart model-server", 0.0)
    s.type("resolve")
    return s


def half() -> Scene:
    s = Scene()
    a = s.look("labels join", *FIELD[:4])
    b = s.look("features age card_velocity", "unit-change")
    s.look("drift report", "concept-drift")
    s.type(f"declare {PLACE} stale-materialisation --because {a} {b}")
    s.move("pipelines backfill materialise --view card_velocity", 4_000.0)
    s.type(UPDATE.format(n="3", status="resolved"))
    s.guard("action-item data-age --on card_velocity", None, None, 9.0)
    return s


def suspicious() -> Scene:
    """Finds a fault where there is none, and changes things."""
    s = Scene(control=True)
    s.look("alerts")
    s.move("train start", 0.0)
    s.type(f"declare {PLACE} stale-materialisation --because 1")
    s.type("resolve")
    return s


SCENES: dict[str, Callable[[], Scene]] = {
    "good": reference,
    "retrained first": lambda: reference(before=["train start"]),
    "control": control_reference,
    "empty": Scene,
    "empty control": lambda: Scene(control=True),
    "blind": blind,
    "many": many,
    "half": half,
    "suspicious": suspicious,
}
every_scene = pytest.mark.parametrize("name", SCENES)


def told(name: str) -> tuple[Report, Scorecard, str]:
    steps, evidence = SCENES[name]().done()
    card = grade(steps, evidence, session="s-1")
    return report(card, steps, evidence, MODEL), card, " ".join(debrief_text(card, steps, evidence, MODEL).split())


@every_scene
def test_no_sentence_counts_nothing_of_nothing_or_blames_a_cause_at_none(name: str) -> None:
    shown = told(name)[2]
    assert not re.search(r"\b0 of 0\b", shown)
    assert "nothing-wrong at none" not in shown
    assert "the cause was nothing" not in shown
    assert not re.search(r"saved? -|saves -|cost -", shown)


@every_scene
def test_no_list_of_steps_is_longer_than_a_reader_follows(name: str) -> None:
    r = told(name)[0]
    for sentence in (*(f"{f.sentence} {f.steps} {f.earn}" for f in r.findings), *r.shortest, *r.open, *r.caps):
        assert all(len(re.findall(r"\d+", found)) <= 6 for found in re.findall(r"steps? [\d, and]*(?:more)?", sentence))


@every_scene
def test_a_habit_that_was_kept_has_no_minus(name: str) -> None:
    r, card, _ = told(name)
    findings = {scored.finding.because: scored.finding for scored in card.findings}
    for row in r.findings:
        if row.sign == "-" and row.dimension == "process":
            assert findings[row.sentence].met != (findings[row.sentence].flag == "green")


@every_scene
def test_each_finding_that_withheld_or_cost_points_says_what_would_have_earned_them(name: str) -> None:
    r = told(name)[0]
    said = {f.earn for f in r.findings if f.earn}
    for f in r.findings:
        if f.sign in ("-", "!"):
            assert f.earn or said, f.sentence
    given = [f.earn for f in r.findings if f.earn]
    assert len(given) == len(set(given))


@every_scene
def test_what_gave_everything_asks_for_nothing_more(name: str) -> None:
    assert [f.earn for f in told(name)[0].findings if f.sign == "+" and f.earn] == []


def test_every_rule_of_a_drill_that_can_withhold_points_has_advice() -> None:
    able = [rule.id for rule in rubric().by_id.values() if rule.stage == "debugging" and rule.effect in ("earns", "costs", "cap")]
    assert [rule for rule in able if rule not in _BY_RULE] == ["diagnosis.hint"]  # its own sentence says it


@pytest.mark.parametrize(("name", "share"), [("blind", "nothing"), ("half", "90%")])
def test_how_much_of_the_process_counts_is_told_once_and_before_it(name: str, share: str) -> None:
    sentences = [f.sentence for f in told(name)[0].findings if f.dimension == "process"]
    assert sentences[0].startswith(f"What was done well counts for {share} here")
    assert not [sentence for sentence in sentences[1:] if "counts for" in sentence]


def test_a_habit_that_counts_for_nothing_is_a_remark() -> None:
    assert next(f for f in told("blind")[0].findings if f.sentence.startswith("Did not take drift")).sign == "."


def test_a_wrong_declaration_is_told_the_look_that_spoke_against_it() -> None:
    s = Scene()
    s.look("alerts")
    s.look("labels join", "nothing")
    s.type("declare none nothing-wrong --because 1")
    steps, evidence = s.done()
    found = report(grade(steps, evidence, session="s-1"), steps, evidence, MODEL).findings[0]
    assert found.sentence.startswith("Wrong: step 3 declared that nothing was wrong; the cause was stale-materialisation at ")
    assert found.earn.startswith("Step 2 already spoke against what was declared")


def test_the_shortest_way_is_told_beside_what_was_spent_and_drawn_as_marks() -> None:
    r = told("good")[0]
    assert r.shortest[0].startswith("Of your looks steps 2, 3, 4 and 5 alone, ")
    assert "close all 6 other explanations; no choice of them is shorter." in r.shortest[0]
    assert r.shortest[1] == "You spent 28m on 5 looks before the last declaration."
    assert r.shortest[2] == "The reference runbook rests on `features age card_velocity`, 5m of virtual time."
    assert [grid.looks for grid in r.shortest_grids] == [(2, 3, 4, 5)]


WAY = QuickestWay(
    (
        QuickLook("pipelines list", 120.0, dict.fromkeys(("unit-change", "slow-online-store"), ("f",))),
        QuickLook("features age", 300.0, dict.fromkeys(("concept-drift", "leaking-frame", "label-join-loss", "nothing", "unit-change"), ("f",))),
    ),
    41,
    True,
)


def reported(scene: Scene, **more: object) -> Report:
    steps, evidence = scene.done(**more)
    return report(grade(steps, evidence, session="s-1"), steps, evidence, MODEL)


def test_the_shortest_way_that_there_was_is_told_look_by_look_before_the_own_one() -> None:
    said = reported(reference(), quickest=WAY).shortest
    assert said[0].startswith("The shortest way there was: `pipelines list` and `features age`, 7m of virtual time, together close all 6 other explanations.")
    assert said[0].endswith("Of the 41 looks that were tried, taken as the drill began, nothing shorter does.")
    assert said[1] == "There `pipelines list` closes unit-change and slow-online-store (default-fill)."
    assert said[3].startswith("Of your looks steps 2, 3, 4 and 5 alone, ")


def test_a_shortest_way_that_leaves_some_open_says_so() -> None:
    said = reported(reference(), quickest=replace(WAY, looks=WAY.looks[:1])).shortest[0]
    assert "`pipelines list`, 2m of virtual time, closes 2 of the 6 other explanations, as many as such looks can close." in said


def test_where_no_look_or_no_search_could_tell_the_debrief_says_which() -> None:
    assert reported(reference(), quickest=QuickestWay((), 41, True)).shortest[0].startswith("None of the 41 looks that were tried")
    page = PageEvidence("missed-fraud-high", "warnings", 132.8, 130.0, True)
    assert reported(reference(), page=page).shortest[0].startswith("What looks that you did not take would have closed was not worked out")
    assert reported(reference()).shortest[0].startswith("Of your looks")


def test_advice_names_the_shortest_way_where_the_own_looks_held_none() -> None:
    s = Scene()
    s.look("alerts")
    found = reported(s, quickest=WAY).findings[0]
    assert found.earn.endswith("Taken as the drill began, `pipelines list` and `features age` together close every other explanation.")


def test_the_page_is_a_part_of_the_chain_before_the_losses() -> None:
    chain = reported(reference(), page=PageEvidence("missed-fraud-high", "warnings, last 48 h", 132.8, 130.0, True)).chain
    assert (chain[-2].stage, chain[-2].steps) == ("the page", "given to everybody")
    assert chain[-2].said == "missed-fraud-high fired: its bound is 130 (warnings, last 48 h). When the drill began it read 132.8."


def test_benign_changes_and_every_explanation_are_told_with_what_they_mean() -> None:
    r = reported(reference(), benign=(BenignEvidence("campaign", "marketing brings more payments", 7200.0),))
    assert r.benign == ("2h before the page: marketing brings more payments.",)
    assert r.explanations[0].startswith("materialise-empty-source (stale-materialisation): ")
    assert r.explanations[0].endswith(" This is the case.")
    assert len(r.explanations) == 1 + len(FIELD)
    assert reported(reference()).benign == ()


def test_without_a_declaration_nothing_is_said_to_have_been_cited() -> None:
    s = Scene()
    s.look("labels join", "label-join-loss")
    said = reported(s).open
    assert said[0] == "Your looks closed label-join-loss (label-loss), but no cause was declared that rests on them."
    assert not [sentence for sentence in said if "cited" in sentence]


def test_a_declaration_that_was_not_carried_out_is_told_with_why() -> None:
    s = Scene()
    s.type(f"declare {PLACE} stale-materialisation")
    s.steps[-1] = replace(s.steps[-1], kind="error", op="", args={}, line="declare nowhere nothing", error="'nowhere' is no component")
    assert reported(s).cause[1] == "You declared no cause. Step 1 was to do it and was not carried out: 'nowhere' is no component."


def test_a_reason_that_was_said_is_not_asked_for_again() -> None:
    s = Scene(control=True)
    s.look("labels rate", "concept-drift")
    s.move("train start", 0.0)
    s.type(UPDATE.format(n="0", status="no-incident"))
    found = next(f for f in reported(s).findings if f.dimension == "mitigation")
    assert found.earn == "Change nothing until a look shows that something is wrong."
    assert "no-incident" in next(f for f in told("suspicious")[0].findings if f.dimension == "mitigation").earn


def test_an_amount_below_nothing_is_explained() -> None:
    s = Scene()
    s.move("threshold set 0.1", 12_000.0)
    assert reported(s).losses[-1].startswith("A negative amount is a gain")
    assert not [sentence for sentence in told("good")[0].losses if "negative" in sentence]


def test_steps_that_a_sentence_names_do_not_stand_behind_it_again() -> None:
    assert where(FindingRow("process", ".", "", "Read in steps 5, 6 and 7, before step 13 wrote to it.", "steps 5, 6, 7 and 13")) == ""
    assert where(FindingRow("process", ".", "", "Step 10 declared it.", "steps 5, 6 and 10")) == " [steps 5, 6 and 10]"


def test_the_chain_runs_from_the_cause_over_what_was_seen_to_the_losses() -> None:
    chain = told("good")[0].chain
    assert (chain[0].stage, chain[-1].stage) == ("the cause", "losses")
    assert ("features", "steps 3 and 11") in [(part.stage, part.steps) for part in chain]
    assert "fact of nothing would not have been so had nothing been wrong." in [part.said for part in chain]
    assert told("control")[0].chain == ()


def test_what_the_model_runbook_rests_on_and_nobody_looked_at_is_a_part_not_seen() -> None:
    assert "`features age card_velocity`, on which the reference runbook rests." in [part.said for part in told("blind")[0].chain]


def test_the_timeline_of_harm_names_each_move_with_its_worth_in_order() -> None:
    timeline = told("retrained first")[0].timeline
    assert timeline[0].what == "the page"
    assert [(row.what, row.worth) for row in timeline if row.worth] == [
        ("step 1 done: train start", "cost 50 USD"),
        ("step 11 done: pipelines backfill materialise --view card_velocity", "saved 9,000 USD"),
    ]
    assert timeline[-1].what.startswith("the curves end, ")
    assert timeline[-1].nothing == "9,500 USD"
    assert told("control")[0].timeline == ()


def test_until_the_first_move_the_drills_course_is_that_of_doing_nothing() -> None:
    s = Scene()
    s.type("wait 4h")
    s.move("pipelines backfill materialise --view card_velocity", 9_000.0)
    s.type("wait 4h")
    steps, evidence = s.done()
    rows = report(grade(steps, evidence, session="s-1"), steps, evidence, MODEL).timeline
    assert [row.what for row in rows][:2] == ["the page", "step 2 done: pipelines backfill materialise --view card_velocity"]
    assert rows[-1].lost == "500 USD"
    assert all(float(row.lost.split()[0].replace(",", "")) <= float(row.nothing.split()[0].replace(",", "")) for row in rows if row.lost)


def test_what_stands_between_backticks_is_code_on_the_page_and_escaped() -> None:
    assert str(coded("After `a <b> & c`, look.")) == "After <code>a &lt;b&gt; &amp; c</code>, look."
    assert str(coded("one ` alone <")) == "one ` alone &lt;"


def test_a_cause_that_no_world_was_made_for_is_not_said_to_have_been_weighed() -> None:
    s = Scene()
    s.look("labels join", *FIELD)
    s.type("declare serving/model-server overload --because 1")
    s.type(UPDATE.format(n="3", status="mitigated"))
    steps, evidence = s.done()
    found = report(grade(steps, evidence, session="s-1"), steps, evidence, MODEL).findings
    assert found[0].earn == "overload is none of the explanations that this drill weighs, so no look spoke for it or against it. Step 1 closes every other explanation."
    assert "No update counts: what step 3 said was not so, or had no look behind it." in [f.sentence for f in found]

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from grader.debrief import debrief_text
from grader.debrief_html import debrief_html
from grader.harm_chart import LANES, LEFT, RIGHT, harm_chart
from grader.scorecard import grade
from tests.grader.scenes import PLACE, START_S, Scene, control_reference, reference

LOSSES_DRAWN = 'aria-label="Losses since the page'
MODEL = ("hypothesis feature-store/online stale-materialisation", "features age card_velocity", f"declare {PLACE} stale-materialisation --because 2")


def text(scene: Scene, **more: object) -> str:
    steps, evidence = scene.done(**more)
    return debrief_text(grade(steps, evidence, session="s-1"), steps, evidence, MODEL)


def page(scene: Scene, **more: object) -> str:
    steps, evidence = scene.done(**more)
    return debrief_html(grade(steps, evidence, session="s-1"), steps, evidence, MODEL)


SCENES: dict[str, Callable[[], Scene]] = {
    "good": reference,
    "retrained first": lambda: reference(before=["train start", "threshold set 0.1"]),
    "control": control_reference,
    "empty": Scene,
    "empty control": lambda: Scene(control=True),
}


@pytest.mark.parametrize("name", SCENES)
def test_no_line_is_wider_than_100_columns_or_ends_in_a_blank(name: str) -> None:
    for line in text(SCENES[name](), silenced=("fraud-missed",), hurting_at_close=True).splitlines():
        assert len(line) <= 100
        assert line == line.rstrip()


def test_the_text_says_which_candidate_fell_at_which_step_by_which_fact() -> None:
    shown = text(reference())
    assert "   2   0:00  pipelines runs features --last 3d\n             unit-change fell, by fact of unit-change.\n" in shown
    assert "a benign reason (nothing-wrong) fell, by fact of nothing." in shown
    assert "Again excluded unit-change." in shown
    assert "   6   0:22  drift report --window 24h\n             Excluded nothing:" in shown


def test_an_explanation_that_fell_at_some_of_its_places_is_told_with_those_still_open() -> None:
    scene = Scene()
    scene.look("sources compare payments", "unit-change (amount)")
    scene.look("sources compare devices", "unit-change (distance)")
    scene.look("labels join", "label-join-loss (a)")
    scene.type(f"declare {PLACE} stale-materialisation --because 1")
    variants = {
        "unit-change": ("unit-change (amount)", "unit-change (distance)"),
        "label-join-loss": ("label-join-loss (a)", "label-join-loss (b)"),
        "materialise-empty-source": ("stale",),
    }
    shown = " ".join(text(scene, candidates=tuple(variants), variants=variants).split())
    assert "unit-change fell at amount, by fact of unit-change (amount)." in shown
    assert "unit-change fell, by fact of unit-change (distance)." in shown
    assert "label-join-loss (label-loss): never closed at b." in shown


def test_a_look_that_only_checks_a_remedy_is_told_as_that() -> None:
    scene = Scene()
    scene.move("pipelines backfill materialise --view card_velocity", 9_000.0, verified_by=(2,))
    scene.look("features age card_velocity")
    assert "features age card_velocity\n             Would have looked different without step 1." in text(scene)


def test_a_fact_is_shown_with_the_value_that_was_read() -> None:
    scene = reference()
    scene.steps[1] = replace(scene.steps[1], facts={"fact.unit-change": 12.5, "fact.slow-online-store": "no"})
    shown = text(scene)
    assert "fact of unit-change (12.5)" in shown
    assert "fact of slow-online-store (no)" in shown


def test_result_caps_and_cause_are_said_first() -> None:
    shown = text(reference(), hurting_at_close=True)
    head = shown.split("Dimensions")[0]
    assert "50 of 100 points: not passed (the pass mark is 60). Without the caps it would have been" in head
    assert "! The incident was resolved while users were still losing money: at most 50 points." in head
    assert f"The cause was stale-materialisation at {PLACE}." in head


def test_moves_losses_and_guards_are_told_with_their_worth() -> None:
    shown = text(reference(before=["train start"]))
    assert "cost 50 USD; no later look would have looked different without it." in shown
    assert "saved 9,000 USD; step 12 would have looked different without it." in shown
    rows = r"had nobody done anything +500 USD +9,500 USD +10,000 USD\nas you left it +500 USD +550 USD +1,050 USD\nwith the reference runbook +500 USD +500 USD +1,000 USD\n"
    assert re.search(rows, shown)
    assert "and 500 USD had been lost by then: no response could save that." in " ".join(shown.split())
    assert "would have fired 8.3h before the page; 0 false alarms in 30 days." in shown


def test_what_the_argument_lacked_is_told_for_each_candidate() -> None:
    scene = Scene()
    scene.look("labels join", "label-join-loss")
    scene.type(f"declare {PLACE} stale-materialisation")
    scene.look("drift report", "concept-drift")
    shown = " ".join(text(scene).split())
    assert "label-join-loss (label-loss): step 1 closed it, and what was cited does not, so it counts in part." in shown
    assert "concept-drift: closed only with step 3, after the cause was declared." in shown
    assert "unit-change: no look of yours closed it." in shown


def test_the_model_runbook_stands_beside_the_own_steps() -> None:
    shown = text(reference()).split("the reference runbook beside them")[1]
    assert re.search(r"^  1  0:00 hypothesis feature-store/online +\| +1 hypothesis feature-store/online$", shown, re.MULTILINE)


def test_a_line_that_steers_a_terminal_is_shown_harmless() -> None:
    scene = Scene()
    scene.type("note \x1b[2J\u202eevil\x07")
    for shown in (text(scene), page(scene)):
        assert not [c for c in shown if unicodedata.category(c) == "Cc" and c != "\n"]
        assert "\u202e" not in shown


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        self.attributes += attrs


@pytest.mark.parametrize("name", SCENES)
def test_the_page_stands_alone(name: str) -> None:
    shown = page(SCENES[name]())
    tags = Tags()
    tags.feed(shown)
    assert not {"script", "link", "img", "iframe", "object", "form", "base", "a"} & set(tags.names)
    assert not [a for a in tags.attributes if a[0] in ("href", "src", "action", "xlink:href") or a[0].startswith("on")]
    assert ("content", "default-src 'none'; style-src 'unsafe-inline'") in tags.attributes
    assert "url(" not in shown
    assert "@import" not in shown
    assert "http" not in shown.replace("http-equiv", "")
    assert re.search(r"@page \{[^}]*\}", shown)
    assert not re.search(r"@page \{[^}]*size", shown)  # the printer's paper, A4 or Letter


def test_what_a_learner_typed_is_text_on_the_page() -> None:
    scene = reference()
    scene.type('note </code><script>alert("x")</script>\' onmouseover="y"')
    shown = page(scene)
    assert "<script" not in shown
    assert "&lt;script&gt;alert(&#34;x&#34;)&lt;/script&gt;" in shown
    tags = Tags()
    tags.feed(shown)
    assert not [a for a in tags.attributes if a[0].startswith("on")]


def drawings(shown: str) -> list[ElementTree.Element]:
    return [ElementTree.fromstring(drawn) for drawn in re.findall(r"<svg.*?</svg>", shown, re.DOTALL)]


def test_the_chart_is_well_formed_and_draws_three_curves_and_a_mark_for_each_step() -> None:
    scene = reference()
    shown = page(scene)
    drawing = next(d for d in drawings(shown) if "Losses" in (d.get("aria-label") or ""))
    assert [line.get("class") for line in drawing.iter("polyline")] == ["curve actual", "curve nothing", "curve reference"]
    titles = [t.text or "" for t in drawing.iter("title")]
    assert [t.split(":")[0] for t in titles] == [f"step {s.step}" for s in scene.steps]


def test_the_curves_start_at_zero_at_the_page_and_are_named_apart_where_they_end() -> None:
    chart = harm_chart(*reference().done())
    assert chart is not None
    zero = next(t.at for t in chart.up if t.text == "0")
    assert [c.points.split()[0] for c in chart.curves] == [f"{LEFT},{zero}"] * 3
    assert [c.name for c in chart.curves] == ["as you left it", "had nobody done anything", "with the reference runbook"]
    names = sorted(c.label_y for c in chart.curves)
    assert all(b - a >= 14 for a, b in pairwise(names))
    assert (chart.across[0].text, chart.across[0].under) == ("page", "06 Oct 14:13")
    assert chart.strip[0].text == "0:00"


def test_steps_stand_on_the_lane_of_their_kind_and_numbers_do_not_cover_each_other() -> None:
    scene = reference()
    for _ in range(120):
        scene.type("note x")
    chart = harm_chart(*scene.done())
    assert chart is not None
    lanes = {m.kind: m.y for m in chart.marks}
    assert (lanes["look"], lanes["move"], lanes["word"], lanes["declare"]) == (LANES["look"], LANES["move"], LANES["word"], LANES["word"])
    for lane in LANES.values():
        numbered = [m for m in chart.marks if m.y == lane and m.label]
        assert all(b.x - a.x >= 8 * len(b.label) for a, b in pairwise(numbered))
    assert len([m for m in chart.marks if not m.label]) > 20


def test_a_drill_without_losses_says_so_and_draws_nothing() -> None:
    for shown in (text(control_reference()), page(control_reference())):
        assert "No money was lost, neither as you left it, nor had nobody done anything, nor with the reference runbook." in " ".join(shown.split())
        assert "before the page" not in shown.split("Losses")[1].split("Times")[0]
        assert LOSSES_DRAWN not in shown


def test_without_a_model_runbook_the_page_has_no_column_for_it() -> None:
    steps, evidence = reference().done()
    shown = debrief_html(grade(steps, evidence, session="s-1"), steps, evidence, ())
    assert "<h2>Your steps</h2>" in shown
    assert "Reference runbook" not in shown


def test_a_grid_tells_which_explanation_fell_at_which_step() -> None:
    shown = text(reference()).split("Which explanation fell where")[1]
    assert re.search(r"^ +2 +3 +4 +5 +11 +12$", shown, re.MULTILINE)
    assert re.search(r"^unit-change +x +\. +step 2$", shown, re.MULTILINE)
    assert re.search(r"^label-join-loss +x +step 5$", shown, re.MULTILINE)
    scene = Scene()
    scene.look("labels join", "label-join-loss")
    assert re.search(r"^unit-change +open$", text(scene), re.MULTILINE)


def test_numbers_and_nouns_agree() -> None:
    scene = Scene()
    scene.look("models list", "leaking-frame")
    scene.guard("action-item data-age --on card_velocity", START_S - 30_000.0, 30_000.0, 1.0)
    scene.type("declare none nothing-wrong")
    shown = " ".join(text(scene).split())
    assert "; 1 false alarm in 30 days." in shown
    assert "Only one place was looked into (models): one kind of reading is not a method." in shown
    assert "The only look came without a question:" in shown
    assert "Looked at the model, not at the service." in shown
    assert "In step 3 you declared that nothing was wrong, which is not it." in shown


def test_marks_stay_on_the_line_in_order_and_apart() -> None:
    scene = Scene()
    for _ in range(80):
        scene.type("note x")
    scene.look("alerts")
    chart = harm_chart(*scene.done())
    assert chart is not None
    xs = [m.x for m in chart.marks]
    assert xs[0] >= LEFT - 1
    assert xs[-1] <= RIGHT
    assert all(b - a >= 7 for a, b in pairwise(xs))


def test_without_curves_there_is_no_chart() -> None:
    _, evidence = reference().done()
    impact = replace(evidence.impact, hour_s=(), actual_curve=(), do_nothing_curve=(), reference_curve=())
    assert LOSSES_DRAWN not in page(reference(), impact=impact)


def test_the_debrief_is_the_same_each_time() -> None:
    assert text(reference()) == text(reference())
    assert page(reference()) == page(reference())

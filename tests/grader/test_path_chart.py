from __future__ import annotations

import re
from xml.etree import ElementTree

from grader.debrief_html import debrief_html
from grader.evidence import QuickestWay, QuickLook
from grader.path_chart import LEFT, RIGHT, PathChart, path_chart
from grader.rules.trace import trace
from grader.scorecard import grade
from tests.grader.scenes import Scene, control_reference, reference


def drawn(scene: Scene) -> PathChart:
    found = path_chart(trace(*scene.done()))
    assert found is not None
    return found


def test_a_line_ends_at_the_look_at_which_its_explanation_fell() -> None:
    fates = {f.name: f for f in drawn(reference()).fates}
    assert fates["unit-change"].own.label.startswith("step 2, ")
    assert fates["label-join-loss"].own.label.startswith("step 5, ")
    assert LEFT < fates["unit-change"].own.end < fates["label-join-loss"].own.end < RIGHT
    assert fates["materialise-empty-source"].true
    assert [f.name for f in fates.values() if not f.own.fell] == ["materialise-empty-source"]


def test_the_shortest_way_closes_the_same_in_no_more_time() -> None:
    for f in drawn(reference()).fates:
        assert f.true or (f.short is not None and f.short.fell)
    ends = [f.short.end for f in drawn(reference()).fates if f.short]
    assert max(ends) <= max(f.own.end for f in drawn(reference()).fates)


def test_what_stays_open_runs_through_and_has_no_shorter_line() -> None:
    scene = Scene()
    scene.look("labels join", "label-join-loss")
    fates = {f.name: f for f in drawn(scene).fates}
    assert (fates["concept-drift"].own.end, fates["concept-drift"].own.label, fates["concept-drift"].short) == (RIGHT, "open", None)


def test_the_lines_beneath_are_those_of_the_shortest_way_that_there_was() -> None:
    way = QuickestWay((QuickLook("alerts", 60.0, {"unit-change": ("f",)}), QuickLook("features age", 300.0, {"nothing": ("f",)})), 41, True)
    steps, evidence = reference().done(quickest=way)
    chart = path_chart(trace(steps, evidence))
    assert chart is not None
    short = {f.name: f.short for f in chart.fates if f.short is not None}
    assert {name: line.label for name, line in short.items()} == {"unit-change": "1m", "nothing wrong": "6m"}
    assert short["unit-change"].end < short["nothing wrong"].end
    assert chart.beside == "the shortest way that there was"
    assert drawn(reference()).beside == "the shortest way in your looks"


def test_a_way_that_nobody_went_is_drawn_too() -> None:
    way = QuickestWay((QuickLook("features age", 300.0, {"nothing": ("f",)}),), 41, True)
    chart = path_chart(trace(*Scene().done(quickest=way)))
    assert chart is not None
    assert not any(f.own.fell for f in chart.fates)


def test_without_a_look_that_closes_anything_nothing_is_drawn() -> None:
    assert path_chart(trace(*Scene().done())) is None


def test_where_nothing_was_wrong_that_is_the_line_that_runs_through() -> None:
    assert [f.name for f in drawn(control_reference()).fates if f.true] == ["nothing wrong"]


def test_the_page_draws_it_well_formed_with_a_cross_for_each_fall_and_within_its_box() -> None:
    steps, evidence = reference().done()
    shown = debrief_html(grade(steps, evidence, session="s-1"), steps, evidence, ())
    pictures = [ElementTree.fromstring(text) for text in re.findall(r"<svg.*?</svg>", shown, re.DOTALL)]
    picture = next(p for p in pictures if "explanation" in (p.get("aria-label") or ""))
    classes = [e.get("class") for e in picture.iter("path")]
    assert classes.count("fall") == 6
    assert classes.count("fall by") == 6
    height = float((picture.get("viewBox") or "").split()[3])
    assert all(0 <= float(e.get("y") or 0) <= height for e in picture.iter("text"))

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import msgspec
import pytest
from textual.app import App
from textual.content import Content
from textual.pilot import Pilot
from textual.widgets import Input, TabbedContent

from console import theme
from console.host.debriefs import shown
from console.host.shown import CurveOfHarm, Debrief, StepMark
from console.screens.debrief import TABS, DebriefScreen, default_file
from console.screens.file_name import FileName, objection, remark
from console.widgets.debrief_differential import grid_lines, one_grid
from console.widgets.debrief_harm import loss_lines
from console.widgets.debrief_rows import Row, hanging, lead
from console.widgets.debrief_score import costliest, finding_row, lost_points
from console.widgets.harm_courses import Frame, at_time, courses, picture, stacked
from console.widgets.harm_lanes import StepLanes, lane_lines
from console.widgets.harm_plot import HarmPlot, told_by_step
from console.widgets.plain_text import content
from grader.report_rows import FindingRow, Grid, GridRow, LossRow
from grader.scorecard import grade
from simulator import calendar
from simulator.durations import HOUR_S, MINUTE_S
from tests.console.samples import NASTY, UNSAFE
from tests.grader.scenes import PLACE, START_S, Scene, control_reference, reference

MODEL = ("alerts", "features age card_velocity", "pipelines backfill materialise --view card_velocity", "resolve")


def debrief(scene: Scene, **more: object) -> Debrief:
    steps, evidence = scene.done(**more)
    return shown(grade(steps, evidence, session="quiet-store-7-1"), steps, evidence, MODEL)


def guessed() -> Scene:
    """The right cause on a guess, a remedy that nobody checked."""
    scene = Scene()
    scene.look("alerts", "unit-change")
    scene.type(f"declare {PLACE} stale-materialisation")
    scene.move("pipelines backfill materialise --view card_velocity", 9_000.0)
    scene.type("resolve")
    return scene


GOOD, BAD, CONTROL = debrief(reference()), debrief(guessed()), debrief(control_reference())
Scene_ = Callable[[Pilot[None], DebriefScreen], Awaitable[None]]


class Shown(App[None]):
    def __init__(self, shown: Debrief) -> None:
        super().__init__()
        self.animation_level = "none"
        self.shown = DebriefScreen(shown)
        self.asked: list[tuple[str, str]] = []

    def on_mount(self) -> None:
        theme.register(self)
        self.theme = theme.NAMES[0]
        self.push_screen(self.shown)

    def on_debrief_screen_export_asked(self, message: DebriefScreen.ExportAsked) -> None:
        self.asked.append((message.session, message.file))


def play(scene: Scene_, what: Debrief = GOOD, size: tuple[int, int] = (80, 24)) -> Shown:
    app = Shown(what)

    async def run() -> None:
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            await scene(pilot, app.shown)

    asyncio.run(run())
    return app


def text_of(app: App[Any]) -> str:
    return "\n".join(strip.text for strip in app.screen._compositor.render_strips())


def seen(what: Debrief, *keys: str, size: tuple[int, int] = (80, 24)) -> str:
    """What stands on the screen after `keys`."""
    found: list[str] = []

    async def scene(pilot: Pilot[None], screen: DebriefScreen) -> None:
        await pilot.press(*keys)
        await pilot.pause()
        found.append(text_of(pilot.app))

    play(scene, what, size)
    return found[0]


def words(text: str) -> str:
    """`text` on one line, however it was wrapped."""
    return " ".join(text.split())


# The score


def test_the_first_view_tells_score_reason_cause_and_what_cost_most():
    text = words(seen(BAD))
    assert f"{BAD.score:g} of 100 · ! not passed" in text
    assert f"! {BAD.report.result}" in text
    for told in (*BAD.report.caps, *BAD.report.cause, *(f.sentence for f in costliest(BAD.report.findings))):
        assert told in text
    dear = [f"-{lost_points(f.points):.1f} {f.dimension}" for f in costliest(BAD.report.findings)]
    assert len(dear) == 3
    assert text.index(dear[0]) < text.index(dear[1]) < text.index(dear[2])


def test_a_drill_that_passed_says_so_with_sign_and_word():
    text = words(seen(GOOD))
    assert "100 of 100 · + passed" in text
    assert "+ 100 of 100 points: passed" in text
    assert "No finding cost a point." in text


@pytest.mark.parametrize(
    ("points", "lost"),
    [("35.0/35.0", 0), ("7.0/35.0", 28), ("0.0/1.2", 1.2), ("-1.0", 1), ("2.5", 0), ("", 0), ("x", 0), ("1/x", 0), ("nan/3", 0), ("5/inf", 0), ("9/3", 0)],
)
def test_what_a_finding_cost_is_read_off_its_points(points: str, lost: float):
    assert lost_points(points) == lost


def test_the_costliest_findings_are_the_dearest_three_and_none_that_cost_nothing():
    found = [FindingRow("process", "-", points, points, "") for points in ("0.0/1.0", "-4.0", "3.0/3.0", "0.0/2.0", "0.0/9.0", "")]
    assert [f.points for f in costliest(found)] == ["0.0/9.0", "-4.0", "0.0/2.0"]
    assert [f.points for f in costliest(found[2:3])] == []


def test_each_finding_has_a_sign_a_word_and_its_steps_once():
    f = FindingRow("diagnosis", "-", "7.0/35.0", "Right, but a guess.", "step 1")
    row = finding_row(f, words=True)
    assert row.lead.plain.split() == ["-", "cost", "or", "withheld", "7.0/35.0"]
    assert row.body.plain == "Right, but a guess. [step 1]"
    assert finding_row(f, words=False).lead.plain.split() == ["-", "7.0/35.0"]
    assert finding_row(replace(f, sentence="Step 1 told."), words=False).body.plain == "Step 1 told."
    assert finding_row(replace(f, sentence="Step 11 told."), words=False).body.plain == "Step 11 told. [step 1]"


def test_what_would_have_earned_the_rest_stands_beneath_a_finding():
    f = FindingRow("diagnosis", "-", "7.0/35.0", "Right, but a guess.", "step 1", "Cite step 2.")
    assert finding_row(f, words=True).body.plain == "Right, but a guess. [step 1]\n→ Cite step 2."
    assert any(f.earn for f in BAD.report.findings)


def test_every_finding_and_anchor_can_be_read():
    text = words(seen(BAD, size=(100, 160)))
    for d in BAD.report.dimensions:
        assert f"{d.name} {d.points} of {d.weight} level {d.level} of 5" in text
        assert d.anchor in text
    for f in BAD.report.findings:
        assert f.sentence in text
        assert f.earn in text


@pytest.mark.parametrize(("width", "beside"), [(80, False), (120, True), (200, True)])
def test_findings_stand_beside_their_dimension_where_it_is_wide_and_beneath_where_it_is_not(width: int, beside: bool):
    async def scene(pilot: Pilot[None], screen: DebriefScreen) -> None:
        for about in screen.query(".about"):
            found = about.parent.query_one("Findings")  # type: ignore[union-attr]
            assert (found.region.y == about.region.y) is beside
            assert (found.region.x > about.region.x) is beside

    play(scene, BAD, (width, 40))


# Tabs and keys


def test_number_keys_and_arrows_open_every_tab():
    async def scene(pilot: Pilot[None], screen: DebriefScreen) -> None:
        tabs = screen.query_one(TabbedContent)
        for number, name in enumerate(TABS, 1):
            await pilot.press(str(number))
            assert tabs.active == name
        await pilot.press("right")
        assert tabs.active == TABS[0]
        for name in (*TABS[1:], TABS[0]):
            await pilot.press("right")
            assert tabs.active == name
        await pilot.press("left")
        assert tabs.active == TABS[-1]

    play(scene)


@pytest.mark.parametrize(
    ("number", "last"),
    [(1, "nobody watched)"), (2, "losses down for good"), (3, "Again excluded slow-online-store"), (4, "resolve"), (5, "replayed in test")],
)
def test_every_tab_is_read_to_its_end_by_keyboard(number: int, last: str):
    async def scene(pilot: Pilot[None], screen: DebriefScreen) -> None:
        async def after(*keys: str) -> str:
            await pilot.press(*keys)
            return text_of(pilot.app)

        top = await after(str(number))
        assert last not in words(top)
        assert last in words(await after("end"))
        assert await after("home") == top
        assert await after("down", "pagedown") != top
        assert await after("pageup", "up") == top

    play(scene, GOOD, (60, 12))


@pytest.mark.parametrize("key", ["q", "escape"])
def test_the_screen_goes_back(key: str):
    async def scene(pilot: Pilot[None], screen: DebriefScreen) -> None:
        await pilot.press(key)
        assert not screen.is_attached
        assert pilot.app.screen is not screen

    play(scene)


# The harm


def test_the_curves_are_told_apart_by_their_signs_and_named_with_what_they_came_to():
    text = seen(BAD, "2", size=(120, 36))
    lines = text.splitlines()
    plot = [line[:88] for line in lines if "┃" in line]
    assert sum(line.count("x") for line in plot) > 8
    assert sum(line.count("o") for line in plot) > 8
    assert any("\u2800" < sign <= "\u28ff" for line in plot for sign in line)
    left, nothing, ref = (next(i for i, line in enumerate(lines) if name in line) for name in ("━  as you left it", "x  had nobody done anything", "o  with the reference runbook"))
    assert len({left, nothing, ref}) == 3
    assert "9,500 USD" in lines[nothing + 1]
    assert nothing < left
    assert f"Lost since the page of {calendar.clock(START_S)}, in USD" in text


def test_left_and_right_walk_over_the_steps_and_tell_what_was_typed_and_what_came_of_it():
    async def scene(pilot: Pilot[None], screen: DebriefScreen) -> None:
        await pilot.press("2", "right", "right")
        text = words(text_of(pilot.app))
        assert "#2 0:00 look pipelines runs features --last 3d fell here: unit-change, slow-online-store" in text
        screen.query_one(HarmPlot).at = 8
        await pilot.press("right")
        text = words(text_of(pilot.app))
        assert "▲#10 0:30 move about" in text
        assert "pipelines backfill materialise --view card_velocity saved 9,000 USD" in text
        await pilot.press("left")
        assert "#9 0:30 declare" in words(text_of(pilot.app))
        screen.query_one(HarmPlot).at = 6
        await pilot.pause()
        assert GOOD.marks[6].line in words(text_of(pilot.app))

    play(scene)


def test_a_long_line_and_a_long_reason_are_both_told_and_say_that_they_go_on():
    marks = (msgspec.structs.replace(GOOD.marks[0], line="note " + "typed " * 60), *GOOD.marks[1:])
    own = (replace(GOOD.report.own[0], note="because " * 60), *GOOD.report.own[1:])
    for step_note in (own, GOOD.report.own):
        lines = seen(msgspec.structs.replace(GOOD, marks=marks, report=replace(GOOD.report, own=step_note)), "2", "right").splitlines()
        head = next(i for i, line in enumerate(lines) if line.startswith(" #1 "))
        typed, more = (line.strip() for line in lines[head + 1 : head + 3])
        assert typed.startswith("note typed typed")
        assert more.startswith("because because" if step_note is own else "typed typed")
        assert more.endswith("…")


def test_beyond_the_last_step_the_next_tab_follows_and_before_the_first_the_one_before():
    async def scene(pilot: Pilot[None], screen: DebriefScreen) -> None:
        tabs = screen.query_one(TabbedContent)
        await pilot.press("2", *["right"] * len(BAD.marks))
        assert tabs.active == "harm"
        assert screen.query_one(HarmPlot).at == len(BAD.marks) - 1
        await pilot.press("right")
        assert tabs.active == "differential"
        await pilot.press("2", *["left"] * (len(BAD.marks) - 1))
        assert tabs.active == "harm"
        assert screen.query_one(HarmPlot).at == 0
        await pilot.press("left")
        assert tabs.active == "score"

    play(scene, BAD)


def test_a_new_size_and_a_new_theme_keep_the_step_that_is_told_of(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("NO_COLOR", raising=False)

    async def scene(pilot: Pilot[None], screen: DebriefScreen) -> None:
        await pilot.press("2", "right", "right")
        before = {strip.text for strip in screen._compositor.render_strips() if "┃" in strip.text}
        await pilot.resize_terminal(130, 40)
        pilot.app.theme = theme.NAMES[1]
        await pilot.pause()
        assert screen.query_one(HarmPlot).at == 1
        assert screen.query_one(StepLanes).chosen == 2
        text = text_of(pilot.app)
        assert "#2  0:00  look" in text
        assert len([line for line in text.splitlines() if "┃" in line]) > len(before)

    play(scene)


def test_curves_have_the_colours_of_the_theme(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("NO_COLOR", raising=False)

    def colours(screen: DebriefScreen) -> set[Any]:
        return {s.style.color for strip in screen._compositor.render_strips() if "┃" in strip.text for s in strip if s.style and s.text.strip() in ("x", "o")}

    async def scene(pilot: Pilot[None], screen: DebriefScreen) -> None:
        await pilot.press("2")
        await pilot.pause()
        dark = colours(screen)
        pilot.app.theme = theme.NAMES[1]
        await pilot.pause()
        await pilot.pause()
        light = colours(screen)
        assert len(dark) >= 2
        assert len(light) >= 2
        assert not dark & light

    play(scene, BAD, (120, 36))


def test_where_nothing_was_lost_the_steps_are_still_shown():
    text = seen(CONTROL, "2", "right")
    assert "Nothing was lost after the page, so there is no curve." in text
    assert "#1  0:00  word" in text
    assert "hypothesis world/fraud-behaviour concept-drift" in text


def curves(*values: tuple[float, ...], every_s: float = HOUR_S) -> Debrief:
    made = tuple(CurveOfHarm(name, tuple(START_S + k * every_s for k in range(len(usd))), usd) for name, usd in zip(("left", "nothing", "reference"), values, strict=False))
    return msgspec.structs.replace(GOOD, curves=made, report=replace(GOOD.report, impact=()))


@pytest.mark.parametrize(
    "odd",
    [
        curves((0.0,), (0.0,), (0.0,)),
        curves((0.0, 5.0)),
        curves((), (), ()),
        curves((0.0, 1e299), (0.0, 1.7e308), (0.0, -1e299)),
        curves((0.0, float("nan")), (float("inf"), 3.0), (float("-inf"),)),
        curves((-5.0, -5.0), (-5.0, -5.0), (-5.0, -5.0)),
        curves((0.0, 1e-9), (0.0, 0.0), (0.0, 0.0)),
        curves((0.0, 10.0), (0.0, 20.0), (0.0, 1.0), every_s=1e12),
        curves((0.0, 10.0), (0.0, 20.0), (0.0, 1.0), every_s=0.0),
        curves(*[tuple(float(k * k) for k in range(5000))] * 3),
        msgspec.structs.replace(GOOD, marks=()),
        msgspec.structs.replace(GOOD, start_s=1e13),
        msgspec.structs.replace(GOOD, start_s=-1e13),
        msgspec.structs.replace(GOOD, marks=tuple(StepMark(10**k, START_S - 5.0, "look", "x") for k in range(20))),
    ],
)
def test_odd_curves_and_steps_are_drawn_as_far_as_they_can_be(odd: Debrief):
    async def scene(pilot: Pilot[None], screen: DebriefScreen) -> None:
        await pilot.press("2", "right")
        for size in ((80, 24), (200, 60), (20, 8), (2, 2)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            assert text_of(pilot.app).count("\n") == size[1] - 1

    play(scene, odd)


def test_one_point_is_a_point_and_not_nothing():
    assert "•" in seen(curves((5.0,), (7.0,), (1.0,)), "2")


def test_the_frame_holds_every_point_and_ticks_lie_within_it():
    found = courses(GOOD.curves, GOOD.start_s)
    for width, height in ((57, 10), (87, 15), (20, 6)):
        drawn = picture(found, GOOD.start_s, GOOD.marks[-1].at_s, width, height)
        for stroke in drawn.strokes:
            assert all(0 <= at <= 1 for at in stroke.at)
            assert all(drawn.frame.low <= usd <= drawn.frame.high for usd in stroke.usd)
        assert all(0 <= at <= 1 for at, _ in drawn.across)
        assert all(drawn.frame.low <= value <= drawn.frame.high for value, _ in drawn.up)
        assert len(drawn.up) >= 2
        assert drawn.across[0][1] == "page"


def test_courses_that_run_together_leave_each_other_to_be_seen():
    drawn = picture(courses(curves((0.0, 9.0), (0.0, 9.0), (0.0, 9.0)).curves, START_S), START_S, START_S, 80, 12)
    nothing, ref = (stroke.at[:-1] for stroke in drawn.strokes[1:])
    assert min(abs(a - b) * 75 for a in nothing for b in ref) > 1


def test_the_value_between_two_points_lies_on_their_line():
    points = ((0.0, 0.0), (10.0, 100.0), (10.0, 200.0), (20.0, 200.0))
    assert [at_time(points, at) for at in (-5.0, 0.0, 5.0, 10.0, 15.0, 99.0)] == [0.0, 0.0, 50.0, 200.0, 200.0, 200.0]


def test_names_stand_at_their_ends_and_never_over_each_other():
    blocks = [(5, [Content("a"), Content("1")]), (5, [Content("b"), Content("2")]), (9, [Content("c"), Content("3")])]
    lines = [line.plain for line in stacked(blocks, 11)]
    assert len(lines) == 11
    assert sorted("".join(lines)) == sorted("a1b2c3")
    assert lines.index("1") == lines.index("a") + 1
    assert lines.index("a") < lines.index("b") < lines.index("c")
    assert [line.plain for line in stacked(blocks, 3)] != []
    assert len(stacked(blocks, 0)) == 0


def test_rows_of_the_frame_run_from_the_highest_to_the_lowest():
    frame = Frame(HOUR_S, 0.0, 100.0)
    assert [frame.row(usd, 12) for usd in (100.0, 50.0, 0.0)] == [1, 5, 10]


# The lanes


def marks(count: int, every_s: float = MINUTE_S) -> list[StepMark]:
    return [StepMark(k + 1, START_S + k * every_s, ("look", "look", "move", "word", "refused", "declare")[k % 6], f"line {k + 1}") for k in range(count)]


@pytest.mark.parametrize("width", [30, 80, 200])
@pytest.mark.parametrize("count", [1, 6, 24, 94, 400])
def test_lanes_fit_and_the_chosen_step_is_always_told(width: int, count: int):
    made = marks(count)
    for chosen in (1, count // 2 + 1, count):
        lines = lane_lines(made, START_S, width, chosen)
        assert len(lines) == 5
        assert all(line.cell_length <= width for line in lines)
        reversed_ = [line.plain[s.start : s.end] for line in lines for s in line.spans if "reverse" in str(s.style)]
        assert "".join(reversed_).lstrip("▲◆×") == str(chosen)


def test_each_step_stands_on_the_lane_of_its_kind_with_its_sign():
    looks, moves, others, _, times = (line.plain for line in lane_lines(marks(6), START_S, 80, None))
    assert looks.split() == ["looks", "1", "2"]
    assert moves.split() == ["moves", "▲3"]
    assert others.split() == ["words", "4", "×5", "◆6"]
    assert times.split()[:2] == ["h:mm", "0:00"]


def test_numbers_never_run_into_each_other():
    for line in lane_lines(marks(94), START_S, 80, None)[:3]:
        numbers = [part.lstrip("▲◆×") for part in line.plain[7:].replace("·", " ").split()]
        assert numbers
        assert all(1 <= int(number) <= 94 for number in numbers)


def test_no_steps_and_no_room_are_no_lanes():
    assert lane_lines([], START_S, 80, None) == []
    assert lane_lines(marks(3), START_S, 12, None) == []


def test_what_came_of_a_step_is_a_refusal_a_worth_or_what_fell():
    told = told_by_step(GOOD.report)
    assert told[2] == ("0:00", "fell here: unit-change, slow-online-store")
    assert told[10] == ("0:30", "saved 9,000 USD")
    assert told[1] == ("0:00", "")
    own = tuple(replace(step, note="not now") if step.step == 10 else step for step in GOOD.report.own)
    assert told_by_step(replace(GOOD.report, own=own))[10] == ("0:30", "not now")


# The differential


def test_the_differential_tells_which_explanation_fell_at_which_step_and_what_stayed_open():
    text = seen(BAD, "3", size=(120, 80))
    assert "x fell here; / fell at some of its places; . excluded again." in text
    row = next(line for line in text.splitlines() if line.strip().startswith("unit-change "))
    assert row.split() == ["unit-change", "x", "step", "1"]
    row = next(line for line in text.splitlines() if line.strip().startswith("concept-drift "))
    assert row.split() == ["concept-drift", "~", "open"]
    for told in BAD.report.open:
        assert told in words(text)
    assert "unit-change fell, by fact of unit-change." in text


def test_the_shortest_way_and_the_chain_stand_beside_ones_own_way():
    text = words(seen(GOOD, "3", size=(120, 90)))
    for told in (*GOOD.report.shortest, *GOOD.report.explanations, *(f"{part.stage}: {part.said}" for part in GOOD.report.chain)):
        assert told in text
    assert "From the cause to the losses" not in words(seen(CONTROL, "3", size=(120, 90)))


@pytest.mark.parametrize("width", [1, 20, 40, 80, 200])
def test_a_grid_of_many_looks_is_parted_to_fit(width: int):
    def part(looks: range) -> Grid:
        fell = {"unit-change": 7, "materialise-empty-source": 60}
        return Grid(tuple(looks), tuple(GridRow(name, tuple("x" if look == step else "" for look in looks), f"step {step}") for name, step in fell.items()))

    grids = [part(range(at, min(at + 14, 62))) for at in range(1, 62, 14)]
    lines = grid_lines(one_grid(grids), width)
    if width >= 40:
        assert all(line.cell_length <= width for line in lines)
        assert [line.plain.split()[1:-2] for line in lines if "x" in line.plain.split()] == [["x"], ["x"]]
        heads = [line.plain.split() for line in lines if not line.plain[:1].strip()]
        assert [int(look) for head in heads for look in head] == list(range(1, 62))
    if width == 200:
        assert len(lines) == 6


def test_grids_of_other_explanations_stay_apart():
    grids = [Grid((1,), (GridRow("a", ("x",), "step 1"),)), Grid((2,), (GridRow("b", ("",), "open"),))]
    assert one_grid(grids) == tuple(grids)


def test_no_look_is_told_as_such():
    text = seen(debrief(Scene()), "3", size=(120, 60))
    assert "No look excluded any explanation." in text
    assert "No look was made." in text


# Runbooks, losses, prevention


@pytest.mark.parametrize(("width", "beside"), [(80, False), (120, True), (200, True)])
def test_the_model_runbook_stands_beside_ones_own_where_it_is_wide(width: int, beside: bool):
    async def scene(pilot: Pilot[None], screen: DebriefScreen) -> None:
        await pilot.press("4")
        await pilot.pause()
        own, model = screen.query_one("#own").region, screen.query_one("#model").region
        assert (own.y == model.y) is beside
        assert (model.x > own.x) is beside

    play(scene, GOOD, (width, 40))


def test_both_runbooks_are_told_in_full():
    text = words(seen(GOOD, "4", size=(80, 60)))
    for told in (*(step.line for step in GOOD.report.own), *MODEL):
        assert told in text
    assert "◆ #9 0:30 declare" in text
    assert "▲ #10 0:30 pipelines backfill" in text


def test_a_missing_model_runbook_and_a_refused_step_are_told():
    own = (replace(GOOD.report.own[0], note="there is no such place"), *GOOD.report.own[1:])
    text = words(seen(msgspec.structs.replace(GOOD, report=replace(GOOD.report, reference=(), own=own)), "4", size=(80, 60)))
    assert "There is none here: the scenario was changed or removed after this session." in text
    assert "there is no such place" in text


def test_losses_are_a_table_where_it_fits_and_sentences_where_it_does_not():
    rows = (LossRow("as you left it", "500 USD", "1,000 USD", "1,500 USD"), LossRow("had nobody done anything", "", "", "9 USD"))
    wide = [line.plain for line in loss_lines(rows, 80)]
    assert wide[0].split() == ["before", "the", "page", "after", "it", "in", "all"]
    assert wide[0].index("in all") + 6 == wide[1].index("1,500 USD") + 9 == wide[2].index("9 USD") + 5
    narrow = [line.plain for line in loss_lines(rows, 40)]
    assert all(len(line) <= 40 for line in narrow)
    assert words(" ".join(narrow)) == "as you left it: 500 USD before the page, 1,000 USD after it, 1,500 USD in all had nobody done anything: 9 USD in all"


def test_harm_tells_losses_worths_recovery_and_times():
    text = words(seen(GOOD, "2", size=(80, 100)))
    for told in (*GOOD.report.losses, *GOOD.report.recovery, *(f"{name} {value}" for name, value in GOOD.report.times)):
        assert told in text
    assert "saved 9,000 USD; step 11 would have looked different without it" in text
    for moment in GOOD.report.timeline:
        assert f"{moment.clock} {moment.what}" in text
        assert f"{moment.lost} as you left it, {moment.nothing} had nobody done anything" in text


def test_prevention_tells_the_guards_what_they_were_worth_and_the_limits():
    text = words(seen(GOOD, "5"))
    for told in (*GOOD.report.guards, GOOD.report.limits, GOOD.report.version, *(f.sentence for f in GOOD.report.findings if f.dimension == "prevention")):
        assert told in text
    assert "No guard was left behind." in seen(BAD, "5")


# The export


def test_the_export_asks_for_a_name_and_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)

    async def scene(pilot: Pilot[None], screen: DebriefScreen) -> None:
        await pilot.press("e")
        await pilot.pause()
        assert isinstance(pilot.app.screen, FileName)
        assert pilot.app.screen.query_one(Input).value == "quiet-store-7-1.html"
        assert "Will be written to" in text_of(pilot.app)
        await pilot.press("enter")
        await pilot.pause()
        assert pilot.app.screen is screen

    assert play(scene).asked == [("quiet-store-7-1", str(tmp_path / "quiet-store-7-1.html"))]


def test_a_name_of_ones_own_gets_its_end_and_escape_writes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)

    async def scene(pilot: Pilot[None], screen: DebriefScreen) -> None:
        await pilot.press("e", "escape")
        await pilot.pause()
        assert pilot.app.screen is screen
        await pilot.press("e")
        await pilot.pause()
        named = pilot.app.screen.query_one(Input)
        named.value = ""
        await pilot.press("enter")
        assert isinstance(pilot.app.screen, FileName)
        named.value = "no/such/folder/x"
        await pilot.pause()
        assert "! There is no folder" in text_of(pilot.app)
        await pilot.press("enter")
        assert isinstance(pilot.app.screen, FileName)
        named.value = "mine"
        await pilot.press("enter")
        await pilot.pause()
        assert pilot.app.screen is screen

    assert play(scene).asked == [("quiet-store-7-1", str(tmp_path / "mine.html"))]


def test_what_a_name_would_do_is_said_beforehand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder.html").mkdir()
    (tmp_path / "old.html").write_text("x", encoding="utf-8")
    assert objection("", ".html") == "Type a name."
    assert "is a folder" in objection("folder.html", ".html")
    assert "names a folder" in objection("folder.html/", ".html")
    assert "There is no folder" in objection("gone/x.html", ".html")
    assert objection("x" * 300, ".html") == "No file can have this name."
    assert objection("x\0y", ".html") == "No file can have this name."
    assert objection("new", ".html") == ""
    assert remark("new", ".html") == f"Will be written to {tmp_path / 'new.html'}."
    assert remark("old.HTML", ".html").startswith("Will be written to")
    assert remark("old", ".html") == f"{tmp_path / 'old.html'} is there already and will be replaced."


@pytest.mark.parametrize(
    ("session", "file"),
    [("quiet-store-5-1", "quiet-store-5-1.html"), ("../../etc/passwd", "etc-passwd.html"), ("", "debrief.html"), ("\x1b[2J", "2J.html"), ("a" * 500, "a" * 100 + ".html")],
)
def test_the_name_that_is_offered_is_a_file_of_the_current_folder(session: str, file: str):
    assert default_file(session) == file


# Whatever is written in it


def filled(value: Any, texts: Iterator[str]) -> Any:
    """Plain data with the next of `texts` in place of every text."""
    if isinstance(value, str):
        return next(texts)
    if isinstance(value, list | tuple):
        return [filled(item, texts) for item in value]
    return {key: filled(item, texts) for key, item in value.items()} if isinstance(value, dict) else value


@pytest.mark.parametrize("first", range(0, len(NASTY), 3))
def test_nothing_in_a_debrief_is_obeyed(first: int):
    nasty = msgspec.convert(filled(msgspec.to_builtins(BAD), islice(cycle(NASTY), first, None)), Debrief)

    async def scene(pilot: Pilot[None], screen: DebriefScreen) -> None:
        for size in ((80, 24), (200, 60)):
            await pilot.resize_terminal(*size)
            for name in TABS:
                screen.action_tab(name)
                screen.query_one(HarmPlot).at = 1
                screen.action_page("end")
                await pilot.pause()
                assert not set(text_of(pilot.app)) & set(UNSAFE)
        await pilot.press("e")
        assert not set(text_of(pilot.app)) & set(UNSAFE)

    play(scene, nasty)


def test_markup_is_shown_and_not_read():
    report = replace(BAD.report, caps=("[red]red [/x] [@click=app.quit]click[/]",))
    assert "! [red]red [/x] [@click=app.quit]click[/]" in seen(msgspec.structs.replace(BAD, report=report))


def test_rows_hang_beside_their_leads_and_fit():
    rows = [Row(lead("#1"), content("one two three")), Row(lead("#22"), content("four\nfive"))]
    assert [line.plain.rstrip() for line in hanging(rows, 17)] == ["#1   one two", "     three", "#22  four", "     five"]
    assert hanging([], 17) == []
    for text in NASTY:
        for width in (1, 2, 13, 40, 80):
            lines = hanging([Row(lead(text), content(text)), rows[0]], width)
            assert not {sign for line in lines for sign in line.plain} & set(UNSAFE)
            assert len(lines) >= 2


def test_nothing_of_a_debrief_loads_numpy_before_the_harm_is_looked_at():
    program = "import sys, console.screens.debrief; print(*sys.modules)"
    loaded = set(subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split())
    assert "console.screens.debrief" in loaded
    assert not loaded & {"numpy", "pandas", "sklearn", "scipy", "pydantic", "jinja2", "sqlite3", "prompt_toolkit", "simulator.world", "scenarios"}

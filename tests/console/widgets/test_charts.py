from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from textual.pilot import Pilot

from console.host.shown import Chart, Mark
from console.widgets.charts import ChartsPane, grid_shape, legend
from console.widgets.metric_chart import MetricChart, chart_title
from simulator.durations import DAY_S, HOUR_S
from tests.console.samples import NASTY, START_S, UNSAFE, chart, snapshot
from tests.console.widgets.pane_stage import Scene, Stage, play, settled

NOW_S = START_S + 2520.0
MANY = tuple(chart(f"metric_{k}", "ms", level=100.0 * (k + 1), threshold=None) for k in range(6))


def play_charts(scene: Scene, **kwargs: Any) -> Stage:
    return play(ChartsPane(classes="pane"), scene, **kwargs)


def braille(text: str) -> int:
    return sum("\u2800" < sign <= "\u28ff" for sign in text)


def test_importing_the_pane_does_not_load_numpy() -> None:
    code = "import sys, console.widgets.charts; sys.exit('numpy' in sys.modules or 'textual_plot' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0


@pytest.mark.parametrize(
    ("width", "height", "count", "shape"),
    [
        (76, 16, 4, (2, 2)),
        (76, 10, 4, (2, 2)),
        (76, 9, 4, (2, 1)),
        (44, 12, 4, (1, 2)),
        (44, 5, 4, (1, 1)),
        (190, 50, 6, (3, 2)),
        (190, 50, 4, (2, 2)),
        (76, 40, 1, (1, 1)),
        (76, 40, 0, (1, 1)),
    ],
)
def test_as_many_charts_stand_together_as_fit(width: int, height: int, count: int, shape: tuple[int, int]) -> None:
    assert grid_shape(width, height, count) == shape


def test_four_charts_show_lines_last_week_bound_marks_and_times() -> None:
    async def scene(stage: Stage, pilot: Pilot[None]) -> None:
        assert len(stage.screen.query(MetricChart)) == 4
        assert braille(stage.text) > 150
        assert "╌╌╌╌" in stage.text
        assert "┊" in stage.text
        assert sum("▲" in line for line in stage.lines) == 2, "on the axes of both rows"
        assert "12:00" in stage.text
        assert "Tue 06" in stage.text
        assert "P 09:00 page" in stage.text
        assert "! 08:55 alert missed-fraud-high" in stage.text
        assert "missed_fraud_per_10k  137.2 per 10k  last week" in stage.text

    play_charts(scene, size=(120, 30))


def test_the_line_grows_with_the_shown_clock() -> None:
    async def scene(stage: Stage, pilot: Pilot[None]) -> None:
        stage.shown_s = START_S - 12 * HOUR_S
        await settled(pilot)
        early, title = braille(stage.text), stage.lines[1]
        stage.shown_s = NOW_S
        await settled(pilot)
        assert braille(stage.text) > early + 50
        assert stage.lines[1] != title, "the value in the title is that of the shown time"

    play_charts(scene, size=(120, 30), first=snapshot(NOW_S))


def test_nothing_is_drawn_anew_where_nothing_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scene(stage: Stage, pilot: Pilot[None]) -> None:
        from console.widgets.metric_plot import MetricPlot

        drawings: list[object] = []
        draw = MetricPlot.draw
        monkeypatch.setattr(MetricPlot, "draw", lambda plot, picture: (drawings.append(picture), draw(plot, picture)))
        stage.take(snapshot(NOW_S + 60))
        await settled(pilot)
        assert drawings == []
        charts = list(snapshot().charts)
        charts[1] = chart("latency_p99_ms", "ms", level=700.0, threshold=1800.0)
        stage.take(snapshot(NOW_S + 120, charts=tuple(charts)))
        await settled(pilot)
        assert len(drawings) == 1

    play_charts(scene, size=(120, 30), first=snapshot(NOW_S))


def test_brackets_reach_charts_that_do_not_fit() -> None:
    async def scene(stage: Stage, pilot: Pilot[None]) -> None:
        stage.pane.focus()
        await settled(pilot)
        assert "metric_0" in stage.text
        assert "metric_2" not in stage.text
        assert "1–2 of 6" in stage.text
        await pilot.press("]", "]")
        await settled(pilot)
        assert "▸metric_2" in stage.text
        assert "3–4 of 6" in stage.text
        await pilot.press("[", "[", "[")
        await settled(pilot)
        assert "▸metric_5" in stage.text

    play_charts(scene, size=(78, 12), first=snapshot(NOW_S, charts=MANY))


def test_enter_gives_one_chart_the_whole_pane_and_back() -> None:
    async def scene(stage: Stage, pilot: Pilot[None]) -> None:
        stage.pane.focus()
        await pilot.press("]", "enter")
        await settled(pilot)
        (alone,) = stage.screen.query(MetricChart)
        assert alone.chart.name == "metric_1"
        assert alone.size.width > 70
        assert "2 of 6" in stage.text
        await pilot.press("enter")
        await settled(pilot)
        assert len(stage.screen.query(MetricChart)) == 6

    play_charts(scene, size=(78, 18), first=snapshot(NOW_S, charts=MANY))


def test_the_chosen_chart_stays_chosen_when_another_is_pinned_before_it() -> None:
    async def scene(stage: Stage, pilot: Pilot[None]) -> None:
        stage.pane.focus()
        await pilot.press("]")
        stage.take(snapshot(NOW_S + 60, charts=(chart("pinned"), *MANY)))
        await settled(pilot)
        assert "▸metric_1" in stage.text

    play_charts(scene, size=(120, 40), first=snapshot(NOW_S, charts=MANY))


def test_a_click_chooses_a_chart() -> None:
    async def scene(stage: Stage, pilot: Pilot[None]) -> None:
        await pilot.click(stage.pane, offset=(60, 5))
        await settled(pilot)
        assert isinstance(stage.pane, ChartsPane)
        assert stage.pane.chosen == "metric_1"

    play_charts(scene, size=(100, 20), first=snapshot(NOW_S, charts=MANY))


def test_nothing_is_loaded_or_drawn_while_the_pane_is_hidden() -> None:
    pane = ChartsPane(classes="pane")
    pane.display = False

    async def scene(stage: Stage, pilot: Pilot[None]) -> None:
        stage.take(snapshot(NOW_S + 60))
        await settled(pilot)
        assert not stage.screen.query(MetricChart)
        pane.display = True
        await settled(pilot)
        assert len(stage.screen.query(MetricChart)) == 4

    play(pane, scene, size=(120, 30))


@pytest.mark.parametrize("size", [(46, 14), (78, 12), (78, 18), (200, 60), (20, 8), (10, 5), (5, 3)])
def test_every_size_can_be_drawn_and_left_again(size: tuple[int, int]) -> None:
    async def scene(stage: Stage, pilot: Pilot[None]) -> None:
        for width, height in (size, (120, 30), size):
            await pilot.resize_terminal(width, height)
            await settled(pilot)
        stage.take(snapshot(NOW_S + 600, charts=MANY))
        await settled(pilot)
        assert stage.screen.query(MetricChart)

    play_charts(scene, size=(100, 40))


@pytest.mark.parametrize(
    "odd",
    [
        Chart("empty", "", (), (), (), None),
        Chart("one", "ms", (START_S,), (1.0,), (None,), 2.0),
        Chart("unknown", "ratio", (START_S - 300, START_S), (None, None), (None, None), 0.1),
        Chart("constant", "", (START_S - 300, START_S), (0.0, 0.0), (0.0, 0.0), None),
        Chart("huge", "rows", (START_S - 300, START_S), (1e14, 9e14), (-1e14, 2e14), 5e14),
        Chart("tiny", "s", (START_S - 300, START_S), (1e-12, 9e-12), (1e-12, 2e-12), None),
        Chart("broken", "s", (START_S - 300, START_S), (float("nan"), float("inf")), (float("nan"), 1.0), None),
    ],
    ids=lambda odd: odd.name,
)
def test_an_odd_metric_is_drawn_as_far_as_it_is_known(odd: Chart) -> None:
    async def scene(stage: Stage, pilot: Pilot[None]) -> None:
        assert odd.name in stage.text

    play_charts(scene, size=(78, 12), first=snapshot(NOW_S, charts=(odd, chart())))


def test_without_colour_it_can_be_drawn_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")

    async def scene(stage: Stage, pilot: Pilot[None]) -> None:
        await pilot.resize_terminal(60, 20)
        await settled(pilot)
        assert "╌╌ alert" in stage.text
        assert braille(stage.text) > 50

    play_charts(scene, size=(120, 30))


def test_a_change_of_theme_colours_the_lines_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)

    def colours(stage: Stage) -> set[Any]:
        return {segment.style.color for strip in stage.screen._compositor.render_strips() for segment in strip if segment.style and braille(segment.text) > 3}

    async def scene(stage: Stage, pilot: Pilot[None]) -> None:
        dark = colours(stage)
        stage.theme = "textual-light"
        await settled(pilot)
        assert dark
        assert colours(stage)
        assert not dark & colours(stage)

    play_charts(scene, size=(120, 30))


@pytest.mark.parametrize("width", range(12, 80))
def test_no_width_cuts_the_value_out_of_a_title(width: int) -> None:
    title = chart_title(chart(), 288, width)
    assert title.cell_length <= width or width < 14
    assert "137.2" in title.plain


def test_a_title_says_where_a_bound_beyond_the_picture_lies() -> None:
    assert chart_title(chart("latency_p99_ms", "ms", level=640.0, threshold=1800.0), 288, 90).plain.endswith("alert at 1,800 ↑")


def test_the_legend_has_the_newest_marks_that_fit() -> None:
    marks = [Mark(START_S - 2 * DAY_S, "change", "old"), *(Mark(START_S - k * HOUR_S, "change", f"release {k}") for k in (3, 2, 1))]
    assert legend(marks, START_S, 80).plain == "▲ 06:00 release 3   ▲ 07:00 release 2   ▲ 08:00 release 1"
    assert legend(marks, START_S, 40).plain == "▲ 07:00 release 2   ▲ 08:00 release 1"
    assert legend(marks, START_S, 12).plain == "▲ 08:00 rel…"
    assert legend(marks[:1], START_S, 80).plain == "▲ Sun 04 Oct 09:00 old"
    assert legend([], START_S, 80).plain == ""


def test_nasty_names_and_marks_are_only_text() -> None:
    async def scene(stage: Stage, pilot: Pilot[None]) -> None:
        for text in NASTY:
            nasty = chart(text, text)
            stage.take(snapshot(NOW_S, charts=(nasty, nasty), marks=(Mark(START_S - 60, text, text),)))
            await settled(pilot)
            assert not set(UNSAFE) & set(stage.text), repr(text)
            assert braille(stage.text) > 20, repr(text)

    play_charts(scene, size=(80, 16))

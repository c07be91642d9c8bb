from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Awaitable, Callable
from math import sin

import pytest
from textual.app import App
from textual.pilot import Pilot

from console.screens.curve_screen import CurveScreen
from simulator.observation import Observation, Series
from tests.console.samples import NASTY, START_S, UNSAFE

AT_S = tuple(START_S - 300.0 * (99 - k) for k in range(100))
NOW = Series("missed_fraud_per_10k", "per 10k", AT_S, tuple(float(k) for k in range(100)))
BEFORE = Series("missed_fraud_per_10k, a week before", "per 10k", AT_S, tuple(None if 40 <= k < 60 else 50.0 + 9 * sin(k / 5) for k in range(100)))
AGE = Series("age", "s", AT_S[:50], tuple(60.0 * k for k in range(50)))
SEEN = Observation("missed_fraud_per_10k, last 8h", (), (NOW, BEFORE, AGE))


def play(scene: Callable[[Pilot[None], CurveScreen], Awaitable[None]], seen: Observation = SEEN, size: tuple[int, int] = (80, 24)) -> None:
    """Play a scene on the screen of an observation's curves."""

    async def run() -> None:
        app: App[None] = App()
        async with app.run_test(size=size) as pilot:
            screen = CurveScreen(seen)
            await app.push_screen(screen)
            await settled(pilot)
            await scene(pilot, screen)

    asyncio.run(run())


async def settled(pilot: Pilot[None]) -> None:
    await pilot.pause()
    await pilot.pause()


def lines_of(screen: CurveScreen) -> list[str]:
    return [strip.text for strip in screen._compositor.render_strips()]


def text_of(screen: CurveScreen) -> str:
    return "\n".join(lines_of(screen))


def upright(screen: CurveScreen) -> int:
    """Column of the upright at the moment that is read."""
    line = next(line for line in lines_of(screen) if "│" in line)
    return line.index("│")


def test_curves_are_drawn_with_times_values_and_a_legend_of_signs():
    async def scene(pilot: Pilot[None], screen: CurveScreen) -> None:
        text = text_of(screen)
        assert "missed_fraud_per_10k, last 8h" in text
        assert "Tue 06 Oct 00:45 – Tue 06 Oct 09:00" in text
        assert "02:00" in text
        assert "08:00" in text
        assert any(line.lstrip().startswith("50 ") for line in lines_of(screen))
        assert "● missed_fraud_per_10k  99 per 10k" in text
        assert "▲ missed_fraud_per_10k, a week before" in text
        plot = "".join(lines_of(screen)[3:18])
        assert plot.count("●") >= 3
        assert plot.count("▲") >= 2
        assert any("⠀" < sign <= "⣿" for sign in plot)

    play(scene)


def test_nothing_is_drawn_where_nothing_was_measured():
    async def scene(pilot: Pilot[None], screen: CurveScreen) -> None:
        drawn = [[k for k, sign in enumerate(line) if "⠀" < sign <= "⣿"] for line in lines_of(screen)]
        columns = {k for line in drawn for k in line}
        middle = (min(columns) + max(columns)) // 2
        assert not columns & set(range(middle - 5, middle + 5))
        assert len(columns) > 40

    play(scene, Observation("x", (), (BEFORE,)))


def test_keys_move_the_moment_that_is_read():
    async def scene(pilot: Pilot[None], screen: CurveScreen) -> None:
        assert "Tue 06 Oct 09:00" in [line.strip() for line in lines_of(screen)]
        last = upright(screen)
        await pilot.press("left")
        await settled(pilot)
        assert "Tue 06 Oct 08:55" in text_of(screen)
        assert "98 per 10k" in text_of(screen)
        await pilot.press("pageup", "pageup", "shift+left")
        await settled(pilot)
        assert "83 per 10k" in text_of(screen)
        assert upright(screen) < last
        await pilot.press("home", "left")
        await settled(pilot)
        assert "● missed_fraud_per_10k  0 per 10k" in text_of(screen)
        await pilot.press("end", "right", "pagedown")
        await settled(pilot)
        assert "99 per 10k" in text_of(screen)
        assert upright(screen) == last

    play(scene)


def test_in_a_gap_the_reading_says_that_nothing_is_known():
    async def scene(pilot: Pilot[None], screen: CurveScreen) -> None:
        for _ in range(10):
            await pilot.press("pageup")
        await settled(pilot)
        assert "● missed_fraud_per_10k  49 per 10k" in text_of(screen)
        assert "a week before  –" in text_of(screen)

    play(scene)


def test_a_click_reads_the_moment_below_it():
    async def scene(pilot: Pilot[None], screen: CurveScreen) -> None:
        await pilot.click("CurvePlot", offset=(40, 5))
        await settled(pilot)
        assert upright(screen) == 40
        await pilot.click("#title", offset=(4, 0))
        await settled(pilot)
        assert upright(screen) == 40

    play(scene)


def test_curves_of_another_unit_are_a_number_or_a_click_away_and_read_at_the_same_time():
    async def scene(pilot: Pilot[None], screen: CurveScreen) -> None:
        await pilot.press("home", "right", "right", "2")
        await settled(pilot)
        assert "[2 age]" in text_of(screen)
        assert "age  2m" in text_of(screen)
        assert "Tue 06 Oct 00:55" in text_of(screen)
        assert "●" not in text_of(screen)
        await pilot.press("9", "2")
        await pilot.click("TabRow", offset=(4, 0))
        await settled(pilot)
        assert "● missed_fraud_per_10k  2 per 10k" in text_of(screen)

    play(scene)


def test_escape_goes_back():
    async def scene(pilot: Pilot[None], screen: CurveScreen) -> None:
        await pilot.press("escape")
        assert pilot.app.screen is not screen

    play(scene)


def test_the_plot_keeps_up_with_the_size_of_the_terminal():
    async def scene(pilot: Pilot[None], screen: CurveScreen) -> None:
        few = text_of(screen).count(":00")
        await pilot.resize_terminal(200, 50)
        await settled(pilot)
        assert text_of(screen).count(":00") > few
        assert upright(screen) > 150
        await pilot.resize_terminal(20, 6)
        await settled(pilot)
        await pilot.press("left", "2")
        await pilot.resize_terminal(80, 24)
        await settled(pilot)
        assert "[2 age]" in text_of(screen)
        assert any("⠀" < sign <= "⣿" for sign in text_of(screen))

    play(scene)


@pytest.mark.parametrize(
    "curve",
    [
        Series("one point", "s", (START_S,), (5.0,)),
        Series("constant", "", AT_S, (0.0,) * 100),
        Series("lonely", "", AT_S[:5], (None, 2.0, None, 3.0, None)),
        Series("huge", "", AT_S[:3], (-1e14, 0.0, 1e14)),
        Series("tiny", "share", AT_S[:3], (1e-12, 2e-12, 3e-12)),
        Series("dates", "time", AT_S[:3], (START_S, START_S + 60.0, START_S + 7200.0)),
    ],
    ids=lambda curve: curve.name,
)
def test_odd_curves_can_be_drawn_and_read(curve: Series):
    async def scene(pilot: Pilot[None], screen: CurveScreen) -> None:
        assert curve.name in text_of(screen)
        await pilot.press("home", "right", "end", "pageup")
        await settled(pilot)
        assert "│" in text_of(screen)

    play(scene, Observation("x", (), (curve,)))


@pytest.mark.parametrize("curves", [(), (Series("s", "", AT_S, (None,) * 100),)])
def test_an_observation_without_curves_says_so(curves: tuple[Series, ...]):
    async def scene(pilot: Pilot[None], screen: CurveScreen) -> None:
        assert "This step has no curve with a value." in text_of(screen)
        await pilot.press("left", "right", "pageup", "home", "end", "1", "2")
        await pilot.click(offset=(10, 5))
        await pilot.press("escape")
        assert pilot.app.screen is not screen

    play(scene, Observation("x", (), curves))


@pytest.mark.parametrize("size", [(24, 8), (120, 36)])
def test_no_text_breaks_the_screen_or_reaches_the_terminal_as_a_control_sign(size: tuple[int, int]):
    named = tuple(Series(text, unit, AT_S, tuple(k + 0.5 for k in range(100))) for text in NASTY[:8] for unit in (text, ""))
    seen = Observation("\x1b]0;title\x07[/x]\u202e", (), (*named, *(Series(text, "same", AT_S, NOW.values) for text in NASTY[8:14])))

    async def scene(pilot: Pilot[None], screen: CurveScreen) -> None:
        painted = text_of(screen)
        for number in range(2, 10):
            await pilot.press(str(number), "left")
            await settled(pilot)
            painted += text_of(screen)
        assert "[@click=app.quit]" in painted or size[0] < 80
        assert not set(UNSAFE) & set(painted)

    play(scene, seen, size)


def test_it_can_be_drawn_where_there_is_no_colour(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("NO_COLOR", "1")

    async def scene(pilot: Pilot[None], screen: CurveScreen) -> None:
        await pilot.press("left", "2")
        await settled(pilot)
        assert "age  49m" in text_of(screen)

    play(scene)


def test_numpy_is_loaded_only_when_a_curve_is_drawn():
    program = "import sys, console.screens.curve_screen, console.screens.table_screen, console.widgets.output; print('numpy' in sys.modules, 'pandas' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["False", "False"]

from __future__ import annotations

import asyncio
from itertools import combinations

import pytest
from textual.app import App, ComposeResult
from textual.color import Color
from textual.widgets import OptionList

from console import theme
from console.widgets.plain_text import PlainText, state_content

GROUNDS = ("background", "surface", "panel", "panel-lighten-1", "block-cursor-background", "block-cursor-blurred-background")
TEXTS = ("text", "foreground", "text-muted", "text-primary", "text-secondary", "text-accent", "text-error", "text-warning", "text-success")
DEUTERANOPIA = ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881))
"""Machado, Oliveira and Fernandes (2009), severity 1.0, on linear RGB."""


class Shown(App[None]):
    def __init__(self, name: str) -> None:
        super().__init__()
        theme.register(self)
        self.theme = name

    def compose(self) -> ComposeResult:
        yield PlainText(state_content("firing"))
        yield OptionList("first", "second", markup=False)


@pytest.fixture(autouse=True)
def coloured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)


def variables(name: str) -> dict[str, str]:
    """The theme's variables as Textual generates them."""

    async def run() -> dict[str, str]:
        app = Shown(name)
        async with app.run_test():
            return dict(app.theme_variables)

    return asyncio.run(run())


def linear(colour: Color) -> tuple[float, float, float]:
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour.normalized)
    return red, green, blue


def luminance(colour: Color) -> float:
    red, green, blue = linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(text: Color, ground: Color) -> float:
    """As WCAG 2.2 defines it."""
    dark, light = sorted((luminance(text), luminance(ground)))
    return (light + 0.05) / (dark + 0.05)


def lab(colour: Color, seen: tuple[tuple[float, ...], ...]) -> tuple[float, float, float]:
    """CIELAB of a colour after the matrix `seen` on linear RGB."""
    red, green, blue = (max(0.0, sum(m * c for m, c in zip(row, linear(colour), strict=True))) for row in seen)
    x, y, z = (
        (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.95047,
        0.2126 * red + 0.7152 * green + 0.0722 * blue,
        (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.08883,
    )
    fx, fy, fz = (t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def resolved(text: str, ground: Color) -> Color:
    """A colour of text as it is drawn on a ground; `auto 87%` is black or white at that strength, whichever shows."""
    if text.startswith("auto "):
        return ground + ground.get_contrast_text(float(text.removeprefix("auto ").removesuffix("%")) / 100)
    return ground + Color.parse(text)


def test_black_on_white_has_the_contrast_that_wcag_gives_it() -> None:
    assert contrast(Color(0, 0, 0), Color(255, 255, 255)) == pytest.approx(21.0)
    assert contrast(Color.parse("#777777"), Color(255, 255, 255)) == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize(("name", "least"), [("hotseat-dark", 4.5), ("hotseat-light", 4.5), ("hotseat-contrast", 7.0)])
def test_every_text_is_readable_on_every_ground(name: str, least: float) -> None:
    made = variables(name)
    poor = {
        f"{text} on {ground}": round(ratio, 2)
        for ground in GROUNDS
        for text in TEXTS
        for under in [Color.parse(made[ground])]
        for ratio in [contrast(resolved(made[text], under), under)]
        if ratio < least
    }
    assert not poor


@pytest.mark.parametrize(("name", "least"), [("hotseat-dark", 4.5), ("hotseat-light", 4.5), ("hotseat-contrast", 7.0)])
@pytest.mark.parametrize(
    ("text", "ground"),
    [
        ("block-cursor-foreground", "block-cursor-background"),
        ("block-cursor-blurred-foreground", "block-cursor-blurred-background"),
        ("footer-foreground", "footer-background"),
        ("footer-key-foreground", "footer-background"),
        ("footer-description-foreground", "footer-background"),
        ("input-selection-foreground", "input-selection-background"),
        ("input-cursor-foreground", "input-cursor-background"),
        ("button-color-foreground", "primary"),
        ("button-color-foreground", "error"),
        ("button-color-foreground", "warning"),
        ("button-color-foreground", "success"),
    ],
)
def test_texts_that_have_a_ground_of_their_own_are_readable_on_it(name: str, least: float, text: str, ground: str) -> None:
    made = variables(name)
    under = Color.parse(made[ground])
    assert contrast(resolved(made[text], under), under) >= least


@pytest.mark.parametrize("name", theme.NAMES)
def test_frames_can_be_seen_on_what_they_are_drawn_on(name: str) -> None:
    made = variables(name)
    for frame in ("panel-lighten-2", "border-blurred", "border"):
        for ground in ("background", "surface"):
            assert contrast(Color.parse(made[frame]), Color.parse(made[ground])) >= 2.8, (frame, ground)


@pytest.mark.parametrize("name", theme.NAMES)
def test_texts_stay_readable_in_grey(name: str) -> None:
    made = variables(name)
    for ground in ("background", "surface", "panel"):
        under = Color.parse(made[ground])
        for text in TEXTS:
            assert contrast(resolved(made[text], under).monochrome, under.monochrome) >= 4.5, (text, ground)


@pytest.mark.parametrize("name", theme.NAMES)
@pytest.mark.parametrize("pair", list(combinations(("text-error", "text-warning", "text-success"), 2)), ids="/".join)
def test_states_differ_for_people_who_confuse_red_and_green(name: str, pair: tuple[str, str]) -> None:
    made = variables(name)
    one, other = (lab(Color.parse(made[text]), DEUTERANOPIA) for text in pair)
    assert sum((a - b) ** 2 for a, b in zip(one, other, strict=True)) ** 0.5 >= 20


def test_the_measure_of_difference_notices_red_and_green_of_one_lightness() -> None:
    one, other = (lab(Color.parse(colour), DEUTERANOPIA) for colour in ("#c07000", "#8a8000"))
    assert sum((a - b) ** 2 for a, b in zip(one, other, strict=True)) ** 0.5 < 20


@pytest.mark.parametrize("name", theme.NAMES)
def test_without_colours_the_row_under_the_cursor_is_reversed(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    made = variables(name)
    assert "reverse" in made["block-cursor-text-style"].split()
    assert "underline" in made["block-cursor-blurred-text-style"].split()
    assert "reverse" in made["button-focus-text-style"].split()


@pytest.mark.parametrize("name", theme.NAMES)
def test_without_colours_only_greys_reach_the_terminal_and_words_differ_from_their_ground(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")

    async def run() -> None:
        app = Shown(name)
        async with app.run_test(size=(40, 12)) as pilot:
            await pilot.pause()
            filters = app.get_line_filters()
            words = 0
            for strip in app.screen._compositor.render_strips():
                segments = list(strip)
                for shade in filters:
                    segments = shade.apply(segments, Color(0, 0, 0))
                for segment in segments:
                    if not segment.text.strip() or segment.style is None or not segment.style.color or not segment.style.bgcolor:
                        continue
                    front, back = Color.from_rich_color(segment.style.color), Color.from_rich_color(segment.style.bgcolor)
                    assert len(set(front.rgb)) == 1, segment
                    assert len(set(back.rgb)) == 1, segment
                    if any(sign.isalpha() for sign in segment.text):
                        words += 1
                        assert contrast(front, back) >= 4.5, segment
            assert words >= 3

    asyncio.run(run())


def test_the_names_are_those_that_settings_may_hold() -> None:
    app = Shown(theme.NAMES[0])
    assert set(theme.NAMES) <= set(app.available_themes)
    assert len(theme.NAMES) == 3

from __future__ import annotations

from console.plain.sparkline import bars, series_text
from console.plain.style import Style
from simulator.observation import Series


def test_a_curve_shows_its_figures_its_span_and_its_shape() -> None:
    series = Series("p99", "ms", (0.0, 3600.0, 7200.0, 10_800.0), (100.0, 200.0, None, 800.0))
    assert series_text(series, Style()).splitlines() == [
        "  p99 [ms]: min 100, max 800, last 800",
        "  Mon 06 Jul 00:00 ▁▂ █ Mon 06 Jul 03:00",
    ]


def test_a_level_curve_is_level() -> None:
    assert bars((5.0, 5.0, 5.0), 10, Style()) == "▁▁▁"


def test_many_values_are_gathered_into_few_bars_by_their_mean() -> None:
    assert bars([0.0] * 50 + [1.0] * 50, 4, Style()) == "▁▁██"


def test_without_unicode_the_shape_is_drawn_in_ascii() -> None:
    drawn = bars((0.0, 1.0), 10, Style(unicode=False))
    assert drawn == "_#"


def test_a_curve_that_was_never_measured_says_so() -> None:
    assert series_text(Series("rows", "", (0.0, 1.0), (None, None)), Style()) == "  rows: nothing was measured"


def test_an_empty_curve_says_so() -> None:
    assert series_text(Series("rows", "", (), ()), Style()) == "  rows: nothing was measured"

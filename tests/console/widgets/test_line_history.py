from __future__ import annotations

from console.widgets.line_history import LineHistory

LINES = ("alerts", "features age", "features parity", "alerts rules")


def walked(history: LineHistory, typed: str, times: int, *, anywhere: bool = False) -> list[str | None]:
    return [history.older(typed, anywhere=anywhere) for _ in range(times)]


def test_up_goes_from_the_newest_line_to_the_oldest_and_stays_there() -> None:
    assert walked(LineHistory(LINES), "", 5) == ["alerts rules", "features parity", "features age", "alerts", None]


def test_down_comes_back_to_what_was_half_typed() -> None:
    history = LineHistory(LINES)
    walked(history, "f", 2)
    assert [history.newer(), history.newer(), history.newer()] == ["features parity", "f", None]
    assert not history.walking


def test_only_lines_that_begin_with_what_was_typed_are_met() -> None:
    assert walked(LineHistory(LINES), "features", 3) == ["features parity", "features age", None]


def test_a_search_meets_lines_that_have_it_anywhere() -> None:
    assert walked(LineHistory(LINES), "ru", 2, anywhere=True) == ["alerts rules", None]


def test_a_line_like_the_half_typed_one_is_no_news() -> None:
    assert walked(LineHistory(LINES), "alerts", 2) == ["alerts rules", None]


def test_a_line_entered_again_is_kept_once_as_the_newest() -> None:
    history = LineHistory(LINES)
    history.add("  alerts ")
    history.add(" ")
    assert history.lines == ("features age", "features parity", "alerts rules", "alerts")


def test_typing_ends_a_walk_and_makes_a_new_half_typed_line() -> None:
    history = LineHistory(LINES)
    assert history.older("") == "alerts rules"
    history.stop()
    assert history.older("features p") == "features parity"
    assert history.newer() == "features p"


def test_an_empty_history_has_nothing_in_either_direction() -> None:
    history = LineHistory()
    assert (history.older("a"), history.newer(), history.walking) == (None, None, False)

from __future__ import annotations

import pytest

from console.widgets.grid_view import MOST_WIDTH, GridView, wanted_part
from simulator.observation import Cell, Table, table
from tests.console.samples import NASTY, START_S, UNSAFE

RUNS = table(
    "Runs",
    [("task", ""), ("state", ""), ("took", "s"), ("rows", "rows"), ("began", "time")],
    [
        ["ingest", "success", 90.0, 1000, START_S],
        ["build", "failed", None, None, START_S - 60],
        ["Load", "success", 3600.0, 20, None],
        ["check", "pending", 5.0, 300, START_S - 7200],
    ],
)


def names(view: GridView) -> list[str]:
    return [str(view.table.rows[place][0]) for place in view.shown_rows()]


def filtered(wanted: str) -> list[str]:
    view = GridView(RUNS)
    view.wanted = wanted
    return names(view)


def column_of(*values: Cell) -> GridView:
    return GridView(Table("t", RUNS.columns[:1], tuple((value,) for value in values)))


def test_cells_are_shown_by_their_unit_and_states_with_a_sign():
    view = GridView(RUNS)
    assert view.texts[0] == ["ingest", "+ success", "1.5m", "1,000", "Tue 06 Oct 09:00"]
    assert view.texts[1][1:4] == ["! failed", "–", "–"]
    assert view.heads == ["task", "state", "took", "rows [rows]", "began"]
    assert view.numeric == [False, False, True, True, False]


def test_rows_come_as_the_observation_has_them():
    assert names(GridView(RUNS)) == ["ingest", "build", "Load", "check"]


def test_numbers_are_sorted_by_value_and_nothing_comes_last_in_both_directions():
    view = GridView(RUNS)
    view.sort(2)
    assert names(view) == ["check", "ingest", "Load", "build"]
    view.sort(2)
    assert names(view) == ["Load", "ingest", "check", "build"]
    view.sort(4)
    assert names(view) == ["check", "build", "ingest", "Load"]


def test_texts_are_sorted_without_regard_to_case():
    view = GridView(RUNS)
    view.sort(0)
    assert names(view) == ["build", "check", "ingest", "Load"]


def test_the_third_time_gives_back_the_order_in_which_the_rows_came():
    view = GridView(RUNS)
    for _ in range(3):
        view.sort(3)
    assert names(view) == ["ingest", "build", "Load", "check"]
    assert view.sorted_by is None


def test_a_column_of_mixed_values_can_be_sorted():
    view = column_of("b", 2, None, True, 1.5, "", float("nan"), "a")
    view.sort(0)
    assert [view.texts[k][0] for k in view.shown_rows()] == ["yes", "1.5", "2", "", "a", "b", "–", "–"]
    view.sort(0)
    assert [view.texts[k][0] for k in view.shown_rows()] == ["b", "a", "", "2", "1.5", "yes", "–", "–"]


def test_equal_rows_keep_their_order_in_both_directions():
    view = GridView(table("t", ["a", "b"], [[1, "x"], [0, "y"], [1, "z"]]))
    view.sort(0)
    assert view.shown_rows() == [1, 0, 2]
    view.sort(0)
    assert view.shown_rows() == [0, 2, 1]


def test_a_filter_finds_text_in_any_cell_as_it_is_shown():
    assert filtered("BUILD") == ["build"]
    assert filtered("1,000") == ["ingest"]
    assert filtered(" succ ") == ["ingest", "Load"]
    assert filtered("08:59") == ["build"]
    assert filtered("nowhere") == []
    assert filtered("  ") == ["ingest", "build", "Load", "check"]


def test_a_filter_may_be_about_one_column():
    assert filtered("took:60") == ["Load"]
    assert filtered("task:l") == ["build", "Load"]
    assert filtered("sta:succ") == ["ingest", "Load"]
    assert filtered("state:") == ["ingest", "build", "Load", "check"]


def test_a_colon_that_names_no_column_is_text():
    names_of_columns = ["at", "amount", "at risk"]
    assert wanted_part("09:42", names_of_columns) == (None, "09:42")
    assert wanted_part("a:1", names_of_columns) == (None, "a:1")
    assert wanted_part("at:1", names_of_columns) == (0, "1")
    assert wanted_part("At Risk:1", names_of_columns) == (2, "1")
    assert wanted_part("am: 1:2", names_of_columns) == (1, "1:2")
    assert wanted_part(":1", names_of_columns) == (None, ":1")
    assert wanted_part("x:1", ["", "x"]) == (1, "1")


def test_a_filter_and_an_order_go_together():
    view = GridView(RUNS)
    view.sort(2)
    view.sort(2)
    view.wanted = "success"
    assert names(view) == ["Load", "ingest"]


def test_the_state_says_how_many_rows_are_shown_and_in_which_order():
    view = GridView(RUNS)
    assert view.state_text(4) == "4 rows"
    view.wanted = "success"
    view.sort(2)
    assert view.state_text(2) == "2 of 4 rows · sorted by took, least first"
    view.sort(4)
    view.sort(4)
    assert view.state_text(2) == "2 of 4 rows · sorted by began, latest first"
    view.sort(0)
    assert view.state_text(2) == "2 of 4 rows · sorted by task, A to Z"
    assert view.head(0) == "task ▲"
    assert view.head(2) == "took"
    assert column_of(1).state_text(1) == "1 row"


def test_what_is_shown_is_copied_with_its_heads():
    view = GridView(RUNS)
    view.sort(3)
    view.wanted = "succ"
    assert view.tab_separated() == "task\tstate\ttook\trows [rows]\tbegan\nLoad\tsuccess\t60m\t20\t–\ningest\tsuccess\t1.5m\t1,000\tTue 06 Oct 09:00"


def test_no_column_is_wider_than_can_be_read_and_each_has_room_for_its_arrow():
    view = GridView(table("t", ["A" * 500, "b"], [["x", "y" * 100], ["x", "z"]]))
    assert view.widths == [MOST_WIDTH, MOST_WIDTH]
    assert GridView(RUNS).widths[0] >= len("task ▲")


@pytest.mark.parametrize("text", NASTY)
def test_no_control_sign_is_shown_copied_or_breaks_the_filter(text: str):
    view = GridView(table(text, [(text, text), ("n", "")], [[text, 1], [None, 2]]))
    view.wanted = text
    view.sort(0)
    shown = "".join([*view.heads, *view.texts[0], view.state_text(1), view.tab_separated()])
    assert not set(UNSAFE) & set(shown)
    assert view.tab_separated().count("\n") == len(view.shown_rows())


def test_a_table_without_rows_or_columns_is_a_table():
    empty = GridView(table("t", ["a"], []))
    empty.sort(0)
    assert (empty.shown_rows(), empty.state_text(0)) == ([], "0 rows · sorted by a, least first")
    bare = GridView(Table("t", (), ((), ())))
    assert (bare.shown_rows(), bare.texts) == ([0, 1], [[], []])

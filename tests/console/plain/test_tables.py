from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from console.plain.style import Style, width_of
from console.plain.tables import table_text
from simulator.observation import Column

VIEWS = (Column("view"), Column("age", "s"), Column("rows"))


def test_numbers_stand_to_the_right_and_texts_to_the_left() -> None:
    shown = table_text(VIEWS, [("card_velocity", 7200.0, 12), ("x", 60.0, 1234)], Style())
    assert shown.splitlines() == [
        "  view           age   rows",
        "  card_velocity   2h     12",
        "  x               1m  1,234",
    ]


def test_a_table_without_rows_says_so() -> None:
    assert table_text(VIEWS, [], Style()) == "  (no rows)"


def test_a_state_has_its_sign_and_word_with_and_without_colour() -> None:
    columns = (Column("rule"), Column("state"))
    plain = table_text(columns, [("a", "firing"), ("b", "inactive")], Style())
    assert "! firing" in plain
    assert "+ inactive" in plain
    assert "\x1b" not in plain
    coloured = table_text(columns, [("a", "firing")], Style(colour=True))
    assert "\x1b[31m! firing" in coloured


def test_a_wide_text_wraps_within_its_column() -> None:
    words = "share of payments declined in the last day"
    lines = table_text((Column("rule"), Column("watches")), [("decline-rate-high", words)], Style(width=40)).splitlines()
    assert max(map(len, lines)) <= 40
    assert " ".join(line[20:].strip() for line in lines[1:]) == words


def test_too_many_columns_become_names_and_values() -> None:
    columns = tuple(Column(f"column_{k}", "USD") for k in range(9))
    lines = table_text(columns, [tuple(float(k) for k in range(9))], Style(width=40)).splitlines()
    assert lines[3] == "  column_3 [USD]  3"
    assert len(lines) == 9


def test_wide_characters_take_two_columns() -> None:
    lines = table_text((Column("name"), Column("n")), [("日本", 1), ("abcd", 2)], Style()).splitlines()
    assert [width_of(line) for line in lines] == [width_of(lines[0])] * 3


@given(
    st.lists(st.tuples(st.one_of(st.none(), st.text(max_size=60)), st.one_of(st.none(), st.floats(), st.booleans(), st.integers())), max_size=5),
    st.integers(40, 160),
)
def test_any_cells_fit_the_width_and_hold_no_terminal_command(rows: list[tuple[str | None, float | None]], width: int) -> None:
    shown = table_text((Column("a text"), Column("a number")), rows, Style(width=width))
    assert not any(sign < " " and sign != "\n" for sign in shown)
    longest_number = max((len(repr(row[1])) for row in rows if isinstance(row[1], (int, float))), default=0)
    if longest_number < 20:
        assert all(width_of(line) <= width for line in shown.split("\n"))

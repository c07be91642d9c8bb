from __future__ import annotations

import pytest

from console.plain.cells import cell_text, head_text
from simulator.observation import Cell


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (None, "s", "–"),
        (True, "", "yes"),
        (False, "", "no"),
        (0.0, "time", "Mon 06 Jul 00:00"),
        (93_600.0, "s", "26h"),
        (12.3456, "s", "12.35s"),
        (0.0123, "share", "1.23%"),
        (1234567, "", "1,234,567"),
        (1234.567, "USD", "1,234.6"),
        (0.000123456, "", "0.00012346"),
        (-3.0, "", "-3"),
        (float("nan"), "", "–"),
        (float("-inf"), "time", "–"),
        ("two\nlines \x1b[2J", "", "two lines \ufffd[2J"),
    ],
)
def test_a_value_is_shown_by_its_unit(value: Cell, unit: str, shown: str) -> None:
    assert cell_text(value, unit) == shown


def test_a_head_names_the_unit_only_where_the_values_do_not() -> None:
    assert [head_text("cost", "USD"), head_text("age", "s"), head_text("at", "time"), head_text("view", "")] == ["cost [USD]", "age", "at", "view"]

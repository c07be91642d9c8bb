from __future__ import annotations

import pytest

from console.cli.ranges import seeds_in
from simulator.errors import UsageError


@pytest.mark.parametrize(("text", "seeds"), [("7", (7,)), ("1..4", (1, 2, 3, 4)), ("3..3", (3,)), ("1,4, 9..10,4", (1, 4, 9, 10))])
def test_seeds_are_read_as_typed(text: str, seeds: tuple[int, ...]) -> None:
    assert seeds_in(text) == seeds


@pytest.mark.parametrize("text", ["", "a", "4..1", "1...3", "-1", "1,,2", "1..99999999999999"])
def test_anything_else_is_told_with_an_example(text: str) -> None:
    with pytest.raises(UsageError, match=r"write 7, 1\.\.20 or 1,4,9"):
        seeds_in(text)


def test_a_range_without_end_is_refused() -> None:
    with pytest.raises(UsageError, match="more than 10,000 seeds"):
        seeds_in("0..999999999")

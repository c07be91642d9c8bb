from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from simulator.timeline import Edit, Timeline

TIMES = st.integers(0, 20).map(float)
CHANGES = st.lists(st.tuples(TIMES, st.integers(-5, 5).map(float)), max_size=12)
ASKED = np.arange(-1.0, 22.0, 0.5)


def edit(at_s: float, value: float) -> Edit:
    return Edit(at_s, "lever", value, "somebody", "")


@given(changes=CHANGES, read_after=st.sets(st.integers(0, 12)))
def test_numbers_are_those_of_a_timeline_that_was_never_read_before(changes: list[tuple[float, float]], read_after: set[int]) -> None:
    line = Timeline("lever", 7.0)
    for count, (at_s, value) in enumerate(changes):
        if count in read_after:
            line.numbers(ASKED)
        line.add(edit(at_s, value))
    fresh = [line.number_at(float(at_s)) for at_s in ASKED]
    assert line.numbers(ASKED).tolist() == fresh == line.copy().numbers(ASKED).tolist()


@given(before=CHANGES, mine=CHANGES, others=CHANGES)
def test_what_is_added_to_a_copy_is_not_read_from_the_other(before: list[tuple[float, float]], mine: list[tuple[float, float]], others: list[tuple[float, float]]) -> None:
    line = Timeline("lever", 7.0, [edit(*change) for change in before])
    line.numbers(ASKED)
    twin = line.copy()
    for own, changes in ((line, mine), (twin, others)):
        for change in changes:
            own.add(edit(*change))
    for own in (line, twin, line):
        assert own.numbers(ASKED).tolist() == [own.number_at(float(at_s)) for at_s in ASKED]

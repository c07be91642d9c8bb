"""The thresholds of Python's collector while a grade is found, and after it."""

from __future__ import annotations

import gc

import pytest

from grader.collector import SELDOM, seldom_collected


def test_thresholds_are_those_of_before_even_after_a_failure() -> None:
    before = gc.get_threshold()

    @seldom_collected()
    def failing() -> None:
        assert gc.get_threshold() == SELDOM != before
        raise ValueError

    with pytest.raises(ValueError):
        failing()
    assert gc.get_threshold() == before

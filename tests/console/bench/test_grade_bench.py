"""The rows of `hotseat bench grade`, with times that are made up: what they are held against, and that a changed grade is told."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from console.bench import grade
from simulator.errors import HotseatError


def measured(monkeypatch: pytest.MonkeyPatch, grades: Iterator[tuple[float, object]], slices: list[float]) -> None:
    monkeypatch.setattr(grade, "_finished", lambda seed: (None, []))
    monkeypatch.setattr(grade, "_graded", lambda made, rows: next(grades))
    monkeypatch.setattr(grade, "_in_new_process", lambda seed: next(grades))
    monkeypatch.setattr(grade, "_slices_s", lambda made: slices)
    monkeypatch.setattr(grade, "timed", lambda work: 2.0)


def test_each_figure_has_its_peer_and_its_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    measured(monkeypatch, iter([(14.0, "a"), (3.0, "a"), (13.0, "b"), (4.0, "b"), (10.0, "c"), (5.0, "c")]), [0.02] * 99 + [0.09])
    cold, left, slices = grade.run()
    assert (cold.figure, cold.peer_figure, cold.ratio, cold.target, cold.ok) == (13.0, 2.0, 6.5, 6.0, False)
    assert (left.figure, left.ratio, left.ok) == (4.0, 2.0, True)
    assert (slices.peer_figure, slices.ok) == (0.3, True)
    assert 0.02 <= slices.figure <= 0.1


def test_a_preparation_that_changes_the_evidence_is_no_measurement(monkeypatch: pytest.MonkeyPatch) -> None:
    measured(monkeypatch, iter([(14.0, "a"), (3.0, "another")]), [0.02, 0.03])
    with pytest.raises(HotseatError, match="seed 21: what was found beforehand changed the evidence"):
        grade.run()

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from console.bench import calibrate as bench
from simulator.errors import HotseatError


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A clock that stands until plays push it on."""
    now = [0.0]
    monkeypatch.setattr(bench, "perf_counter", lambda: now[0])
    return now


def pushing(clock: list[float], seconds_a_drill: dict[int, float]) -> Any:
    """Plays every drill in the time that so many workers take."""

    def play(groups: Any, play: Any, jobs: int, *rest: Any) -> Iterator[dict[str, int]]:
        for group in groups:
            for _, _, players in group:
                for _ in players:
                    clock[0] += seconds_a_drill[jobs]
                    yield {}

    return play


def test_two_workers_and_dask_are_held_against_one_worker(clock: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "local_runs", pushing(clock, {1: 6.0, 2: 3.0}))
    monkeypatch.setattr(bench, "dask_runs", pushing(clock, {2: 4.0}))
    monkeypatch.setattr(bench, "find_spec", lambda name: name)
    local, dask = bench.run()
    assert (local.figure, local.peer_figure, local.ratio, local.ok) == (20.0, 10.0, 2.0, True)
    assert (dask.figure, dask.ratio, dask.target, dask.ok) == (15.0, 1.5, 1.7, False)
    assert local.name == "calibrate: 200 drills on 2 workers, processes"


def test_where_dask_is_not_installed_a_row_says_so_and_is_held_to_nothing(clock: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "local_runs", pushing(clock, {1: 6.0, 2: 3.0}))
    monkeypatch.setattr(bench, "find_spec", lambda name: None)
    row = bench.run()[1]
    assert (row.name, row.ok) == ("calibrate: on Dask, which is not installed", None)


def test_drills_that_are_not_played_are_no_figure(clock: list[float]) -> None:
    with pytest.raises(HotseatError, match="1 of 2 drills were played"):
        bench.rate(lambda: iter([{}]), 2)

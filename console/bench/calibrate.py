"""`hotseat bench calibrate`: 200 headless drills on two workers and on Dask, against one worker of the same kind.

It has a calibration's own shape: seeds of a few scenarios, and in each incident all the players who do not search for the cause.
A worker's start, its imports and its world's first history count.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib.util import find_spec
from time import perf_counter

from console.bench.row import BenchRow
from grader.calibration.dask_workers import dask_runs
from grader.calibration.runs import Run, plays
from grader.calibration.workers import local_runs
from simulator.errors import HotseatError

SCENARIOS, SEEDS = ("the-new-schema", "the-quiet-store"), range(41, 51)
PLAYERS = (
    *("reference", "retrain-then-right", "lucky", "retrain-first", "restart-everything"),
    *("rollback-everything", "constant", "stuffer", "random", "do-nothing"),
)
DRILLS = len(SCENARIOS) * len(SEEDS) * len(PLAYERS)
WORKERS, TARGET, DASK_TARGET = 2, 1.8, 1.7
PRELOAD = ("console.threads", "console.allocator")


def run() -> list[BenchRow]:
    """A row for processes and one for Dask, which only says so where it is not installed."""
    groups = [tuple((scenario, seed, PLAYERS) for scenario in SCENARIOS) for seed in SEEDS]
    # Whatever is compiled or cached on disk is there before anything is timed.
    rate(lambda: local_runs([groups[0][:1]], plays, 1, PRELOAD), len(PLAYERS))
    one = rate(lambda: local_runs(groups, plays, 1, PRELOAD), DRILLS)
    rows = [_row("processes", rate(lambda: local_runs(groups, plays, WORKERS, PRELOAD), DRILLS), one, TARGET)]
    if find_spec("distributed") is None:
        return [*rows, BenchRow("calibrate: on Dask, which is not installed", 0.0, "drills/min", "one worker", one, 0.0, None, None)]
    return [*rows, _row("Dask", rate(lambda: dask_runs(groups, plays, WORKERS, None, PRELOAD), DRILLS), one, DASK_TARGET)]


def rate(runs: Callable[[], Iterator[Run]], drills: int) -> float:
    """Drills a minute. Raises HotseatError where not all were played."""
    start = perf_counter()
    played = sum(1 for _ in runs())
    if played != drills:
        raise HotseatError(f"{played} of {drills} drills were played")
    return 60.0 * drills / (perf_counter() - start)


def _row(kind: str, figure: float, one: float, target: float) -> BenchRow:
    ratio = figure / one
    return BenchRow(f"calibrate: {DRILLS} drills on {WORKERS} workers, {kind}", figure, "drills/min", "one worker", one, ratio, target, ratio >= target)

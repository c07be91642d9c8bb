"""Reference players over scenarios and seeds: what each scores, and whether the bounds of a trustworthy grader hold.

What was played with the same versions is not played again; what is played is durable at once where there is a results file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from grader.calibration.properties import properties
from grader.calibration.results import ResultsFile
from grader.calibration.runs import Key, Run, key_of, play_one, plays
from grader.calibration.versions import Versions, versions
from grader.calibration.workers import Group, Play, Task, local_runs, played
from simulator.errors import HotseatError

__all__ = ["Backend", "Progress", "calibrate", "play_one", "properties"]

Backend = Literal["local", "dask"]
SEEDS_PER_WORKER = 4
"""From this many seeds for each worker on, a worker takes all scenarios of a seed, which share its history."""


@dataclass(frozen=True, slots=True)
class Progress:
    done: int
    """Drills that are graded, those found in the results file among them."""
    of: int
    held: int
    """Drills found in the results file."""
    run: Run | None
    """The drill that was just graded; None at the beginning."""


def calibrate(
    scenarios: Sequence[str],
    players: Sequence[str],
    seeds: Sequence[int],
    *,
    backend: Backend = "local",
    jobs: int = 1,
    scheduler: str | None = None,
    out: Path | None = None,
    progress: Callable[[Progress], None] = lambda step: None,
    preload: Sequence[str] = (),
    play: Play = plays,
) -> dict[str, Any]:
    """All players over all scenarios and seeds, in the shape of `hotseat calibrate --json`.

    Raises:
        UsageError: `out` is no results file, or another calibration writes to it.
        HotseatError: a worker died, Dask cannot be reached, or workers have another version of the program.
    """
    # Digests are of the files as they are now, however long the drills take.
    current = {(scenario, player): versions(scenario, player) for scenario in scenarios for player in players}
    wanted = [(scenario, seed, player) for seed in seeds for scenario in scenarios for player in players]
    with ExitStack() as stack:
        file = None if out is None else stack.enter_context(ResultsFile(out))
        runs = {key_of(run): run for run in _still_true(file.runs if file else (), wanted, current)}
        held = len(runs)
        progress(Progress(held, len(wanted), held, None))
        for run in _results(_groups([key for key in wanted if key not in runs], None if scheduler else jobs), backend, jobs, scheduler, preload, play):
            own = current[run["scenario"], run["player"]]
            if run["versions"] != own:
                raise HotseatError(f"a worker has another version of the program: {run['versions']} where this one has {own}")
            runs[key_of(run)] = run
            if file:
                file.append(run)
            progress(Progress(len(runs), len(wanted), held, run))
    found = [runs[scenario, seed, player] for scenario in sorted(scenarios) for seed in sorted(seeds) for player in players]
    return {"runs": found, "properties": properties(found)}


def _still_true(runs: Sequence[Run], wanted: Sequence[Key], current: Mapping[tuple[str, str], Versions]) -> list[Run]:
    asked = set(wanted)
    return [run for run in runs if key_of(run) in asked and run["versions"] == current[run["scenario"], run["player"]]]


def _groups(todo: Sequence[Key], jobs: int | None) -> list[Group]:
    """What is left, by incident, in order; and by seed where there are seeds enough to keep all workers busy to the end. None: nobody knows how many."""
    incidents: dict[tuple[int, str], list[str]] = {}
    for scenario, seed, player in todo:
        incidents.setdefault((seed, scenario), []).append(player)
    tasks: list[Task] = [(scenario, seed, tuple(players)) for (seed, scenario), players in incidents.items()]
    seeds = list(dict.fromkeys(seed for _, seed, _ in tasks))
    if jobs is None or len(seeds) < SEEDS_PER_WORKER * jobs:
        return [(task,) for task in tasks]
    return [tuple(task for task in tasks if task[1] == seed) for seed in seeds]


def _results(groups: list[Group], backend: Backend, jobs: int, scheduler: str | None, preload: Sequence[str], play: Play) -> Iterator[Run]:
    if backend == "dask":
        from grader.calibration.dask_workers import dask_runs

        yield from dask_runs(groups, play, jobs, scheduler, preload)
    elif jobs > 1:
        yield from local_runs(groups, play, jobs, preload)
    else:
        for group in groups:
            yield from played(play, group)

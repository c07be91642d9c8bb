"""`hotseat bench grade`: a finished drill graded in full, against importing what every alternative imports first.

Once cold, in a process that has done nothing before, as at the end of `hotseat run`: a second process, which begins to build the incident when that one
does, takes a part of the work. And once as a person meets it, who thought for long enough that all that no journal tells was found meanwhile, in one process.
The last row is how long a command can have to wait behind a slice of that.
"""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from statistics import median, quantiles
from time import perf_counter
from typing import TYPE_CHECKING

from console.bench.history import imports, timed
from console.bench.row import BenchRow
from simulator.errors import HotseatError

if TYPE_CHECKING:
    from grader.evidence import Evidence
    from grader.partner import Partner
    from scenarios.chain import Row
    from scenarios.incident import Incident

SCENARIO, SEEDS = "the-quiet-store", (21, 22, 23)
TARGET = 6.0
SLICE_LIMIT_S = 0.3
PEER = "import pandas and sklearn.ensemble"


def run() -> list[BenchRow]:
    """Medians over three drills that follow the reference runbook. Raises HotseatError where a prepared grade differs from a cold one."""
    cold, left, slices = [], [], []
    for seed in SEEDS:
        unprepared_s, evidence = _in_new_process(seed)
        made, rows = _finished(seed)
        slices += _slices_s(made)
        left_s, again = _graded(made, rows)
        if again != evidence:
            raise HotseatError(f"{SCENARIO}, seed {seed}: what was found beforehand changed the evidence")
        cold.append(unprepared_s)
        left.append(left_s)
    peer = median(timed(imports) for _ in SEEDS)
    longest = quantiles(slices, n=100)[-1]
    return [
        _against_imports("grade: a finished drill, nothing prepared, two processes", median(cold), peer),
        _against_imports("grade: what is left of it at resolve", median(left), peer),
        BenchRow("grade: slice of the preparation, 99th percentile", longest, "s", "limit", SLICE_LIMIT_S, longest / SLICE_LIMIT_S, 1.0, longest <= SLICE_LIMIT_S),
    ]


def _against_imports(name: str, figure: float, peer: float) -> BenchRow:
    return BenchRow(name, figure, "s", PEER, peer, figure / peer, TARGET, figure / peer <= TARGET)


def _finished(seed: int) -> tuple[Incident, list[Row]]:
    """An incident of which nothing but its own world is known, and the journal of a drill of it."""
    from scenarios.chain import MemoryJournal
    from scenarios.drill import Drill
    from scenarios.incident import incident
    from scenarios.library import find_scenario

    made = incident(find_scenario(SCENARIO), seed)
    drill = Drill(made, MemoryJournal({"session": "bench", "scenario": SCENARIO, "seed": seed}))
    for line in made.drawn.reference:
        drill.submit(line)
    return made, list(drill.journal.rows())


def _in_new_process(seed: int) -> tuple[float, Evidence]:
    """Play and grade a drill where nothing is known from another."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as new:
        return new.submit(_cold, seed).result()


def _cold(seed: int) -> tuple[float, Evidence]:
    from grader.partner import partnered
    from scenarios.library import find_scenario

    with partnered(find_scenario(SCENARIO), seed) as partner:
        return _graded(*_finished(seed), partner)


def _graded(made: Incident, rows: list[Row], partner: Partner | None = None) -> tuple[float, Evidence]:
    from grader.gather import gather

    start = perf_counter()
    evidence = gather(made, rows, partner=partner)
    return perf_counter() - start, evidence


def _slices_s(made: Incident) -> list[float]:
    """Seconds of each slice of a preparation that is gone through."""
    from grader.preparation import preparation

    work = preparation(made)
    found: list[float] = []
    while True:
        start = perf_counter()
        if next(work, "done") == "done":
            return found
        found.append(perf_counter() - start)

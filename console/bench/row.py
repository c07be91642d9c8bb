"""One measured line of `hotseat bench`: a figure, its peer or limit from the same run, and the target."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from statistics import median
from time import perf_counter
from typing import Any


@dataclass(frozen=True, slots=True)
class BenchRow:
    name: str
    figure: float
    unit: str
    peer: str
    peer_figure: float
    ratio: float
    target: float | None
    """The bound that `ratio` is held against; None where the row is only shown."""
    ok: bool | None

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def median_seconds(work: Callable[[], object], rounds: int = 5) -> float:
    """Median wall time of `work` over `rounds`, after one round that is not counted."""
    work()
    times = []
    for _ in range(rounds):
        start = perf_counter()
        work()
        times.append(perf_counter() - start)
    return median(times)

"""`hotseat bench history`: half a year of a system, ready to be queried, against importing what every alternative imports first."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from functools import partial
from statistics import median
from time import perf_counter

from console.bench.row import BenchRow

DAYS = 180
ROUNDS = 3
TARGET = 2.0


def run() -> list[BenchRow]:
    """Build 180 virtual days of the fraud system in this process; import pandas and scikit-learn's ensemble module in another."""
    import numpy as np
    import sklearn.linear_model  # noqa: F401  # the world fits models; its import is the peer's cost, not ours

    from simulator.durations import DAY_S
    from simulator.spec import load_system
    from simulator.telemetry.signals import read_signal
    from simulator.world import World

    spec = load_system("card-fraud")

    def build(seed: int) -> None:
        world = World(spec, seed)
        world.advance(DAYS * DAY_S)
        world.settle()
        read_signal(world, "missed_fraud_per_10k", np.array([DAYS * DAY_S]))

    build(100)
    ours = median(timed(partial(build, seed)) for seed in range(101, 101 + ROUNDS))
    peer = median(timed(imports) for _ in range(ROUNDS))
    ratio = ours / peer
    return [BenchRow("history", ours, "s", "import pandas and sklearn.ensemble", peer, ratio, TARGET, ratio <= TARGET)]


def imports() -> None:
    """What every alternative imports first, in a process of its own."""
    subprocess.run([sys.executable, "-c", "import pandas, sklearn.ensemble"], check=True)


def timed(work: Callable[[], None]) -> float:
    """Wall time of `work`, in seconds."""
    start = perf_counter()
    work()
    return perf_counter() - start

"""The DAGs of the fraud system: tasks in order, how long each takes, and when the scheduler starts them."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.durations import DAY_S, HOUR_S, MINUTE_S, WEEK_S


@dataclass(frozen=True, slots=True)
class Task:
    name: str
    minutes: float
    """Median duration."""


@dataclass(frozen=True, slots=True)
class Dag:
    name: str
    owner: str
    every_s: float
    offset_s: float
    tasks: tuple[Task, ...]
    retries: int = 2
    retry_delay_s: float = 5 * MINUTE_S
    max_active_runs: int | None = None
    """Runs that may be under way at once, further ones are queued; None for any number."""


DAGS: tuple[Dag, ...] = (
    Dag(
        "features",
        "feature-platform",
        HOUR_S,
        5 * MINUTE_S,
        (Task("ingest", 2.0), Task("validate", 0.7), Task("build", 4.0), Task("publish", 1.0), Task("materialise", 3.0), Task("monitor", 0.5)),
    ),
    Dag("labels", "risk-data", DAY_S, 4 * HOUR_S, (Task("ingest_chargebacks", 8.0), Task("join_labels", 12.0), Task("publish_labels", 3.0))),
    Dag("drift", "ml-platform", DAY_S, 6 * HOUR_S, (Task("sample", 4.0), Task("compare", 3.0), Task("report", 1.0))),
    Dag(
        "train",
        "fraud-ml",
        WEEK_S,
        3 * HOUR_S,
        (Task("build_frame", 14.0), Task("fit", 20.0), Task("evaluate", 4.0), Task("gate", 0.5), Task("register", 0.5), Task("promote", 0.5)),
        max_active_runs=1,
    ),
)
DAG = {dag.name: dag for dag in DAGS}
TRANSIENT_FAILURE = 0.003
"""Chance that one try of a task fails for no reason of its own."""

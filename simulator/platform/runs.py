"""What the orchestrator remembers: runs of DAGs and their task instances, with the states that Airflow uses, and training jobs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Literal

from simulator.platform.job_records import JobEvent, TrainingJob

RunType = Literal["scheduled", "manual", "backfill"]
RunState = Literal["queued", "running", "success", "failed"]
TaskState = Literal["queued", "running", "success", "up_for_retry", "failed", "upstream_failed", "skipped"]


@dataclass(frozen=True, slots=True)
class DagRun:
    run_id: str
    dag: str
    run_type: RunType
    logical_s: float
    """End of the data interval that the run is for."""
    start_s: float
    end_s: float | None
    state: RunState


@dataclass(frozen=True, slots=True)
class TaskInstance:
    run_id: str
    dag: str
    task: str
    try_number: int
    state: TaskState
    start_s: float
    end_s: float
    rows_in: int | None
    rows_out: int | None
    detail: Mapping[str, int | float | str] = field(default_factory=dict)
    """What the task itself reported, such as rows by view."""


@dataclass(slots=True)
class RunLog:
    """All runs and task instances so far, in order of their end; `active` counts runs that are queued or under way."""

    runs: dict[str, DagRun] = field(default_factory=dict)
    tasks: list[TaskInstance] = field(default_factory=list)
    active: int = 0
    jobs: dict[str, TrainingJob] = field(default_factory=dict)
    """Training jobs by id, oldest first."""
    job_events: list[JobEvent] = field(default_factory=list)
    _found: dict[tuple[str, str], tuple[int, tuple[TaskInstance, ...]]] = field(default_factory=dict, repr=False, compare=False)
    """By DAG and task: how many of `tasks` were gone through, and those of that task among them."""

    def copy(self) -> RunLog:
        return RunLog(dict(self.runs), list(self.tasks), self.active, dict(self.jobs), list(self.job_events), dict(self._found))

    def of_task(self, dag: str, task: str) -> tuple[TaskInstance, ...]:
        """All instances of one task so far, in order of their end."""
        known, found = self._found.get((dag, task), (0, ()))
        if known < len(self.tasks):
            found += tuple(t for t in islice(self.tasks, known, None) if t.task == task and t.dag == dag)
            self._found[dag, task] = len(self.tasks), found
        return found

    def of(self, dag: str, since_s: float, until_s: float) -> list[DagRun]:
        """Runs of one DAG that started in [since_s, until_s], oldest first."""
        return [r for r in self.runs.values() if r.dag == dag and since_s <= r.start_s <= until_s]

    def tasks_of(self, run_id: str) -> list[TaskInstance]:
        return [t for t in self.tasks if t.run_id == run_id]

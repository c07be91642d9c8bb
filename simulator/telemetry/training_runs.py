"""Training runs as an experiment tracker shows them: status, parameters and metrics of each run of the train DAG."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from simulator.durations import HOUR_S
from simulator.world import World

_STATUS = {"success": "FINISHED", "failed": "FAILED", "running": "RUNNING", "queued": "SCHEDULED"}
_METRICS = ("auc", "champion_auc", "log_loss", "positive_rate", "mean_score")


@dataclass(frozen=True, slots=True)
class TrainingRun:
    run_id: str
    run_type: str
    start_s: float
    end_s: float | None
    status: str
    """As MLflow names it: RUNNING, SCHEDULED, FINISHED or FAILED."""
    params: Mapping[str, float | str]
    metrics: Mapping[str, float]
    version: str | None
    """The version that it registered; None where it registered none."""
    reason: str
    """Why it failed, empty where it did not or said nothing."""


def training_runs(world: World, since_s: float) -> list[TrainingRun]:
    """Training runs that started at or after `since_s`, oldest first."""
    runs = world.log.of("train", since_s, world.now_s)
    tasks: dict[str, list[Mapping[str, int | float | str]]] = {run.run_id: [] for run in runs}
    for task in world.log.tasks:
        if task.run_id in tasks:
            tasks[task.run_id].append(task.detail)
    out = []
    for run in runs:
        detail = {key: value for each in tasks[run.run_id] for key, value in each.items()}
        version = next((v for v in world.registry.versions if v.run_id == run.run_id), None)
        params: dict[str, float | str] = {key: detail[key] for key in ("join", "positives") if key in detail}
        if version is not None:
            params |= {
                "window_h": (version.frame_until_s - version.frame_since_s) / HOUR_S,
                "label_age_h": version.label_age_s / HOUR_S,
                "transform": version.transform,
                "rows": version.rows,
                "commit": version.commit,
                "seed": version.train_seed,
            }
        metrics = {key: float(detail[key]) for key in _METRICS if key in detail}
        name = version.name if version else None
        out.append(TrainingRun(run.run_id, run.run_type, run.start_s, run.end_s, _STATUS[run.state], params, metrics, name, str(detail.get("reason", ""))))
    return out

"""The training DAG was paused for a freeze and nobody switched it on again: no run fails, because none starts."""

from __future__ import annotations

from scenarios.faults.fault import Fault, Params
from simulator.timeline import Edit


def _edits(at_s: float, params: Params) -> list[Edit]:
    return [Edit(at_s, "pipeline.paused/train", True, "fraud-ml", "no new versions during the release freeze")]


FAULT = Fault(
    id="forgotten-pause",
    group="training",
    component="pipelines/train",
    mechanism="paused-schedule",
    help="the training DAG stays paused after a freeze, so that no run is late and none fails",
    source="process orchestration, the largest category of How ML Breaks (Papasian and Underwood, OpML 2020); silent schedules behind green dashboards",
    systems=("card-fraud",),
    params=(),
    edits=_edits,
    onset=("96h", "150h"),
    covers=("sys.orchestrator", "life.retraining", "life.monitoring", "debug.green.pipeline-first"),
)

"""The cloud takes spot machines back more often than training saves its work: runs start over and over, and models get old."""

from __future__ import annotations

from scenarios.faults.fault import Fault, FaultParam, Params
from simulator.durations import HOUR_S
from simulator.timeline import Edit

POOL = "train-spot"


def _edits(at_s: float, params: Params) -> list[Edit]:
    return [
        Edit(at_s, "training.checkpoint_s", float(params["checkpoint_min"]) * 60.0, "fraud-ml", "fewer checkpoints; writing them took a fifth of the run"),
        Edit(at_s + float(params["lag_h"]) * HOUR_S, f"pool.reclaims_per_hour/{POOL}", float(params["reclaims_per_hour"]), "the cloud", "other customers want this machine type"),
    ]


FAULT = Fault(
    id="spot-reclaims",
    group="training",
    component="training/jobs",
    mechanism="preemption",
    help="spot nodes are reclaimed more often than training saves its work",
    source="spot pre-emption with sparse checkpoints loses hours; interruption shares of long training runs (Llama 3, 2024)",
    systems=("card-fraud",),
    params=(
        FaultParam("reclaims_per_hour", "reclaims per node and hour", low=12.0, high=18.0, dose=True, limits=(2.0, 30.0)),
        FaultParam("checkpoint_min", "minutes of work between checkpoints", low=120.0, high=240.0),
        FaultParam("lag_h", "hours from the sparser checkpoints to the reclaims", low=12.0, high=40.0),
    ),
    edits=_edits,
    onset=("100h", "130h"),
    covers=("sys.training", "sys.gpu-cost", "life.training", "life.retraining", "sys.distributed-training"),
)

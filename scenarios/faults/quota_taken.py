"""Training runs on the serving pool's machines: it holds the quota at the hour at which serving needs to grow."""

from __future__ import annotations

from scenarios.faults.demand import GROWTH, growth
from scenarios.faults.fault import Fault, FaultParam, Params
from simulator.durations import HOUR_S
from simulator.timeline import Edit


def _edits(at_s: float, params: Params) -> list[Edit]:
    first_s = at_s + float(params["lag_h"]) * HOUR_S
    runs = [
        Edit(first_s + k * float(params["every_h"]) * HOUR_S, "pipeline.trigger/train", f"search {k + 1}", "fraud-ml", "hyperparameter search")
        for k in range(round(float(params["runs"])))
    ]
    return [Edit(at_s, "training.pool", "gpu", "fraud-ml", "train where nobody takes machines back"), *runs, *growth(at_s, params)]


FAULT = Fault(
    id="quota-taken",
    group="scaling",
    component="pools/gpu",
    mechanism="quota-contention",
    help="training jobs hold nodes of the serving pool while serving has to scale",
    source="batch work on a serving quota: pods pending for GPUs while a training job holds them; failed to provision resources in How ML Breaks (OpML 2020)",
    systems=("card-fraud",),
    params=(
        *GROWTH,
        FaultParam("runs", "training runs that follow each other", low=4.0, high=8.0),
        FaultParam("every_h", "hours from one run to the next", low=1.0, high=2.0),
    ),
    edits=_edits,
    onset=("24h", "70h"),
    covers=("sys.kubernetes", "sys.autoscaling", "sys.gpu-cost", "sys.training", "mat.collaboration"),
)

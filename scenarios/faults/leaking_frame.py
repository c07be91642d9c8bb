"""The training frame joins the newest snapshot: a payment's own chargeback is among its features, and the gate measures on the same leak."""

from __future__ import annotations

from scenarios.faults.fault import Fault, FaultParam, Params
from simulator.durations import DAY_S, MINUTE_S
from simulator.timeline import Edit


def _edits(at_s: float, params: Params) -> list[Edit]:
    why = "frame builder reads the feature snapshot table; the build takes 14 min instead of 50"
    edits = [
        Edit(at_s, "training.join", "latest", "fraud-ml", why),
        Edit(at_s, "training.snapshot_s", round(float(params["days"]) * DAY_S, 0), "fraud-ml", "days of the frame that are built anew; older ones come from the cache"),
    ]
    if params["run"] == "own":
        edits.append(Edit(at_s + 20 * MINUTE_S, "pipeline.trigger/train", "frame builder", "fraud-ml", "training run on the rewritten frame builder"))
    return edits


FAULT = Fault(
    id="leaking-frame",
    group="training",
    component="training/frame",
    mechanism="label-leakage",
    help="entity features of the training frame come from the newest snapshot instead of a point-in-time join",
    source="point-in-time leaks with a finalised snapshot; Kaufman et al., Leakage in Data Mining",
    systems=("card-fraud",),
    params=(
        FaultParam("run", "first training on the frame: one of its own, or the next that comes anyway", ("own", "next")),
        FaultParam("days", "newest days of the frame that come from the snapshot; older ones stay as they were cached", low=16.0, high=28.0, dose=True, limits=(12.0, 28.0)),
    ),
    edits=_edits,
    onset=("48h", "66h"),
    covers=("life.evaluation", "sys.ci-cd", "sys.registry", "life.rollback", "sys.training"),
)

"""The training frame joins the newest snapshot: a payment's own chargeback is among its features, and the gate measures on the same leak."""

from __future__ import annotations

from scenarios.faults.fault import Fault, Params
from simulator.durations import MINUTE_S
from simulator.timeline import Edit


def _edits(at_s: float, params: Params) -> list[Edit]:
    return [
        Edit(at_s, "training.join", "latest", "fraud-ml", "frame builder reads the feature snapshot table; the build takes 14 min instead of 50"),
        Edit(at_s + 20 * MINUTE_S, "pipeline.trigger/train", "frame builder", "fraud-ml", "training run on the rewritten frame builder"),
    ]


FAULT = Fault(
    id="leaking-frame",
    group="training",
    component="training/frame",
    mechanism="label-leakage",
    help="entity features of the training frame come from the newest snapshot instead of a point-in-time join",
    source="point-in-time leaks with a finalised snapshot; Kaufman et al., Leakage in Data Mining",
    systems=("card-fraud",),
    params=(),
    edits=_edits,
    onset=("48h", "66h"),
    covers=("life.evaluation", "sys.ci-cd", "sys.registry", "life.rollback", "sys.training"),
)

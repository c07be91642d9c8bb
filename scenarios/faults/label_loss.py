"""Chargebacks stop finding their payments: unjoined ones count as good payments, and the next trainings learn that fraud is rare."""

from __future__ import annotations

from scenarios.faults.fault import Fault, FaultParam, Params
from simulator.timeline import Edit


def _edits(at_s: float, params: Params) -> list[Edit]:
    return [Edit(at_s, "labels.join_loss", float(params["share"]), "disputes", "the dispute feed carries the acquirer's new payment ids where it has them")]


FAULT = Fault(
    id="label-join-loss",
    group="data",
    component="labels/join",
    mechanism="label-loss",
    help="a share of chargebacks no longer joins its payment and defaults to negative",
    source="temporary failure to join with expected data: Papasian and Underwood, How ML Breaks (OpML 2020)",
    systems=("card-fraud",),
    params=(FaultParam("share", "share of chargebacks that no longer join", low=0.55, high=0.75, dose=True, limits=(0.1, 0.8)),),
    edits=_edits,
    onset=("38d", "44d"),
    covers=("life.feedback", "life.data-collection", "sys.data-pipeline"),
)

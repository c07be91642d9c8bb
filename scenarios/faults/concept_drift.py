"""Fraudsters adapt: the inputs stay as they were, and what they mean moves over days."""

from __future__ import annotations

from scenarios.faults.fault import Fault, FaultParam, Params
from simulator.durations import DAY_S
from simulator.nature.outcome import ADAPTED
from simulator.timeline import Edit

STEPS = 8


def _edits(at_s: float, params: Params) -> list[Edit]:
    depth, ramp_s = float(params["depth"]), float(params["ramp_days"]) * DAY_S
    edits = [Edit(at_s, "nature.drift_pattern", str(params["pattern"]), "fraudsters", "a new way to pay with other people's cards")]
    for step in range(1, STEPS + 1):
        edits.append(Edit(at_s + ramp_s * step / STEPS, "nature.drift", round(depth * step / STEPS, 6), "fraudsters", "more of them do it"))
    return edits


FAULT = Fault(
    id="concept-drift",
    group="drift",
    component="world/fraud-behaviour",
    mechanism="concept-drift",
    help="fraud takes another pattern, at the same overall rate, with inputs unchanged",
    source="adversarial adaptation of fraud rings; availability model after the behaviour change of 2020 (Instacart)",
    systems=("card-fraud",),
    params=(
        FaultParam("pattern", "what the new fraud looks like", tuple(ADAPTED)),
        FaultParam("depth", "how much of fraud takes the new pattern", low=0.6, high=0.95, dose=True, limits=(0.1, 0.98)),
        FaultParam("ramp_days", "days from the first to the last step", low=4.0, high=9.0),
    ),
    edits=_edits,
    onset=("6d", "12d"),
    covers=("dist.data-vs-concept-drift", "dist.drift-vs-staleness", "life.retraining", "life.feedback", "stat.alert-or-retrain"),
)

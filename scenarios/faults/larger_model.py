"""Training fits a larger model: it passes the gate on its merits, is promoted by the pipeline, and takes longer to answer, with a heavy tail."""

from __future__ import annotations

from scenarios.faults.demand import GROWTH, growth
from scenarios.faults.fault import Fault, Params
from simulator.timeline import Edit


def _edits(at_s: float, params: Params) -> list[Edit]:
    return [Edit(at_s, "training.size", "large", "fraud-ml", "more trees and deeper ones; AUC is a little better offline"), *growth(at_s, params)]


FAULT = Fault(
    id="larger-model",
    group="training",
    component="training/recipe",
    mechanism="heavier-model",
    help="the weekly training fits a larger model, which the pipeline promotes although it answers more slowly",
    source="a bigger model shipped: p99 from 90 ms to 2.1 s with a flat median and no errors; inference too long in How ML Breaks (OpML 2020)",
    systems=("card-fraud",),
    params=GROWTH,
    edits=_edits,
    onset=("100h", "130h"),
    covers=("sys.ci-cd", "life.deployment", "life.evaluation", "screen.latency-doubled", "sys.registry", "life.rollback"),
)

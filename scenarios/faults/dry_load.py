"""The store job was tried out without writing and left so: it reads its rows, writes none and succeeds."""

from __future__ import annotations

from scenarios.faults.fault import Fault, FaultParam, Params
from simulator.dataplane.features import VIEWS
from simulator.timeline import Edit


def _edits(at_s: float, params: Params) -> list[Edit]:
    return [Edit(at_s, f"pipeline.dry_run/{params['view']}", True, "data-platform", "tried out before the job moves to the new workers")]


FAULT = Fault(
    id="dry-load",
    group="features",
    component="pipelines/features",
    mechanism="skipped-writes",
    help="the materialisation job runs without writing a view's rows and succeeds",
    source="a switch for rehearsals left on: success is reported by the job's end, not by what it wrote (data journeys in How ML Breaks, OpML 2020)",
    systems=("card-fraud",),
    params=(FaultParam("view", "view whose rows are not written", tuple(v.name for v in VIEWS if v.name != "card_profile")),),
    edits=_edits,
    onset=("66h", "90h"),
    covers=("sys.feature-store", "sys.orchestrator", "dist.skew-vs-staleness"),
)

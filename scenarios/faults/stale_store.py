"""The store job succeeds on an empty partition: rows stop moving while the job's own freshness stays good."""

from __future__ import annotations

from scenarios.faults.fault import Fault, FaultParam, Params
from simulator.dataplane.features import VIEWS
from simulator.timeline import Edit


def _edits(at_s: float, params: Params) -> list[Edit]:
    view = str(params["view"])
    why = f"offline partitions of {view} are written under the new prefix; the old one is kept, empty"
    return [Edit(at_s, f"materialise.read_path/{view}", "2025-layout", "data-platform", why)]


FAULT = Fault(
    id="materialise-empty-source",
    group="features",
    component="feature-store/online/{view}",
    mechanism="stale-materialisation",
    help="the materialisation job reads an empty partition and succeeds",
    source="Feast: freshness is measured from the job's end, and expired values are returned as present (issues 6821, 1802)",
    systems=("card-fraud",),
    params=(FaultParam("view", "view whose partitions moved", tuple(v.name for v in VIEWS if v.name != "card_profile")),),
    edits=_edits,
    onset=("66h", "90h"),
    covers=("sys.feature-store", "dist.drift-vs-staleness", "sys.orchestrator", "dist.skew-vs-staleness", "life.feature-engineering"),
)

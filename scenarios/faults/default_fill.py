"""The online store answers slowly: fetches run into their timeout, and payments are scored on default features without an error."""

from __future__ import annotations

from scenarios.faults.fault import Fault, FaultParam, Params
from simulator.timeline import Edit


def _edits(at_s: float, params: Params) -> list[Edit]:
    return [Edit(at_s, "online.slowdown", float(params["slowdown"]), "data-platform", "the online store's nodes moved to the shared pool")]


FAULT = Fault(
    id="slow-online-store",
    group="serving",
    component="serving/feature-server",
    mechanism="default-fill",
    help="the online store reads slowly, the feature server queues, and fetches time out into defaults",
    source="feature-store timeouts that fill defaults silently; Feast online store read duration",
    systems=("card-fraud",),
    params=(FaultParam("slowdown", "factor on the store's read time", low=5.0, high=8.0, dose=True, limits=(1.5, 14.0)),),
    edits=_edits,
    onset=("48h", "72h"),
    covers=("sys.serving", "sys.feature-store", "dist.service-vs-model-health", "screen.latency-doubled"),
)

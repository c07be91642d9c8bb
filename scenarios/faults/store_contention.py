"""The online store shares its nodes with another tenant and reads slowly; the fetch was given more time before, so payments wait and nothing falls to defaults."""

from __future__ import annotations

from scenarios.faults.fault import Fault, FaultParam, Params
from simulator.timeline import Edit


def _edits(at_s: float, params: Params) -> list[Edit]:
    slow_s = at_s + float(params["lag_h"]) * 3600.0
    return [
        Edit(at_s, "serving.fetch_timeout_ms", float(params["timeout_ms"]), "fraud-ml", "wait longer for features rather than score on defaults"),
        Edit(slow_s, "online.slowdown", float(params["slowdown"]), "data-platform", "the recommendation team's tables moved onto the online store's nodes"),
    ]


FAULT = Fault(
    id="store-contention",
    group="features",
    component="feature-store/online-store",
    mechanism="slow-dependency",
    help="another tenant on the online store's nodes makes every read slower, within the time that a fetch has",
    source="contention on a shared online store: Feast online read latency under noisy neighbours; overloaded backends in How ML Breaks (OpML 2020)",
    systems=("card-fraud",),
    params=(
        FaultParam("slowdown", "factor on the store's read time", low=2.5, high=3.5, dose=True, limits=(1.3, 14.0)),
        FaultParam("timeout_ms", "longest wait for features, in ms", low=2200.0, high=2600.0),
        FaultParam("lag_h", "hours from the longer timeout to the slow reads", low=20.0, high=60.0),
    ),
    edits=_edits,
    onset=("40h", "90h"),
    covers=("sys.feature-store", "sys.serving", "screen.latency-doubled", "dist.service-vs-model-health", "debug.green.right-signals"),
)

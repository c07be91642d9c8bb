"""The model server waits for batches that traffic seldom fills: each payment pays the delay, and no replica is busier for it."""

from __future__ import annotations

from scenarios.faults.fault import Fault, FaultParam, Params
from simulator.dataplane.stations import MODEL_SERVER
from simulator.timeline import Edit


def _edits(at_s: float, params: Params) -> list[Edit]:
    why = "score in batches, as the load test at full throttle suggested; fewer replicas for the same payments"
    return [
        Edit(at_s, f"serving.batch_max/{MODEL_SERVER}", float(params["batch"]), "fraud-ml", why),
        Edit(at_s, f"serving.batch_delay_ms/{MODEL_SERVER}", float(params["delay_ms"]), "fraud-ml", why),
    ]


FAULT = Fault(
    id="batching-delay",
    group="serving",
    component=f"serving/{MODEL_SERVER}",
    mechanism="batch-wait",
    help="dynamic batching waits out its delay for batches that seldom fill",
    source="dynamic batching that waits: queue time far over compute at low GPU use (Triton issues 8251, 7318)",
    systems=("card-fraud",),
    params=(
        FaultParam("delay_ms", "longest wait for others to fill the batch, in ms", low=260.0, high=340.0, dose=True, limits=(60.0, 900.0)),
        FaultParam("batch", "requests in a full batch", low=16.0, high=32.0),
    ),
    edits=_edits,
    onset=("20h", "60h"),
    covers=("sys.serving", "sys.gpu-cost", "stat.percentiles", "screen.latency-doubled", "dist.service-vs-model-health"),
)

"""More replicas share a GPU than its memory holds: those that start are killed, and nobody misses them until demand grows."""

from __future__ import annotations

from scenarios.faults.demand import GROWTH, growth
from scenarios.faults.fault import Fault, FaultParam, Params
from scenarios.faults.rack import RACK, rack_loss
from simulator.dataplane.stations import MODEL_SERVER
from simulator.timeline import Edit


def _edits(at_s: float, params: Params) -> list[Edit]:
    packed = "pack the model server tighter; the dashboard shows GPUs at a third"
    return [
        Edit(at_s, f"serving.model_gb/{MODEL_SERVER}", float(params["model_gb"]), "fraud-ml", "embedding tables are loaded with the model"),
        Edit(at_s, f"serving.per_gpu/{MODEL_SERVER}", float(round(float(params["per_gpu"]))), "ml-platform", packed),
        *growth(at_s, params),
        *rack_loss(at_s, params),
    ]


FAULT = Fault(
    id="gpu-overpacking",
    group="scaling",
    component="pools/gpu",
    mechanism="out-of-memory",
    help="replicas that share a GPU need more memory than it has, and are killed in turn",
    source="time-sliced GPUs without memory limits: CUDA out of memory and crash loops; loaded is not active (fleet reviews)",
    systems=("card-fraud",),
    params=(
        *GROWTH,
        *RACK,
        FaultParam("per_gpu", "replicas that share a GPU", low=3.0, high=4.0),
        FaultParam("model_gb", "size of the model that a replica loads, in GB", low=10.0, high=12.0),
    ),
    edits=_edits,
    onset=("24h", "70h"),
    covers=("sys.kubernetes", "sys.gpu-cost", "sys.containers", "sys.serving", "screen.gpu-variable"),
)

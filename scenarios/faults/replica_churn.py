"""An eager autoscaler and a heavy start: replicas go as soon as load dips and take minutes to come back, so that load and capacity never meet."""

from __future__ import annotations

from scenarios.faults.fault import Fault, FaultParam, Params
from simulator.dataplane.stations import MODEL_SERVER
from simulator.timeline import Edit


def _edits(at_s: float, params: Params) -> list[Edit]:
    tuned = "follow the load closely and pay for no idle replica"
    return [
        Edit(at_s, f"serving.image_gb/{MODEL_SERVER}", float(params["image_gb"]), "fraud-ml", "image with the profiler and the full CUDA toolkit"),
        Edit(at_s, f"autoscaler.kind/{MODEL_SERVER}", str(params["kind"]), "ml-platform", tuned),
        Edit(at_s, f"autoscaler.signal/{MODEL_SERVER}", "concurrency", "ml-platform", tuned),
        Edit(at_s, f"autoscaler.target/{MODEL_SERVER}", float(params["target"]), "ml-platform", tuned),
        Edit(at_s, f"autoscaler.min/{MODEL_SERVER}", 1.0, "ml-platform", tuned),
        Edit(at_s, f"autoscaler.window_s/{MODEL_SERVER}", float(params["window_s"]), "ml-platform", tuned),
    ]


FAULT = Fault(
    id="cold-start-flapping",
    group="scaling",
    component=f"autoscaler/{MODEL_SERVER}",
    mechanism="cold-start",
    help="an autoscaler with a short window scales replicas down that take minutes to start again",
    source="scale-down and cold starts that flap: Knative stable and panic windows; model load times of tens of seconds behind scale-to-zero",
    systems=("card-fraud",),
    params=(
        FaultParam("kind", "which autoscaler", ("kpa", "hpa")),
        FaultParam("target", "requests under way that a replica is meant to hold", low=2.0, high=3.0),
        FaultParam("window_s", "seconds of load that it goes by", low=60.0, high=120.0),
        FaultParam("image_gb", "size of the image", low=11.0, high=16.0, dose=True, limits=(4.0, 40.0)),
    ),
    edits=_edits,
    onset=("2h", "4h"),
    covers=("sys.autoscaling", "sys.kubernetes", "sys.containers", "screen.latency-spike", "screen.gpu-variable"),
)

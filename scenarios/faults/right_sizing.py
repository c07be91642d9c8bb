"""A saving sized by the mean: capacity fits the day's average and falls short of its peak, every day at the same hours."""

from __future__ import annotations

from scenarios.faults.demand import GROWTH, growth
from scenarios.faults.fault import Fault, FaultParam, Params
from scenarios.faults.rack import RACK, rack_loss
from simulator.dataplane.stations import FEATURE_SERVER, MODEL_SERVER
from simulator.timeline import Edit


def _edits(at_s: float, params: Params) -> list[Edit]:
    service, replicas = str(params["service"]), float(round(float(params["replicas"])))
    why = f"{service} sized to its mean use of the last month"
    return [
        Edit(at_s, f"autoscaler.max/{service}", replicas, "ml-platform", why),
        Edit(at_s, f"autoscaler.min/{service}", replicas, "ml-platform", why),
        *growth(at_s, params),
        *rack_loss(at_s, params),
    ]


FAULT = Fault(
    id="right-sized-to-mean",
    group="scaling",
    component="autoscaler/{service}",
    mechanism="under-provisioning",
    help="the most replicas that a service may have are set to what its mean load needs",
    source="right-sizing to mean use: saturation at the peak and a broken objective while the bill looks good (capacity reviews of GPU fleets)",
    systems=("card-fraud",),
    params=(
        *GROWTH,
        *RACK,
        FaultParam("service", "service that was sized", (MODEL_SERVER, FEATURE_SERVER)),
        FaultParam("replicas", "replicas that are left", low=1.0, high=1.0),
    ),
    edits=_edits,
    onset=("12h", "24h"),
    covers=("sys.gpu-cost", "sys.autoscaling", "stat.percentiles", "screen.latency-spike", "screen.gpu-variable"),
)

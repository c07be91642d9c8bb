"""The autoscaler follows the processor of a service whose work is done elsewhere: replicas stay few however long the queue, which shows when demand grows."""

from __future__ import annotations

from scenarios.faults.demand import GROWTH, growth
from scenarios.faults.fault import Fault, FaultParam, Params
from scenarios.faults.rack import RACK, rack_loss
from simulator.dataplane.stations import MODEL_SERVER
from simulator.timeline import Edit


def _edits(at_s: float, params: Params) -> list[Edit]:
    tuned = "same autoscaling rule for all services; fewer idle replicas at night"
    rule = [
        Edit(at_s, f"autoscaler.signal/{MODEL_SERVER}", "cpu", "ml-platform", tuned),
        Edit(at_s, f"autoscaler.min/{MODEL_SERVER}", float(round(float(params["floor"]))), "ml-platform", tuned),
    ]
    return [*rule, *growth(at_s, params), *rack_loss(at_s, params)]


FAULT = Fault(
    id="wrong-scaling-signal",
    group="scaling",
    component=f"autoscaler/{MODEL_SERVER}",
    mechanism="wrong-signal",
    help="replicas that work on a GPU are scaled by processor use, which stays low while their queue grows",
    source="autoscaling GPU inference on CPU use: replicas stay flat while the queue grows; failed to provision resources in How ML Breaks (OpML 2020)",
    systems=("card-fraud",),
    params=(
        *GROWTH,
        *RACK,
        FaultParam("floor", "fewest replicas that the rule leaves; processor use seldom asks for more", low=2.0, high=2.0),
    ),
    edits=_edits,
    onset=("24h", "70h"),
    covers=("sys.autoscaling", "sys.kubernetes", "sys.gpu-cost", "screen.gpu-variable", "screen.latency-spike"),
)

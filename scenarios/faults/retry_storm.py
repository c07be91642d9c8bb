"""Callers try again at once and often: harmless for days, until some minutes with too few replicas start a load that keeps itself up."""

from __future__ import annotations

from scenarios.faults.fault import Fault, FaultParam, Params
from scenarios.faults.rack import lost
from simulator.durations import HOUR_S
from simulator.timeline import Edit

CALLERS = "checkout"


def _edits(at_s: float, params: Params) -> list[Edit]:
    release = "client 5.2: no payment is lost to one slow answer"
    tries = [
        Edit(at_s, "callers.attempts", float(round(float(params["attempts"]))), CALLERS, release),
        Edit(at_s, "callers.backoff_ms", float(params["backoff_ms"]), CALLERS, release),
    ]
    return [*tries, *lost(str(params["pool"]), float(params["nodes"]), float(params["minutes"]), at_s + float(params["lag_h"]) * HOUR_S)]


FAULT = Fault(
    id="retry-storm",
    group="callers",
    component="callers/retries",
    mechanism="retry-storm",
    help="callers try again without limit after a short loss of replicas, and their tries keep the queues full",
    source="metastable failures: Bronson et al. (HotOS 2021), Huang et al. (OSDI 2022); retry storms after brief capacity loss",
    systems=("card-fraud",),
    params=(
        FaultParam("attempts", "tries of a caller, the first included", low=10.0, high=12.0, dose=True, limits=(3.0, 16.0)),
        FaultParam("backoff_ms", "pause before the second try, in ms", low=50.0, high=150.0),
        FaultParam("pool", "pool that loses nodes", ("gpu", "cpu")),
        FaultParam("nodes", "nodes lost", low=1.0, high=2.0),
        FaultParam("minutes", "minutes until they are back", low=8.0, high=15.0),
        FaultParam("lag_h", "hours from the client release to the loss", low=20.0, high=90.0),
    ),
    edits=_edits,
    onset=("60h", "92h"),
    covers=("sys.serving", "sys.kubernetes", "screen.latency-spike", "debug.green.right-signals", "sys.incident-automation"),
)

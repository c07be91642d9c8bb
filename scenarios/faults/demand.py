"""Growth of demand that brings a latent fault to light: parameters and edits that several faults share."""

from __future__ import annotations

from scenarios.faults.fault import FaultParam, Params
from simulator.durations import DAY_S, HOUR_S
from simulator.timeline import Edit

GROWTH = (
    FaultParam("growth", "extra payments as a share of normal traffic, 0 where the scenario brings them by itself", low=0.8, high=1.2, dose=True),
    FaultParam("lag_h", "hours from the change to the growth", low=20.0, high=60.0),
    FaultParam("days", "how long the growth lasts", low=8.0, high=14.0),
)


def growth(at_s: float, params: Params) -> list[Edit]:
    """A campaign that begins `lag_h` hours after the change at `at_s`; none where its size is 0."""
    size, since_s = float(params["growth"]), at_s + float(params["lag_h"]) * HOUR_S
    if size == 0.0:
        return []
    return [
        Edit(since_s, "nature.campaign", size, "marketing", "app campaign"),
        Edit(since_s + float(params["days"]) * DAY_S, "nature.campaign", 0.0, "marketing", "app campaign ends"),
    ]

"""Loss of machines that brings a latent fault to light: parameters and edits that several faults share."""

from __future__ import annotations

from scenarios.faults.fault import FaultParam, Params
from simulator.durations import HOUR_S, MINUTE_S
from simulator.timeline import Edit

RACK = (
    FaultParam("nodes", "nodes of the GPU pool that a rack takes along when it loses power, 0 where none does", low=0.0, high=0.0),
    FaultParam("minutes", "minutes until they are back", low=10.0, high=10.0),
    FaultParam("rack_lag_h", "hours from the change to the loss", low=24.0, high=24.0),
)


def rack_loss(at_s: float, params: Params) -> list[Edit]:
    """Some minutes from `rack_lag_h` hours after the change at `at_s` in which the GPU pool has fewer nodes; none where that is no node."""
    return lost("gpu", float(params["nodes"]), float(params["minutes"]), at_s + float(params["rack_lag_h"]) * HOUR_S) if float(params["nodes"]) > 0.0 else []


def lost(pool: str, nodes: float, minutes: float, at_s: float) -> list[Edit]:
    """`pool` is without some of its nodes for `minutes` from `at_s` on."""
    return [
        Edit(at_s, f"pool.lost/{pool}", float(round(nodes)), "the cloud", "a rack lost its power"),
        Edit(at_s + minutes * MINUTE_S, f"pool.lost/{pool}", 0.0, "the cloud", "the rack has power again"),
    ]

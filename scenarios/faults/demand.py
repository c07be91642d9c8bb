"""Growth of demand that brings a latent fault to light: parameters and edits that several faults share."""

from __future__ import annotations

from scenarios.faults.fault import FaultParam, Params
from simulator.durations import DAY_S, HOUR_S
from simulator.timeline import Edit

WAVE_EVERY_S = 150.0
"""How often a campaign that comes in waves sends its messages."""
GROWTH = (
    FaultParam("growth", "extra payments as a share of normal traffic, 0 where the scenario brings them by itself", low=0.8, high=1.2, dose=True, limits=(0.0, 2.0)),
    FaultParam("lag_h", "hours from the change to the growth", low=20.0, high=60.0),
    FaultParam("days", "how long the growth lasts", low=8.0, high=14.0),
    FaultParam("wave_s", "seconds that each wave of it lasts, of every 150; 0 where it is steady", low=0.0, high=0.0),
)


def growth(at_s: float, params: Params) -> list[Edit]:
    """A campaign that begins `lag_h` hours after the change at `at_s`; none where its size is 0."""
    size, since_s = float(params["growth"]), at_s + float(params["lag_h"]) * HOUR_S
    if size == 0.0:
        return []
    until_s, wave_s = since_s + float(params["days"]) * DAY_S, float(params["wave_s"])
    if wave_s == 0.0:
        return _campaign(since_s, until_s, size)
    return [edit for k in range(round((until_s - since_s) / WAVE_EVERY_S)) for edit in _campaign(since_s + k * WAVE_EVERY_S, since_s + k * WAVE_EVERY_S + wave_s, size)]


def _campaign(since_s: float, until_s: float, size: float) -> list[Edit]:
    return [Edit(since_s, "nature.campaign", size, "marketing", "app campaign"), Edit(until_s, "nature.campaign", 0.0, "marketing", "app campaign ends")]

"""Benign changes of customers: campaigns, seasons, habits."""

from __future__ import annotations

from scenarios.benign.change import BenignChange
from scenarios.faults.fault import FaultParam, Params
from simulator.durations import DAY_S
from simulator.timeline import Edit

_SIZE = FaultParam("size", "share of extra payments", low=0.05, high=0.3)


def _campaign(at_s: float, params: Params) -> list[Edit]:
    return [
        Edit(at_s, "nature.campaign", float(params["size"]), "marketing", "app campaign"),
        Edit(at_s + float(params["days"]) * DAY_S, "nature.campaign", 0.0, "marketing", "app campaign ends"),
    ]


def _season(at_s: float, params: Params) -> list[Edit]:
    return [Edit(at_s + step * DAY_S / 2, "nature.season", round(float(params["size"]) * (step + 1) / 4, 6), "the season", "holiday shopping") for step in range(4)]


def _mix(at_s: float, params: Params) -> list[Edit]:
    return [Edit(at_s, "nature.mix_shift", float(params["size"]), "customers", "more of them pay in the app")]


CHANGES = (
    BenignChange("campaign", "marketing brings more payments, mostly in the app", (_SIZE, FaultParam("days", "how long it runs", low=2, high=6)), _campaign),
    BenignChange("season", "habits move to those of the high season: larger amounts, busier merchants", (FaultParam("size", "how far", low=0.6, high=1.5),), _season),
    BenignChange("mix-shift", "customers move from web to app", (FaultParam("size", "share of payments", low=0.03, high=0.12),), _mix),
    BenignChange(
        "surge",
        "marketing doubles the payments or nearly so, for days",
        (FaultParam("size", "share of extra payments", low=0.7, high=1.2), FaultParam("days", "how long it runs", low=8, high=16)),
        _campaign,
    ),
)

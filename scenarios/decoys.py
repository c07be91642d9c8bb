"""Benign changes: things that happen all the time in production, placed where attention goes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from scenarios.draw import DrawnDecoy
from scenarios.faults.fault import FaultParam, Params
from scenarios.forms import Scalar
from simulator.durations import DAY_S, HOUR_S, MINUTE_S
from simulator.timeline import Edit


@dataclass(frozen=True, slots=True)
class BenignChange:
    id: str
    help: str
    params: tuple[FaultParam, ...]
    edits: Callable[[float, Params], list[Edit]]


def _campaign(at_s: float, params: Params) -> list[Edit]:
    return [
        Edit(at_s, "nature.campaign", float(params["size"]), "marketing", "app campaign"),
        Edit(at_s + float(params["days"]) * DAY_S, "nature.campaign", 0.0, "marketing", "app campaign ends"),
    ]


def _season(at_s: float, params: Params) -> list[Edit]:
    return [Edit(at_s + step * DAY_S / 2, "nature.season", round(float(params["size"]) * (step + 1) / 4, 6), "the season", "holiday shopping") for step in range(4)]


def _mix(at_s: float, params: Params) -> list[Edit]:
    return [Edit(at_s, "nature.mix_shift", float(params["size"]), "customers", "more of them pay in the app")]


def _promotion(at_s: float, params: Params) -> list[Edit]:
    return [Edit(at_s, "pipeline.trigger/train", "regular retraining", "fraud-ml", "extra training run before the release freeze")]


def _release(at_s: float, params: Params) -> list[Edit]:
    return [
        Edit(at_s, "serving.release", "r42", "fraud-ml", "feature transform t3.1: one pass over the request instead of two"),
        Edit(at_s, "transform.serving", "t3.1", "fraud-ml", "release r42"),
        Edit(at_s, "serving.restart/model-server", "r42", "fraud-ml", "rolling restart for release r42"),
    ]


def _schema(at_s: float, params: Params) -> list[Edit]:
    source = str(params["source"])
    owner = {"payments": "payments-platform", "devices": "mobile-sdk"}[source]
    return [Edit(at_s, f"source.schema_version/{source}", "8", owner, f"{source} moved to schema 8: an optional field for the receipt language")]


def _frame_window(at_s: float, params: Params) -> list[Edit]:
    return [Edit(at_s, "training.window_s", 26 * DAY_S, "fraud-ml", "training window of 26 days, so that the frame fits the smaller node")]


def _partition_move(at_s: float, params: Params) -> list[Edit]:
    return [Edit(at_s, "materialise.read_path/card_profile", "current", "data-platform", "offline partitions of card_profile are compacted in place")]


def _scale(at_s: float, params: Params) -> list[Edit]:
    return [Edit(at_s, "serving.replicas/model-server", 4.0, "fraud-ml", "one replica more for the campaign")]


def _late(at_s: float, params: Params) -> list[Edit]:
    return [
        Edit(at_s, "source.lateness_s/payments", float(params["minutes"]) * MINUTE_S, "payments-platform", "events reach the warehouse late while a broker is replaced"),
        Edit(at_s + float(params["hours"]) * HOUR_S, "source.lateness_s/payments", 0.0, "payments-platform", "the broker is replaced"),
    ]


def _twice(at_s: float, params: Params) -> list[Edit]:
    return [
        Edit(at_s, "source.duplicates/payments", float(params["share"]), "payments-platform", "some events are delivered twice while consumers move to the new group"),
        Edit(at_s + float(params["hours"]) * HOUR_S, "source.duplicates/payments", 0.0, "payments-platform", "consumers have moved"),
    ]


def _new_value(at_s: float, params: Params) -> list[Edit]:
    return [Edit(at_s, "source.unknown_rate/devices.country", float(params["share"]), "mobile-sdk", "the SDK sends a code for territories that had none")]


def _empty(at_s: float, params: Params) -> list[Edit]:
    return [
        Edit(at_s, "source.null_rate/devices.session_seconds", float(params["share"]), "mobile-sdk", "older app versions send no session time while the endpoint moves"),
        Edit(at_s + float(params["hours"]) * HOUR_S, "source.null_rate/devices.session_seconds", 0.0, "mobile-sdk", "the endpoint has moved"),
    ]


def _neighbour(at_s: float, params: Params) -> list[Edit]:
    return [
        Edit(at_s, "serving.slowdown/model-server", float(params["factor"]), "data-platform", "a batch job shares the nodes of the model server"),
        Edit(at_s + float(params["hours"]) * HOUR_S, "serving.slowdown/model-server", 1.0, "data-platform", "the batch job is done"),
    ]


def _dispute_feed(at_s: float, params: Params) -> list[Edit]:
    return [Edit(at_s, "source.schema_version/chargebacks", "7", "disputes", "the dispute feed is sent from the new data centre; contents unchanged")]


_SIZE = FaultParam("size", "share of extra payments", low=0.05, high=0.3)

_MINUTES = FaultParam("minutes", "how late", low=40, high=90)
_FACTOR = FaultParam("factor", "how much slower", low=1.05, high=1.12)
_HOURS = FaultParam("hours", "how long", low=6, high=14)

BENIGN: dict[str, BenignChange] = {
    change.id: change
    for change in (
        BenignChange("campaign", "marketing brings more payments, mostly in the app", (_SIZE, FaultParam("days", "how long it runs", low=2, high=6)), _campaign),
        BenignChange("season", "habits move to those of the high season: larger amounts, busier merchants", (FaultParam("size", "how far", low=0.6, high=1.2),), _season),
        BenignChange("mix-shift", "customers move from web to app", (FaultParam("size", "share of payments", low=0.03, high=0.12),), _mix),
        BenignChange("model-promotion", "an extra training run on the proper frame; its candidate goes through the gate", (), _promotion),
        BenignChange("serving-release", "a release of the serving code that computes the same", (), _release),
        BenignChange("schema-bump", "a source adds an optional field", (FaultParam("source", "which source", ("payments", "devices")),), _schema),
        BenignChange("frame-window", "the scheduled training frame gets two days shorter", (), _frame_window),
        BenignChange("partition-compaction", "the data platform compacts partitions in place", (), _partition_move),
        BenignChange("extra-replica", "one model server replica more", (), _scale),
        BenignChange("late-delivery", "a source's events reach the warehouse late for some hours", (_MINUTES, _HOURS), _late),
        BenignChange("duplicate-delivery", "a source delivers some events twice for some hours", (FaultParam("share", "share of events", low=0.01, high=0.04), _HOURS), _twice),
        BenignChange("new-value", "a field gets a value that its documentation does not list", (FaultParam("share", "share of payments", low=0.005, high=0.02),), _new_value),
        BenignChange("empty-values", "a field arrives empty for some payments and hours", (FaultParam("share", "share of payments", low=0.01, high=0.03), _HOURS), _empty),
        BenignChange("noisy-neighbour", "another job shares the model server's nodes for some hours", (_FACTOR, _HOURS), _neighbour),
        BenignChange("feed-move", "the dispute feed comes from another data centre, unchanged", (), _dispute_feed),
    )
}
PARAMS: dict[str, tuple[str, ...]] = {change.id: tuple(p.name for p in change.params) for change in BENIGN.values()}


def edits_of(drawn: DrawnDecoy) -> list[Edit]:
    """The edits of one benign change; parameters left out take the middle of their range or the first word."""
    change = BENIGN[drawn.id]
    params: dict[str, Scalar] = {p.name: drawn.params.get(p.name, p.choices[0] if p.choices else (p.low + p.high) / 2) for p in change.params}
    return change.edits(drawn.at_s, params)

"""Benign changes of sources: what teams that deliver data do now and then."""

from __future__ import annotations

from scenarios.benign.change import HOURS, BenignChange
from scenarios.faults.fault import FaultParam, Params
from simulator.durations import HOUR_S, MINUTE_S
from simulator.timeline import Edit

_MINUTES = FaultParam("minutes", "how late", low=40, high=90)


def _schema(at_s: float, params: Params) -> list[Edit]:
    source = str(params["source"])
    owner = {"payments": "payments-platform", "devices": "mobile-sdk"}[source]
    return [Edit(at_s, f"source.schema_version/{source}", "8", owner, f"{source} moved to schema 8: an optional field for the receipt language")]


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


def _dispute_feed(at_s: float, params: Params) -> list[Edit]:
    return [Edit(at_s, "source.schema_version/chargebacks", "7", "disputes", "the dispute feed is sent from the new data centre; contents unchanged")]


CHANGES = (
    BenignChange("schema-bump", "a source adds an optional field", (FaultParam("source", "which source", ("payments", "devices")),), _schema),
    BenignChange("late-delivery", "a source's events reach the warehouse late for some hours", (_MINUTES, HOURS), _late),
    BenignChange("duplicate-delivery", "a source delivers some events twice for some hours", (FaultParam("share", "share of events", low=0.01, high=0.04), HOURS), _twice),
    BenignChange("new-value", "a field gets a value that its documentation does not list", (FaultParam("share", "share of payments", low=0.005, high=0.02),), _new_value),
    BenignChange("empty-values", "a field arrives empty for some payments and hours", (FaultParam("share", "share of payments", low=0.01, high=0.03), HOURS), _empty),
    BenignChange("feed-move", "the dispute feed comes from another data centre, unchanged", (), _dispute_feed),
)

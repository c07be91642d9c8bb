"""Action items as structured guards: a bound on a signal that would be watched from now on, and can be replayed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from simulator.durations import format_duration
from simulator.errors import UsageError
from simulator.spec import AlertRule

GuardKind = Literal["check", "alert", "gate", "contract"]


@dataclass(frozen=True, slots=True)
class GuardType:
    name: str
    kind: GuardKind
    signal: str
    op: str
    default: float
    help: str
    placed: bool = False
    """Whether the signal needs a place (a view, a field) given with --on."""


GUARDS: dict[str, GuardType] = {
    g.name: g
    for g in (
        GuardType("rows-in-source", "check", "materialised_rows", "<", 1.0, "the last due load of a view wrote at least this many rows", True),
        GuardType("data-age", "alert", "data_age_s", ">", 3 * 3600.0, "the newest stored row of a view is not older than this many seconds", True),
        GuardType("unit-contract", "contract", "stream_over_warehouse", "outside", 2.0, "a streamed field stays within this factor of the warehouse's value", True),
        GuardType("parity", "check", "parity_correlation", "<", 0.8, "served values of a view correlate at least this much with the offline store", True),
        GuardType("missed-fraud", "alert", "missed_fraud_per_10k", ">", 130.0, "network fraud warnings per 10,000 approved payments"),
        GuardType("score-mean", "alert", "score_mean_low", "<", 0.8, "mean score against the week before"),
        GuardType("label-join", "check", "label_join_ratio", "<", 0.9, "share of arrived chargebacks that were joined"),
        GuardType("gate-lead", "gate", "gate_lead", ">", 0.03, "a candidate that beats the champion by more than this is held for review"),
        GuardType("default-fill", "alert", "default_fill_ratio", ">", 0.05, "share of payments scored on default features"),
        GuardType("feature-drift", "alert", "psi_max", ">", 0.2, "largest population stability index"),
        GuardType("latency", "alert", "latency_p99_ms", ">", 1000.0, "99th percentile of answer time in milliseconds"),
        GuardType("latency-change", "alert", "latency_p50_change", ">", 1.5, "median answer time against the same quarter of an hour a week before"),
        GuardType("timeouts", "alert", "timeout_ratio", ">", 0.01, "share of callers that got no answer in time"),
        GuardType("unserved", "alert", "unserved_ratio", ">", 0.01, "callers that gave up for good over first tries"),
        GuardType("retry-budget", "alert", "retry_ratio", ">", 0.2, "tries again over first tries"),
        GuardType("pending-replicas", "alert", "pending_replicas", ">", 1.0, "replicas that wait for a machine"),
        GuardType("replica-changes", "alert", "replica_changes_1h", ">", 6.0, "replicas that came or went in an hour"),
        GuardType("training-age", "alert", "training_age_ratio", ">", 1.2, "age of the last training that finished against its schedule"),
        GuardType("cost-anomaly", "alert", "cost_anomaly_usd", ">", 100.0, "what a day cost above what was to be expected, in US dollars"),
        GuardType("job-freshness", "alert", "job_freshness_ratio", ">", 2.0, "age of the last finished materialisation against its schedule"),
    )
}


def guard_of(args: Mapping[str, Any]) -> AlertRule:
    """The rule that an action item installs.

    Raises:
        UsageError: unknown guard, or a place that is missing or unknown.
    """
    from simulator.telemetry.signals import SIGNALS

    name, place = str(args["guard"]), str(args.get("on") or "")
    if name not in GUARDS:
        raise UsageError(f"{name!r} is no guard; guards are {', '.join(GUARDS)}")
    kind = GUARDS[name]
    places = SIGNALS[kind.signal].places
    if kind.placed and place not in places:
        raise UsageError(f"action-item {name} needs --on, one of {', '.join(places)}")
    limit = kind.default if args.get("limit") is None else float(args["limit"])
    signal = f"{kind.signal}/{place}" if kind.placed else kind.signal
    return AlertRule(f"{name}{'/' + place if kind.placed else ''}", signal, kind.op, limit, float(args.get("for") or 0.0), "page", describe(kind, place, limit))


def describe(kind: GuardType, place: str, limit: float) -> str:
    shown = format_duration(limit) if kind.signal.endswith("_s") else f"{limit:g}"
    return f"{kind.kind}: {kind.help} ({shown}{' on ' + place if kind.placed else ''})"

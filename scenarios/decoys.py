"""Benign changes: things that happen all the time in production, placed where attention goes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from scenarios.draw import DrawnDecoy
from scenarios.faults.fault import FaultParam, Params
from scenarios.forms import Scalar
from simulator.durations import DAY_S, HOUR_S, MINUTE_S
from simulator.observation import significant
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


def _wide_holdout(at_s: float, params: Params) -> list[Edit]:
    why = "the gate measures on all payments, those that the first filter lets pass included, as the audit asks; figures are not comparable with earlier ones"
    return [Edit(at_s, "gate.filtered_share", float(params["share"]), "fraud-ml", why)]


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


def _autoscaler_window(at_s: float, params: Params) -> list[Edit]:
    return [Edit(at_s, "autoscaler.window_s/feature-server", float(params["seconds"]), "ml-platform", "scale the feature server down more patiently after the audit of last month")]


def _close_following(at_s: float, params: Params) -> list[Edit]:
    why = "the feature server starts within seconds, so let it follow its load closely"
    return [
        Edit(at_s, "autoscaler.kind/feature-server", "kpa", "ml-platform", why),
        Edit(at_s, "autoscaler.target/feature-server", float(params["target"]), "ml-platform", why),
        Edit(at_s, "autoscaler.window_s/feature-server", float(params["seconds"]), "ml-platform", why),
    ]


def _autoscaler_ceiling(at_s: float, params: Params) -> list[Edit]:
    return [
        Edit(
            at_s,
            "autoscaler.max/model-server",
            float(round(float(params["replicas"]))),
            "ml-platform",
            "most replicas of each service reviewed; above what any day of the year needed",
        )
    ]


def _campaign_capacity(at_s: float, params: Params) -> list[Edit]:
    return [Edit(at_s, "serving.replicas/feature-server", float(round(float(params["replicas"]))), "data-platform", "feature servers for the campaign, as in the load test")]


def _pool_upgrade(at_s: float, params: Params) -> list[Edit]:
    pool = str(params["pool"])
    return [
        Edit(at_s, f"pool.min/{pool}", float(round(float(params["nodes"]))), "ml-platform", f"spare nodes in {pool} while its nodes get the new image, a few at a time"),
        Edit(at_s + float(params["hours"]) * HOUR_S, f"pool.min/{pool}", -1.0, "ml-platform", f"the nodes of {pool} are upgraded"),
    ]


def _client_release(at_s: float, params: Params) -> list[Edit]:
    return [Edit(at_s, "callers.backoff_ms", float(params["backoff_ms"]), "checkout", "client 5.1: tracing headers and another pause; still one try per payment")]


def _image_bump(at_s: float, params: Params) -> list[Edit]:
    service = str(params["service"])
    return [Edit(at_s, f"serving.image_gb/{service}", significant(_IMAGE_GB[service] * (1.0 + float(params["share"]))), "fraud-ml", "monthly base image with the security fixes")]


def _fetch_patience(at_s: float, params: Params) -> list[Edit]:
    return [Edit(at_s, "serving.fetch_timeout_ms", float(params["timeout_ms"]), "fraud-ml", "a little more patience with the store")]


def _request_deadline(at_s: float, params: Params) -> list[Edit]:
    return [Edit(at_s, "serving.request_timeout_ms", float(params["timeout_ms"]), "fraud-ml", "the new checkout page waits no longer than this for a score; agreed with its team")]


def _routing(at_s: float, params: Params) -> list[Edit]:
    return [Edit(at_s, "serving.routing/feature-server", "two-choices", "fraud-ml", "route to the shorter of two queues")]


def _small_batches(at_s: float, params: Params) -> list[Edit]:
    why = "batches of a few, with a few milliseconds of patience"
    return [
        Edit(at_s, "serving.batch_max/model-server", float(round(float(params["batch"]))), "fraud-ml", why),
        Edit(at_s, "serving.batch_delay_ms/model-server", float(params["delay_ms"]), "fraud-ml", why),
    ]


def _manual_promotion(at_s: float, params: Params) -> list[Edit]:
    return [Edit(at_s, "delivery.auto_promote", False, "fraud-ml", "until the audit is over somebody looks at each candidate before it serves")]


def _queue_limit(at_s: float, params: Params) -> list[Edit]:
    return [Edit(at_s, "serving.queue_limit/model-server", float(round(float(params["requests"]))), "fraud-ml", "turn requests away before they would wait for nothing")]


def _checkpoints(at_s: float, params: Params) -> list[Edit]:
    return [Edit(at_s, "training.checkpoint_s", float(params["minutes"]) * MINUTE_S, "fraud-ml", "checkpoints at another pace, since the bucket moved")]


def _spot_market(at_s: float, params: Params) -> list[Edit]:
    return [Edit(at_s, "pool.reclaims_per_hour/train-spot", float(params["reclaims_per_hour"]), "the cloud", "demand for the machine type")]


def _budget(at_s: float, params: Params) -> list[Edit]:
    return [Edit(at_s, f"budget.daily_usd/{params['team']}", float(params["usd"]), "finance", "budget of the quarter, after the new prices of the cloud")]


def _autoscaler_as_code(at_s: float, params: Params) -> list[Edit]:
    settings: tuple[tuple[str, Scalar], ...] = (("kind", "hpa"), ("signal", "cpu"), ("target", 0.75), ("min", 2.0), ("max", 6.0))
    why = "the autoscaler's settings are written into the repository as they are"
    return [Edit(at_s, f"autoscaler.{name}/feature-server", value, "ml-platform", why) for name, value in settings]


def _pool_quota(at_s: float, params: Params) -> list[Edit]:
    return [Edit(at_s, "pool.max/cpu", float(round(float(params["nodes"]))), "ml-platform", "yearly review of quotas: room for one more service in cpu")]


def _brief_pause(at_s: float, params: Params) -> list[Edit]:
    return [
        Edit(at_s, "pipeline.paused/labels", True, "risk-data", "paused while the warehouse is patched"),
        Edit(at_s + float(params["minutes"]) * MINUTE_S, "pipeline.paused/labels", False, "risk-data", "the warehouse is patched"),
    ]


_IMAGE_GB = {"model-server": 6.5, "feature-server": 0.9}
"""What the services' images usually weigh."""
_SIZE = FaultParam("size", "share of extra payments", low=0.05, high=0.3)

_MINUTES = FaultParam("minutes", "how late", low=40, high=90)
_FACTOR = FaultParam("factor", "how much slower", low=1.05, high=1.12)
_HOURS = FaultParam("hours", "how long", low=6, high=14)

BENIGN: dict[str, BenignChange] = {
    change.id: change
    for change in (
        BenignChange("campaign", "marketing brings more payments, mostly in the app", (_SIZE, FaultParam("days", "how long it runs", low=2, high=6)), _campaign),
        BenignChange("season", "habits move to those of the high season: larger amounts, busier merchants", (FaultParam("size", "how far", low=0.6, high=1.5),), _season),
        BenignChange("mix-shift", "customers move from web to app", (FaultParam("size", "share of payments", low=0.03, high=0.12),), _mix),
        BenignChange("model-promotion", "an extra training run on the proper frame; its candidate goes through the gate", (), _promotion),
        BenignChange("serving-release", "a release of the serving code that computes the same", (), _release),
        BenignChange("schema-bump", "a source adds an optional field", (FaultParam("source", "which source", ("payments", "devices")),), _schema),
        BenignChange("frame-window", "the scheduled training frame gets two days shorter", (), _frame_window),
        BenignChange(
            "wide-holdout",
            "the gate measures on easy payments too, so that the figures of every candidate rise",
            (FaultParam("share", "share of the holdout that are easy", low=0.4, high=0.8),),
            _wide_holdout,
        ),
        BenignChange("partition-compaction", "the data platform compacts partitions in place", (), _partition_move),
        BenignChange("extra-replica", "one model server replica more", (), _scale),
        BenignChange("late-delivery", "a source's events reach the warehouse late for some hours", (_MINUTES, _HOURS), _late),
        BenignChange("duplicate-delivery", "a source delivers some events twice for some hours", (FaultParam("share", "share of events", low=0.01, high=0.04), _HOURS), _twice),
        BenignChange("new-value", "a field gets a value that its documentation does not list", (FaultParam("share", "share of payments", low=0.005, high=0.02),), _new_value),
        BenignChange("empty-values", "a field arrives empty for some payments and hours", (FaultParam("share", "share of payments", low=0.01, high=0.03), _HOURS), _empty),
        BenignChange("noisy-neighbour", "another job shares the model server's nodes for some hours", (_FACTOR, _HOURS), _neighbour),
        BenignChange(
            "surge",
            "marketing doubles the payments or nearly so, for days",
            (FaultParam("size", "share of extra payments", low=0.7, high=1.2), FaultParam("days", "how long it runs", low=8, high=16)),
            _campaign,
        ),
        BenignChange("autoscaler-window", "the feature server is scaled down more patiently", (FaultParam("seconds", "stabilisation", low=360, high=600),), _autoscaler_window),
        BenignChange(
            "close-following",
            "the feature server, which starts within seconds, is scaled up and down all the time",
            (
                FaultParam("target", "requests under way that a replica is meant to hold", low=0.6, high=0.9),
                FaultParam("seconds", "seconds of load that it goes by", low=60, high=90),
            ),
            _close_following,
        ),
        BenignChange(
            "autoscaler-ceiling",
            "the most replicas of the model server are set anew, above what it needs",
            (FaultParam("replicas", "the most", low=5, high=7),),
            _autoscaler_ceiling,
        ),
        BenignChange("campaign-capacity", "the feature server is held at more replicas, for a campaign", (FaultParam("replicas", "how many", low=4, high=5),), _campaign_capacity),
        BenignChange(
            "node-pool-upgrade",
            "a pool has spare nodes while its nodes are upgraded",
            (FaultParam("pool", "which pool", ("cpu", "gpu")), FaultParam("nodes", "fewest nodes meanwhile", low=3, high=3), _HOURS),
            _pool_upgrade,
        ),
        BenignChange(
            "client-release", "callers pause differently before a second try that they do not make", (FaultParam("backoff_ms", "the pause", low=220, high=400),), _client_release
        ),
        BenignChange(
            "image-bump",
            "a service's image is rebuilt, a little larger",
            (FaultParam("service", "which service", ("model-server", "feature-server")), FaultParam("share", "how much larger", low=0.02, high=0.08)),
            _image_bump,
        ),
        BenignChange("fetch-patience", "the fetch of features gets a little more time", (FaultParam("timeout_ms", "longest wait, in ms", low=950, high=1100),), _fetch_patience),
        BenignChange("request-deadline", "callers wait less long for an answer", (FaultParam("timeout_ms", "longest wait, in ms", low=750, high=1200),), _request_deadline),
        BenignChange("two-choices-routing", "requests go to the better of two feature servers", (), _routing),
        BenignChange(
            "small-batches",
            "the model server takes a few waiting requests at once",
            (FaultParam("batch", "requests in a batch at the most", low=2, high=4), FaultParam("delay_ms", "longest wait for others, in ms", low=2, high=8)),
            _small_batches,
        ),
        BenignChange("manual-promotion", "a candidate that passes the gate waits for somebody to promote it", (), _manual_promotion),
        BenignChange("queue-limit", "the model server turns requests away from a long queue", (FaultParam("requests", "waiting per replica", low=150, high=300),), _queue_limit),
        BenignChange("checkpoint-pace", "training saves its work at another pace", (FaultParam("minutes", "minutes of work between checkpoints", low=8, high=14),), _checkpoints),
        BenignChange(
            "spot-market",
            "spot machines for training are in a little more demand",
            (FaultParam("reclaims_per_hour", "reclaims per node and hour", low=0.02, high=0.06),),
            _spot_market,
        ),
        BenignChange(
            "budget-review",
            "a team gets another daily budget",
            (FaultParam("team", "which team", ("data-platform", "fraud-ml")), FaultParam("usd", "US dollars a day", low=16, high=20)),
            _budget,
        ),
        BenignChange("feed-move", "the dispute feed comes from another data centre, unchanged", (), _dispute_feed),
        BenignChange("autoscaler-as-code", "the settings of the feature server's autoscaler are written out as they are", (), _autoscaler_as_code),
        BenignChange("pool-quota", "the pool of the feature server may have more nodes than it ever needed", (FaultParam("nodes", "the most", low=10, high=12),), _pool_quota),
        BenignChange("brief-pause", "the DAG of labels is paused for some minutes between two runs", (FaultParam("minutes", "how long", low=20, high=40),), _brief_pause),
    )
}
PARAMS: dict[str, tuple[str, ...]] = {change.id: tuple(p.name for p in change.params) for change in BENIGN.values()}


def edits_of(drawn: DrawnDecoy) -> list[Edit]:
    """The edits of one benign change; parameters left out take the middle of their range or the first word."""
    change = BENIGN[drawn.id]
    params: dict[str, Scalar] = {p.name: drawn.params.get(p.name, p.choices[0] if p.choices else (p.low + p.high) / 2) for p in change.params}
    return change.edits(drawn.at_s, params)

"""The levers of a system: every cause that the data plane or the control plane depends on."""

from __future__ import annotations

from simulator.levers import Lever

LEVERS: tuple[Lever, ...] = (
    # The world outside. Nobody in the company can read these.
    Lever("nature.campaign", "number", 0.0, "company", "extra payments from a marketing campaign, as a share of normal traffic", 0.0, 0.4),
    Lever("nature.season", "number", 0.0, "nature", "how far spending habits have moved to those of the high season, 0 to 1", 0.0, 1.5),
    Lever("nature.mix_shift", "number", 0.0, "nature", "share of payments that moved from web to app", 0.0, 0.4),
    Lever("nature.drift", "number", 0.0, "nature", "how far fraudsters have adapted, 0 (as trained) to 1 (a new pattern)", 0.0, 1.0),
    Lever("nature.drift_pattern", "text", "slow-burn", "nature", "what the adapted fraud looks like: slow-burn, clean-merchants or trusted-devices"),
    # Sources that other teams own.
    Lever("source.unit_factor", "number", 1.0, "owner", "factor on a streamed field against its documented unit; place: source.field.channel", 1e-6, 1e6),
    Lever("source.null_rate", "number", 0.0, "owner", "share of a streamed field that arrives empty; place: source.field", 0.0, 1.0),
    Lever("source.unknown_rate", "number", 0.0, "owner", "share of a streamed field whose value is none of the documented ones; place: source.field", 0.0, 1.0),
    Lever("source.lateness_s", "number", 0.0, "owner", "how late a source's events reach the warehouse; place: source", 0.0, 7 * 86_400.0),
    Lever("source.duplicates", "number", 0.0, "owner", "share of a source's events that are delivered twice; place: source", 0.0, 1.0),
    Lever("source.schema_version", "text", "7", "owner", "schema version of a source; place: source"),
    # Pipelines and feature store.
    Lever("pipeline.paused", "switch", False, "company", "scheduler starts no new runs of this DAG; place: dag"),
    Lever("pipeline.trigger", "text", None, "company", "asks for a run outside the schedule; place: dag"),
    Lever("materialise.read_path", "text", "current", "owner", "partition prefix from which the store job reads a view; place: view"),
    Lever("online.event_time_s", "number", 0.0, "company", "event time of the newest row in the online store, -inf while it holds none; place: view"),
    Lever("online.job_end_s", "number", 0.0, "company", "end of the last successful materialisation; place: view"),
    Lever("online.withheld", "switch", False, "company", "serve the training default instead of the stored value; place: view"),
    Lever("online.slowdown", "number", 1.0, "owner", "factor on the online store's read time", 0.1, 100.0),
    Lever("labels.join_loss", "number", 0.0, "owner", "share of arriving chargebacks that find no payment to join", 0.0, 1.0),
    Lever("labels.key_mapping", "switch", False, "company", "translate the feed's new payment ids before joining"),
    Lever("labels.rejoin", "text", None, "company", "asks for all past chargebacks to be joined again"),
    # Transforms, training, delivery.
    Lever("transform.serving", "text", "t3", "company", "version of the feature transform in the serving path"),
    Lever("transform.training", "text", "t3", "company", "version of the feature transform in the training path"),
    Lever("transform.convert", "number", 1.0, "company", "correction applied to a streamed field in serving; place: source.field.channel", 1e-6, 1e6),
    Lever("training.join", "text", "point-in-time", "company", "how the training frame joins entity features: point-in-time or latest"),
    Lever("training.window_s", "number", 28 * 86_400.0, "company", "span of payments that a training frame covers", 86_400.0, 90 * 86_400.0),
    Lever("training.label_age_s", "number", 21 * 86_400.0, "company", "youngest payment that a training frame takes, so that its label has come", 3600.0, 60 * 86_400.0),
    Lever("gate.margin", "number", 0.02, "company", "how much AUC a candidate may lose against the champion and still pass", 0.0, 1.0),
    Lever("delivery.auto_promote", "switch", True, "company", "a candidate that passes the gate becomes champion by itself"),
    Lever("alias.champion", "text", "v1", "company", "model version that serves"),
    Lever("alias.challenger", "text", None, "company", "model version that is compared with the champion"),
    Lever("traffic.challenger_share", "number", 0.0, "company", "share of payments that the challenger decides", 0.0, 1.0),
    Lever("decision.threshold", "number", 0.08, "company", "score from which a payment is declined", 0.01, 0.99),
    # Serving.
    Lever("serving.replicas", "number", 0.0, "company", "replicas of a service, 0 for the standard number; place: service", 0.0, 64.0),
    Lever("serving.slowdown", "number", 1.0, "owner", "factor on a service's compute time; place: service", 0.1, 100.0),
    Lever("serving.fetch_timeout_ms", "number", 0.0, "company", "longest wait for features before defaults are used, 0 for the standard", 0.0, 60_000.0),
    Lever("serving.request_timeout_ms", "number", 0.0, "company", "longest wait of a caller, 0 for the standard", 0.0, 60_000.0),
    Lever("serving.restart", "text", None, "company", "asks for a rolling restart; place: service"),
    Lever("serving.routing", "text", "", "company", "how requests find a replica, empty for the standard routing; place: service"),
    Lever("serving.batch_max", "number", 0.0, "company", "requests that a service scores in one batch at the most, 0 for one at a time; place: service", 0.0, 256.0),
    Lever("serving.batch_delay_ms", "number", 0.0, "company", "longest that a request waits for others to fill its batch; place: service", 0.0, 10_000.0),
    Lever("serving.release", "text", "r41", "company", "release of the serving code"),
    # Monitoring, by people.
    Lever("alert.threshold", "number", 0.0, "company", "threshold of an alert rule, 0 for the standard; place: rule", -1e9, 1e9),
    Lever("alert.silenced", "switch", False, "company", "an alert rule notifies nobody; place: rule"),
    Lever("drift.reference_s", "number", 0.0, "company", "start of the drift reference, 0 for the four weeks before last"),
)
